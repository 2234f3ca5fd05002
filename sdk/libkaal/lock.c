/* Waiting for each other, without a call of the kernel as long as nobody has to. */
#include "lock.h"

static uint64_t own_bit(void)
{
	return UINT64_C(1) << libkaal_self;
}

void kaal_waiters_enter(struct kaal_waiters *waiters)
{
	atomic_fetch_or_explicit(&waiters->set, own_bit(), memory_order_seq_cst);
}

bool kaal_waiters_leave(struct kaal_waiters *waiters)
{
	return (atomic_fetch_and_explicit(&waiters->set, ~own_bit(), memory_order_seq_cst) & own_bit()) != 0;
}

bool kaal_waiters_inside(const struct kaal_waiters *waiters)
{
	return (atomic_load_explicit(&waiters->set, memory_order_acquire) & own_bit()) != 0;
}

/* Of a set that is not empty. Turned so that the caller's own bit is the last, equals have their turn one after the other. */
static uint32_t most_urgent(uint64_t set)
{
	uint32_t turn = (libkaal_self + 1) % 64;
	uint32_t best = KAAL_THREADS_MAX;

	set = set >> turn | set << (63 - turn) << 1;
	for (; set != 0; set &= set - 1) {
		uint32_t thread = ((uint32_t)__builtin_ctzll(set) + turn) % 64;

		if (best == KAAL_THREADS_MAX || kaal_thread_priority(thread) > kaal_thread_priority(best))
			best = thread;
	}
	return best;
}

bool kaal_waiters_wake_one(struct kaal_waiters *waiters)
{
	for (;;) {
		uint64_t set = atomic_load_explicit(&waiters->set, memory_order_seq_cst);
		uint32_t thread;

		if (set == 0)
			return false;
		thread = most_urgent(set);
		/* Who has left meanwhile is not woken; somebody else may be to. */
		if ((atomic_fetch_and_explicit(&waiters->set, ~(UINT64_C(1) << thread), memory_order_seq_cst) & UINT64_C(1) << thread) == 0)
			continue;
		kaal_thread_unpark(thread);
		return true;
	}
}

void kaal_waiters_wake_all(struct kaal_waiters *waiters)
{
	uint64_t set = atomic_exchange_explicit(&waiters->set, 0, memory_order_seq_cst);

	for (; set != 0; set &= set - 1)
		kaal_thread_unpark((uint32_t)__builtin_ctzll(set));
}

bool kaal_lock_try(struct kaal_lock *lock)
{
	return lock_try(lock);
}

bool kaal_lock_held(const struct kaal_lock *lock)
{
	return lock_held(lock);
}

static bool wait_for(struct kaal_lock *lock, uint64_t deadline)
{
	if (lock_held(lock))
		__builtin_trap();
	for (;;) {
		kaal_waiters_enter(&lock->waiters);
		if (lock_try(lock)) {
			(void)kaal_waiters_leave(&lock->waiters);
			return true;
		}
		if (kaal_thread_park(deadline))
			continue;
		/* Who was woken and does not take it passes it on. */
		if (!kaal_waiters_leave(&lock->waiters) && atomic_load_explicit(&lock->owner, memory_order_seq_cst) == 0)
			(void)kaal_waiters_wake_one(&lock->waiters);
		return false;
	}
}

bool kaal_lock_take_until(struct kaal_lock *lock, uint64_t deadline)
{
	return lock_try(lock) || wait_for(lock, deadline);
}

void kaal_lock_take(struct kaal_lock *lock)
{
	if (!lock_try(lock))
		(void)wait_for(lock, UINT64_MAX);
}

void kaal_lock_give(struct kaal_lock *lock)
{
	if (!lock_held(lock))
		__builtin_trap();
	lock_give(lock);
}
