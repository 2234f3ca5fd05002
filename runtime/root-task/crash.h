/* What is printed when a component's thread has faulted: what a person needs to find the mistake. */
#ifndef ROOT_TASK_CRASH_H
#define ROOT_TASK_CRASH_H

#include "root.h"

/* words: the fault's message (enum kaal_fault_word). The thread waits for an answer, and is stopped. */
void crash_report(const struct component *component, const uint64_t *words);

#endif
