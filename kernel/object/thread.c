#include "thread.h"

#include <stddef.h>

#include <arch/arch.h>
#include <core/sched.h>
#include <kaal/status.h>

#include "cnode.h"
#include "derivation.h"
#include "destroy.h"
#include "vspace.h"

#define SLOTS_OFFSET (offsetof(struct thread, slot) >> SLOT_BITS) /* in slots */

void thread_start(thread_t thread)
{
	struct thread *t = &thread_view[thread];

	t->sched_context = SCHED_CONTEXT_NONE;
	t->ready_next = THREAD_NONE;
	t->ready_previous = THREAD_NONE;
	t->destroy_next = THREAD_NONE;
}

slot_t thread_slot(thread_t thread, enum thread_slot which)
{
	return (slot_t)((thread << (THREAD_BITS - SLOT_BITS)) + SLOTS_OFFSET + which);
}

thread_t thread_with_slot(slot_t slot)
{
	return slot >> (THREAD_BITS - SLOT_BITS);
}

void thread_slot_changed(slot_t slot)
{
	thread_t thread = thread_with_slot(slot);
	struct cap cap = slot_view[slot].cap;

	if (slot != thread_slot(thread, THREAD_SLOT_VSPACE))
		return;
	thread_view[thread].vspace = cap_type(cap) == KAAL_OBJECT_VSPACE ? vspace_of(cap) : 0;
	sched_space_changed(thread);
}

bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot)
{
	return cnode_look_up(thread->slot[THREAD_SLOT_CSPACE].cap, index, slot);
}

void thread_fill_slot(thread_t thread, enum thread_slot which, slot_t from)
{
	slot_t slot = thread_slot(thread, which);
	struct cap cap = slot_view[from].cap;

	kernel_assert(cap_is_null(slot_view[slot].cap));
	slot_view[slot].cap.data = cap.data;
	slot_view[slot].cap.object = cap.object;
	slot_view[slot].cap.word = cap.word | CAP_IN_THREAD;
	derivation_insert(slot, from);
	destroy_count_reference(cap);
	thread_slot_changed(slot);
}

uint64_t thread_find_typed_slot(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
				slot_t *slot)
{
	slot_t found;

	if (!thread_find_slot(thread, index, &found))
		return KAAL_INVALID_CAP;
	if (cap_type(slot_view[found].cap) != type)
		return KAAL_WRONG_TYPE;
	if ((cap_rights(slot_view[found].cap) & rights) != rights)
		return KAAL_NO_RIGHT;
	*slot = found;
	return KAAL_OK;
}

uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap)
{
	slot_t slot = 0;
	uint64_t status = thread_find_typed_slot(thread, index, type, rights, &slot);

	if (status == KAAL_OK)
		*cap = slot_view[slot].cap;
	return status;
}
