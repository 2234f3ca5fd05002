/* Who runs, who sleeps, and what interrupts do. */
#include <criterion/criterion.h>

#include <host.h>

#include <arch/arch.h>
#include <core/cpu.h>
#include <core/fault.h>
#include <core/interrupt.h>
#include <core/sched.h>
#include <freestanding/board.h>

static void start(void)
{
	host_reset();
	sched_start();
}

TestSuite(sched, .init = start);

/* A ready thread in the arena. */
static thread_t make(thread_t handle)
{
	thread_view[handle].timer_next = THREAD_NONE;
	sched_ready(handle);
	return handle;
}

Test(sched, a_ready_thread_runs)
{
	thread_t thread = make(8);

	cr_assert_eq(sched_next(), &thread_view[thread].frame);
	cr_assert_eq(host.waits, 0);
}

Test(sched, a_sleeper_is_waited_for_until_its_deadline)
{
	thread_t thread = make(8);

	sched_sleep(thread, 1000);
	cr_assert(host.timer_armed);
	cr_assert_eq(sched_next(), &thread_view[thread].frame);
	cr_assert_eq(host.now, 1000);
	cr_assert_eq(host.waits, 1);
	cr_assert_eq(thread_view[thread].state, THREAD_READY);
	cr_assert_not(host.timer_armed, "nobody sleeps: the timer is off");
}

Test(sched, sleepers_wake_in_the_order_of_their_deadlines)
{
	static const uint64_t deadline[] = {500, 100, 900, 100, 300};

	for (thread_t i = 0; i < 5; i++)
		sched_sleep(make(8 + i), deadline[i]);
	cr_assert_eq(host.timer_deadline, 100);
	host.now = 100;
	sched_expire();
	cr_assert_eq(thread_view[9].state, THREAD_READY);
	cr_assert_eq(thread_view[11].state, THREAD_READY);
	cr_assert_eq(thread_view[12].state, THREAD_SLEEPING);
	cr_assert_eq(host.timer_deadline, 300);
	host.now = 10000;
	sched_expire();
	for (thread_t i = 0; i < 5; i++)
		cr_assert_eq(thread_view[8 + i].state, THREAD_READY);
	cr_assert_eq(cpu.timer_first, THREAD_NONE);
	cr_assert_not(host.timer_armed);
}

Test(sched, only_ready_threads_sleep_and_only_others_become_ready)
{
	thread_t thread = make(8);

	if (setjmp(host.panic) == 0) {
		sched_ready(thread);
		cr_assert_fail("a ready thread became ready");
	}
	thread_view[thread].state = THREAD_STOPPED;
	if (setjmp(host.panic) == 0) {
		sched_sleep(thread, 1);
		cr_assert_fail("a stopped thread fell asleep");
	}
}

Test(sched, without_any_thread_there_is_nothing_to_run)
{
	if (setjmp(host.panic) == 0) {
		(void)sched_next();
		cr_assert_fail("something ran");
	}
}

Test(sched, an_interrupt_without_owner_is_masked_and_completed)
{
	make(8);
	host.pending[0] = 40;
	host.pending[1] = 41;
	host.pending_count = 2;
	interrupt_handle();
	cr_assert_eq(host.completed, 2);
	cr_assert_eq(host.masked, 41);
}

Test(sched, the_timer_is_not_masked)
{
	thread_t thread = make(8);

	sched_sleep(thread, 10);
	host.now = 11;
	interrupt_handle();
	cr_assert_eq(host.completed, 1);
	cr_assert_eq(host.masked, ARCH_IRQ_NONE);
	cr_assert_eq(thread_view[thread].state, THREAD_READY);
}

Test(sched, a_fault_stops_a_thread_and_nothing_else)
{
	struct fault fault = {"data abort", 0x1234, 0x92000004};
	thread_t thread = make(8);

	fault_raise(thread, &fault);
	cr_assert_eq(thread_view[thread].state, THREAD_STOPPED);
	cr_assert_null(host.panic_text);
}

Test(sched, a_fault_of_a_critical_thread_resets)
{
	struct fault fault = {"data abort", 0x1234, 0x92000004};
	thread_t thread = make(8);

	thread_view[thread].critical = 1;
	if (setjmp(host.panic) == 0) {
		fault_raise(thread, &fault);
		cr_assert_fail("the machine goes on");
	}
	cr_assert_eq(host.end_function, PSCI_SYSTEM_RESET);
}
