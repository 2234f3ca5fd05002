/* Which thread runs, and until when threads sleep. */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include <object/thread.h>

/* The CPU has no thread and no sleeper yet. */
void sched_start(void);

/* Makes a stopped thread ready. */
void sched_ready(thread_t thread);

/* Takes the running thread off the CPU until the counter reaches `deadline`. */
void sched_sleep(thread_t thread, uint64_t deadline);

/* Wakes every thread whose deadline has passed, and arms the timer for the next. */
void sched_expire(void);

/*
 * The registers of the thread to run next. Waits in WFI, taking interrupts,
 * while none is ready.
 */
struct arch_frame *sched_next(void);

#endif
