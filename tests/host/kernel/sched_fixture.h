/* Threads that are ready, on contexts of their own, for the tests of the scheduler. */
#ifndef SCHED_FIXTURE_H
#define SCHED_FIXTURE_H

#include "fixture.h"

#include <core/interrupt.h>
#include <core/ready.h>

#define THREADS 64u
#define FIRST 16u /* handles FIRST.. are the test's threads, contexts FIRST_CONTEXT.. theirs */
#define FIRST_CONTEXT (FIXTURE_CONTEXT + 1)

static inline void sched_fixture_start(void)
{
	host_reset();
	sched_start();
}

/* Thread `index`, ready, on a context of its own. */
static inline thread_t make(uint32_t index, uint32_t priority, uint64_t budget, uint64_t period)
{
	thread_t thread = FIRST + index;

	thread_start(thread);
	thread_view[thread].priority = priority;
	fixture_context(FIRST_CONTEXT + index, budget, period);
	sched_bind(FIRST_CONTEXT + index, thread);
	sched_ready(thread);
	return thread;
}

static inline thread_t make_unlimited(uint32_t index, uint32_t priority)
{
	return make(index, priority, SCHED_UNLIMITED, SCHED_UNLIMITED);
}

/* The thread that runs next. */
static inline thread_t next(void)
{
	const struct arch_frame *frame = sched_next();

	cr_assert_eq(frame, &thread_view[cpu.current].frame);
	return cpu.current;
}

/* Time passes until the timer's interrupt, which is taken. */
static inline void run_until_timer(void)
{
	cr_assert(host.timer_armed);
	host.now = host.timer_deadline;
	interrupt_handle();
}

#endif
