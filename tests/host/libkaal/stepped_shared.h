/*
 * Shared memory on the host that stops at each access, so that two programs can be made to take turns anywhere. It has the place of
 * libkaal's own shared.h. Stores wait in a buffer of the program that made them, in order, until it comes to a barrier
 * or somebody lets one out: what others see late is what barriers are for.
 */
#ifndef LIBKAAL_SHARED_H
#define LIBKAAL_SHARED_H

#include <stdint.h>

uint64_t stepped_load(const uint64_t *word);
void stepped_store(uint64_t *word, uint64_t value);
void stepped_barrier(void);

static inline uint64_t shared_load(const uint64_t *word)
{
	return stepped_load(word);
}

static inline uint64_t shared_load_acquire(const uint64_t *word)
{
	return stepped_load(word);
}

static inline void shared_store(uint64_t *word, uint64_t value)
{
	stepped_store(word, value);
}

static inline void shared_store_release(uint64_t *word, uint64_t value)
{
	stepped_store(word, value);
}

static inline void shared_barrier(void)
{
	stepped_barrier();
}

#endif
