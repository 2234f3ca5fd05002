#include "frame.h"

#include <arch/arch.h>
#include <freestanding/translation.h>
#include <kaal/status.h>

/* aux: log2 of the bytes + this for device memory. */
#define AUX_DEVICE 0x100u
#define MAP_RIGHTS ((uint64_t)KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE)

bool frame_size_ok(uint32_t size_bits)
{
	return translation_level(size_bits) != 0;
}

struct cap frame_cap(uint64_t base, uint32_t size_bits, bool device)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_FRAME, device ? KAAL_RIGHTS_ALL - KAAL_RIGHT_EXECUTE : KAAL_RIGHTS_ALL,
				 size_bits + (device ? AUX_DEVICE : 0)),
	};
}

uint32_t frame_size_bits(struct cap cap)
{
	return cap_aux(cap) % AUX_DEVICE;
}

bool frame_is_device(struct cap cap)
{
	return cap_aux(cap) >= AUX_DEVICE;
}

bool frame_is_mapped(struct cap cap)
{
	return cap.data != 0;
}

static uint64_t base_of(struct cap cap)
{
	return (uint64_t)cap.object << OBJECT_UNIT_BITS;
}

static uint64_t check_rights(struct cap cap, uint64_t rights)
{
	if ((rights & ~MAP_RIGHTS) != 0 || (rights & KAAL_RIGHT_READ) == 0 ||
	    (rights & (KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE)) == (KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE))
		return KAAL_OUT_OF_RANGE;
	/* Making code visible to instruction fetch takes time by the byte: pages only. */
	if ((rights & KAAL_RIGHT_EXECUTE) != 0 && frame_size_bits(cap) != KAAL_PAGE_BITS)
		return KAAL_OUT_OF_RANGE;
	return (rights & ~(uint64_t)cap_rights(cap)) == 0 ? KAAL_OK : KAAL_NO_RIGHT;
}

static uint64_t leaf_of(struct cap cap, uint64_t rights)
{
	struct translation_attributes attributes = {
		frame_is_device(cap) ? TRANSLATION_DEVICE : TRANSLATION_NORMAL,
		TRANSLATION_USER | ((rights & KAAL_RIGHT_WRITE) != 0 ? TRANSLATION_WRITE : 0) |
			((rights & KAAL_RIGHT_EXECUTE) != 0 ? TRANSLATION_EXECUTE : 0),
	};

	return translation_leaf(base_of(cap), attributes, translation_level(frame_size_bits(cap)));
}

/* Code that was written through another mapping is what instruction fetch sees from now on. */
static void sync_if_executable(struct cap cap, uint64_t rights)
{
	if ((rights & KAAL_RIGHT_EXECUTE) != 0)
		arch_sync_code_page(base_of(cap));
}

uint64_t frame_map(slot_t slot, vspace_t vspace, uint64_t virtual_address, uint64_t rights)
{
	struct cap cap = slot_view[slot].cap;
	uint32_t bits = frame_size_bits(cap);
	uint64_t status = check_rights(cap, rights);
	table_t table;
	unsigned index;

	if (status != KAAL_OK)
		return status;
	if (virtual_address < KAAL_USER_VA_MIN || virtual_address >= KAAL_USER_VA_END || virtual_address % (UINT64_C(1) << bits) != 0)
		return KAAL_OUT_OF_RANGE;
	if (frame_is_mapped(cap))
		return KAAL_MAPPED;
	if (!vspace_find_entry(vspace, virtual_address, translation_level(bits), &table, &index))
		return KAAL_NO_TABLE;
	if (table_view[table].entry[index] != 0)
		return KAAL_ADDRESS_IN_USE;
	sync_if_executable(cap, rights);
	table_view[table].entry[index] = leaf_of(cap, rights);
	slot_view[slot].cap.data = place_word((struct place){virtual_address, vspace, vspace_generation(vspace)});
	arch_tables_written();
	return KAAL_OK;
}

/* The entry that maps this capability's frame, where it was mapped last (FR-2). */
static bool find_mapping(struct cap cap, vspace_t *vspace, table_t *table, unsigned *index)
{
	struct place place = place_of(cap.data);
	unsigned level = translation_level(frame_size_bits(cap));

	*vspace = vspace_of_place(place);
	return frame_is_mapped(cap) && *vspace != 0 && vspace_find_entry(*vspace, place.virtual_address, level, table, index) &&
	       translation_is_leaf(table_view[*table].entry[*index], level) &&
	       translation_address(table_view[*table].entry[*index]) == base_of(cap);
}

uint64_t frame_unmap(slot_t slot)
{
	struct cap cap = slot_view[slot].cap;
	vspace_t vspace;
	table_t table;
	unsigned index;
	bool found = find_mapping(cap, &vspace, &table, &index);

	slot_view[slot].cap.data = 0;
	if (!found)
		return KAAL_NOT_MAPPED;
	table_view[table].entry[index] = 0;
	arch_tables_written();
	vspace_flush_page(vspace, place_of(cap.data).virtual_address);
	return KAAL_OK;
}

uint64_t frame_protect(slot_t slot, uint64_t rights)
{
	struct cap cap = slot_view[slot].cap;
	uint64_t status = check_rights(cap, rights);
	vspace_t vspace;
	table_t table;
	unsigned index;

	if (status != KAAL_OK)
		return status;
	if (!find_mapping(cap, &vspace, &table, &index))
		return KAAL_NOT_MAPPED;
	sync_if_executable(cap, rights);
	/* Old entry out, TLBs clean, new entry in: Arm ARM D8.14.1, break before make. */
	table_view[table].entry[index] = 0;
	arch_tables_written();
	vspace_flush_page(vspace, place_of(cap.data).virtual_address);
	table_view[table].entry[index] = leaf_of(cap, rights);
	arch_tables_written();
	return KAAL_OK;
}
