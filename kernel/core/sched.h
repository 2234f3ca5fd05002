/*
 * Which thread runs, and until when others wait. Changes of a thread's state
 * go through here, so that TH-1 holds; none switches threads: that happens
 * once, on the way out of the kernel, in sched_next().
 */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include <object/thread.h>

/* The CPU has no thread. Boot only. */
void sched_start(void);

/* A thread that is not ready becomes so, behind its equals; or before them: a message or an answer has been handed over to it. */
void sched_ready(thread_t thread);
void sched_hand_over(thread_t thread);

/* A thread stops, whatever its state. */
void sched_stop(thread_t thread);

/* A ready thread sleeps until the counter reaches `deadline`. */
void sched_sleep(thread_t thread, uint64_t deadline);

/* A thread that is ready, or has waited for something else, waits for something, not for time; `state` is THREAD_WAITING or above. Queues of objects are the caller's. */
void sched_block(thread_t thread, enum thread_state state, uint32_t object);

/* A waiting thread shall wait no longer than until the counter reaches `deadline`. */
void sched_wait_until(thread_t thread, uint64_t deadline);

/* The running thread goes behind the others of its priority. */
void sched_give_way(thread_t thread); /* the host has a sched_yield() of its own */

/* priority < PRIORITIES. */
void sched_set_priority(thread_t thread, uint32_t priority);

/* The thread ends: nothing of the CPU's refers to it any more. */
void sched_forget(thread_t thread);

/* The thread's address space has changed: it is loaded anew. */
void sched_space_changed(thread_t thread);

/* What the timer's interrupt means: sleepers wake, budgets come and end. */
void sched_expire(void);

/*
 * The registers of the thread to run next, on its budget. Waits in WFI, taking
 * interrupts, while none is ready.
 */
struct arch_frame *sched_next(void);

#endif
