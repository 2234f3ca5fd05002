/* Who runs, who is woken, and what interrupts and faults do. */
#include "sched_fixture.h"

#include <core/fault.h>
#include <freestanding/board.h>

TestSuite(sched, .init = sched_fixture_start);

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

		sched_fixture_start();
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
