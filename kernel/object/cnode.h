/*
 * CNodes: arrays of slots. Slot 0 is the CNode's own header and, seen from
 * outside, the null capability.
 *
 *   CN-1: a CNode has 2^radix slots, aligned to its size, CNODE_RADIX_MIN <= radix <= CNODE_RADIX_MAX
 *   CN-2: slot 0 never holds a capability
 *   CN-3: its count is the number of capabilities to it, wherever they lie
 *
 * An index is resolved from its most significant bit: each level takes the
 * guard's bits, which must match, then radix bits, which choose a slot; when all
 * 64 are taken, that slot is meant, otherwise it holds the next level's CNode.
 */
#ifndef OBJECT_CNODE_H
#define OBJECT_CNODE_H

#include "cap.h"

#define CNODE_RADIX_MIN 1u
#define CNODE_RADIX_MAX 20u
#define CNODE_INDEX_BITS 64u

/* The capability of a CNode whose guard is all zero and takes what the radix leaves of an index. */
struct cap cnode_cap(slot_t base, uint32_t radix, uint32_t rights);
uint32_t cnode_radix(struct cap cap);

/* Whether an index below 2^radix names a slot and no other does: the guard is all zero and takes what the radix leaves. */
bool cnode_is_flat(struct cap cap);

/* Sets the guard: value * 64 + bits. False, and no change, when it does not fit. */
bool cnode_set_guard(struct cap *cap, uint64_t guard);

/*
 * The slot that `index` addresses in the CSpace under `root`, and the rights of the CNode capability
 * through which it was reached; false if there is none.
 */
bool cnode_look_up(struct cap root, kaal_cap_t index, slot_t *slot, uint32_t *rights);

/* A fresh, zeroed CNode gets its header; nobody refers to it yet. */
void cnode_start(slot_t base, uint32_t radix);

/* Puts a capability without a parent into an empty slot. Boot only. */
void cnode_put_initial(slot_t slot, struct cap cap);

/* --- the header, in the fields of slot 0 --------------------------------------------- */

uint32_t *cnode_count(slot_t base);

/* While its slots are emptied: the next CNode in the worklist, and the slot to look at next. */
slot_t cnode_worklist_next(slot_t base);
void cnode_set_worklist_next(slot_t base, slot_t next);
/* The next slot that is not empty, looking at `looks` slots at most; 0: none found, and *end says whether the CNode ends. */
slot_t cnode_next_occupied(slot_t base, uint32_t looks, bool *end);

#endif
