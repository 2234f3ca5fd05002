/* Lives of components: starts, ends, restarts by policy, and what follows when that is used up. */
#ifndef ROOT_TASK_LIVES_H
#define ROOT_TASK_LIVES_H

#include "root.h"

/* Starts a component that does not live. KAAL_OK, or why it could not be; it has then ended with KAAL_END_FAILED. */
kaal_status_t lives_start(struct component *component);

/*
 * Ends a component: it and all that it was made of is gone, those who await its end are answered, the broker is told. One that has ended
 * already is only kept from being restarted, by KAAL_END_STOPPED. Fatal for the broker.
 *   code  what is told with the end: exit code, kind of fault
 */
void lives_end(struct component *component, enum kaal_component_end how, uint64_t code);

/* A thread of it has faulted: reports, ends it. words: enum kaal_fault_word. Fatal for one that is critical. */
void lives_fault(struct component *component, uint32_t thread, const uint64_t *words);

/* Whose end the broker has dealt with starts again or not, by its policy. Returns whether anybody beside the broker lives or will. */
bool lives_finish(void);

#endif
