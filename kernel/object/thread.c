#include "thread.h"

#include <stddef.h>

#include <arch/arch.h>
#include <core/sched.h>
#include <kaal/status.h>

#include "cnode.h"
#include "derivation.h"
#include "destroy.h"
#include "notification.h"
#include "vspace.h"

#define SLOTS_OFFSET (offsetof(struct thread, slot) >> SLOT_BITS) /* in slots */

void thread_start(thread_t thread)
{
	thread_view[thread].state = THREAD_STOPPED;
	thread_view[thread].context = CONTEXT_NONE;
	thread_view[thread].own = CONTEXT_NONE;
	thread_view[thread].reply = REPLY_NONE;
	wait_links_start(thread);
	thread_view[thread].ready_next = THREAD_NONE;
	thread_view[thread].ready_previous = THREAD_NONE;
	thread_view[thread].destroy_next = THREAD_NONE;
}

slot_t thread_slot(thread_t thread, enum thread_slot which)
{
	return (slot_t)((thread << (THREAD_BITS - SLOT_BITS)) + SLOTS_OFFSET + which);
}

thread_t thread_with_slot(slot_t slot)
{
	return slot >> (THREAD_BITS - SLOT_BITS);
}

/* TH-5 */
/*@
	requires kernel_ok && cap_ok(cap) && is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[thread].cspace_first, thread_view[thread].cspace_slots;
	ensures kernel_ok;
*/
static void cspace_changed(thread_t thread, struct cap cap)
{
	bool flat = cap_type(cap) == KAAL_OBJECT_CNODE && cnode_is_flat(cap);

	//@ assert flat ==> word_kind(cap.word) == KAAL_OBJECT_CNODE;
	//@ assert flat ==> cap.object + (1 << (word_aux(cap.word) % 32)) <= SLOT_VIEW_END;
	thread_view[thread].cspace_first = flat ? cap.object : 0;
	thread_view[thread].cspace_slots = flat ? UINT32_C(1) << cnode_radix(cap) : 0;
	//@ assert thread_cspace_ok(thread);
	//@ assert threads_cspace_ok;
	//@ assert threads_root_ok;
	//@ assert threads_priorities_ok;
	//@ assert threads_vspaces_ok && threads_buffers_ok;
	//@ assert threads_contexts_ok;
	//@ assert threads_owns_ok;
	//@ assert threads_replies_ok;
	//@ assert threads_ready_ok && threads_timer_ok && threads_wait_ok;
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void vspace_changed(thread_t thread, struct cap cap)
{
	thread_view[thread].vspace = cap_type(cap) == KAAL_OBJECT_VSPACE ? vspace_of(cap) : 0;
	//@ assert threads_priorities_ok && threads_vspaces_ok && threads_buffers_ok;
	//@ assert threads_contexts_ok && threads_owns_ok && threads_replies_ok;
	//@ assert threads_ready_ok;
	//@ assert threads_timer_ok;
	//@ assert threads_wait_ok;
	//@ assert threads_cspace_ok;
	//@ assert threads_root_ok;
	//@ assert contexts_ok && times_ok && queues_ok && cpu_ok;
	sched_space_changed(thread);
}

/* NT-3 */
/*@
	requires kernel_ok && is_thread(thread);
	terminates \true; exits \false;
	assigns notification_view[0 .. NOTIFICATION_VIEW_END - 1].bound, thread_view[thread].notification;
	ensures kernel_ok;
*/
static void notification_changed(thread_t thread, struct cap cap)
{
	notification_t before = thread_view[thread].notification;

	if (before != 0)
		notification_view[before].bound = THREAD_NONE;
	thread_view[thread].notification = cap_is_null(cap) ? 0 : notification_of(cap);
	//@ assert threads_ok && notifications_ok;
	if (!cap_is_null(cap))
		notification_view[notification_of(cap)].bound = thread;
	//@ assert notifications_ok;
}

void thread_slot_changed(slot_t slot)
{
	thread_t thread = thread_with_slot(slot);
	struct cap cap = slot_view[slot].cap;

	switch ((enum thread_slot)(slot - thread_slot(thread, THREAD_SLOT_CSPACE))) {
	case THREAD_SLOT_CSPACE:
		cspace_changed(thread, cap);
		break;
	case THREAD_SLOT_VSPACE:
		vspace_changed(thread, cap);
		break;
	case THREAD_SLOT_BUFFER:
		/* Where in a frame the buffer lies is thread_set_buffer()'s to say. */
		thread_view[thread].buffer = 0;
		break;
	case THREAD_SLOT_NOTIFICATION:
		notification_changed(thread, cap);
		break;
	default:
		break;
	}
}

void thread_set_buffer(thread_t thread, uint64_t offset)
{
	uint64_t base = (uint64_t)thread_view[thread].slot[THREAD_SLOT_BUFFER].cap.object << OBJECT_UNIT_BITS;

	thread_view[thread].buffer = (buffer_t)((base + offset) >> BUFFER_BITS);
}

bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot)
{
	uint32_t rights;

	if (index < thread->cspace_slots) {
		*slot = thread->cspace_first + (slot_t)index;
		return true;
	}
	return cnode_look_up(thread->slot[THREAD_SLOT_CSPACE].cap, index, slot, &rights);
}

/*@
	requires cap_ok(cap);
	terminates \true; exits \false; assigns \nothing;
	ensures cap_ok(\result) && \result.data == cap.data && \result.object == cap.object;
*/
/* As it stands in a thread's slot. */
static inline struct cap inside_thread(struct cap cap)
{
	const uint32_t word = cap.word;

	cap.word = word | CAP_IN_THREAD;
	//@ assert cap.word % 0x1000 == word % 0x1000;
	//@ assert cap.word % 0x80 == cap.word % 0x1000 % 0x80;
	//@ assert word % 0x80 == word % 0x1000 % 0x80;
	//@ assert word_kind(cap.word) == word_kind(word);
	//@ assert word_aux(cap.word) == word_aux(word);
	//@ assert cnode_ok(cap);
	//@ assert reply_cap_ok(cap) && untyped_ok(cap) && table_ok(cap) && handler_ok(cap);
	//@ assert block_ok(cap);
	//@ assert cursors_ok(cap);
	//@ assert frame_ok(cap) && frame_aligned(cap);
	//@ assert frame_place_ok(cap);
	return cap;
}

/*@
	requires cap_ok(cap);
	terminates \true; exits \false; assigns \nothing;
	ensures cap_ok(\result);
	ensures \result.object == cap.object && word_kind(\result.word) == word_kind(cap.word);
	ensures word_rights(\result.word) == (word_rights(cap.word) & 0xf);
	ensures \result.data == (word_type(cap.word) == KAAL_OBJECT_FRAME ? 0 : cap.data);
*/
/* With the same rights; where a frame is mapped stays behind. */
static inline struct cap copy_of(struct cap cap)
{
	struct cap copy = cap_masked(cap, KAAL_RIGHTS_ALL);

	//@ assert cnode_ok(copy);
	//@ assert reply_cap_ok(copy) && untyped_ok(copy) && table_ok(copy) && handler_ok(copy);
	//@ assert block_ok(copy);
	//@ assert word_kind(copy.word) == copy.word % 0x100 % 0x80;
	//@ assert word_kind(copy.word) == KAAL_OBJECT_UNTYPED ==> copy.data == cap.data;
	//@ assert cursors_ok(copy);
	//@ assert frame_ok(copy) && frame_aligned(copy);
	//@ assert frame_place_ok(copy);
	return copy;
}

void thread_fill_slot(thread_t thread, enum thread_slot which, slot_t from)
{
	slot_t slot = thread_slot(thread, which);
	struct cap cap = copy_of(slot_view[from].cap);

	kernel_assert(cap_is_null(slot_view[slot].cap));
	struct cap inside = inside_thread(cap);
	slot_view[slot].cap.data = cap.data;
	slot_view[slot].cap.object = cap.object;
	slot_view[slot].cap.word = inside.word;
	//@ assert slot_view[slot].cap == inside;
	//@ assert slots_ok;
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

/*@
	requires kernel_ok && IS_A_THREAD(thread) && OUTSIDE(cap) && 0 <= type < 0x80 && rights <= 0xf;
	exits \false;
	assigns *cap;
	ensures \result == KAAL_OK ==> word_type(cap->word) == type && (word_rights(cap->word) & rights) == rights;
	ensures \result == KAAL_OK ==> cap_ok(*cap);
	ensures \result == KAAL_OK ==> \exists integer s; 0 <= s < SLOT_VIEW_END && *cap == slot_view[s].cap;
*/
/* In a CSpace of several levels, or not found. Not a part of its caller, which needs no stack then. */
static __attribute__((noinline)) uint64_t find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type,
						   uint32_t rights, struct cap *cap)
{
	slot_t slot = 0;
	uint64_t status = thread_find_typed_slot(thread, index, type, rights, &slot);

	if (status == KAAL_OK)
		*cap = slot_view[slot].cap;
	return status;
}

uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap)
{
	if (index < thread->cspace_slots) {
		const struct slot *slot = &slot_view[thread->cspace_first + (slot_t)index];

		if (cap_word_is(slot->cap.word, type, rights)) {
			*cap = slot->cap;
			return KAAL_OK;
		}
	}
	return find_cap(thread, index, type, rights, cap);
}
