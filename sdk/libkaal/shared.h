/*
 * Memory that another program writes, too: each access is one load or store of 8 bytes, made once. Tests on the host have this file's
 * place taken by one that stops at each access.
 */
#ifndef LIBKAAL_SHARED_H
#define LIBKAAL_SHARED_H

#include <stdint.h>

static inline uint64_t shared_load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline uint64_t shared_load_acquire(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void shared_store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void shared_store_release(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* Stores before it are seen by others before loads after it are made. */
static inline void shared_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif
