#include "destroy.h"

#include <stddef.h>

#include <arch/arch.h>
#include <core/ipc.h>
#include <core/sched.h>
#include <core/sched_budget.h>
#include <core/waiting.h>

#include "cnode.h"
#include "derivation.h"
#include "endpoint.h"
#include "frame.h"
#include "irq.h"
#include "notification.h"
#include "page_table.h"
#include "reply.h"
#include "thread.h"
#include "vspace.h"

/* Slots looked at in one step while a CNode is emptied. */
#define LOOKS_PER_STEP 64u

struct destroy_worklists destroy_worklists = {.thread = THREAD_NONE};

/*@
	requires cap_ok(cap) && lines_ok;
	terminates \true; exits \false; assigns \nothing;
	ensures \result == \null || IS_COUNT(\result, cap.object);
	ensures \result != \null ==> \valid(\result);
*/
/* The count in the object's header; NULL for objects that are never destroyed. CNodes keep theirs in slot 0. */
static uint32_t *count_of(struct cap cap)
{
	switch (cap_type(cap)) {
	case KAAL_OBJECT_CNODE:
		return cnode_count(cap.object);
	case KAAL_OBJECT_THREAD:
		return &thread_view[thread_of(cap)].count;
	case KAAL_OBJECT_SCHED_CONTEXT:
		return &sched_context_view[sched_context_of(cap)].count;
	case KAAL_OBJECT_NOTIFICATION:
		return &notification_view[notification_of(cap)].count;
	case KAAL_OBJECT_ENDPOINT:
		return &endpoint_view[endpoint_of(cap)].count;
	case KAAL_OBJECT_REPLY:
		return &reply_view[reply_of(cap)].count;
	case KAAL_OBJECT_VSPACE:
		return vspace_count(vspace_of(cap));
	case KAAL_OBJECT_IRQ_HANDLER:
		return irq_count(irq_of(cap));
	default:
		return NULL;
	}
}

/*@
	requires kernel_ok && \valid(count) && IS_COUNT(count, object);
	terminates \true; exits \false;
	assigns COUNTED;
	ensures kernel_ok && *count == value;
	ensures same_caps{Pre, Post} && same_parents{Pre, Post}(-1);
	ensures same_words{Pre, Post};
	ensures \forall struct cap c; cap_ok{Pre}(c) ==> cap_ok(c);
*/
/* A count, wherever it lies, is no other part of the state. */
static inline void set_count(uint32_t *count, uint32_t value) //@ ghost (object_t object)
{
	*count = value;
	//@ assert threads_priorities_ok;
	//@ assert threads_vspaces_ok;
	//@ assert threads_buffers_ok;
	//@ assert threads_contexts_ok;
	//@ assert threads_owns_ok;
	//@ assert threads_replies_ok;
	//@ assert threads_ready_ok;
	//@ assert threads_timer_ok;
	//@ assert \forall integer t; is_thread(t) ==> thread_view[t].cspace_first == \at(thread_view[t].cspace_first, Pre);
	//@ assert \forall integer t; is_thread(t) ==> thread_view[t].cspace_slots == \at(thread_view[t].cspace_slots, Pre);
	//@ assert threads_cspace_ok;
	//@ assert \forall integer t; is_thread(t) ==> is_thread_or_none(thread_view[t].wait.next);
	//@ assert \forall integer t; is_thread(t) ==> is_thread_or_none(thread_view[t].wait.previous);
	//@ assert \forall integer t; is_thread(t) ==> is_thread_or_none(thread_view[t].wait.level_next);
	//@ assert \forall integer t; is_thread(t) ==> is_thread_or_none(thread_view[t].wait.level_previous);
	//@ assert \forall integer t; is_thread(t) ==> is_thread_or_none(thread_view[t].wait.level_last);
	//@ assert threads_wait_ok;
	/*@ assert \forall integer t; is_thread(t) ==> thread_view[t].slot[THREAD_SLOT_CSPACE].cap.word ==
		\at(thread_view[t].slot[THREAD_SLOT_CSPACE].cap.word, Pre); */
	/*@ assert \forall integer t; is_thread(t) ==> thread_view[t].slot[THREAD_SLOT_CSPACE].cap.object ==
		\at(thread_view[t].slot[THREAD_SLOT_CSPACE].cap.object, Pre); */
	/*@ assert \forall integer t; is_thread(t) ==> thread_view[t].slot[THREAD_SLOT_CSPACE].cap ==
		\at(thread_view[t].slot[THREAD_SLOT_CSPACE].cap, Pre); */
	//@ assert threads_root_ok;
	//@ assert endpoints_ok;
	//@ assert notifications_ok;
	//@ assert replies_ok;
	//@ assert contexts_handles_ok;
	//@ assert \forall integer c; is_context(c) ==> sched_context_view[c].refill_count == \at(sched_context_view[c].refill_count, Pre);
	//@ assert contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert contexts_ok;
	//@ assert queues_ok;
	//@ assert cpu_ok;
	//@ assert vspaces.last_number < VSPACES_MAX && vspaces.last_asid < ARCH_ASIDS;
	//@ assert \forall integer a; 0 <= a < ARCH_ASIDS ==> vspace_asid_owner[a] < VSPACES_MAX;
	//@ assert \forall integer v; 0 <= v < VSPACES_MAX ==> vspaces.space[v].table == \at(vspaces.space[v].table, Pre);
	//@ assert \forall integer v; 0 <= v < VSPACES_MAX ==> vspaces.space[v].generation == \at(vspaces.space[v].generation, Pre);
	//@ assert \forall integer v; 0 <= v < VSPACES_MAX ==> vspaces.space[v].table < TABLE_VIEW_END;
	//@ assert \forall integer v; 0 <= v < VSPACES_MAX ==> vspaces.space[v].generation < 0x2000000;
	//@ assert spaces_ok;
	//@ assert \forall integer s; 0 <= s < SLOT_VIEW_END ==> slot_view[s].cap.word == \at(slot_view[s].cap.word, Pre);
	//@ assert \forall integer s; 0 <= s < SLOT_VIEW_END ==> slot_view[s].cap.object == \at(slot_view[s].cap.object, Pre);
	//@ assert \forall integer s; 0 <= s < SLOT_VIEW_END ==> slot_view[s].parent == \at(slot_view[s].parent, Pre);
	//@ assert same_caps{Pre, Here};
	//@ assert slots_ok;
}

void destroy_count_reference(struct cap cap)
{
	uint32_t *count = count_of(cap);

	if (count == NULL)
		return;
	kernel_assert(*count != UINT32_MAX);
	set_count(count, *count + 1) /*@ ghost (cap.object) */;
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void end_thread(thread_t thread)
{
	sched_forget(thread);
	thread_view[thread].destroy_next = destroy_worklists.thread;
	destroy_worklists.thread = thread;
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures destroy_worklists.notification == notification;
	ensures notification_view[notification].flags == \old(destroy_worklists.notification);
*/
/* Whoever waits is told one by one, as a part of the worklists' work. */
static void end_notification(notification_t notification)
{
	notification_view[notification].flags = destroy_worklists.notification;
	destroy_worklists.notification = notification;
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures destroy_worklists.endpoint == endpoint && endpoint_view[endpoint].destroy_next == \old(destroy_worklists.endpoint);
*/
static void end_endpoint(endpoint_t endpoint)
{
	endpoint_view[endpoint].destroy_next = destroy_worklists.endpoint;
	destroy_worklists.endpoint = endpoint;
}

/*@
	requires kernel_ok && cap_ok(cap);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures word_type(cap.word) == KAAL_OBJECT_CNODE ==> destroy_worklists.cnode == cap.object;
	ensures word_type(cap.word) == KAAL_OBJECT_NOTIFICATION ==> destroy_worklists.notification == cap.object;
	ensures word_type(cap.word) == KAAL_OBJECT_ENDPOINT ==> destroy_worklists.endpoint == cap.object;
*/
/* The object has no capability left. */
static void end_object(struct cap cap)
{
	switch (cap_type(cap)) {
	case KAAL_OBJECT_CNODE:
		cnode_set_worklist_next(cap.object, destroy_worklists.cnode);
		destroy_worklists.cnode = cap.object;
		break;
	case KAAL_OBJECT_THREAD:
		end_thread(thread_of(cap));
		break;
	case KAAL_OBJECT_SCHED_CONTEXT:
		sched_unbind(sched_context_of(cap));
		break;
	case KAAL_OBJECT_NOTIFICATION:
		end_notification(notification_of(cap));
		break;
	case KAAL_OBJECT_ENDPOINT:
		end_endpoint(endpoint_of(cap));
		break;
	case KAAL_OBJECT_REPLY:
		ipc_end_reply(reply_of(cap));
		break;
	case KAAL_OBJECT_IRQ_HANDLER:
		irq_end(irq_of(cap));
		break;
	default:
		//@ assert kernel_ok;
		vspace_end(vspace_of(cap));
		break;
	}
}

/*@
	requires kernel_ok && cap_ok(cap);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void drop_reference(struct cap cap)
{
	uint32_t *count = count_of(cap);

	if (count == NULL)
		return;
	kernel_assert(*count != 0);
	set_count(count, *count - 1) /*@ ghost (cap.object) */;
	if (*count == 0)
		end_object(cap);
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/* What a capability has mapped goes with it. */
static void end_mapping(slot_t slot)
{
	enum kaal_object_type type = cap_type(slot_view[slot].cap);

	if (type == KAAL_OBJECT_FRAME)
		frame_end(slot);
	else if (type == KAAL_OBJECT_PAGE_TABLE)
		(void)page_table_unmap(slot);
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void clear_one(slot_t slot)
{
	struct cap cap;
	bool in_thread = (slot_view[slot].cap.word & CAP_IN_THREAD) != 0;

	slot_view[slot].cap.word &= ~CAP_ZOMBIE;
	//@ assert word_kind(slot_view[slot].cap.word) == word_kind(\at(slot_view[slot].cap.word, Pre));
	//@ assert slot_view[slot].cap.word / 0x100 == \at(slot_view[slot].cap.word, Pre) / 0x100;
	//@ assert slot_view[slot].cap.word / 0x10000 == slot_view[slot].cap.word / 0x100 / 0x100;
	//@ assert \at(slot_view[slot].cap.word, Pre) / 0x10000 == \at(slot_view[slot].cap.word, Pre) / 0x100 / 0x100;
	//@ assert word_aux(slot_view[slot].cap.word) == word_aux(\at(slot_view[slot].cap.word, Pre));
	//@ assert cap_ok(slot_view[slot].cap);
	//@ assert slots_ok;
	end_mapping(slot);
	cap = slot_view[slot].cap;
	//@ assert cap_ok(cap);
	derivation_remove(slot);
	slot_view[slot].cap.data = 0;
	slot_view[slot].cap.object = 0;
	slot_view[slot].cap.word = 0;
	//@ assert slots_ok;
	if (in_thread)
		thread_slot_changed(slot);
	drop_reference(cap);
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/* A handler's end takes its line's binding along: a notification's capability, with which no further one goes. */
static void clear(slot_t slot)
{
	struct cap cap = slot_view[slot].cap;

	clear_one(slot);
	cap.word &= ~CAP_ZOMBIE;
	if (cap_type(cap) == KAAL_OBJECT_IRQ_HANDLER && irq_is_free(irq_of(cap)))
		clear_one(irq_slot(irq_of(cap)));
}

/*@
	requires kernel_ok;
	exits \false;
	assigns slot_view[slot].cap.word;
	ensures kernel_ok;
	ensures slot_view[slot].cap.word / 0x80 % 2 == 1 && word_kind(slot_view[slot].cap.word) == word_kind(\old(slot_view[slot].cap.word));
	ensures slot_view[slot].cap.word / 0x100 == \old(slot_view[slot].cap.word) / 0x100;
*/
/* Nobody finds its capability any more; it is still to be cleared. */
static void make_zombie(slot_t slot)
{
	if (!cap_is_zombie(slot_view[slot].cap))
		slot_view[slot].cap.word += CAP_ZOMBIE;
	//@ assert word_kind(slot_view[slot].cap.word) == word_kind(\at(slot_view[slot].cap.word, Pre));
	//@ assert word_aux(slot_view[slot].cap.word) == word_aux(\at(slot_view[slot].cap.word, Pre));
	//@ assert slots_ok;
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \result <==> word_type(\old(slot_view[slot].cap.word)) == 0 || \old(slot_view[slot].child) == 0;
	ensures !\result ==> same_caps_but{Pre, Post}(slot) && slot_view[slot].cap.word / 0x80 % 2 == 1;
*/
/* Empties a slot; what that ends waits in the worklists. */
static bool empty_slot_step(slot_t slot)
{
	slot_t child = slot_view[slot].child;

	if (cap_is_null(slot_view[slot].cap))
		return true;
	if (child == 0) {
		clear(slot);
		return true;
	}
	make_zombie(slot);
	derivation_reparent(child, slot_view[slot].parent);
	return false;
}

bool destroy_below_step(slot_t slot)
{
	slot_t child = slot_view[slot].child;

	if (child == 0)
		return true;
	if (slot_view[child].child == 0) {
		clear(child);
		return false;
	}
	make_zombie(child);
	derivation_reparent(slot_view[child].child, slot);
	return false;
}

/*@
	requires kernel_ok && destroy_worklists.thread != THREAD_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/* A thread's few slots are emptied in one step: nobody can name them, so nothing is below them. */
static void empty_thread(void)
{
	thread_t thread = destroy_worklists.thread;

	destroy_worklists.thread = thread_view[thread].destroy_next;
	/*@
		loop invariant which <= THREAD_SLOTS && kernel_ok;
		loop assigns which, KERNEL_STATE;
		loop variant THREAD_SLOTS - which;
	*/
	for (uint32_t which = 0; which < THREAD_SLOTS; which++)
		(void)empty_slot_step(thread_slot(thread, (enum thread_slot)which));
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/* Whoever waits at an endpoint that has ended is told one by one. */
static void cancel_endpoint_step(void)
{
	thread_t first = endpoint_view[destroy_worklists.endpoint].waiting.first;

	if (first != THREAD_NONE)
		waiting_cancel(first);
	else
		destroy_worklists.endpoint = endpoint_view[destroy_worklists.endpoint].destroy_next;
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures destroy_worklists.notification == \old(notification_view[destroy_worklists.notification].flags);
*/
/* The next one that waits to be told about its end. */
static void next_notification(void)
{
	uint64_t next = notification_take(destroy_worklists.notification);

	kernel_assert(next <= UINT32_MAX);
	destroy_worklists.notification = (notification_t)next;
}

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void empty_cnode_step(slot_t cnode)
{
	bool end = false;
	slot_t slot = cnode_next_occupied(cnode, LOOKS_PER_STEP, &end);

	if (slot != 0)
		(void)empty_slot_step(slot);
	else if (end)
		destroy_worklists.cnode = cnode_worklist_next(cnode);
}

bool destroy_worklist_step(void)
{
	slot_t cnode = destroy_worklists.cnode;

	if (destroy_worklists.thread != THREAD_NONE) {
		empty_thread();
		return false;
	}
	if (destroy_worklists.endpoint != 0) {
		cancel_endpoint_step();
		return false;
	}
	if (destroy_worklists.notification != 0) {
		if (notification_cancel_step(destroy_worklists.notification))
			next_notification();
		return false;
	}
	if (cnode == 0)
		return true;
	empty_cnode_step(cnode);
	return false;
}

/*@ terminates \true; exits \false; assigns \nothing; ensures \result <==> nothing_to_delete; */
static bool worklists_are_empty(void)
{
	const struct destroy_worklists *lists = &destroy_worklists;

	return lists->thread == THREAD_NONE && lists->endpoint == 0 && lists->notification == 0 && lists->cnode == 0;
}

bool destroy_slot_step(slot_t slot)
{
	if (slot_view[slot].cap.word == CAP_ZOMBIE && slot_view[slot].child == 0) {
		if (!destroy_worklist_step())
			return false;
		derivation_remove(slot);
		slot_view[slot].cap.word = 0;
		//@ assert slots_ok;
		return true;
	}
	if (!empty_slot_step(slot))
		return false;
	if (worklists_are_empty())
		return true;
	slot_view[slot].cap.word = CAP_ZOMBIE;
	//@ assert slots_ok;
	return false;
}
