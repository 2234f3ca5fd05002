#include "spaces.h"

#include <arch/arch.h>
#include <freestanding/translation.h>

#include <core/cpu.h>
#include <object/frame.h>
#include <object/page_table.h>
#include <object/vspace.h>

#include "marks.h"

/* In an entry: a capability says that it is there. Software's bit in leaves, ignored in entries of tables (Arm ARM DDI 0487, D8.3). */
#define SEEN (UINT64_C(1) << 58)
/* Numbers of spaces that one look compares with what has been found. */
#define NUMBERS 64u

/* The kernel's own mappings in the space of the root task. */
static struct {
	vspace_t vspace;
	uint32_t generation;
	uint32_t leaves, tables;
} boots;
static bool setting_boot;
static vspace_t turn; /* the number at which the last look ended */

/* Entries of one space without mark. */
struct walk {
	vspace_t vspace;
	uint32_t leaves, tables;
};

void spaces_set_none(void)
{
	boots.vspace = 0;
}

static uint64_t base_of(struct cap cap)
{
	return (uint64_t)cap.object << OBJECT_UNIT_BITS;
}

static void note_frame(struct cap cap)
{
	struct place place = place_of(cap.data);
	vspace_t vspace = place.vspace != 0 ? vspace_of_place(place) : 0;
	unsigned level = translation_level(frame_size_bits(cap)), index;
	table_t table;

	if (vspace == 0 || !vspace_find_entry(vspace, place.virtual_address, level, &table, &index))
		return;
	if (translation_is_leaf(table_view[table].entry[index], level) && translation_address(table_view[table].entry[index]) == base_of(cap))
		table_view[table].entry[index] |= SEEN;
}

static void note_table(struct cap cap)
{
	vspace_t vspace = cap.data != 0 ? vspace_of_place(place_of(cap.data)) : 0;
	unsigned index;
	table_t table;

	for (unsigned level = 1; vspace != 0 && level < TRANSLATION_LEVEL_LAST; level++) {
		if (!vspace_find_entry(vspace, place_of(cap.data).virtual_address, level, &table, &index))
			return;
		if (!translation_is_table(table_view[table].entry[index], level) || translation_address(table_view[table].entry[index]) != base_of(cap))
			continue;
		mark_holds((table_view[table].entry[index] & SEEN) == 0, "PT-1", cap.object);
		table_view[table].entry[index] |= SEEN;
		return;
	}
}

void spaces_note(struct cap cap)
{
	if (cap_type(cap) == KAAL_OBJECT_FRAME)
		note_frame(cap);
	else if (cap_type(cap) == KAAL_OBJECT_PAGE_TABLE)
		note_table(cap);
}

/* A leaf is one of those that mapping makes: never writable and executable. */
static void check_leaf(uint64_t entry, unsigned level)
{
	static const enum translation_memory memory[] = {TRANSLATION_NORMAL, TRANSLATION_DEVICE, TRANSLATION_UNCACHED};
	uint64_t physical = translation_address(entry);
	bool good = entry == translation_leaf(physical, (struct translation_attributes){TRANSLATION_NORMAL, TRANSLATION_USER | TRANSLATION_EXECUTE}, level);

	for (unsigned i = 0; i < sizeof memory / sizeof *memory; i++) {
		good = good || entry == translation_leaf(physical, (struct translation_attributes){memory[i], TRANSLATION_USER}, level) ||
		       entry == translation_leaf(physical, (struct translation_attributes){memory[i], TRANSLATION_USER | TRANSLATION_WRITE}, level);
	}
	mark_holds(good, "FR-3", (uint32_t)(physical >> OBJECT_UNIT_BITS));
}

/* One entry; the table that it refers to, 0 for none. */
static table_t look_at(struct walk *walk, table_t table, unsigned index, unsigned level)
{
	uint64_t *entry = &table_view[table].entry[index];
	bool seen = (*entry & SEEN) != 0;

	if (*entry == 0)
		return 0;
	*entry &= ~SEEN;
	if (translation_is_table(*entry, level)) {
		walk->tables += !seen;
		return (table_t)(translation_address(*entry) / KAAL_PAGE_BYTES);
	}
	walk->leaves += !seen;
	check_leaf(*entry, level);
	return 0;
}

static void look_at_third(struct walk *walk, table_t table)
{
	for (unsigned i = 0; table != 0 && i < TRANSLATION_ENTRIES; i++)
		(void)look_at(walk, table, i, 3);
}

static void look_at_second(struct walk *walk, table_t table)
{
	for (unsigned i = 0; table != 0 && i < TRANSLATION_ENTRIES; i++)
		look_at_third(walk, look_at(walk, table, i, 2));
}

static void look_at_space(struct walk *walk)
{
	table_t first = vspaces.space[walk->vspace].table;

	for (unsigned i = 0; i < TRANSLATION_ENTRIES; i++)
		look_at_second(walk, look_at(walk, first, i, 1));
}

static void check_space(vspace_t vspace)
{
	struct walk walk = {vspace, 0, 0};
	bool is_boots = boots.vspace == vspace && boots.generation == vspace_generation(vspace);
	uint32_t asid = arch_space_asid(cpu.space_word[vspace]);

	look_at_space(&walk);
	if (setting_boot) {
		boots.vspace = vspace;
		boots.generation = vspace_generation(vspace);
		boots.leaves = walk.leaves;
		boots.tables = walk.tables;
		is_boots = true;
	}
	mark_holds(walk.tables == (is_boots ? boots.tables : 0), "VS-3", vspace);
	mark_holds(walk.leaves == (is_boots ? boots.leaves : 0), "FR-5", vspace);
	mark_holds(asid == 0 || vspace_asid_owner[asid] == vspace, "VS-2", vspace);
}

static bool is_alive(vspace_t vspace)
{
	return vspaces.space[vspace].table != 0;
}

/* Whom an ASID is said to belong to has it. */
static void check_asids(void)
{
	for (uint32_t asid = 1; asid < ARCH_ASIDS; asid++) {
		vspace_t owner = vspace_asid_owner[asid];

		mark_holds(owner == 0 || (is_alive(owner) && arch_space_asid(cpu.space_word[owner]) == asid), "VS-2", owner);
	}
}

void spaces_check(bool exact)
{
	for (vspace_t vspace = mark_first_space(); vspace != 0; vspace = mark_next_space(vspace)) {
		uint32_t found = mark_found_space(vspace), count = *vspace_count(vspace);

		mark_holds(exact ? found == count : found <= count, "VS-1", vspace);
		check_space(vspace);
	}
	check_asids();
	for (uint32_t i = 0; i < NUMBERS; i++) {
		turn = turn % (VSPACES_MAX - 1) + 1;
		mark_holds(!exact || !is_alive(turn) || mark_found_space(turn) != 0, "VS-1", turn);
	}
}

void spaces_set_boot(void)
{
	setting_boot = true;
	spaces_check(false);
	setting_boot = false;
}
