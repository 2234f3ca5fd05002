/* The counter, on the host: the test's. */
#ifndef KAAL_TIME_H
#define KAAL_TIME_H

#include <kaal/types.h>

kaal_ticks_t kaal_ticks_now(void);

/* A tick is a microsecond. */
static inline uint64_t kaal_ticks_hz(void)
{
	return 1000000;
}

static inline kaal_ticks_t kaal_ns_to_ticks(uint64_t ns, uint64_t hz)
{
	return ns / (1000000000 / hz);
}

#endif
