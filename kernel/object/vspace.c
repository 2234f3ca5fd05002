#include "vspace.h"

#include <arch/arch.h>
#include <core/cpu.h>
#include <freestanding/translation.h>

/* A place in a word: generation (25 bits), number (12 bits), page number (27 bits). */
#define PLACE_PAGES (UINT64_C(1) << 27)
#define PLACE_NUMBERS ((uint64_t)VSPACES_MAX)
#define GENERATIONS (UINT32_C(1) << 25)

struct vspaces vspaces;
vspace_t vspace_asid_owner[ARCH_ASIDS];

uint64_t place_word(struct place place)
{
	return place.virtual_address / KAAL_PAGE_BYTES + place.vspace * PLACE_PAGES +
	       place.generation * (PLACE_PAGES * PLACE_NUMBERS);
}

struct place place_of(uint64_t word)
{
	return (struct place){
		.virtual_address = word % PLACE_PAGES * KAAL_PAGE_BYTES,
		.vspace = (vspace_t)(word / PLACE_PAGES % PLACE_NUMBERS),
		.generation = (uint32_t)(word / (PLACE_PAGES * PLACE_NUMBERS)),
	};
}

vspace_t vspace_start(uint64_t physical)
{
	/* From the last one on, so that a number rests for as long as possible before it is used again. */
	/*@
		loop invariant spaces_ok;
		loop assigns looked, vspaces.last_number;
		loop variant VSPACES_MAX - looked;
	*/
	for (uint32_t looked = 0; looked < VSPACES_MAX; looked++) {
		vspaces.last_number = vspaces.last_number % (VSPACES_MAX - 1) + 1;
		if (vspaces.space[vspaces.last_number].table == 0) {
			vspaces.space[vspaces.last_number].table = (table_t)(physical / KAAL_PAGE_BYTES);
			vspaces.space[vspaces.last_number].generation = (vspaces.space[vspaces.last_number].generation + 1) % GENERATIONS;
			vspaces.space[vspaces.last_number].count = 0;
			return vspaces.last_number;
		}
	}
	return 0;
}

struct cap vspace_cap(vspace_t vspace)
{
	return (struct cap){
		.data = place_word((struct place){0, vspace, vspaces.space[vspace].generation}),
		.object = (object_t)((uint64_t)vspaces.space[vspace].table * KAAL_PAGE_BYTES >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_VSPACE, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

vspace_t vspace_of_place(struct place place)
{
	const struct space *s = &vspaces.space[place.vspace];

	return s->table != 0 && s->generation == place.generation ? place.vspace : 0;
}

vspace_t vspace_of(struct cap cap)
{
	return vspace_of_place(place_of(cap.data));
}

uint32_t vspace_generation(vspace_t vspace)
{
	return vspaces.space[vspace].generation;
}

uint32_t *vspace_count(vspace_t vspace)
{
	return &vspaces.space[vspace].count;
}

/*@
	requires vspace < VSPACES_MAX;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == space_asid(cpu.space_word[vspace]) && \result < ARCH_ASIDS;
*/
/* 0: it has none. */
static uint32_t asid_of(vspace_t vspace)
{
	return arch_space_asid(cpu.space_word[vspace]);
}

/*@
	requires vspace < VSPACES_MAX && spaces_ok;
	terminates \true; exits \false;
	assigns vspace_asid_owner[0 .. ARCH_ASIDS - 1], cpu.space_word[vspace];
	ensures spaces_ok && space_asid(cpu.space_word[vspace]) == 0;
*/
static void release_asid(vspace_t vspace)
{
	uint32_t asid = asid_of(vspace);

	if (asid == 0)
		return;
	arch_tlb_flush_asid(asid);
	vspace_asid_owner[asid] = 0;
	cpu.space_word[vspace] = 0;
}

void vspace_end(vspace_t vspace)
{
	release_asid(vspace);
	vspaces.space[vspace].table = 0;
}

/*@
	requires is_thread_or_none(cpu.loaded);
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> cpu.loaded != THREAD_NONE && thread_view[cpu.loaded].vspace == vspace && vspace != 0;
*/
/* Whether the CPU translates with this space at present; nobody's is 0. */
static bool is_loaded(vspace_t vspace)
{
	return cpu.loaded != THREAD_NONE && thread_view[cpu.loaded].vspace == vspace && vspace != 0;
}

/*@
	requires spaces_ok;
	terminates \true; exits \false; assigns vspaces.last_asid;
	ensures 1 <= vspaces.last_asid < ARCH_ASIDS && spaces_ok;
*/
static void next_asid(void)
{
	vspaces.last_asid = vspaces.last_asid % (ARCH_ASIDS - 1) + 1;
}

/*@
	requires is_thread_or_none(cpu.loaded) && spaces_ok && vspace < VSPACES_MAX;
	terminates \true; exits \false;
	assigns vspaces.last_asid, vspace_asid_owner[0 .. ARCH_ASIDS - 1], cpu.space_word[0 .. VSPACES_MAX - 1];
	ensures spaces_ok && 1 <= \result < ARCH_ASIDS && vspace_asid_owner[\result] == vspace;
*/
/*
 * The next ASID in turn; its owner, if any, gets another when it runs again. Not the one in use: up to the switch to
 * the new owner, the CPU could fill the TLB with the old one's translations under it.
 */
static uint32_t take_asid(vspace_t vspace)
{
	next_asid();
	if (is_loaded(vspace_asid_owner[vspaces.last_asid]))
		next_asid();
	if (vspace_asid_owner[vspaces.last_asid] != 0)
		release_asid(vspace_asid_owner[vspaces.last_asid]);
	vspace_asid_owner[vspaces.last_asid] = vspace;
	return vspaces.last_asid;
}

uint64_t vspace_word(vspace_t vspace)
{
	if (vspace == 0)
		return arch_space_none();
	if (cpu.space_word[vspace] == 0)
		cpu.space_word[vspace] = arch_space_word((uint64_t)vspaces.space[vspace].table * KAAL_PAGE_BYTES, take_asid(vspace));
	return cpu.space_word[vspace];
}

bool vspace_find_entry(vspace_t vspace, uint64_t virtual_address, unsigned level, table_t *table, unsigned *index)
{
	table_t at = vspaces.space[vspace].table;

	/*@
		loop invariant 1 <= l <= level && at < TABLE_VIEW_END;
		loop assigns l, at;
		loop variant level - l;
	*/
	for (unsigned l = 1; l < level; l++) {
		uint64_t entry = table_view[at].entry[translation_index(virtual_address, l)];

		if (!translation_is_table(entry, l))
			return false;
		at = (table_t)(translation_address(entry) / KAAL_PAGE_BYTES);
	}
	*table = at;
	*index = translation_index(virtual_address, level);
	return true;
}

void vspace_flush_page(vspace_t vspace, uint64_t virtual_address)
{
	if (asid_of(vspace) != 0)
		arch_tlb_flush_page(virtual_address, asid_of(vspace));
}

void vspace_flush(vspace_t vspace)
{
	if (asid_of(vspace) != 0)
		arch_tlb_flush_asid(asid_of(vspace));
}
