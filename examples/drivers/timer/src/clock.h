/*
 * The Arm generic timer as a component has it. EL0 reads the virtual counter, CNTVCT_EL0, and nothing else: CNTKCTL_EL1
 * has EL0VCTEN set, but neither EL0VTEN nor EL0PTEN (Arm ARM DDI 0487, CNTKCTL_EL1), so the timers' own registers trap.
 * The kernel programs the virtual timer's comparator for all threads that wait with a deadline, and that is how this
 * service waits for its clients'. A test has a clock of its own.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <kaal/server.h>

/* Nanoseconds since the machine's start, rounded down to the counter's tick. */
uint64_t clock_now(void);

/* Ticks a second. */
uint64_t clock_hz(void);

/* Has timers_progress() called as soon as clock_now() is `ns` or more; CLOCK_NEVER: not at all. The last call holds. */
void clock_wake_at(struct kaal_server *server, uint64_t ns);

#define CLOCK_NEVER UINT64_MAX

#endif
