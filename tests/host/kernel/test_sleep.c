/* Who sleeps, until when, and the timer queue. */
#include "sched_fixture.h"

#include <stdlib.h>

#include <core/timer.h>

TestSuite(sleep, .init = sched_fixture_start);

Test(sleep, sleepers_wake_in_the_order_of_their_deadlines)
{
	static const uint64_t deadline[] = {500, 100, 900, 100, 300};
	thread_t idle = make_unlimited(9, 0);

	for (uint32_t i = 0; i < 5; i++)
		sched_sleep(make_unlimited(i, 10 + i), deadline[i]);
	cr_assert_eq(next(), idle);
	cr_assert_eq(host.timer_deadline, 100);
	run_until_timer();
	cr_assert_eq(next(), FIRST + 3);
	sched_stop(FIRST + 3);
	cr_assert_eq(next(), FIRST + 1);
	cr_assert_eq(host.timer_deadline, 300);
	host.now = 10000;
	interrupt_handle();
	cr_assert_eq(next(), FIRST + 4);
	cr_assert_not(host.timer_armed, "nobody sleeps: the timer is off");
}

/* Other interrupts wait for a few wake-ups only, however many are due at once. */
Test(sleep, many_sleepers_wake_a_few_at_a_time)
{
	static const unsigned after[] = {8, 16, 20, 20};
	uint32_t line = 40;

	make_unlimited(60, 0);
	for (uint32_t i = 0; i < 20; i++)
		sched_sleep(make_unlimited(i, 10), 1000);
	(void)next();
	run_until_timer();
	host.pending[host.pending_count++] = line;
	for (unsigned round = 0; round < sizeof after / sizeof after[0]; round++) {
		unsigned awake = 0;

		for (uint32_t i = 0; i < 20; i++)
			awake += thread_view[FIRST + i].state == THREAD_READY;
		cr_assert_eq(awake, after[round], "%u awake after %u interrupts", awake, round + 1);
		(void)next();
		cr_assert_eq(host.timer_armed, awake < 20, "the timer asks again while others are due");
		if (round == 0) {
			interrupt_handle();
			cr_assert_eq(host.pending_count, 0, "lines come before the timer");
			(void)next();
		}
		interrupt_handle();
	}
}

Test(sleep, when_all_sleep_the_cpu_waits)
{
	thread_t a = make_unlimited(0, 5);

	cr_assert_eq(next(), a);
	sched_sleep(a, 1000);
	cr_assert_eq(next(), a);
	cr_assert_eq(host.now, 1000);
	cr_assert_eq(host.waits, 1);
}

Test(sleep, a_stopped_sleeper_does_not_wake)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 4);

	cr_assert_eq(next(), a);
	sched_sleep(a, 1000);
	sched_stop(a);
	host.now = 2000;
	sched_expire();
	cr_assert_eq(next(), b);
	cr_assert_eq(thread_view[a].state, THREAD_STOPPED);
}

/* The timer queue against a sorted model: TQ-1..TQ-3, add, remove anywhere, take the earliest. */
static uint32_t check_heap(thread_t thread, thread_t parent)
{
	const struct timer_links *t = &thread_view[thread].timer;
	uint32_t left, right;

	if (thread == THREAD_NONE)
		return 0;
	cr_assert_eq(t->parent, parent);
	cr_assert(parent == THREAD_NONE || thread_view[parent].timer.time <= t->time);
	left = check_heap(t->left, thread);
	right = check_heap(t->right, thread);
	cr_assert_geq(left, right);
	cr_assert_eq(t->rank, right + 1);
	return t->rank;
}

Test(sleep, the_timer_queue_is_a_leftist_heap)
{
	bool in[THREADS] = {false};

	srand(6);
	for (unsigned step = 0; step < 20000; step++) {
		uint32_t i = (unsigned)rand() % THREADS;
		uint64_t earliest = UINT64_MAX;

		if (in[i])
			timer_queue_remove(FIRST + i);
		else
			timer_queue_add(FIRST + i, (unsigned)rand() % 100);
		in[i] = !in[i];
		(void)check_heap(timer_queue_first(), THREAD_NONE);
		for (uint32_t j = 0; j < THREADS; j++) {
			cr_assert_eq(thread_view[FIRST + j].timer.rank != 0, in[j]);
			if (in[j] && thread_view[FIRST + j].timer.time < earliest)
				earliest = thread_view[FIRST + j].timer.time;
		}
		if (timer_queue_first() == THREAD_NONE)
			cr_assert_eq(earliest, UINT64_MAX);
		else
			cr_assert_eq(thread_view[timer_queue_first()].timer.time, earliest);
	}
	timer_queue_remove(FIRST + THREADS);
}
