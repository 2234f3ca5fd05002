#include <errno.h>

#include "../deadline.h"
#include "mutex.h"

_Static_assert(sizeof(struct kaal_waiters) <= sizeof(pthread_cond_t), "the public type has the room");

static struct kaal_waiters *waiters_of(pthread_cond_t *cond)
{
	return (struct kaal_waiters *)(void *)cond;
}

/* Both clocks are the same, so an attribute has nothing to say. */
int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
	(void)attr;
	*cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
	return atomic_load_explicit(&waiters_of(cond)->set, memory_order_relaxed) == 0 ? 0 : EBUSY;
}

/* A recursive mutex is given back whole, and taken again as often. */
static int wait_until(struct kaal_waiters *waiters, struct mutex *mutex, uint64_t deadline)
{
	uint32_t depth = mutex->depth;
	bool in_time = true;

	if (!kaal_lock_held(&mutex->lock))
		return EPERM;
	kaal_waiters_enter(waiters);
	mutex->depth = 0;
	kaal_lock_give(&mutex->lock);
	while (kaal_waiters_inside(waiters)) {
		if (!kaal_thread_park(deadline)) {
			/* Who was signalled at the same time has been signalled. */
			in_time = !kaal_waiters_leave(waiters);
			break;
		}
	}
	kaal_lock_take(&mutex->lock);
	mutex->depth = depth;
	return in_time ? 0 : ETIMEDOUT;
}

int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
	return wait_until(waiters_of(cond), mutex_of(mutex), UINT64_MAX);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline)
{
	uint64_t ticks;

	return libc_deadline(deadline, &ticks) ? wait_until(waiters_of(cond), mutex_of(mutex), ticks) : EINVAL;
}

int pthread_cond_signal(pthread_cond_t *cond)
{
	(void)kaal_waiters_wake_one(waiters_of(cond));
	return 0;
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
	kaal_waiters_wake_all(waiters_of(cond));
	return 0;
}
