#include "destroy.h"

#include <arch/arch.h>

#include "cnode.h"
#include "derivation.h"

/* Slots looked at in one step while a CNode is emptied. */
#define LOOKS_PER_STEP 64u

static slot_t worklist;

void destroy_count_reference(struct cap cap)
{
	if (cap_type(cap) == KAAL_OBJECT_CNODE)
		cnode_add_reference(cap.object);
}

/* The capability, its zombie flag removed, is gone: so is its object, if it was the last. */
static void drop_reference(enum kaal_object_type type, object_t object)
{
	if (type == KAAL_OBJECT_CNODE && cnode_drop_reference(object)) {
		cnode_set_worklist_next(object, worklist);
		worklist = object;
	}
}

static void clear(slot_t slot)
{
	uint32_t type = slot_view[slot].cap.word % CAP_ZOMBIE;
	object_t object = slot_view[slot].cap.object;

	derivation_remove(slot);
	slot_view[slot].cap.data = 0;
	slot_view[slot].cap.object = 0;
	slot_view[slot].cap.word = 0;
	drop_reference((enum kaal_object_type)type, object);
}

bool destroy_slot_step(slot_t slot)
{
	slot_t child = slot_view[slot].child;

	if (cap_is_null(slot_view[slot].cap))
		return true;
	if (child == 0) {
		clear(slot);
		return true;
	}
	if (!cap_is_zombie(slot_view[slot].cap))
		slot_view[slot].cap.word += CAP_ZOMBIE;
	derivation_reparent(child, slot_view[slot].parent);
	return false;
}

bool destroy_below_step(slot_t slot)
{
	slot_t child = slot_view[slot].child;

	if (child == 0)
		return true;
	if (slot_view[child].child != 0)
		derivation_reparent(slot_view[child].child, slot);
	else
		clear(child);
	return false;
}

bool destroy_worklist_step(void)
{
	slot_t cnode = worklist;
	bool end = false;
	slot_t slot;

	if (cnode == 0)
		return true;
	slot = cnode_next_occupied(cnode, LOOKS_PER_STEP, &end);
	if (slot != 0)
		(void)destroy_slot_step(slot);
	else if (end)
		worklist = cnode_worklist_next(cnode);
	return false;
}
