/*
 * Two threads that act on each other, measured from the call of one to the end
 * of the other's. The main thread is the least urgent one: what it resumes runs to its end
 * before the main thread goes on. The two have used no FP unless a row says so,
 * and share CSpace and address space.
 */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include "measure.h"

#define ROUNDS 4u

enum { FIRST, SECOND, PAIR };

/* What each of the two has read in each round. */
extern volatile struct counted reading[PAIR][ROUNDS];
void note(unsigned i, unsigned round, struct counted counted);

/* Thread `i` makes a call once a round, and notes it. */
void note_rounds(uint64_t i, bare_call *call, uint64_t a, uint64_t b, uint64_t c);

/* The main thread becomes the least urgent. Once. */
void start_pairs(void);

kaal_cap_t thread(unsigned i);

/* The two threads, stopped, the second so much more urgent than the first. Each gets its number. */
void prepare_pair(void (*first)(uint64_t), void (*second)(uint64_t), unsigned more_urgent);

/* Runs the first of them until both have stopped, or wait. */
void run_pair(const char *name);

/* The end of each. */
_Noreturn void stop(uint64_t i);

/* From the call of thread `from` in `round` to the end of the other's in round `back`, to which it leads. */
uint64_t switched(unsigned from, unsigned round, unsigned back);

/* The same, as a row. The round after must say the same. */
void print_switch(const char *name, unsigned from, unsigned round, unsigned back);

#endif
