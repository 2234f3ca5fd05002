/* On which scheduling context a thread runs, and what the running one uses of its budget. */
#ifndef CORE_SCHED_BUDGET_H
#define CORE_SCHED_BUDGET_H

#include <object/thread.h>

/* The thread runs on this from now on, and is the context's holder; CONTEXT_NONE: on nothing. A ready one comes before its equals. */
void sched_use(thread_t thread, context_word_t word);

/* The context, bound to nobody, becomes the thread's own, which has none. */
void sched_bind(sched_context_t sc, thread_t thread);

/* Nobody runs on the context any more, nor has it lent; not bound is fine. */
void sched_unbind(sched_context_t sc);

/* New budget and period (sched_context_configure()). */
void sched_configure(sched_context_t sc, uint64_t budget, uint64_t period);

/* Ticks used on the context up to now. */
uint64_t sched_consumed(sched_context_t sc);

/* The budget in use is that of `sc` from now on; SCHED_CONTEXT_NONE: nobody's. */
void sched_use_budget(sched_context_t sc);

/* The context in use has used up its budget: its thread waits for the next, or goes behind its equals. `now`: the counter. */
void sched_end_budget(uint64_t now);

#endif
