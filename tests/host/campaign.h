/* How long a random test is, and with which seed. */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* KAAL_SEED, else `seed`: never 0, and printed. *steps: KAAL_STEPS, if it is set. */
static inline uint64_t campaign_start(uint64_t seed, unsigned long *steps)
{
	const char *chosen = getenv("KAAL_SEED"), *count = getenv("KAAL_STEPS");

	if (chosen != NULL)
		seed = strtoull(chosen, NULL, 0);
	if (seed == 0)
		seed = 1;
	if (count != NULL)
		*steps = strtoul(count, NULL, 0);
	fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
	return seed;
}

#endif
