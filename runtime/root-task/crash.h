/* What is printed when a component's thread has faulted: what a person needs to find the mistake. */
#ifndef ROOT_TASK_CRASH_H
#define ROOT_TASK_CRASH_H

#include "root.h"

/*
 * thread: index of the one that has faulted, which waits for an answer, and is stopped; words: the fault's message (enum
 * kaal_fault_word). Who called is told as far as frames lie on the first thread's stack: others' are the component's own business.
 */
void crash_report(const struct component *component, uint32_t thread, const uint64_t *words);

#endif
