/* A component's threads: each with a scheduling context, a message buffer and, where there are several, a notification of its own. */
#ifndef ROOT_TASK_THREADS_H
#define ROOT_TASK_THREADS_H

#include "load.h"

/* Bytes of memory and slots of the root task's that a thread takes, with what alignment costs. */
#define THREADS_BYTES UINT64_C(2304)
#define THREADS_SLOTS ((uint64_t)KAAL_THREAD_SLOTS)

/*
 * Who calls the supervisor: the badge of a component's endpoint. Bits 31..0: its index, plus 1; 47..32: the thread, where the kernel calls for
 * it; 63..48: how often it had been started before, modulo 2^16. A call that waits when the component ends, sent by somebody to whom
 * it gave its endpoint, is not one of its next start's.
 */
static inline uint64_t threads_badge(const struct component *component, uint32_t thread)
{
	return component->index + 1 + ((uint64_t)thread << 32) + ((uint64_t)component->starts << 48);
}

static inline uint32_t threads_badge_component(uint64_t badge)
{
	return (uint32_t)badge - 1;
}

static inline uint32_t threads_badge_thread(uint64_t badge)
{
	return (uint32_t)(badge >> 32) & 0xffff;
}

/* Whether the badge is of the start of the component that runs. */
static inline bool threads_badge_runs(const struct component *component, uint64_t badge)
{
	return component->state == KAAL_COMPONENT_RUNNING && badge >> 48 == ((component->starts - 1) & 0xffff);
}

/* Makes component->supervisor, whose slot is empty, for the next start. Fatal if it cannot. */
void threads_make_supervisor(const struct component *component);

/* Makes their objects; component->thread and ->context are the first one's, the others' follow. Errors as kaal_domain_make(). */
kaal_status_t threads_make(struct component *component);

/* Makes them ready to be started, the first one with its registers. Or what the kernel says. */
kaal_status_t threads_configure(const struct component *component, const struct load_plan *plan, uint64_t arguments, kaal_cap_t vspace);

/* Puts what the component may have of them into its CSpace. Or what the kernel says. */
kaal_status_t threads_give(const struct component *component);

/* Counter ticks that they have run, all together. */
uint64_t threads_ticks(const struct component *component);

#endif
