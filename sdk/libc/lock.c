/*
 * The C library's locks: mutexes with an owner. A lock given back by who does not hold it is a mistake in the program and stops it with a
 * fault.
 *
 * Streams that are opened get one of a few that are there from the start, so that nothing here needs malloc(), which would then be in every
 * program that prints. Two streams may have the same one: a thread that holds it for one may take it for the other, and another thread
 * waits a little longer.
 */
#include "lock.h"

#include <limits.h>

#include "../libkaal/lock.h"

#define LOCKS 16u

struct __lock __lock___libc_recursive_mutex;

static struct __lock locks[LOCKS];
static _Atomic(unsigned) given;

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	if (!lock_held(&lock->lock)) {
		if (!lock_try(&lock->lock))
			kaal_lock_take(&lock->lock);
		lock->depth = 1;
	} else if (++lock->depth == UINT_MAX) {
		__builtin_trap();
	}
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
	if (!lock_held(&lock->lock))
		__builtin_trap();
	if (--lock->depth == 0)
		lock_give(&lock->lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
	__retarget_lock_acquire_recursive(lock);
}

void __retarget_lock_release(_LOCK_T lock)
{
	__retarget_lock_release_recursive(lock);
}

void __retarget_lock_init(_LOCK_T *lock)
{
	*lock = &locks[atomic_fetch_add_explicit(&given, 1, memory_order_relaxed) % LOCKS];
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
	__retarget_lock_init(lock);
}

/* What others have, too, stays. */
void __retarget_lock_close(_LOCK_T lock)
{
	(void)lock;
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
	(void)lock;
}
