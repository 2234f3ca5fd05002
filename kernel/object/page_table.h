/*
 * Page tables: pages of translation entries of level 2 or 3; which, is decided
 * where they are mapped. Their capabilities can be moved, not copied.
 *
 *   PT-1: a page table is referred to by one entry at most
 *   PT-2: one whose capability says that it is mapped nowhere is all zero
 */
#ifndef OBJECT_PAGE_TABLE_H
#define OBJECT_PAGE_TABLE_H

#include "vspace.h"

#define PAGE_TABLE_BITS 12u

static inline struct cap page_table_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_PAGE_TABLE, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

/*
 * Puts the table where a table for the address is missing first: level 2 below
 * level 1, else level 3 below level 2. A KAAL_ status: OUT_OF_RANGE, MAPPED,
 * ADDRESS_IN_USE when no table is missing or a block is mapped there.
 */
uint64_t page_table_map(slot_t slot, vspace_t vspace, uint64_t virtual_address);

/* Takes it out, with all that is mapped below it. NOT_MAPPED. */
uint64_t page_table_unmap(slot_t slot);

#endif
