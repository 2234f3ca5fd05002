/*
 * The invariants of threads, contexts, endpoints, replies, notifications and the
 * derivation tree (EP-1.. , RP-1.., NT-1.., TH-1.., LN-1.., SC-1.., DT-1.. in the headers of kernel/object
 * and core/lend.h), over everything that capabilities in two CNodes lead to.
 */
#ifndef IPC_CHECK_H
#define IPC_CHECK_H

#include "fixture.h"

#include <core/lend.h>
#include <object/endpoint.h>
#include <object/notification.h>
#include <object/reply.h>

#define CHECK_THREADS_MAX 128u
#define CHECK_UNITS (HOST_ARENA_BYTES >> OBJECT_UNIT_BITS)

struct check {
	slot_t cnode[2];
	uint32_t slots;
	thread_t extra[CHECK_THREADS_MAX]; /* threads without capability that the test looks after */
	unsigned extras;
	thread_t thread[CHECK_THREADS_MAX];
	unsigned threads;
	unsigned char caps[CHECK_UNITS]; /* capabilities to the object of this address */
	object_t object[1024];           /* those with one, and their types */
	enum kaal_object_type type[1024];
	unsigned objects;
	unsigned queued; /* threads found in queues of endpoints and notifications */
};

static struct check check;

static inline bool check_knows(enum kaal_object_type type, object_t object)
{
	for (unsigned i = 0; i < check.objects; i++) {
		if (check.object[i] == object && check.type[i] == type)
			return true;
	}
	return false;
}

static inline void check_add_thread(thread_t thread)
{
	cr_assert_lt(check.threads, CHECK_THREADS_MAX);
	check.thread[check.threads++] = thread;
}

/* Objects that check_object() looks at; an untyped may begin where one of them does. */
static inline bool check_counts(enum kaal_object_type type)
{
	return type >= KAAL_OBJECT_THREAD && type <= KAAL_OBJECT_NOTIFICATION;
}

/* DT-1 to DT-3 around one slot; its capability is counted. */
static inline void check_slot(slot_t slot)
{
	const struct slot *s = &slot_view[slot];

	if (cap_is_null(s->cap)) {
		cr_assert(s->parent == 0 && s->child == 0 && s->next == 0 && s->previous == 0, "slot %#x: links of an empty one", slot);
		return;
	}
	cr_assert(s->child == 0 || (slot_view[s->child].parent == slot && slot_view[s->child].previous == 0), "slot %#x: child", slot);
	cr_assert(s->next == 0 || (slot_view[s->next].previous == slot && slot_view[s->next].parent == s->parent), "slot %#x: next", slot);
	cr_assert(s->previous != 0 || s->parent == 0 || slot_view[s->parent].child == slot, "slot %#x: first", slot);
	cr_assert(s->parent == 0 || !cap_is_null(slot_view[s->parent].cap), "slot %#x: parent", slot);
	if (!check_counts(cap_type(s->cap)))
		return;
	if (check.caps[s->cap.object]++ == 0) {
		check.object[check.objects] = s->cap.object;
		check.type[check.objects++] = cap_type(s->cap);
		if (cap_type(s->cap) == KAAL_OBJECT_THREAD)
			check_add_thread(thread_of(s->cap));
	}
}

static inline void check_find(void)
{
	for (unsigned i = 0; i < check.objects; i++)
		check.caps[check.object[i]] = 0;
	check.objects = 0;
	check.threads = 0;
	check.queued = 0;
	for (unsigned c = 0; c < 2; c++) {
		for (uint32_t i = 1; i < check.slots; i++)
			check_slot(check.cnode[c] + i);
	}
	check_add_thread(FIXTURE_CALLER);
	for (unsigned i = 0; i < check.extras; i++)
		check_add_thread(check.extra[i]);
	for (unsigned t = 0; t < check.threads; t++) {
		for (uint32_t which = 0; which < THREAD_SLOTS; which++)
			check_slot(thread_slot(check.thread[t], (enum thread_slot)which));
	}
}

/* TH-1 */
static inline void check_schedule(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	sched_context_t sc = thread_context(t);
	bool timed = t->timer.rank != 0;

	if (t->state != THREAD_READY) {
		cr_assert_eq(t->queued, 0, "thread %u: queued in state %d", thread, t->state);
		cr_assert(t->state == THREAD_SLEEPING ? timed : t->state != THREAD_STOPPED || !timed, "thread %u: timer", thread);
	} else if (sc == SCHED_CONTEXT_NONE || sched_context_view[sc].budget == 0) {
		cr_assert(t->queued == 0 && !timed, "thread %u: queued without context", thread);
	} else if (cpu.changed && thread == cpu.next) {
		cr_assert(t->queued == 0 && !timed, "thread %u: runs next and is queued", thread);
	} else if (thread == cpu.current) {
		/* Before the next thread is chosen, it may be in a queue already. */
		cr_assert(cpu.changed ? t->queued == 0 || !timed : t->queued == 0 && !timed, "thread %u: runs and is queued", thread);
	} else {
		cr_assert_neq(t->queued != 0, timed, "thread %u: ready, in %s queue", thread, timed ? "each" : "no");
	}
}

/* TH-3, LN-1, LN-2 */
static inline void check_context(thread_t thread)
{
	const struct thread *t = &thread_view[thread];
	sched_context_t sc = thread_context(t);
	thread_t at = thread;

	if (thread_own(t) != SCHED_CONTEXT_NONE)
		cr_assert(check_knows(KAAL_OBJECT_SCHED_CONTEXT, thread_own(t) * 4) && sched_context_view[thread_own(t)].home == thread, "thread %u: own", thread);
	if (sc == SCHED_CONTEXT_NONE) {
		cr_assert_eq(t->context, CONTEXT_NONE);
		cr_assert(thread_own(t) == SCHED_CONTEXT_NONE || t->state == THREAD_AWAITING_REPLY, "thread %u: does not use its own context", thread);
		return;
	}
	cr_assert(check_knows(KAAL_OBJECT_SCHED_CONTEXT, sc * 4), "thread %u: a context that is gone", thread);
	for (unsigned lent = 0; at != sched_context_view[sc].holder; lent++) {
		cr_assert(thread_view[at].state == THREAD_AWAITING_REPLY && lent < CONTEXT_LENT_MAX, "thread %u: has not lent context %u", at, sc);
		at = reply_view[thread_view[at].waiting_for].receiver;
		cr_assert_neq(at, THREAD_NONE, "thread %u: its context is lost", thread);
	}
	if (thread_own(t) == sc) {
		cr_assert_eq(context_times_lent(t->context), 0);
		return;
	}
	cr_assert_neq(t->reply, REPLY_NONE, "thread %u: a lent context without reply", thread);
	at = reply_caller(t->reply);
	cr_assert_neq(at, THREAD_NONE, "thread %u: a lent context without caller", thread);
	cr_assert_eq(thread_view[at].context + 1, t->context, "thread %u: loans", thread);
	cr_assert_leq(context_times_lent(t->context), CONTEXT_LENT_MAX);
}

static inline void check_thread(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	check_schedule(thread);
	check_context(thread);
	if (t->state == THREAD_AWAITING_REPLY)
		cr_assert(check_knows(KAAL_OBJECT_REPLY, t->waiting_for) && reply_caller(t->waiting_for) == thread, "thread %u: reply is gone", thread);
	else if (t->state >= THREAD_WAITING)
		cr_assert(check_knows(t->state == THREAD_WAITING ? KAAL_OBJECT_NOTIFICATION : KAAL_OBJECT_ENDPOINT, t->waiting_for),
			  "thread %u: what it waits for is gone", thread);
	else
		cr_assert_eq(t->wait.level_last, thread, "TH-6");
	if (t->reply != REPLY_NONE)
		cr_assert(check_knows(KAAL_OBJECT_REPLY, t->reply) && reply_view[t->reply].receiver == thread, "thread %u: RP-1", thread);
	if (t->notification != 0)
		cr_assert(check_knows(KAAL_OBJECT_NOTIFICATION, t->notification) && notification_view[t->notification].bound == thread, "NT-3");
	cr_assert_eq(t->notification != 0, !cap_is_null(t->slot[THREAD_SLOT_NOTIFICATION].cap), "NT-3");
	cr_assert_eq(t->buffer != 0, !cap_is_null(t->slot[THREAD_SLOT_BUFFER].cap), "thread %u: buffer", thread);
	cr_assert(t->fault == KAAL_FAULT_NONE || t->state == THREAD_CALLING || t->state == THREAD_AWAITING_REPLY, "thread %u: fault", thread);
}

/* Order, links, and that all in the queue are in one of two states and wait for `object`. */
static inline unsigned check_queue(const struct wait_queue *queue, uint32_t object, enum thread_state one, enum thread_state other)
{
	thread_t previous = THREAD_NONE;
	unsigned waiting = 0;

	for (thread_t at = queue->first; at != THREAD_NONE; previous = at, at = thread_view[at].wait.next, waiting++) {
		const struct thread *t = &thread_view[at];

		cr_assert((t->state == one || t->state == other) && t->waiting_for == object, "thread %u: in a queue in state %d", at, t->state);
		cr_assert_eq(t->wait.previous, previous);
		cr_assert(previous == THREAD_NONE || thread_view[previous].priority >= t->priority, "WQ-1");
		cr_assert_leq(waiting, CHECK_THREADS_MAX);
	}
	check.queued += waiting;
	return waiting;
}

static inline void check_endpoint(endpoint_t endpoint)
{
	const struct endpoint *e = &endpoint_view[endpoint];
	bool receiving = e->state == ENDPOINT_RECEIVING || e->state == ENDPOINT_ONE_RECEIVER;
	thread_t first = e->waiting.first;
	unsigned waiting = check_queue(&e->waiting, endpoint, receiving ? THREAD_RECEIVING : THREAD_SENDING,
				       receiving ? THREAD_RECEIVING : THREAD_CALLING);

	cr_assert_eq(e->state == ENDPOINT_IDLE, waiting == 0, "EP-1");
	cr_assert_eq(e->state == ENDPOINT_ONE_RECEIVER,
		     waiting == 1 && thread_view[first].state == THREAD_RECEIVING && thread_view[first].reply != REPLY_NONE &&
			     thread_view[first].timer.rank == 0,
		     "EP-3");
}

static inline void check_reply(reply_t reply)
{
	const struct reply *r = &reply_view[reply];
	thread_t caller = reply_caller(reply);

	cr_assert(r->caller == THREAD_NONE || r->slow_caller == THREAD_NONE, "RP-2");
	if (caller != THREAD_NONE) {
		const struct thread *t = &thread_view[caller];

		cr_assert(t->state == THREAD_AWAITING_REPLY && t->waiting_for == reply, "RP-2");
		cr_assert_eq(r->caller == caller, t->fault == KAAL_FAULT_NONE && t->timer.rank == 0, "RP-3");
	}
	cr_assert(r->receiver == THREAD_NONE || thread_view[r->receiver].reply == reply, "RP-1");
}

static inline void check_notification(notification_t notification)
{
	const struct notification *n = &notification_view[notification];

	cr_assert(check_queue(&n->waiting, notification, THREAD_WAITING, THREAD_WAITING) == 0 || n->flags == 0, "NT-1");
	cr_assert(n->bound == THREAD_NONE || thread_view[n->bound].notification == notification, "NT-3");
	cr_assert(n->bound == THREAD_NONE || thread_view[n->bound].state != THREAD_RECEIVING || n->flags == 0, "a bound thread waits though flags are set");
}

static inline void check_sched_context(sched_context_t sc)
{
	const struct sched_context *s = &sched_context_view[sc];
	uint64_t sum = 0;

	cr_assert_eq(s->home == THREAD_NONE, s->holder == THREAD_NONE, "SC-1");
	if (s->home != THREAD_NONE) {
		cr_assert_eq(thread_own(&thread_view[s->home]), sc, "SC-1");
		cr_assert(s->holder == s->home || thread_context(&thread_view[s->holder]) == sc, "SC-1");
		cr_assert(s->holder == s->home || thread_context(&thread_view[s->home]) == sc, "context %u: lent by nobody", sc);
	}
	for (uint32_t i = 0; i < s->refill_count; i++)
		sum += s->refill[i].amount;
	cr_assert(s->budget == SCHED_UNLIMITED || cpu.sched_context == sc || sum == s->budget, "SC-2");
}

static inline void check_object(enum kaal_object_type type, object_t object)
{
	uint32_t count = 0;

	switch (type) {
	case KAAL_OBJECT_ENDPOINT:
		check_endpoint(object);
		count = endpoint_view[object].count;
		break;
	case KAAL_OBJECT_REPLY:
		check_reply(object);
		count = reply_view[object].count;
		break;
	case KAAL_OBJECT_NOTIFICATION:
		check_notification(object);
		count = notification_view[object].count;
		break;
	case KAAL_OBJECT_SCHED_CONTEXT:
		check_sched_context(object / 4);
		count = sched_context_view[object / 4].count;
		break;
	case KAAL_OBJECT_THREAD:
		count = thread_view[object / 64].count;
		break;
	default:
		return;
	}
	cr_assert_eq(count, check.caps[object], "object %#x: %u capabilities, %u counted", object, check.caps[object], count);
}

/* All of it, after a call and before the next thread is chosen, or after that. */
static inline void check_everything(void)
{
	unsigned waiting = 0;

	check_find();
	for (unsigned i = 0; i < check.threads; i++) {
		enum thread_state state = thread_view[check.thread[i]].state;

		check_thread(check.thread[i]);
		waiting += state >= THREAD_WAITING && state <= THREAD_RECEIVING;
	}
	for (unsigned i = 0; i < check.objects; i++)
		check_object(check.type[i], check.object[i]);
	cr_assert_eq(check.queued, waiting, "%u threads wait, %u are in queues", waiting, check.queued);
}

#endif
