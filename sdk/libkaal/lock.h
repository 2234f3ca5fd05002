/* Locks from inside: what a lock that nobody waits for takes, without a call of a function. */
#ifndef LIBKAAL_LOCK_H
#define LIBKAAL_LOCK_H

#include <kaal/thread.h>

/* Index of the calling thread: what kaal_thread_self() says. */
extern _Thread_local uint32_t libkaal_self;

static inline bool lock_held(const struct kaal_lock *lock)
{
	return atomic_load_explicit(&lock->owner, memory_order_relaxed) == libkaal_self + 1;
}

static inline bool lock_try(struct kaal_lock *lock)
{
	uint32_t nobody = 0;

	return atomic_compare_exchange_strong_explicit(&lock->owner, &nobody, libkaal_self + 1, memory_order_seq_cst, memory_order_seq_cst);
}

/* The caller holds it. */
static inline void lock_give(struct kaal_lock *lock)
{
	atomic_store_explicit(&lock->owner, 0, memory_order_seq_cst);
	if (atomic_load_explicit(&lock->waiters.set, memory_order_seq_cst) != 0)
		(void)kaal_waiters_wake_one(&lock->waiters);
}

#endif
