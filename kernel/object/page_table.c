#include "page_table.h"

#include <arch/arch.h>
#include <freestanding/translation.h>
#include <kaal/status.h>

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object * 32;
*/
static uint64_t base_of(struct cap cap)
{
	return (uint64_t)cap.object << OBJECT_UNIT_BITS;
}

uint64_t page_table_map(slot_t slot, vspace_t vspace, uint64_t virtual_address)
{
	struct cap cap = slot_view[slot].cap;
	table_t table;
	unsigned index;

	if (virtual_address >= KAAL_USER_VA_END || virtual_address < KAAL_USER_VA_MIN)
		return KAAL_OUT_OF_RANGE;
	if (cap.data != 0)
		return KAAL_MAPPED;
	/*@
		loop invariant 1 <= level <= TRANSLATION_LEVEL_LAST;
		loop assigns level, table, index;
		loop variant TRANSLATION_LEVEL_LAST - level;
	*/
	for (unsigned level = 1; level < TRANSLATION_LEVEL_LAST; level++) {
		if (!vspace_find_entry(vspace, virtual_address, level, &table, &index))
			break;
		if (table_view[table].entry[index] != 0)
			continue;
		//@ assert free: table_view[table].entry[index] == \at(table_view[\at(table, Here)].entry[\at(index, Here)], Pre);
		table_view[table].entry[index] = translation_table(base_of(cap));
		//@ assert named: table_view[table].entry[index] == cap.object * 32 + 3;
		slot_view[slot].cap.data =
			place_word((struct place){virtual_address - virtual_address % KAAL_PAGE_BYTES, vspace, vspace_generation(vspace)});
		arch_tables_written();
		return KAAL_OK;
	}
	return KAAL_ADDRESS_IN_USE;
}

/*@
	requires spaces_ok && tables_ok && vspace < VSPACES_MAX;
	requires \valid(table) && \valid(index) && \separated(table, index);
	requires OUTSIDE_STATE(table) && OUTSIDE_STATE(index);
	exits \false;
	assigns *table, *index;
	ensures \result ==> *table < TABLE_VIEW_END && *index < 512;
	ensures \result ==> table_view[*table].entry[*index] % 4 == 3 && entry_address(table_view[*table].entry[*index]) == cap.object * 32;
*/
/* The entry that refers to this table. */
static bool find_entry(struct cap cap, vspace_t vspace, table_t *table, unsigned *index)
{
	uint64_t virtual_address = place_of(cap.data).virtual_address;

	/*@
		loop invariant 1 <= level <= TRANSLATION_LEVEL_LAST;
		loop assigns level, *table, *index;
		loop variant TRANSLATION_LEVEL_LAST - level;
	*/
	for (unsigned level = 1; level < TRANSLATION_LEVEL_LAST; level++) {
		if (!vspace_find_entry(vspace, virtual_address, level, table, index))
			return false;
		if (translation_is_table(table_view[*table].entry[*index], level) &&
		    translation_address(table_view[*table].entry[*index]) == base_of(cap))
			return true;
	}
	return false;
}

uint64_t page_table_unmap(slot_t slot)
{
	struct cap cap = slot_view[slot].cap;
	vspace_t vspace = cap.data == 0 ? 0 : vspace_of_place(place_of(cap.data));
	table_t table;
	unsigned index;
	uint64_t status = KAAL_NOT_MAPPED;

	if (cap.data == 0)
		return status;
	if (vspace != 0 && find_entry(cap, vspace, &table, &index)) {
		table_view[table].entry[index] = 0;
		arch_tables_written();
		vspace_flush(vspace);
		status = KAAL_OK;
	}
	/* Also when the space has ended, or a table above was taken out: PT-2. */
	//@ assert tables_ok;
	arch_zero_page(base_of(cap));
	//@ assert tables_ok;
	slot_view[slot].cap.data = 0;
	return status;
}
