/*
 * Address spaces: the level 1 translation table of a 39-bit space, one page.
 *
 *   VS-1: every table reachable from it is a page of its own
 */
#ifndef OBJECT_VSPACE_H
#define OBJECT_VSPACE_H

#include "cap.h"

#define VSPACE_BITS 12u

/* The capability of an address space: data is its address space identifier (ASID). */
static inline struct cap vspace_cap(uint64_t base, uint32_t asid)
{
	return (struct cap){
		.data = asid,
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_VSPACE, KAAL_RIGHTS_ALL, 0),
	};
}

/* What arch_space_use() takes to run in it. */
uint64_t vspace_word(struct cap cap);

#endif
