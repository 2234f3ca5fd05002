/* What the supervisor tells of components: answers, in the words of a message (<kaal/supervisor.h>). */
#ifndef ROOT_TASK_TELL_H
#define ROOT_TASK_TELL_H

#include "root.h"

/* A message's words: the first KAAL_MESSAGE_REGISTERS in `words`, the others in the root task's buffer. */
uint64_t tell_word(const uint64_t *words, uint64_t index);
void tell_set_word(uint64_t *words, uint64_t index, uint64_t word);

/* Each answers in place; *count: words of the answer. */
void tell_state(const struct component *component, uint64_t *words, uint64_t *count);
void tell_name(const struct component *component, uint64_t *words, uint64_t *count);
kaal_status_t tell_memory(uint64_t *words, uint64_t *count);
kaal_status_t tell_slots(const struct component *component, uint64_t *words, uint64_t *count);
void tell_log(uint64_t *words, uint64_t *count);

#endif
