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
*/
uint64_t page_table_map(slot_t slot, vspace_t vspace, uint64_t virtual_address);
/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_PAGE_TABLE;
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1];
	ensures kernel_ok;
*/
uint64_t page_table_unmap(slot_t slot);

#endif
