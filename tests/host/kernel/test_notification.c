/* Notifications and the queue of those who wait, by system call. */
#include "fixture.h"

#include <stdlib.h>

#include <core/interrupt.h>
#include <core/wait_queue.h>
#include <kaal/status.h>
#include <kaal/syscall_numbers.h>
#include <object/notification.h>
#include <object/untyped.h>

#define RADIX 6u
#define OWN 1u
#define MEMORY 2u
#define NTFN 3u
#define BADGED 4u
#define THREADS 40u
#define FIRST 16u /* handles of the test's threads */
#define FIRST_CONTEXT (FIXTURE_CONTEXT + 1)

static uint64_t call(uint32_t number, uint64_t a, uint64_t b)
{
	return fixture_call(number, a, b, 0, 0, 0, 0);
}

static uint64_t result(thread_t thread)
{
	return thread_view[thread].frame.result[1];
}

static notification_t ntfn(void)
{
	return notification_of(slot_view[FIXTURE_CNODE + NTFN].cap);
}

static void start(void)
{
	fixture_start(RADIX);
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, 3));
	fixture_put(MEMORY, untyped_cap(0x100000, 20, false));
	cr_assert_eq(fixture_call(KAAL_SYS_UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_NOTIFICATION, OWN, NTFN, 1, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, BADGED, OWN, NTFN, 15, 0xf0), KAAL_OK);
	thread_view[FIXTURE_CALLER].priority = 255;
}

TestSuite(notification, .init = start);

/* A ready thread with the caller's CSpace. */
static thread_t make(uint32_t index, uint32_t priority)
{
	thread_t thread = FIRST + index;

	fixture_thread(thread, RADIX);
	thread_view[thread].priority = priority;
	fixture_context(FIRST_CONTEXT + index, SCHED_UNLIMITED, SCHED_UNLIMITED);
	sched_bind(FIRST_CONTEXT + index, thread);
	sched_ready(thread);
	return thread;
}

/* The thread makes a call, as if it ran. */
static void call_as(thread_t thread, uint32_t number, uint64_t a, uint64_t b)
{
	thread_view[thread].frame.argument[0] = a;
	thread_view[thread].frame.argument[1] = b;
	thread_view[thread].frame.status = UINT64_MAX;
	fixture_dispatch(thread, number);
}

Test(notification, flags_come_from_the_badge_and_are_taken_all_at_once)
{
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_POLL, NTFN, 0), KAAL_OK);
	cr_assert_eq(result(FIXTURE_CALLER), 0);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, NTFN, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, BADGED, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, BADGED, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_WAIT, NTFN, 0), KAAL_OK);
	cr_assert_eq(result(FIXTURE_CALLER), 0xf1);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, NTFN, 0), KAAL_OK);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_WAIT_UNTIL, NTFN, 0), KAAL_OK, "a flag comes before a deadline that has passed");
	cr_assert_eq(result(FIXTURE_CALLER), 1);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_POLL, NTFN, 0), KAAL_OK);
	cr_assert_eq(result(FIXTURE_CALLER), 0);
}

Test(notification, errors)
{
	static const uint32_t number[] = {KAAL_SYS_NOTIFICATION_SIGNAL, KAAL_SYS_NOTIFICATION_WAIT, KAAL_SYS_NOTIFICATION_POLL,
					  KAAL_SYS_NOTIFICATION_WAIT_UNTIL};

	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 10, OWN, NTFN, KAAL_RIGHT_READ, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 11, OWN, NTFN, KAAL_RIGHT_WRITE, 0), KAAL_OK);
	for (unsigned i = 0; i < 4; i++) {
		cr_assert_eq(call(number[i], 99, 0), KAAL_INVALID_CAP);
		cr_assert_eq(call(number[i], MEMORY, 0), KAAL_WRONG_TYPE);
		cr_assert_eq(call(number[i], i == 0 ? 10 : 11, 0), KAAL_NO_RIGHT);
		cr_assert(i == 0 || result(FIXTURE_CALLER) == 0);
	}
	host.now = 100;
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_WAIT_UNTIL, NTFN, 100), KAAL_TIMEOUT);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 12, OWN, BADGED, 15, 1), KAAL_BADGED);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 12, OWN, NTFN, 15, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 12, OWN, BADGED, 15, 0), KAAL_OK);
	cr_assert_eq(slot_view[FIXTURE_CNODE + 12].cap.data, 0xf0, "a copy keeps the badge");
}

Test(notification, the_most_urgent_waits_shortest_and_equals_in_turn)
{
	thread_t a = make(0, 5), b = make(1, 9), c = make(2, 5), d = make(3, 9);
	thread_t expected[] = {b, d, a, c};

	for (uint32_t i = 0; i < 4; i++) {
		call_as(FIRST + i, KAAL_SYS_NOTIFICATION_WAIT, NTFN, 0);
		cr_assert_eq(thread_view[FIRST + i].state, THREAD_WAITING);
	}
	for (uint32_t i = 0; i < 4; i++) {
		cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, BADGED, 0), KAAL_OK);
		cr_assert_eq(thread_view[expected[i]].state, THREAD_READY);
		cr_assert_eq(thread_view[expected[i]].frame.status, KAAL_OK);
		cr_assert_eq(result(expected[i]), 0xf0);
	}
	cr_assert_eq(notification_view[ntfn()].waiting.first, THREAD_NONE);
	cr_assert_eq(notification_view[ntfn()].flags, 0);
}

Test(notification, deadlines_and_signals_exclude_each_other)
{
	thread_t a = make(0, 5), b = make(1, 6);

	call_as(a, KAAL_SYS_NOTIFICATION_WAIT_UNTIL, NTFN, 1000);
	call_as(b, KAAL_SYS_NOTIFICATION_WAIT_UNTIL, NTFN, 2000);
	host.now = 1000;
	sched_expire();
	cr_assert_eq(thread_view[a].state, THREAD_READY);
	cr_assert_eq(thread_view[a].frame.status, KAAL_TIMEOUT);
	cr_assert_eq(result(a), 0);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, NTFN, 0), KAAL_OK);
	cr_assert_eq(thread_view[b].frame.status, KAAL_OK);
	host.now = 3000;
	sched_expire();
	cr_assert_eq(thread_view[b].frame.status, KAAL_OK, "woken once");
	cr_assert_eq(thread_view[b].timer.rank, 0);
}

Test(notification, a_suspended_waiter_is_told_and_not_waited_for)
{
	thread_t a = make(0, 5);

	call_as(a, KAAL_SYS_NOTIFICATION_WAIT_UNTIL, NTFN, 1000);
	sched_stop(a);
	cr_assert_eq(thread_view[a].frame.status, KAAL_CANCELLED);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, NTFN, 0), KAAL_OK);
	cr_assert_eq(thread_view[a].state, THREAD_STOPPED);
	cr_assert_eq(notification_view[ntfn()].flags, 1, "the flag waits for somebody else");
	host.now = 2000;
	sched_expire();
	cr_assert_eq(thread_view[a].state, THREAD_STOPPED);
	sched_forget(a);
}

Test(notification, its_end_wakes_everybody)
{
	for (uint32_t i = 0; i < 10; i++)
		call_as(make(i, i % 3), KAAL_SYS_NOTIFICATION_WAIT, NTFN, 0);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_DELETE, OWN, NTFN, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(thread_view[FIRST].state, THREAD_WAITING, "a capability is left");
	host.calls_until_pending = 4;
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_DELETE, OWN, BADGED, 0, 0, 0, 0), KAAL_OK);
	for (uint32_t i = 0; i < 10; i++) {
		cr_assert_eq(thread_view[FIRST + i].state, THREAD_READY);
		cr_assert_eq(thread_view[FIRST + i].frame.status, KAAL_CANCELLED);
	}
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_REVOKE, OWN, MEMORY, 0, 0, 0, 0), KAAL_OK);
}

Test(notification, binding_wakes_nobody_for_no_flag)
{
	thread_t waiter = make(0, 5), bound = make(1, 6);

	fixture_put(20, thread_cap((uint64_t)bound << THREAD_BITS));
	call_as(waiter, KAAL_SYS_NOTIFICATION_WAIT, NTFN, 0);
	cr_assert_eq(call(KAAL_SYS_THREAD_BIND_NOTIFICATION, 20, NTFN), KAAL_OK);
	cr_assert_eq(thread_view[waiter].state, THREAD_WAITING);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, BADGED, 0), KAAL_OK);
	cr_assert_eq(thread_view[waiter].state, THREAD_READY);
	cr_assert_eq(result(waiter), 0xf0);
}

/* WQ-1 and WQ-2, and the order, against a list that is sorted afresh each time. */
Test(notification, the_queue_agrees_with_a_model)
{
	static struct wait_queue queue;
	uint64_t came[THREADS] = {0}, clock = 0;

	srand(8);
	wait_queue_start(&queue);
	for (uint32_t i = 0; i < THREADS; i++)
		thread_start(FIRST + i);
	for (unsigned step = 0; step < 20000; step++) {
		uint32_t i = (unsigned)rand() % THREADS, waiting = 0;
		thread_t at, previous = THREAD_NONE;

		if (came[i] == 0) {
			thread_view[FIRST + i].priority = (unsigned)rand() % 5 * 60;
			wait_queue_add(&queue, FIRST + i);
			came[i] = ++clock;
		} else {
			wait_queue_remove(&queue, FIRST + i);
			came[i] = 0;
		}
		for (at = queue.first; at != THREAD_NONE; previous = at, at = thread_view[at].wait.next, waiting++) {
			cr_assert_neq(came[at - FIRST], 0);
			cr_assert_eq(thread_view[at].wait.previous, previous);
			if (previous == THREAD_NONE)
				continue;
			cr_assert(thread_view[previous].priority > thread_view[at].priority ||
					  (thread_view[previous].priority == thread_view[at].priority && came[previous - FIRST] < came[at - FIRST]),
				  "step %u: out of order", step);
		}
		for (uint32_t j = 0; j < THREADS; j++)
			waiting -= came[j] != 0;
		cr_assert_eq(waiting, 0);
	}
}

Test(notification, a_waiters_priority_moves_it)
{
	thread_t a = make(0, 5), b = make(1, 6);

	call_as(a, KAAL_SYS_NOTIFICATION_WAIT, NTFN, 0);
	call_as(b, KAAL_SYS_NOTIFICATION_WAIT, NTFN, 0);
	sched_set_priority(a, 7);
	cr_assert_eq(call(KAAL_SYS_NOTIFICATION_SIGNAL, NTFN, 0), KAAL_OK);
	cr_assert_eq(thread_view[a].state, THREAD_READY);
	cr_assert_eq(thread_view[b].state, THREAD_WAITING);
}
