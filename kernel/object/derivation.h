/*
 * The derivation tree: which capability came from which. A slot names its
 * parent, its first child and its siblings by handle; 0 is none.
 *
 *   DT-1: child.parent = p  if and only if  child is in the list that starts at p.child
 *   DT-2: a.next = b  if and only if  b.previous = a; both have the same parent
 *   DT-3: a slot without capability has no links
 *   DT-4: following parents ends at a slot whose parent is 0
 */
#ifndef OBJECT_DERIVATION_H
#define OBJECT_DERIVATION_H

#include <stdbool.h>

#include "cap.h"

/* Makes a slot without links the first child of `parent`. */
void derivation_insert(slot_t slot, slot_t parent);

/* Takes a slot without children out of the tree. */
void derivation_remove(slot_t slot);

/* Moves a slot, with what is below it, under another parent, as its first child; 0: under none. */
void derivation_reparent(slot_t slot, slot_t parent);

/*
 * Lets `to`, the first child of `from` and itself without a place elsewhere,
 * take over the other children of `from`, one a step: false while some are left.
 */
bool derivation_adopt_step(slot_t to, slot_t from);

/* Puts `to`, the only child of `from`, in the place of `from`, which has no links then. */
void derivation_replace(slot_t to, slot_t from);

#endif
