/* Who runs, on whose budget, who sleeps, and what interrupts do. */
#include "fixture.h"

#include <stdlib.h>

#include <core/fault.h>
#include <core/interrupt.h>
#include <core/ready.h>
#include <core/timer.h>
#include <freestanding/board.h>

#define THREADS 64u
#define FIRST 16u /* handles FIRST.. are the test's threads, contexts FIRST_CONTEXT.. theirs */
#define FIRST_CONTEXT (FIXTURE_CONTEXT + 1)

static void start(void)
{
	host_reset();
	sched_start();
}

TestSuite(sched, .init = start);

/* Thread `index`, ready, on a context of its own. */
static thread_t make(uint32_t index, uint32_t priority, uint64_t budget, uint64_t period)
{
	thread_t thread = FIRST + index;

	thread_start(thread);
	thread_view[thread].priority = priority;
	fixture_context(FIRST_CONTEXT + index, budget, period);
	sched_bind(FIRST_CONTEXT + index, thread);
	sched_ready(thread);
	return thread;
}

static thread_t make_unlimited(uint32_t index, uint32_t priority)
{
	return make(index, priority, SCHED_UNLIMITED, SCHED_UNLIMITED);
}

/* The thread that runs next. */
static thread_t next(void)
{
	const struct arch_frame *frame = sched_next();

	cr_assert_eq(frame, &thread_view[cpu.current].frame);
	return cpu.current;
}

/* Time passes until the timer's interrupt, which is taken. */
static void run_until_timer(void)
{
	cr_assert(host.timer_armed);
	host.now = host.timer_deadline;
	interrupt_handle();
}

Test(sched, the_most_urgent_runs_and_equals_take_turns)
{
	thread_t low = make_unlimited(0, 3), a = make_unlimited(1, 200), b = make_unlimited(2, 200), c = make_unlimited(3, 200);

	cr_assert_eq(next(), a);
	cr_assert_eq(next(), a, "nothing has changed");
	sched_give_way(a);
	cr_assert_eq(next(), b);
	sched_give_way(b);
	cr_assert_eq(next(), c);
	sched_give_way(c);
	cr_assert_eq(next(), a);
	sched_stop(a);
	sched_stop(b);
	sched_stop(c);
	cr_assert_eq(next(), low);
}

Test(sched, the_preempted_comes_before_its_equals)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 5), urgent;

	cr_assert_eq(next(), a);
	urgent = make_unlimited(2, 6);
	cr_assert_eq(next(), urgent);
	sched_stop(urgent);
	cr_assert_eq(next(), a);
	sched_give_way(a);
	cr_assert_eq(next(), b);
}

Test(sched, priorities_change_while_ready_and_while_running)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 5);

	cr_assert_eq(next(), a);
	sched_set_priority(b, 6);
	cr_assert_eq(next(), b);
	sched_set_priority(b, 4);
	cr_assert_eq(next(), a);
	sched_set_priority(a, 0);
	cr_assert_eq(next(), b);
	sched_set_priority(b, 255);
	cr_assert_eq(next(), b);
}

Test(sched, without_a_context_nobody_runs)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 4);

	cr_assert_eq(next(), a);
	sched_unbind(FIRST_CONTEXT);
	cr_assert_eq(next(), b);
	sched_bind(FIRST_CONTEXT, a);
	cr_assert_eq(next(), a);
	sched_unbind(FIRST_CONTEXT);
	sched_stop(a);
	sched_ready(a);
	cr_assert_eq(next(), b, "ready, but without a context");
}

Test(sched, sleepers_wake_in_the_order_of_their_deadlines)
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
Test(sched, many_sleepers_wake_a_few_at_a_time)
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

Test(sched, when_all_sleep_the_cpu_waits)
{
	thread_t a = make_unlimited(0, 5);

	cr_assert_eq(next(), a);
	sched_sleep(a, 1000);
	cr_assert_eq(next(), a);
	cr_assert_eq(host.now, 1000);
	cr_assert_eq(host.waits, 1);
}

Test(sched, a_stopped_sleeper_does_not_wake)
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

Test(sched, a_budget_ends_and_comes_back_a_period_after_it_was_used)
{
	thread_t a = make(0, 9, 1000, 5000), b = make_unlimited(1, 1);

	cr_assert_eq(next(), a);
	cr_assert_eq(host.timer_deadline, 1000);
	run_until_timer();
	cr_assert_eq(next(), b, "the budget is used up");
	cr_assert_eq(host.timer_deadline, 5000);
	run_until_timer();
	cr_assert_eq(next(), a);
	/* 400 of it at 5000, a sleep, the rest at 7000: each comes back a period later. */
	host.now = 5400;
	sched_sleep(a, 7000);
	cr_assert_eq(next(), b);
	run_until_timer();
	cr_assert_eq(next(), a);
	cr_assert_eq(host.timer_deadline, 7600);
	run_until_timer();
	cr_assert_eq(next(), b);
	cr_assert_eq(host.timer_deadline, 12000, "the 400 wait for the 600: too few to run on");
	cr_assert_eq(sched_consumed(FIRST_CONTEXT), 2000);
}

Test(sched, what_a_late_interrupt_let_it_use_is_missing_later)
{
	thread_t a = make(0, 9, 1000, 5000), b = make_unlimited(1, 1);

	cr_assert_eq(next(), a);
	host.now = 1300;
	interrupt_handle();
	cr_assert_eq(next(), b);
	cr_assert_eq(host.timer_deadline, 5000);
	run_until_timer();
	cr_assert_eq(next(), a);
	cr_assert_eq(host.timer_deadline, 5700, "300 of 1000 were used before");
	run_until_timer();
	cr_assert_eq(next(), b);
	run_until_timer();
	cr_assert_eq(next(), a);
	cr_assert_eq(host.timer_deadline, 11000, "all is paid");
	/* Whatever it was, no more than the next budget is missing. */
	host.now = 19000;
	interrupt_handle();
	cr_assert_eq(next(), b);
	cr_assert_eq(host.timer_deadline, 20000, "a period after it began, and one more");
}

Test(sched, no_window_of_a_period_gives_more_than_the_budget)
{
	thread_t a = make(0, 9, 1000, 4000), b = make_unlimited(1, 1);
	static uint64_t used[200000];
	uint64_t window = 0;

	srand(5);
	while (host.now < 190000) {
		thread_t running = next();
		uint64_t until = host.now + 1 + (unsigned)rand() % 700;

		if (host.timer_armed && host.timer_deadline < until)
			until = host.timer_deadline;
		for (; host.now < until; host.now++)
			used[host.now] = running == a;
		if (host.timer_armed && host.now >= host.timer_deadline)
			interrupt_handle();
		else if (running == a && rand() % 2)
			sched_sleep(a, host.now + (unsigned)rand() % 900);
	}
	cr_assert_eq(cpu.current == a || cpu.current == b, true);
	for (uint64_t t = 0; t < 190000; t++) {
		window += used[t];
		if (t >= 4000)
			window -= used[t - 4000];
		cr_assert_leq(window, 1000, "at %lu", (unsigned long)t);
	}
	cr_assert_gt(sched_consumed(FIRST_CONTEXT), 20000, "it did run");
}

Test(sched, a_preempted_thread_with_too_little_left_waits_for_more)
{
	thread_t a = make(0, 5, 600, 10000), low = make_unlimited(1, 4), urgent;

	cr_assert_eq(next(), a);
	host.now += 200;
	urgent = make_unlimited(2, 6);
	cr_assert_eq(next(), urgent);
	sched_stop(urgent);
	cr_assert_eq(next(), low, "400 ticks are too few to run on");
	run_until_timer();
	cr_assert_eq(host.now, 10000);
	cr_assert_eq(next(), a, "all 600 are back a period after the first was used");
	host.now += 50;
	sched_ready(urgent);
	cr_assert_eq(next(), urgent);
	sched_stop(urgent);
	cr_assert_eq(next(), a, "550 are enough");
}

Test(sched, yielding_brings_no_budget_forward)
{
	const uint64_t budget = 10000, used = budget - SCHED_AMOUNT_MIN / 2;
	thread_t idle = make_unlimited(0, 1), a = make(1, 5, budget, 100000), b = make(2, 5, budget, 100000);

	cr_assert_eq(next(), a);
	host.now += used;
	sched_give_way(a);
	cr_assert_eq(next(), b);
	host.now += used;
	sched_give_way(b);
	cr_assert_eq(next(), b, "a waits for its budget, so b goes on with its own");
	host.now += SCHED_AMOUNT_MIN;
	interrupt_handle();
	cr_assert_eq(next(), idle);
	cr_assert_eq(host.timer_deadline, 100000);
}

Test(sched, budget_equal_to_the_period_is_a_time_slice)
{
	thread_t a = make(0, 5, 1000, 1000), b = make(1, 5, 1000, 1000);

	for (unsigned turn = 0; turn < 10; turn++) {
		cr_assert_eq(next(), turn % 2 == 0 ? a : b);
		run_until_timer();
	}
	cr_assert_eq(sched_consumed(FIRST_CONTEXT), 5000);
	cr_assert_eq(sched_consumed(FIRST_CONTEXT + 1), 5000);
}

Test(sched, a_time_slice_used_in_pieces_is_followed_by_the_next_at_once)
{
	thread_t a = make(0, 5, 10000, 10000), low = make_unlimited(1, 1), b;

	for (unsigned piece = 0; piece < 30; piece++) {
		cr_assert_eq(next(), a, "piece %u", piece);
		host.now += 700;
		sched_sleep(a, host.now + 1000);
		cr_assert_eq(next(), low);
		run_until_timer();
	}
	/* The piece that the slice before ended in counts for this one, too: 8600 are left, after which an equal has its turn. */
	b = make(2, 5, 10000, 10000);
	cr_assert_eq(next(), a);
	cr_assert_eq(host.timer_deadline, host.now + 8600);
	run_until_timer();
	cr_assert_eq(next(), b);
	cr_assert_eq(host.timer_deadline, host.now + 10000);
	run_until_timer();
	cr_assert_eq(next(), a);
}

Test(sched, a_new_budget_counts_at_once)
{
	thread_t a = make(0, 5, 1000, 100000), b = make_unlimited(1, 4);

	cr_assert_eq(next(), a);
	run_until_timer();
	cr_assert_eq(next(), b);
	sched_configure(FIRST_CONTEXT, 600, 2000);
	cr_assert_eq(next(), a);
	cr_assert_eq(host.timer_deadline, 1600);
	sched_configure(FIRST_CONTEXT, SCHED_UNLIMITED, SCHED_UNLIMITED);
	cr_assert_eq(next(), a);
	cr_assert_not(host.timer_armed);
}

Test(sched, threads_are_switched_only_when_another_runs)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 5);

	(void)next();
	(void)next();
	cr_assert_eq(thread_view[a].extra.loads, 1);
	sched_give_way(a);
	cr_assert_eq(next(), b);
	cr_assert_eq(thread_view[b].extra.loads, 1);
	sched_give_way(b);
	cr_assert_eq(next(), a);
	cr_assert_eq(host.switches, 3);
}

Test(sched, a_forgotten_thread_is_nowhere)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 5);

	cr_assert_eq(next(), a);
	sched_forget(a);
	cr_assert_eq(cpu.current, THREAD_NONE);
	cr_assert_eq(cpu.loaded, THREAD_NONE);
	cr_assert_eq(host.forgotten, a);
	cr_assert_eq(sched_context_view[FIRST_CONTEXT].home, THREAD_NONE);
	cr_assert_eq(next(), b);
}

Test(sched, what_cannot_be_is_asserted)
{
	thread_t a = make_unlimited(0, 5);

	if (setjmp(host.panic) == 0) {
		sched_ready(a);
		cr_assert_fail("a ready thread became ready");
	}
	if (setjmp(host.panic) == 0) {
		ready_add_last(a);
		cr_assert_fail("queued twice");
	}
	if (setjmp(host.panic) == 0) {
		sched_give_way(a);
		cr_assert_fail("yielded without running");
	}
	sched_stop(a);
	if (setjmp(host.panic) == 0) {
		sched_sleep(a, 1);
		cr_assert_fail("a stopped thread fell asleep");
	}
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

Test(sched, the_timer_queue_is_a_leftist_heap)
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

Test(sched, ready_queues_are_first_in_first_out)
{
	for (uint32_t i = 0; i < THREADS; i++) {
		thread_start(FIRST + i);
		thread_view[FIRST + i].priority = i % 4 * 64 + 63;
		ready_add_last(FIRST + i);
	}
	ready_remove(FIRST + 3);
	ready_remove(FIRST + 63);
	ready_remove(FIRST + 7);
	ready_remove(FIRST + 7);
	for (uint32_t level = 4; level-- != 0;) {
		for (uint32_t i = level; i < THREADS; i += 4) {
			if (i == 3 || i == 63 || i == 7)
				continue;
			cr_assert_eq(cpu.ready_top, (int32_t)(level * 64 + 63));
			cr_assert_eq(ready_pop(), FIRST + i);
		}
	}
	cr_assert_eq(cpu.ready_top, -1);
}

Test(sched, an_interrupt_without_owner_is_masked_and_completed)
{
	(void)make_unlimited(0, 5);
	host.pending[0] = 41;
	host.pending_count = 1;
	interrupt_handle();
	cr_assert_eq(host.completed, 1);
	cr_assert_eq(host.masked, 41);
}

/* A stopped thread, ready to be woken. */
static thread_t make_stopped(uint32_t index, uint32_t priority)
{
	thread_t thread = make_unlimited(index, priority);

	sched_stop(thread);
	return thread;
}

Test(sched, who_is_woken_and_more_urgent_runs_at_once)
{
	thread_t equal = make_unlimited(1, 5), a = make_unlimited(0, 5), high = make_stopped(2, 9);

	cr_assert_eq(next(), equal);
	sched_give_way(equal);
	cr_assert_eq(next(), a);
	sched_ready(high);
	cr_assert_eq(next(), high);
	cr_assert_eq(next(), high);
	sched_stop(high);
	cr_assert_eq(next(), a, "who was preempted comes before its equals");
	sched_give_way(a);
	cr_assert_eq(next(), equal);
}

/* Several are woken before one is chosen, in each order. */
Test(sched, of_several_woken_the_most_urgent_runs)
{
	static const uint32_t priority[3] = {7, 8, 9};
	static const uint32_t order[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
		thread_t thread[3], low;

		start();
		low = make_unlimited(4, 5);
		for (uint32_t j = 0; j < 3; j++)
			thread[j] = make_stopped(j, priority[j]);
		cr_assert_eq(next(), low);
		for (unsigned j = 0; j < 3; j++)
			sched_ready(thread[order[i][j]]);
		for (unsigned j = 3; j-- > 0;) {
			cr_assert_eq(next(), thread[j]);
			sched_stop(thread[j]);
		}
		cr_assert_eq(next(), low);
	}
}

Test(sched, who_is_woken_first_comes_first_among_equals)
{
	thread_t low = make_unlimited(0, 5), a = make_stopped(1, 9), b = make_stopped(2, 9);

	cr_assert_eq(next(), low);
	sched_ready(a);
	sched_ready(b);
	cr_assert_eq(next(), a);
	sched_give_way(a);
	cr_assert_eq(next(), b);
}

/* What happens to who is about to run, before it does. */
Test(sched, who_is_about_to_run_can_be_stopped_changed_and_ended)
{
	thread_t low = make_unlimited(0, 5), high = make_stopped(1, 9);

	cr_assert_eq(next(), low);
	sched_ready(high);
	sched_stop(high);
	cr_assert_eq(next(), low);
	sched_ready(high);
	sched_set_priority(high, 4);
	cr_assert_eq(next(), low);
	sched_stop(low);
	cr_assert_eq(next(), high, "it is still ready");
	sched_set_priority(high, 9);
	sched_stop(high);
	sched_ready(low);
	cr_assert_eq(next(), low);
	sched_ready(high);
	sched_unbind(FIRST_CONTEXT + 1);
	cr_assert_eq(next(), low);
	sched_bind(FIRST_CONTEXT + 1, high);
	sched_forget(high);
	cr_assert_eq(next(), low);
	sched_stop(high);
	sched_bind(FIRST_CONTEXT + 1, high);
	sched_ready(high);
	sched_stop(low);
	cr_assert_eq(next(), high, "who runs stops as well");
	sched_stop(high);
	sched_ready(low);
	cr_assert_eq(next(), low);
}

Test(sched, a_fault_stops_a_thread_and_nothing_else)
{
	thread_t a = make_unlimited(0, 5), b = make_unlimited(1, 4);

	cr_assert_eq(next(), a);
	fault_raise(a, KAAL_FAULT_MEMORY, 0x1234, 0x92000004);
	cr_assert_eq(thread_view[a].state, THREAD_STOPPED);
	cr_assert_null(host.panic_text);
	cr_assert_eq(next(), b);
}

Test(sched, a_fault_of_a_critical_thread_resets)
{
	thread_t a = make_unlimited(0, 5);

	thread_view[a].critical = 1;
	if (setjmp(host.panic) == 0) {
		fault_raise(a, KAAL_FAULT_MEMORY, 0x1234, 0x92000004);
		cr_assert_fail("the machine goes on");
	}
	cr_assert_eq(host.end_function, PSCI_SYSTEM_RESET);
}
