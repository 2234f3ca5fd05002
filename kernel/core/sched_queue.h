/*
 * Where a thread in state READY waits for the CPU: in its ready queue, or, until its budget comes, in the timer queue.
 * For the scheduler's own files.
 */
#ifndef CORE_SCHED_QUEUE_H
#define CORE_SCHED_QUEUE_H

#include <object/thread.h>

/* Not part of the functions that call it, so that these need no stack for what is rare. */
#define COLD __attribute__((noinline))

/*
 * Every change of a queue, of what runs or of a budget is told here; without any, the running thread goes on.
 * One that was to run next is a ready one among others from now on.
 */
void sched_note_change(void);

/* Whether it is ready and holds the CPU, so that it is in no queue. */
bool sched_is_running(thread_t thread);

/* A ready thread that does not run, in no queue, goes into one: before its equals or behind them. */
void sched_enqueue(thread_t thread, bool first);

/* The same of one whose lent budget may be used up: then it goes on with its own. */
void sched_enqueue_ready(thread_t thread, bool first);

/* Out of whichever queue it is in; out of none is fine. */
void sched_dequeue(thread_t thread);

/* A thread's context, or that context's budget, has changed: if it is ready it is queued anew. */
void sched_requeue(thread_t thread);

#endif
