/*
 * The ready queues: one a priority, first in, first out; a bitmap finds the most urgent.
 *
 *   RQ-1: bit p of the bitmap is set if and only if queue p is not empty; a bit of the summary if and only if its
 *         word of the bitmap is not 0
 *         cpu.ready_top is the largest p whose bit is set, or -1
 *   RQ-2: a thread is in queue p if and only if it is marked queued and its priority is p
 */
#ifndef CORE_READY_H
#define CORE_READY_H

#include <object/thread.h>

/* All queues empty. Boot only. */
void ready_start(void);

/* The thread is in no queue. */
void ready_add_last(thread_t thread);
void ready_add_first(thread_t thread);

/* Takes a thread out; one that is in no queue is left alone. */
void ready_remove(thread_t thread);

/* Takes out and returns the thread that has waited longest at the most urgent priority at which one does; there is one. */
thread_t ready_pop(void);

#endif
