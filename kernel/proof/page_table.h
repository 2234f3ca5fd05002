/* Contracts of object/page_table.h. */
#ifndef PROOF_PAGE_TABLE_H
#define PROOF_PAGE_TABLE_H

/*@
	requires base < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures \result.object == base / 32 && \result.data == 0 && word_type(\result.word) == KAAL_OBJECT_PAGE_TABLE;
*/
static inline struct cap page_table_cap(uint64_t base);
/*@
	requires kernel_ok && vspace < VSPACES_MAX && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_PAGE_TABLE;
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
	ensures \result == KAAL_OK ==> KAAL_USER_VA_MIN <= virtual_address < KAAL_USER_VA_END && \old(slot_view[slot].cap.data) == 0;
	// The capability says where; and an entry that was free, of that address in a table of level 1 or 2, names the table.
	ensures \result == KAAL_OK ==> slot_view[slot].cap.data == virtual_address / 4096 + vspace * 0x8000000 +
		vspaces.space[vspace].generation % 0x2000000 * 0x8000000000;
	ensures \result == KAAL_OK ==> \exists integer t, i; 0 <= t < TABLE_VIEW_END && 0 <= i < 512 &&
		(i == level_index(virtual_address, 1) || i == level_index(virtual_address, 2)) &&
		\old(table_view[t].entry[i]) == 0 && table_view[t].entry[i] == slot_view[slot].cap.object * 32 + 3;
	ensures \result != KAAL_OK ==> slot_view[slot].cap.data == \old(slot_view[slot].cap.data);
	ensures \result != KAAL_OK ==> \forall integer t, i; 0 <= t < TABLE_VIEW_END && 0 <= i < 512 ==>
		table_view[t].entry[i] == \old(table_view[t].entry[i]);
*/
uint64_t page_table_map(slot_t slot, vspace_t vspace, uint64_t virtual_address);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_PAGE_TABLE;
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
	ensures slot_view[slot].cap.data == 0;
	ensures \old(slot_view[slot].cap.data) == 0 ==> \result == KAAL_NOT_MAPPED;
	// PT-2: what it mapped is mapped no more.
	ensures \old(slot_view[slot].cap.data) != 0 ==>
		\forall integer i; 0 <= i < 512 ==> table_view[slot_view[slot].cap.object / 128].entry[i] == 0;
*/
uint64_t page_table_unmap(slot_t slot);

#endif
