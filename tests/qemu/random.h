/* Numbers that look random and are the same each time: xorshift64, G. Marsaglia, "Xorshift RNGs", 2003. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

/* The next of them. *state: any but 0, where it would stay. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
