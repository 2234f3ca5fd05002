#include "mutex.h"

#include <errno.h>

#include "../../libkaal/lock.h"
#include "../deadline.h"

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attr)
{
	*mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	mutex_of(mutex)->type = attr == NULL ? PTHREAD_MUTEX_DEFAULT : (uint32_t)attr->__type;
	return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	return atomic_load_explicit(&mutex_of(mutex)->lock.owner, memory_order_relaxed) == 0 ? 0 : EBUSY;
}

/* For who holds it already. A plain one would be waited for for ever, which the lock stops with a fault. */
static int take_again(struct mutex *mutex)
{
	if (mutex->type == PTHREAD_MUTEX_ERRORCHECK)
		return EDEADLK;
	if (mutex->depth == UINT32_MAX)
		return EAGAIN;
	mutex->depth++;
	return 0;
}

static bool holds(const struct mutex *mutex)
{
	return mutex->type != PTHREAD_MUTEX_NORMAL && kaal_lock_held(&mutex->lock);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	struct mutex *own = mutex_of(mutex);

	if (lock_try(&own->lock))
		return 0;
	if (holds(own))
		return take_again(own);
	kaal_lock_take(&own->lock);
	return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	struct mutex *own = mutex_of(mutex);

	if (own->type == PTHREAD_MUTEX_RECURSIVE && holds(own))
		return take_again(own);
	return kaal_lock_try(&own->lock) ? 0 : EBUSY;
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline)
{
	struct mutex *own = mutex_of(mutex);
	uint64_t ticks;

	if (holds(own))
		return take_again(own);
	if (kaal_lock_try(&own->lock))
		return 0;
	if (!libc_deadline(deadline, &ticks))
		return EINVAL;
	/* A plain one that the caller holds is never free. */
	if (kaal_lock_held(&own->lock))
		return EDEADLK;
	return kaal_lock_take_until(&own->lock, ticks) ? 0 : ETIMEDOUT;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	struct mutex *own = mutex_of(mutex);

	if (!lock_held(&own->lock))
		return EPERM;
	if (own->depth != 0)
		own->depth--;
	else
		lock_give(&own->lock);
	return 0;
}

/* --- spin locks -------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct kaal_lock) <= sizeof(pthread_spinlock_t), "the public type has the room");

static struct kaal_lock *lock_of(pthread_spinlock_t *lock)
{
	return (struct kaal_lock *)(void *)lock;
}

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE)
		return shared == PTHREAD_PROCESS_SHARED ? ENOTSUP : EINVAL;
	*lock = (pthread_spinlock_t){{0}};
	return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
	return atomic_load_explicit(&lock_of(lock)->owner, memory_order_relaxed) == 0 ? 0 : EBUSY;
}

int pthread_spin_lock(pthread_spinlock_t *lock)
{
	if (kaal_lock_held(lock_of(lock)))
		return EDEADLK;
	kaal_lock_take(lock_of(lock));
	return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
	return kaal_lock_try(lock_of(lock)) ? 0 : EBUSY;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
	if (!kaal_lock_held(lock_of(lock)))
		return EPERM;
	kaal_lock_give(lock_of(lock));
	return 0;
}
