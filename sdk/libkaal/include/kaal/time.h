/*
 * Time: the generic timer's virtual counter, and ticks against nanoseconds.
 * None of these needs a right, blocks or changes anything; any context.
 */
#ifndef KAAL_TIME_H
#define KAAL_TIME_H

#include <kaal/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_NS_PER_SECOND 1000000000u

/*
 * Returns the counter: ticks since the machine's reset, the same for every
 * thread and CPU. Reads it in program order (Arm ARM DDI 0487, D11.1.2: without
 * the barrier the read may be made early).
 */
static inline kaal_ticks_t kaal_ticks_now(void)
{
	uint64_t ticks;
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

/* Returns the counter's ticks a second, 1 or more, as the firmware states it. */
static inline uint64_t kaal_ticks_hz(void)
{
	uint64_t hz;
	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

/*
 * Turns ticks into nanoseconds, rounded down. hz: ticks a second, in
 * [1, 2^32). A result beyond 2^64 - 1 ns (584 years) becomes 2^64 - 1.
 */
static inline uint64_t kaal_ticks_to_ns(kaal_ticks_t ticks, uint64_t hz)
{
	/* The remainder is below 2^32, so its product is below 2^62. */
	uint64_t seconds = ticks / hz;
	uint64_t ns = ticks % hz * KAAL_NS_PER_SECOND / hz;

	if (seconds > (UINT64_MAX - ns) / KAAL_NS_PER_SECOND)
		return UINT64_MAX;
	return seconds * KAAL_NS_PER_SECOND + ns;
}

/*
 * Turns nanoseconds into ticks, rounded up, so that a sleep never ends early.
 * hz: ticks a second, in [1, 2^32). A result beyond 2^64 - 1 becomes 2^64 - 1.
 */
static inline kaal_ticks_t kaal_ns_to_ticks(uint64_t ns, uint64_t hz)
{
	/* The remainder is below 2^30, so its product is below 2^62. */
	uint64_t seconds = ns / KAAL_NS_PER_SECOND;
	uint64_t ticks = (ns % KAAL_NS_PER_SECOND * hz + (KAAL_NS_PER_SECOND - 1u)) / KAAL_NS_PER_SECOND;

	if (seconds > (UINT64_MAX - ticks) / hz)
		return UINT64_MAX;
	return seconds * hz + ticks;
}

#ifdef __cplusplus
}
#endif

#endif
