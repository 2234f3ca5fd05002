/* What is put into slots, and moved between them: capability, count and place in the derivation tree together. */
#ifndef OBJECT_SLOT_H
#define OBJECT_SLOT_H

#include <stdbool.h>

#include "cap.h"

/* A capability derived from the one in `parent` goes into an empty slot. */
void slot_put_derived(slot_t slot, slot_t parent, struct cap cap);

/* The same of an object's first capability, which its count has already. */
void slot_put_first(slot_t slot, slot_t parent, struct cap cap);

/*
 * A move whose children are many takes steps: `to` is reserved (as a zombie
 * without type, below `from`), takes over the children one by one
 * (derivation_adopt_step()), and then the capability. is_reserved: by a move from there.
 */
void slot_reserve(slot_t to, slot_t from);
bool slot_is_reserved_for(slot_t to, slot_t from);
void slot_finish_move(slot_t to, slot_t from);

#endif
