#include "destroy.h"

#include <stddef.h>

#include <arch/arch.h>
#include <core/sched.h>

#include "cnode.h"
#include "derivation.h"
#include "thread.h"

/* Slots looked at in one step while a CNode is emptied. */
#define LOOKS_PER_STEP 64u

static slot_t cnode_worklist;
static thread_t thread_worklist = THREAD_NONE;

/* The count in the object's header; NULL for objects that are never destroyed. CNodes keep theirs in slot 0. */
static uint32_t *count_of(enum kaal_object_type type, object_t object)
{
	switch (type) {
	case KAAL_OBJECT_CNODE:
		return cnode_count(object);
	case KAAL_OBJECT_THREAD:
		return &thread_view[object >> (THREAD_BITS - OBJECT_UNIT_BITS)].count;
	case KAAL_OBJECT_SCHED_CONTEXT:
		return &sched_context_view[object >> (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS)].count;
	default:
		return NULL;
	}
}

void destroy_count_reference(struct cap cap)
{
	uint32_t *count = count_of(cap_type(cap), cap.object);

	if (count == NULL)
		return;
	kernel_assert(*count != UINT32_MAX);
	++*count;
}

static void end_thread(thread_t thread)
{
	sched_forget(thread);
	thread_view[thread].destroy_next = thread_worklist;
	thread_worklist = thread;
}

/* The object has no capability left. */
static void end_object(enum kaal_object_type type, object_t object)
{
	if (type == KAAL_OBJECT_CNODE) {
		cnode_set_worklist_next(object, cnode_worklist);
		cnode_worklist = object;
	} else if (type == KAAL_OBJECT_THREAD) {
		end_thread(object >> (THREAD_BITS - OBJECT_UNIT_BITS));
	} else {
		sched_unbind(object >> (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS));
	}
}

static void drop_reference(enum kaal_object_type type, object_t object)
{
	uint32_t *count = count_of(type, object);

	if (count == NULL)
		return;
	kernel_assert(*count != 0);
	if (--*count == 0)
		end_object(type, object);
}

static void clear(slot_t slot)
{
	uint32_t type = slot_view[slot].cap.word % CAP_ZOMBIE;
	object_t object = slot_view[slot].cap.object;
	bool in_thread = (slot_view[slot].cap.word & CAP_IN_THREAD) != 0;

	derivation_remove(slot);
	slot_view[slot].cap.data = 0;
	slot_view[slot].cap.object = 0;
	slot_view[slot].cap.word = 0;
	if (in_thread)
		thread_slot_changed(slot);
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

/* A thread's few slots are emptied in one step: nobody can name them, so nothing is below them. */
static void empty_thread(void)
{
	thread_t thread = thread_worklist;

	thread_worklist = thread_view[thread].destroy_next;
	for (uint32_t which = 0; which < THREAD_SLOTS; which++)
		(void)destroy_slot_step(thread_slot(thread, (enum thread_slot)which));
}

bool destroy_worklist_step(void)
{
	slot_t cnode = cnode_worklist;
	bool end = false;
	slot_t slot;

	if (thread_worklist != THREAD_NONE) {
		empty_thread();
		return false;
	}
	if (cnode == 0)
		return true;
	slot = cnode_next_occupied(cnode, LOOKS_PER_STEP, &end);
	if (slot != 0)
		(void)destroy_slot_step(slot);
	else if (end)
		cnode_worklist = cnode_worklist_next(cnode);
	return false;
}
