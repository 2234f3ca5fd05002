/*
 * Scheduling contexts: the right to use a CPU, as a budget in each period
 * (sporadic server). A thread runs on a scheduling context or not at all.
 *
 *   SC-1: home is the thread it is bound to, holder the one that may run on it: home, or whom it is lent to;
 *         both or THREAD_NONE
 *   SC-2: the refills' amounts add up to the budget while nobody runs on it
 *   SC-3: refills are ordered by time; at least one
 */
#ifndef OBJECT_SCHED_CONTEXT_H
#define OBJECT_SCHED_CONTEXT_H

#include <stdbool.h>

#include "cap.h"

#define SCHED_CONTEXT_BITS 7u
#define SCHED_REFILLS_MAX 4u
/* Smallest budget, and smallest piece of it that is worth a timer interrupt: ticks. */
#define SCHED_AMOUNT_MIN 512u

typedef uint32_t sched_context_t; /* address in units of its size */
#define SCHED_CONTEXT_NONE UINT32_MAX

/*
 * What a thread runs on: a context, in multiples of CONTEXT_UNIT, and how often
 * it has been lent to come here, up to CONTEXT_LENT_MAX times.
 */
typedef uint64_t context_word_t;
#define CONTEXT_UNIT UINT64_C(256)
#define CONTEXT_LENT_MAX 64u
#define CONTEXT_NONE (SCHED_CONTEXT_NONE * CONTEXT_UNIT)

static inline context_word_t context_word(sched_context_t sc)
{
	return sc * CONTEXT_UNIT;
}

static inline sched_context_t context_of(context_word_t word)
{
	return (sched_context_t)(word / CONTEXT_UNIT);
}

static inline uint32_t context_times_lent(context_word_t word)
{
	return (uint32_t)(word % CONTEXT_UNIT);
}

/* Budget that never ends: no accounting, no timer. */
#define SCHED_UNLIMITED UINT64_MAX

/* `amount` ticks may be used from `time` on. */
struct refill {
	uint64_t time;
	uint64_t amount;
};

struct sched_context {
	uint32_t count; /* capabilities */
	uint32_t home;
	uint32_t holder;
	uint32_t refill_count;
	uint64_t budget;   /* ticks; 0: not configured, SCHED_UNLIMITED */
	uint64_t period;   /* ticks, at least the budget */
	uint64_t consumed; /* ticks used since it was made */
	uint64_t checked; /* kernel/check */
	uint64_t reserved[2];
	struct refill refill[SCHED_REFILLS_MAX]; /* the first is the next to be used */
};

_Static_assert(sizeof(struct sched_context) == 1u << SCHED_CONTEXT_BITS, "scheduling contexts are reached by index");

static inline struct cap sched_context_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

/* The context that a capability names. */
static inline sched_context_t sched_context_of(struct cap cap)
{
	return cap.object >> (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS);
}

/* A fresh, zeroed one: not configured, not bound. */
void sched_context_start(sched_context_t sc);

/* All of the budget from `now` on. SCHED_AMOUNT_MIN <= budget <= period, or budget SCHED_UNLIMITED. */
void sched_context_configure(sched_context_t sc, uint64_t budget, uint64_t period, uint64_t now);

/* Whether it can be used at `now`. */
bool sched_context_ready(sched_context_t sc, uint64_t now);

/* When it can be used next: 0 if always, UINT64_MAX if never. */
uint64_t sched_context_next(sched_context_t sc);

/* When the present budget ends if it is used from `now` on; UINT64_MAX for never. */
uint64_t sched_context_end(sched_context_t sc, uint64_t now);

/* `used` ticks of a limited budget were used: they come back a period later, or, if it is as long as the budget, behind what is left. */
void sched_context_charge(sched_context_t sc, uint64_t used, uint64_t now);

#endif
