/*
 * CNodes: arrays of slots. Slot 0 is the CNode's own header and, seen from
 * outside, the null capability.
 *
 *   CN-1: a CNode has 2^radix slots, aligned to its size, CNODE_RADIX_MIN <= radix <= CNODE_RADIX_MAX
 *   CN-2: slot 0 never holds a capability
 */
#ifndef OBJECT_CNODE_H
#define OBJECT_CNODE_H

#include <stdbool.h>

#include "cap.h"

#define CNODE_RADIX_MIN 1u
#define CNODE_RADIX_MAX 20u

/* The capability of a CNode: aux is its radix. */
struct cap cnode_cap(slot_t base, uint32_t radix, uint32_t rights);
uint32_t cnode_radix(struct cap cap);

/* The slot that `index` addresses in the CSpace of 2^radix slots at `base`; false if there is none. */
bool cnode_slot(slot_t base, uint32_t radix, kaal_cap_t index, slot_t *slot);

/* Puts a capability without a parent into an empty slot. Boot only. */
void cnode_put_initial(slot_t slot, struct cap cap);

#endif
