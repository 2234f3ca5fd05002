/*
 * Threads that wait for the same thing: by priority, first in, first out within
 * one. The first of each priority is linked to the first of the next lower one,
 * so insertion and removal look at priorities (256 at most), never at threads;
 * taking the first out is O(1).
 *
 *   WQ-1: along `next`, priorities never rise
 *   WQ-2: the threads whose level_last is not THREAD_NONE are the first of their priority; it is the last of it
 *   WQ-3: a thread's priority does not change while it waits
 *   WQ-4: a thread that is alone, or in no queue, has no neighbours and is the last of its priority
 */
#ifndef CORE_WAIT_QUEUE_H
#define CORE_WAIT_QUEUE_H

#include <object/thread.h>

/* Part of an object; THREAD_NONE: nobody waits. */
struct wait_queue {
	thread_t first;
};

void wait_queue_start(struct wait_queue *queue);

/* A fresh thread's links (WQ-4). */
void wait_links_start(thread_t thread);

void wait_queue_add(struct wait_queue *queue, thread_t thread);

/* The same where nobody waits: the thread's links are those of one that waits alone already (WQ-4). */
static inline void wait_queue_add_alone(struct wait_queue *queue, thread_t thread)
{
	queue->first = thread;
}

void wait_queue_remove(struct wait_queue *queue, thread_t thread);

#endif
