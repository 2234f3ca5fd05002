/*
 * Address spaces: a level 1 translation table, one page, for 39 bits; and the
 * list of all of them, by number.
 *
 *   VS-1: a space's number and generation name it and no other, before and after: what is mapped remembers both
 *   VS-2: a space that has an ASID is the owner of that ASID; no other TLB entries exist under it
 *   VS-3: every table below a level 1 table is a page table object, or the kernel's own from boot
 */
#ifndef OBJECT_VSPACE_H
#define OBJECT_VSPACE_H

#include <stdbool.h>

#include "cap.h"

#define VSPACE_BITS 12u
#define VSPACES_MAX 4096u /* number 0 is none */

/* A page of translation entries by its handle: physical address in pages. */
typedef uint32_t table_t;
struct table {
	uint64_t entry[512];
};

typedef uint32_t vspace_t; /* number of a space; 0: none */

/* A space, by its number. */
struct space {
	table_t table; /* level 1; 0: the number is free */
	uint32_t generation;
	uint32_t count; /* capabilities */
};

/* All of them. Changed by vspace.c, and through vspace_count(). */
struct vspaces {
	struct space space[VSPACES_MAX];
	vspace_t last_number; /* given away last */
	uint32_t last_asid;
};

extern struct vspaces vspaces;
/* Who has which ASID, ARCH_ASIDS of them; 0: nobody. ASID 0 is the kernel's own, for no space. */
extern vspace_t vspace_asid_owner[];

/* Where something is mapped: a page-aligned virtual address in a space. 0 as a whole: nowhere. */
struct place {
	uint64_t virtual_address;
	vspace_t vspace;
	uint32_t generation;
};

/* A place as a capability's data word, and back. The generation keeps its low 25 bits. */
uint64_t place_word(struct place place);
struct place place_of(uint64_t word);

/* Gives the table at `physical`, zeroed or built by boot, a number; 0 when all are taken. */
vspace_t vspace_start(uint64_t physical);

/* The capability of a space, and the space it names: 0 when that has ended. */
struct cap vspace_cap(vspace_t vspace);
vspace_t vspace_of(struct cap cap);

/* Its generation, for a place; the capabilities to it. */
uint32_t vspace_generation(vspace_t vspace);
uint32_t *vspace_count(vspace_t vspace);

/* The space that the place is in, if it still exists; 0 otherwise. */
vspace_t vspace_of_place(struct place place);

/* The last capability is gone: number and ASID are free. */
void vspace_end(vspace_t vspace);

/* What arch_space_use() takes to run in it; gives it an ASID if it has none. */
uint64_t vspace_word(vspace_t vspace);

/*
 * The entry for an address in the table of `level` (1..3); false when a table
 * above it is missing, or a larger block is mapped there.
 */
bool vspace_find_entry(vspace_t vspace, uint64_t virtual_address, unsigned level, table_t *table, unsigned *index);

/* What the TLBs hold of a page, or of all, of the space is dropped. */
void vspace_flush_page(vspace_t vspace, uint64_t virtual_address);
void vspace_flush(vspace_t vspace);

#endif
