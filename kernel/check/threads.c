/* Threads: state, context, what they derive from their slots. */
#include <arch/arch.h>
#include <kaal/message.h>

#include <core/cpu.h>
#include <core/lend.h>
#include <object/cnode.h>
#include <object/frame.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/vspace.h>

#include "marks.h"
#include "objects.h"

#define THREAD_UNITS (1u << (THREAD_BITS - OBJECT_UNIT_BITS))
#define CONTEXT_UNITS (1u << (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS))

/* In which queue a ready thread is that has a context with budget. */
static void check_ready(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	bool timed = t->timer.rank != 0;

	if (cpu.changed && thread == cpu.next)
		mark_holds(t->queued == 0 && !timed, "TH-1", thread);
	else if (thread == cpu.current)
		/* Before the next thread is chosen, it may be in a queue already. */
		mark_holds(cpu.changed ? t->queued == 0 || !timed : t->queued == 0 && !timed, "TH-1", thread);
	else
		mark_holds((t->queued != 0) != timed, "TH-1", thread);
	/* Time that has passed since only brings budgets back. */
	if (t->queued != 0)
		mark_holds(sched_context_ready(thread_context(t), arch_now()), "TH-1", thread);
}

static void check_schedule(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	sched_context_t sc = thread_context(t);
	bool timed = t->timer.rank != 0;

	if (t->state != THREAD_READY)
		mark_holds(t->queued == 0 && (t->state == THREAD_SLEEPING ? timed : t->state != THREAD_STOPPED || !timed), "TH-1", thread);
	else if (sc == SCHED_CONTEXT_NONE || sched_context_view[sc].budget == 0)
		mark_holds(t->queued == 0 && !timed, "TH-1", thread);
	else
		check_ready(thread);
}

/* On the way from a thread that has lent its context to whom that has come, everybody waits for an answer. */
static void check_chain(thread_t thread, sched_context_t sc)
{
	thread_t at = thread;

	for (unsigned lent = 0; at != sched_context_view[sc].holder; lent++) {
		mark_holds(thread_view[at].state == THREAD_AWAITING_REPLY && lent < CONTEXT_LENT_MAX, "LN-1", thread);
		at = reply_view[thread_view[at].waiting_for].receiver;
		mark_holds(at != THREAD_NONE, "LN-1", thread);
	}
}

/* Received with its last call, from somebody who waits for it. */
static void check_lent(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	thread_t caller = t->reply == REPLY_NONE ? THREAD_NONE : reply_caller(t->reply);

	mark_holds(caller != THREAD_NONE && thread_view[caller].context + 1 == t->context, "LN-1", thread);
	mark_holds(context_times_lent(t->context) <= CONTEXT_LENT_MAX, "LN-2", thread);
}

static void check_context(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	sched_context_t sc = thread_context(t), own = thread_own(t);

	if (own != SCHED_CONTEXT_NONE)
		mark_holds(mark_has(KAAL_OBJECT_SCHED_CONTEXT, own * CONTEXT_UNITS) && sched_context_view[own].home == thread, "SC-1", thread);
	if (sc == SCHED_CONTEXT_NONE) {
		mark_holds(t->context == CONTEXT_NONE && (own == SCHED_CONTEXT_NONE || t->state == THREAD_AWAITING_REPLY), "TH-3", thread);
		return;
	}
	mark_holds(mark_has(KAAL_OBJECT_SCHED_CONTEXT, sc * CONTEXT_UNITS) && sched_context_view[sc].holder != THREAD_NONE, "TH-3", thread);
	check_chain(thread, sc);
	if (own == sc)
		mark_holds(context_times_lent(t->context) == 0, "LN-1", thread);
	else
		check_lent(thread);
}

static void check_cspace(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	struct cap cap = t->slot[THREAD_SLOT_CSPACE].cap;
	bool flat = cap_type(cap) == KAAL_OBJECT_CNODE && cnode_is_flat(cap);

	mark_holds(t->cspace_slots == (flat ? UINT32_C(1) << cnode_radix(cap) : 0) && (!flat || t->cspace_first == cap.object), "TH-5", thread);
}

/* What else is remembered of its slots. */
static void check_slots(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	struct cap space = t->slot[THREAD_SLOT_VSPACE].cap, buffer = t->slot[THREAD_SLOT_BUFFER].cap;
	struct cap ntfn = t->slot[THREAD_SLOT_NOTIFICATION].cap;
	uint64_t at = (uint64_t)t->buffer << BUFFER_BITS, base = (uint64_t)buffer.object << OBJECT_UNIT_BITS;

	mark_holds(t->vspace == (cap_type(space) == KAAL_OBJECT_VSPACE ? vspace_of(space) : 0), "TH-2", thread);
	if (cap_is_null(buffer))
		mark_holds(t->buffer == 0, "TH-2", thread);
	else
		mark_holds(cap_type(buffer) == KAAL_OBJECT_FRAME && frame_is_cached(buffer) && at >= base &&
				   at - base < UINT64_C(1) << frame_size_bits(buffer),
			   "TH-2", thread);
	if (cap_is_null(ntfn))
		mark_holds(t->notification == 0, "NT-3", thread);
	else
		mark_holds(notification_of(ntfn) == t->notification && notification_view[t->notification].bound == thread, "NT-3", thread);
}

/* What it waits for is there. */
static void check_waiting(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	switch (t->state) {
	case THREAD_WAITING:
		mark_holds(mark_has(KAAL_OBJECT_NOTIFICATION, t->waiting_for), "NT-2", thread);
		break;
	case THREAD_SENDING:
	case THREAD_CALLING:
	case THREAD_RECEIVING:
		mark_holds(mark_has(KAAL_OBJECT_ENDPOINT, t->waiting_for), "EP-2", thread);
		break;
	case THREAD_AWAITING_REPLY:
		mark_holds(mark_has(KAAL_OBJECT_REPLY, t->waiting_for) && reply_caller(t->waiting_for) == thread, "RP-2", thread);
		break;
	default:
		mark_holds(t->state <= THREAD_SLEEPING, "TH-1", thread);
		break;
	}
	if (t->state < THREAD_WAITING || t->state == THREAD_AWAITING_REPLY)
		mark_holds(t->wait.level_last == thread && t->wait.next == THREAD_NONE && t->wait.previous == THREAD_NONE &&
				   t->wait.level_next == THREAD_NONE && t->wait.level_previous == THREAD_NONE,
			   "TH-6", thread);
	mark_holds(t->fault == KAAL_FAULT_NONE || t->state == THREAD_CALLING || t->state == THREAD_AWAITING_REPLY, "RP-3", thread);
}

void objects_check_thread(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	mark_holds(t->priority <= t->ceiling && t->ceiling < PRIORITIES, "TH-4", thread);
	check_schedule(thread);
	check_context(thread);
	check_cspace(thread);
	check_slots(thread);
	check_waiting(thread);
	if (t->reply != REPLY_NONE)
		mark_holds(mark_has(KAAL_OBJECT_REPLY, t->reply) && reply_view[t->reply].receiver == thread, "RP-1", thread);
}
