/* On whose budget, for how long, and when there is more of it. */
#include "sched_fixture.h"

#include <stdlib.h>

TestSuite(budget, .init = sched_fixture_start);

Test(budget, a_budget_ends_and_comes_back_a_period_after_it_was_used)
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

Test(budget, what_a_late_interrupt_let_it_use_is_missing_later)
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

Test(budget, no_window_of_a_period_gives_more_than_the_budget)
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

Test(budget, a_preempted_thread_with_too_little_left_waits_for_more)
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

Test(budget, yielding_brings_no_budget_forward)
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

Test(budget, budget_equal_to_the_period_is_a_time_slice)
{
	thread_t a = make(0, 5, 1000, 1000), b = make(1, 5, 1000, 1000);

	for (unsigned turn = 0; turn < 10; turn++) {
		cr_assert_eq(next(), turn % 2 == 0 ? a : b);
		run_until_timer();
	}
	cr_assert_eq(sched_consumed(FIRST_CONTEXT), 5000);
	cr_assert_eq(sched_consumed(FIRST_CONTEXT + 1), 5000);
}

Test(budget, a_time_slice_used_in_pieces_is_followed_by_the_next_at_once)
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

Test(budget, a_new_budget_counts_at_once)
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
