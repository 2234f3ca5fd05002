#include "frame.h"

#include <arch/arch.h>
#include <freestanding/translation.h>
#include <kaal/status.h>

/* aux: log2 of the bytes + this * enum frame_memory. */
#define AUX_MEMORY_UNIT 0x100u
#define MAP_RIGHTS ((uint64_t)KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE)

bool frame_size_ok(uint32_t size_bits)
{
	return translation_level(size_bits) != 0;
}

struct cap frame_cap(uint64_t base, uint32_t size_bits, enum frame_memory memory)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_FRAME, memory == FRAME_CACHED ? KAAL_RIGHTS_ALL : KAAL_RIGHTS_ALL - KAAL_RIGHT_EXECUTE,
				 size_bits + memory * AUX_MEMORY_UNIT),
	};
}

uint32_t frame_size_bits(struct cap cap)
{
	return cap_aux(cap) % AUX_MEMORY_UNIT;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_aux(cap.word) / 0x100;
*/
static enum frame_memory memory_of(struct cap cap)
{
	return (enum frame_memory)(cap_aux(cap) / AUX_MEMORY_UNIT);
}

bool frame_is_cached(struct cap cap)
{
	return memory_of(cap) == FRAME_CACHED;
}

bool frame_is_mapped(struct cap cap)
{
	return place_of(cap.data).vspace != 0;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object * 32;
*/
static uint64_t base_of(struct cap cap)
{
	return (uint64_t)cap.object << OBJECT_UNIT_BITS;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == KAAL_OK ==> rights / 2 % 2 == 0 || rights / 8 % 2 == 0;
*/
static uint64_t check_rights(struct cap cap, uint64_t rights)
{
	//@ assert has_bits(rights);
	if ((rights & ~MAP_RIGHTS) != 0 || (rights & KAAL_RIGHT_READ) == 0 ||
	    (rights & (KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE)) == (KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE))
		return KAAL_OUT_OF_RANGE;
	return (rights & ~(uint64_t)cap_rights(cap)) == 0 ? KAAL_OK : KAAL_NO_RIGHT;
}

/*@
	requires word_type(cap.word) == KAAL_OBJECT_FRAME && frame_ok(cap) && frame_aligned(cap);
	terminates \true; exits \false; assigns \nothing;
	ensures entry_ok(\result) && entry_address(\result) == cap.object * 32;
	// EL0 may read; write and execute as the rights say; EL1 never executes it.
	ensures leaf_bit(\result, 6) && leaf_bit(\result, 53);
	ensures !leaf_bit(\result, 7) <==> (rights & KAAL_RIGHT_WRITE) != 0;
	ensures !leaf_bit(\result, 54) <==> (rights & KAAL_RIGHT_EXECUTE) != 0;
*/
static uint64_t leaf_of(struct cap cap, uint64_t rights)
{
	static const enum translation_memory memories[] = {
		[FRAME_CACHED] = TRANSLATION_NORMAL, [FRAME_DEVICE] = TRANSLATION_DEVICE, [FRAME_UNCACHED] = TRANSLATION_UNCACHED};
	enum frame_memory kind = memory_of(cap);
	//@ assert kind == FRAME_CACHED || kind == FRAME_DEVICE || kind == FRAME_UNCACHED;
	enum translation_memory memory = memories[kind];
	//@ assert memory == kind;
	struct translation_attributes attributes = {
		memory,
		TRANSLATION_USER | ((rights & KAAL_RIGHT_WRITE) != 0 ? TRANSLATION_WRITE : 0) |
			((rights & KAAL_RIGHT_EXECUTE) != 0 ? TRANSLATION_EXECUTE : 0),
	};

	//@ assert (rights & KAAL_RIGHT_WRITE) == 0 && (rights & KAAL_RIGHT_EXECUTE) == 0 ==> attributes.access == 4;
	//@ assert (rights & KAAL_RIGHT_WRITE) != 0 && (rights & KAAL_RIGHT_EXECUTE) == 0 ==> attributes.access == 5;
	//@ assert (rights & KAAL_RIGHT_WRITE) == 0 && (rights & KAAL_RIGHT_EXECUTE) != 0 ==> attributes.access == 6;
	//@ assert (rights & KAAL_RIGHT_WRITE) != 0 && (rights & KAAL_RIGHT_EXECUTE) != 0 ==> attributes.access == 7;
	return translation_leaf(base_of(cap), attributes, translation_level(frame_size_bits(cap)));
}

/*@
	requires word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME && slots_ok;
	terminates \true; exits \false;
	assigns slot_view[slot].cap.data;
	ensures !\result ==> slots_ok;
*/
/*
 * Code that was written through another mapping is what instruction fetch sees from now on. A large frame's pages
 * are gone through one by one, by one thread; what is left of another's, or of a call that failed, does not count.
 */
static bool sync_code_step(slot_t slot, uint32_t thread)
{
	struct cap cap = slot_view[slot].cap;
	uint64_t bytes = UINT64_C(1) << frame_size_bits(cap);
	uint64_t mine = place_word((struct place){0, 0, thread});
	uint64_t done = place_of(cap.data).generation == place_of(mine).generation ? place_of(cap.data).virtual_address : 0;

	if (bytes == KAAL_PAGE_BYTES) {
		arch_sync_code_page(base_of(cap));
		return true;
	}
	//@ assert word_aux(cap.word) % 0x100 == 12 ==> bytes == KAAL_PAGE_BYTES;
	arch_clean_code_page(base_of(cap) + done);
	done += KAAL_PAGE_BYTES;
	slot_view[slot].cap.data = place_word((struct place){done, 0, thread});
	if (done < bytes)
		return false;
	arch_drop_code();
	return true;
}

/*@
	requires word_type(cap.word) == KAAL_OBJECT_FRAME && frame_ok(cap) && frame_place_ok(cap);
	requires spaces_ok && tables_ok && vspace < VSPACES_MAX;
	requires \valid(table) && \valid(index) && \separated(table, index) && OUTSIDE_STATE(table) && OUTSIDE_STATE(index);
	exits \false;
	assigns *table, *index;
	ensures \result == KAAL_OK ==> *table < TABLE_VIEW_END && *index < 512;
	ensures \result == KAAL_OK ==> virtual_address < KAAL_USER_VA_END && virtual_address % (1 << (word_aux(cap.word) % 0x100)) == 0;
*/
/* The entry for a mapping that can be made; a KAAL_ status. */
static uint64_t find_free_entry(struct cap cap, vspace_t vspace, uint64_t virtual_address, uint64_t rights, table_t *table,
				unsigned *index)
{
	uint32_t bits = frame_size_bits(cap);
	uint64_t status = check_rights(cap, rights);

	if (status != KAAL_OK)
		return status;
	if (virtual_address < KAAL_USER_VA_MIN || virtual_address >= KAAL_USER_VA_END || virtual_address % (UINT64_C(1) << bits) != 0)
		return KAAL_OUT_OF_RANGE;
	if (frame_is_mapped(cap))
		return KAAL_MAPPED;
	if (!vspace_find_entry(vspace, virtual_address, translation_level(bits), table, index))
		return KAAL_NO_TABLE;
	return table_view[*table].entry[*index] == 0 ? KAAL_OK : KAAL_ADDRESS_IN_USE;
}

bool frame_map_step(slot_t slot, vspace_t vspace, uint64_t virtual_address, uint64_t rights, uint32_t thread, uint64_t *status)
{
	struct cap cap = slot_view[slot].cap;
	table_t table;
	unsigned index;

	*status = find_free_entry(cap, vspace, virtual_address, rights, &table, &index);
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	if (*status != KAAL_OK) {
		frame_map_give_up(slot);
		return true;
	}
	if ((rights & KAAL_RIGHT_EXECUTE) != 0 && !sync_code_step(slot, thread))
		return false;
	table_view[table].entry[index] = leaf_of(cap, rights);
	slot_view[slot].cap.data = place_word((struct place){virtual_address, vspace, vspace_generation(vspace)});
	//@ assert word_aux(cap.word) % 0x100 == 21 ==> virtual_address % 0x200000 == 0;
	//@ assert word_aux(cap.word) % 0x100 == 30 ==> virtual_address % 0x40000000 == 0;
	//@ assert slot_view[slot].cap.data % 0x8000000 == virtual_address / 4096;
	//@ assert frame_place_ok(slot_view[slot].cap);
	//@ assert slots_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	arch_tables_written();
	return true;
}

void frame_map_give_up(slot_t slot)
{
	if (!frame_is_mapped(slot_view[slot].cap))
		slot_view[slot].cap.data = 0;
}

/*@
	requires word_type(cap.word) == KAAL_OBJECT_FRAME && frame_ok(cap) && frame_place_ok(cap);
	requires spaces_ok && tables_ok;
	requires \valid(vspace) && \valid(table) && \valid(index) && \separated(vspace, table, index);
	requires OUTSIDE_STATE(vspace) && OUTSIDE_STATE(table) && OUTSIDE_STATE(index);
	exits \false;
	assigns *vspace, *table, *index;
	ensures *vspace < VSPACES_MAX;
	ensures \result ==> *table < TABLE_VIEW_END && *index < 512;
*/
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
	//@ assert slots_ok;
	if (!found)
		return KAAL_NOT_MAPPED;
	table_view[table].entry[index] = 0;
	//@ assert tables_ok;
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

	/* Making code visible to instruction fetch takes time by the byte, and here nothing could tell how far it came. */
	if (status == KAAL_OK && (rights & KAAL_RIGHT_EXECUTE) != 0 && frame_size_bits(cap) != KAAL_PAGE_BITS)
		status = KAAL_OUT_OF_RANGE;
	if (status != KAAL_OK)
		return status;
	if (!find_mapping(cap, &vspace, &table, &index))
		return KAAL_NOT_MAPPED;
	if ((rights & KAAL_RIGHT_EXECUTE) != 0)
		arch_sync_code_page(base_of(cap));
	/* Old entry out, TLBs clean, new entry in: Arm ARM D8.14.1, break before make. */
	table_view[table].entry[index] = 0;
	arch_tables_written();
	vspace_flush_page(vspace, place_of(cap.data).virtual_address);
	table_view[table].entry[index] = leaf_of(cap, rights);
	arch_tables_written();
	return KAAL_OK;
}

void frame_start_uncached(uint64_t base)
{
	arch_flush_page(base);
}

void frame_end(slot_t slot)
{
	struct cap cap = slot_view[slot].cap;
	//@ assert cap.object % 0x80 == 0;
	if (frame_is_mapped(cap))
		(void)frame_unmap(slot);
	if (memory_of(cap) == FRAME_UNCACHED)
		arch_flush_page(base_of(cap));
}
