/*
 * The kernel on the host and the model, side by side: each step is made by both, and then they are compared, by statuses and results,
 * who runs and waits for what, contents of all CNodes and threads' slots, flags, and who has whose context. What differs ends in abort().
 */
#ifndef TWIN_H
#define TWIN_H

#include <stdbool.h>
#include <stdint.h>

/* Boot, and a world made by calls: the driver, which is the least urgent and never waits, and the adversary's threads (layout.h), which do not run yet. */
void twin_start(bool fast);

/* Where a panic of the kernel ends: the caller sets host.panic to come here. */
_Noreturn void twin_died(void);

/*
 * The thread that runs makes a call. Its message words are set to `seed` and on; `pending`: an interrupt is pending at the so-manieth look for one,
 * 0: none. False: the call, interrupted, had deleted a capability that it was made by and could not go on; model and kernel are no twins any more.
 */
bool twin_call(uint32_t number, const uint64_t argument[6], uint64_t seed, unsigned pending);

/* The driver runs. */
bool twin_is_driver(void);
/* Slots of the driver's: of the adversary's threads, with their contexts behind them, their CNodes, and an address space. */
uint64_t twin_slot_of_thread(unsigned i);
uint64_t twin_slot_of_cnode(unsigned which);
uint64_t twin_slot_of_space(void);
/* The driver gives capability `i` again, if it is gone: as a call. */
void twin_give(unsigned which, unsigned i);
unsigned twin_gifts(void);

/* What the thread that runs sends along, if it has a buffer. */
void twin_fill_buffer(const uint64_t caps[3], uint64_t move, uint64_t cnode, uint64_t slot);

/* Counter ticks up to now; time goes on; the thread that runs faults; a line's interrupt comes, if it is not masked. */
uint64_t twin_now(void);
void twin_pass(uint64_t ticks);
void twin_fault(unsigned kind, uint64_t address);
void twin_fire(unsigned line);

/* Whether all invariants hold (kernel/check), too. */
void twin_check(void);

#endif
