/*
 * The timer queue: threads with a time at which something shall happen to them,
 * as a leftist heap through their links. Insertion, removal and taking the
 * earliest are O(log n), also in the worst case.
 *
 *   TQ-1: a thread is no earlier than the one above it
 *   TQ-2: rank is the length of the shortest way down to a missing child: rank(left) >= rank(right),
 *         rank = rank(right) + 1, so a way to the right is never longer than log2(n + 1)
 *   TQ-3: a thread is in the queue if and only if its rank is not 0
 */
#ifndef CORE_TIMER_H
#define CORE_TIMER_H

#include <stdbool.h>

#include <arch/arch.h>

#include <object/thread.h>

/* The top of the heap, or THREAD_NONE. Changed by timer.c only. */
extern thread_t timer_queue_root;

/* Adds a thread that is not in the queue; `time` in counter ticks. */
void timer_queue_add(thread_t thread, uint64_t time);

static inline bool timer_queue_has(thread_t thread)
{
	return thread_view[thread].timer.rank != 0;
}

/* Takes a thread out; one that is not in the queue is left alone. */
void timer_queue_remove(thread_t thread);

/* The thread with the earliest time, or THREAD_NONE. */
thread_t timer_queue_first(void);

/* Makes the queue empty. Boot only. */
void timer_queue_start(void);

#endif
