/* Invariants of objects, one by one, when all of them are known (marks.h). */
#ifndef CHECK_OBJECTS_H
#define CHECK_OBJECTS_H

#include <object/thread.h>

/* Threads, contexts, endpoints, notifications, replies (threads.c, waiting.c). exact: all capabilities have been found, so counts are equal. */
void objects_check(bool exact);

/* A thread in whatever state: where it is queued, what it runs on, what its own slots mean (threads.c). */
void objects_check_thread(thread_t thread);

/* Ready queues and timer queue, against the threads that say that they are in one (queues.c). */
void objects_check_queues(void);

/* Interrupt lines (lines.c). */
void objects_check_lines(bool exact);

#endif
