#include "sched.h"

#include <arch/arch.h>

#include "cpu.h"
#include "interrupt.h"

struct cpu cpu;

void sched_start(void)
{
	cpu.current = THREAD_NONE;
	cpu.timer_first = THREAD_NONE;
}

void sched_ready(thread_t thread)
{
	kernel_assert(thread_view[thread].state != THREAD_READY);
	thread_view[thread].state = THREAD_READY;
	cpu.current = thread;
}

static void arm_timer(void)
{
	if (cpu.timer_first == THREAD_NONE)
		arch_timer_disarm();
	else
		arch_timer_arm(thread_view[cpu.timer_first].deadline);
}

void sched_sleep(thread_t thread, uint64_t deadline)
{
	thread_t before = THREAD_NONE;
	thread_t after = cpu.timer_first;

	kernel_assert(thread_view[thread].state == THREAD_READY);
	while (after != THREAD_NONE && thread_view[after].deadline <= deadline) {
		before = after;
		after = thread_view[after].timer_next;
	}
	thread_view[thread].state = THREAD_SLEEPING;
	thread_view[thread].deadline = deadline;
	thread_view[thread].timer_next = after;
	if (before == THREAD_NONE)
		cpu.timer_first = thread;
	else
		thread_view[before].timer_next = thread;
	arm_timer();
}

void sched_expire(void)
{
	uint64_t now = arch_now();

	while (cpu.timer_first != THREAD_NONE && thread_view[cpu.timer_first].deadline <= now) {
		thread_t thread = cpu.timer_first;

		cpu.timer_first = thread_view[thread].timer_next;
		thread_view[thread].timer_next = THREAD_NONE;
		sched_ready(thread);
	}
	arm_timer();
}

struct arch_frame *sched_next(void)
{
	kernel_assert(cpu.current != THREAD_NONE);
	while (thread_view[cpu.current].state != THREAD_READY) {
		arch_wait_for_interrupt();
		interrupt_handle();
	}
	return &thread_view[cpu.current].frame;
}
