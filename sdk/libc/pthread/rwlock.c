/*
 * Many readers or one writer. Writers that wait are let in before readers that come later.
 *   RW-1: writer is not 0 only while readers is 0
 *   RW-2: `lock` is held for a few instructions at a time, by whoever looks at the others
 */
#include <errno.h>
#include <pthread.h>

#include <kaal/thread.h>

#include "../deadline.h"

struct rwlock {
	struct kaal_lock lock;
	struct kaal_waiters reading, writing;
	uint32_t readers;
	uint32_t writer; /* its index plus 1 */
};

_Static_assert(sizeof(struct rwlock) <= sizeof(pthread_rwlock_t), "the public type has the room");

static struct rwlock *rwlock_of(pthread_rwlock_t *lock)
{
	return (struct rwlock *)(void *)lock;
}

int pthread_rwlock_init(pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attr)
{
	(void)attr;
	*lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
	return rwlock_of(lock)->readers == 0 && rwlock_of(lock)->writer == 0 ? 0 : EBUSY;
}

static bool writers_wait(const struct rwlock *rwlock)
{
	return atomic_load_explicit(&rwlock->writing.set, memory_order_relaxed) != 0;
}

static bool enter(struct rwlock *rwlock, bool write)
{
	if (rwlock->writer != 0 || (write ? rwlock->readers != 0 : writers_wait(rwlock)))
		return false;
	if (write)
		rwlock->writer = kaal_thread_self() + 1;
	else
		rwlock->readers++;
	return true;
}

/* Whoever may come in now is woken: a writer, or all readers. */
static void wake(struct rwlock *rwlock)
{
	if (rwlock->writer != 0)
		return;
	if (writers_wait(rwlock)) {
		if (rwlock->readers == 0)
			(void)kaal_waiters_wake_one(&rwlock->writing);
	} else {
		kaal_waiters_wake_all(&rwlock->reading);
	}
}

static int take(struct rwlock *rwlock, bool write, uint64_t deadline)
{
	struct kaal_waiters *waiters = write ? &rwlock->writing : &rwlock->reading;
	bool in_time = true;

	kaal_lock_take(&rwlock->lock);
	if (rwlock->writer == kaal_thread_self() + 1) {
		kaal_lock_give(&rwlock->lock);
		return EDEADLK;
	}
	while (!enter(rwlock, write)) {
		if (!in_time) {
			/* Others may have waited for this one. */
			wake(rwlock);
			kaal_lock_give(&rwlock->lock);
			return ETIMEDOUT;
		}
		kaal_waiters_enter(waiters);
		kaal_lock_give(&rwlock->lock);
		while (in_time && kaal_waiters_inside(waiters))
			in_time = kaal_thread_park(deadline);
		kaal_lock_take(&rwlock->lock);
		(void)kaal_waiters_leave(waiters);
	}
	kaal_lock_give(&rwlock->lock);
	return 0;
}

static int try(struct rwlock *rwlock, bool write)
{
	bool entered;

	kaal_lock_take(&rwlock->lock);
	entered = enter(rwlock, write);
	kaal_lock_give(&rwlock->lock);
	return entered ? 0 : EBUSY;
}

static int take_timed(struct rwlock *rwlock, bool write, const struct timespec *deadline)
{
	uint64_t ticks;

	if (try(rwlock, write) == 0)
		return 0;
	return libc_deadline(deadline, &ticks) ? take(rwlock, write, ticks) : EINVAL;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	return take(rwlock_of(lock), false, UINT64_MAX);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
	return try(rwlock_of(lock), false);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict deadline)
{
	return take_timed(rwlock_of(lock), false, deadline);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	return take(rwlock_of(lock), true, UINT64_MAX);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
	return try(rwlock_of(lock), true);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict deadline)
{
	return take_timed(rwlock_of(lock), true, deadline);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	struct rwlock *rwlock = rwlock_of(lock);
	int error = 0;

	kaal_lock_take(&rwlock->lock);
	if (rwlock->writer == kaal_thread_self() + 1)
		rwlock->writer = 0;
	else if (rwlock->readers != 0)
		rwlock->readers--;
	else
		error = EPERM;
	wake(rwlock);
	kaal_lock_give(&rwlock->lock);
	return error;
}
