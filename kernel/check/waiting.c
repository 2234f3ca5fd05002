/* Who waits where: endpoints, notifications, replies; contexts; and how many capabilities each object has. */
#include <arch/arch.h>
#include <kaal/message.h>

#include <core/cpu.h>
#include <core/wait_queue.h>
#include <object/cnode.h>
#include <object/endpoint.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/thread.h>

#include "marks.h"
#include "objects.h"

#define THREAD_UNITS (1u << (THREAD_BITS - OBJECT_UNIT_BITS))
#define CONTEXT_UNITS (1u << (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS))

static uint32_t threads;          /* that there are */
static uint32_t in_queues;        /* threads found in queues of endpoints and notifications */
static uint32_t waiting_in_queues; /* threads whose state says so */

/* What a thread in a queue is to be, and where. */
struct waiting {
	const char *membership; /* EP-2 or NT-2 */
	uint32_t object;
	enum thread_state one, other;
};

/* The first thread of a priority: its last, and the first of the next, are where it says. */
static void check_level(thread_t level, thread_t last, thread_t next_level, uint32_t object)
{
	mark_holds(thread_view[level].wait.level_last == last && thread_view[level].wait.level_next == next_level, "WQ-2", object);
	mark_holds(next_level == THREAD_NONE || thread_view[next_level].wait.level_previous == level, "WQ-2", object);
}

/* The thread comes after `previous`, which is of the level that begins with `level`. Whether it begins one. */
static bool check_place(thread_t at, thread_t previous, const struct waiting *waiting)
{
	const struct thread *t = &thread_view[at];
	bool begins = previous == THREAD_NONE || t->priority != thread_view[previous].priority;

	mark_holds((t->state == waiting->one || t->state == waiting->other) && t->waiting_for == waiting->object, waiting->membership, at);
	mark_holds(t->wait.previous == previous, "WQ-4", at);
	mark_holds(previous == THREAD_NONE || thread_view[previous].priority >= t->priority, "WQ-1", at);
	mark_holds(begins == (t->wait.level_last != THREAD_NONE), "WQ-2", at);
	return begins;
}

/* How many wait. */
static uint32_t check_queue(const struct wait_queue *queue, const struct waiting *waiting)
{
	thread_t previous = THREAD_NONE, level = THREAD_NONE;
	uint32_t count = 0;

	for (thread_t at = queue->first; at != THREAD_NONE; previous = at, at = thread_view[at].wait.next) {
		mark_holds(count++ < threads && mark_has(KAAL_OBJECT_THREAD, at * THREAD_UNITS), waiting->membership, at);
		if (!check_place(at, previous, waiting))
			continue;
		if (level != THREAD_NONE)
			check_level(level, previous, at, waiting->object);
		else
			mark_holds(thread_view[at].wait.level_previous == THREAD_NONE, "WQ-2", at);
		level = at;
	}
	if (level != THREAD_NONE)
		check_level(level, previous, THREAD_NONE, waiting->object);
	in_queues += count;
	return count;
}

static void check_endpoint(endpoint_t endpoint)
{
	const struct endpoint *e = &endpoint_view[endpoint];
	bool receiving = e->state == ENDPOINT_RECEIVING || e->state == ENDPOINT_ONE_RECEIVER;
	struct waiting waiting = {"EP-2", endpoint, receiving ? THREAD_RECEIVING : THREAD_SENDING, receiving ? THREAD_RECEIVING : THREAD_CALLING};
	thread_t first = e->waiting.first;
	uint32_t count = check_queue(&e->waiting, &waiting);
	bool one = count == 1 && thread_view[first].state == THREAD_RECEIVING && thread_view[first].reply != REPLY_NONE &&
		   thread_view[first].timer.rank == 0;

	mark_holds((e->state == ENDPOINT_IDLE) == (count == 0), "EP-1", endpoint);
	mark_holds((e->state == ENDPOINT_ONE_RECEIVER) == one, "EP-3", endpoint);
}

/* One that has ended is linked in a worklist by its flags. */
static void check_notification(notification_t notification)
{
	const struct notification *n = &notification_view[notification];
	struct waiting waiting = {"NT-2", notification, THREAD_WAITING, THREAD_WAITING};
	uint32_t count = check_queue(&n->waiting, &waiting);

	mark_holds(count == 0 || n->flags == 0 || n->count == 0, "NT-1", notification);
	if (n->bound == THREAD_NONE)
		return;
	mark_holds(mark_has(KAAL_OBJECT_THREAD, n->bound * THREAD_UNITS) && thread_view[n->bound].notification == notification, "NT-3", notification);
	mark_holds(thread_view[n->bound].state != THREAD_RECEIVING || n->flags == 0, "NT-3", notification);
}

static void check_reply(reply_t reply)
{
	const struct reply *r = &reply_view[reply];
	thread_t caller = reply_caller(reply);

	mark_holds(r->caller == THREAD_NONE || r->slow_caller == THREAD_NONE, "RP-2", reply);
	mark_holds(r->receiver == THREAD_NONE ||
			   (mark_has(KAAL_OBJECT_THREAD, r->receiver * THREAD_UNITS) && thread_view[r->receiver].reply == reply),
		   "RP-1", reply);
	if (caller == THREAD_NONE)
		return;
	mark_holds(mark_has(KAAL_OBJECT_THREAD, caller * THREAD_UNITS) && thread_view[caller].state == THREAD_AWAITING_REPLY &&
			   thread_view[caller].waiting_for == reply,
		   "RP-2", reply);
	mark_holds((r->caller == caller) == (thread_view[caller].fault == KAAL_FAULT_NONE && thread_view[caller].timer.rank == 0), "RP-3", reply);
}

static void check_refills(sched_context_t sc)
{
	const struct sched_context *s = &sched_context_view[sc];
	uint64_t sum = 0;

	mark_holds(s->refill_count <= SCHED_REFILLS_MAX && (s->budget == 0 || s->refill_count >= 1), "SC-3", sc);
	for (uint32_t i = 0; i < s->refill_count; i++) {
		mark_holds(i == 0 || s->refill[i - 1].time <= s->refill[i].time, "SC-3", sc);
		sum += s->refill[i].amount;
	}
	mark_holds(s->budget == SCHED_UNLIMITED || cpu.sched_context == sc || sum == s->budget, "SC-2", sc);
}

static void check_sched_context(sched_context_t sc)
{
	const struct sched_context *s = &sched_context_view[sc];

	mark_holds((s->home == THREAD_NONE) == (s->holder == THREAD_NONE), "SC-1", sc);
	if (s->home != THREAD_NONE) {
		mark_holds(mark_has(KAAL_OBJECT_THREAD, s->home * THREAD_UNITS) && mark_has(KAAL_OBJECT_THREAD, s->holder * THREAD_UNITS), "SC-1", sc);
		mark_holds(thread_own(&thread_view[s->home]) == sc, "SC-1", sc);
		mark_holds(s->holder == s->home || (thread_context(&thread_view[s->holder]) == sc && thread_context(&thread_view[s->home]) == sc), "SC-1", sc);
	}
	check_refills(sc);
}

static uint32_t count_in(enum kaal_object_type type, object_t object)
{
	switch (type) {
	case KAAL_OBJECT_CNODE:
		return *cnode_count(object);
	case KAAL_OBJECT_THREAD:
		return thread_view[object / THREAD_UNITS].count;
	case KAAL_OBJECT_SCHED_CONTEXT:
		return sched_context_view[object / CONTEXT_UNITS].count;
	case KAAL_OBJECT_ENDPOINT:
		return endpoint_view[object].count;
	case KAAL_OBJECT_REPLY:
		return reply_view[object].count;
	default:
		return notification_view[object].count;
	}
}

static void check_one(enum kaal_object_type type, object_t object)
{
	switch (type) {
	case KAAL_OBJECT_THREAD:
		objects_check_thread(object / THREAD_UNITS);
		break;
	case KAAL_OBJECT_SCHED_CONTEXT:
		check_sched_context(object / CONTEXT_UNITS);
		break;
	case KAAL_OBJECT_ENDPOINT:
		check_endpoint(object);
		break;
	case KAAL_OBJECT_REPLY:
		check_reply(object);
		break;
	case KAAL_OBJECT_NOTIFICATION:
		check_notification(object);
		break;
	default:
		break;
	}
}

static void count_threads(void)
{
	threads = 0;
	in_queues = 0;
	waiting_in_queues = 0;
	for (object_t at = mark_first(KAAL_OBJECT_THREAD); at != MARK_END; at = mark_next(KAAL_OBJECT_THREAD, at)) {
		enum thread_state state = thread_view[at / THREAD_UNITS].state;

		threads++;
		waiting_in_queues += state >= THREAD_WAITING && state <= THREAD_RECEIVING;
	}
}

void objects_check(bool exact)
{
	count_threads();
	for (uint32_t t = KAAL_OBJECT_CNODE; t <= KAAL_OBJECT_NOTIFICATION; t++) {
		enum kaal_object_type type = (enum kaal_object_type)t;

		for (object_t object = mark_first(type); object != MARK_END; object = mark_next(type, object)) {
			uint32_t found = mark_found(type, object), count = count_in(type, object);

			mark_holds(exact ? found == count : found <= count, "CN-3", object);
			check_one(type, object);
		}
	}
	mark_holds(in_queues == waiting_in_queues, "EP-2", 0);
}
