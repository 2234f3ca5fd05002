/*
 * The C library's locks: recursive and plain mutexes with an owner. A program
 * has one thread, so nobody can hold what another wants; a request that would
 * wait is a mistake in the program (a plain lock taken twice) and stops it with
 * a fault, where waiting would hang it.
 *
 * LOCK-1: owner is 0 if and only if depth is 0.
 * LOCK-2: only the thread that owner names changes a held lock.
 */
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/lock.h>

struct __lock {
	_Atomic(uintptr_t) owner; /* the owning thread's thread pointer, never 0 */
	unsigned depth;           /* how often it has taken the lock */
};

struct __lock __lock___libc_recursive_mutex;

static uintptr_t self(void)
{
	return (uintptr_t)__builtin_thread_pointer();
}

static void take(_LOCK_T lock)
{
	uintptr_t free_lock = 0;

	/* Pairs with the release in drop(). */
	if (!atomic_compare_exchange_strong_explicit(&lock->owner, &free_lock, self(), memory_order_acquire,
						     memory_order_relaxed))
		__builtin_trap();
	lock->depth = 1;
}

static void drop(_LOCK_T lock)
{
	if (atomic_load_explicit(&lock->owner, memory_order_relaxed) != self())
		__builtin_trap();
	if (--lock->depth == 0)
		atomic_store_explicit(&lock->owner, 0, memory_order_release);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
	take(lock);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	if (atomic_load_explicit(&lock->owner, memory_order_relaxed) != self())
		take(lock);
	else if (++lock->depth == UINT_MAX)
		__builtin_trap();
}

void __retarget_lock_release(_LOCK_T lock)
{
	drop(lock);
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
	drop(lock);
}

/* The library has no way to hear of a failure here. */
void __retarget_lock_init(_LOCK_T *lock)
{
	*lock = calloc(1, sizeof **lock);
	if (!*lock)
		abort();
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
	__retarget_lock_init(lock);
}

void __retarget_lock_close(_LOCK_T lock)
{
	free(lock);
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
	free(lock);
}
