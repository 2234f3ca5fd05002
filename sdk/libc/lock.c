/*
 * The C library's locks: recursive and plain mutexes with an owner. A plain one taken twice by a thread is a mistake in the
 * program, as is a lock given back by who does not hold it: both stop it with a fault, where waiting would hang it.
 */
#include <limits.h>
#include <stdlib.h>
#include <sys/lock.h>

#include <kaal/thread.h>

struct __lock {
	struct kaal_lock lock;
	unsigned depth; /* how often its holder has taken it; only the holder looks */
};

struct __lock __lock___libc_recursive_mutex;

static void drop(_LOCK_T lock)
{
	if (!kaal_lock_held(&lock->lock))
		__builtin_trap();
	if (--lock->depth == 0)
		kaal_lock_give(&lock->lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
	kaal_lock_take(&lock->lock);
	lock->depth = 1;
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	if (!kaal_lock_held(&lock->lock))
		__retarget_lock_acquire(lock);
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
