#include <errno.h>
#include <pthread.h>

#include <kaal/thread.h>

struct barrier {
	struct kaal_lock lock;
	struct kaal_waiters waiters;
	uint32_t count;   /* threads that meet here */
	uint32_t arrived;
};

_Static_assert(sizeof(struct barrier) <= sizeof(pthread_barrier_t), "the public type has the room");

static struct barrier *barrier_of(pthread_barrier_t *barrier)
{
	return (struct barrier *)(void *)barrier;
}

int pthread_barrier_init(pthread_barrier_t *restrict barrier, const pthread_barrierattr_t *restrict attr, unsigned count)
{
	(void)attr;
	if (count == 0)
		return EINVAL;
	*barrier = (pthread_barrier_t){{0}};
	barrier_of(barrier)->count = count;
	return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
	return barrier_of(barrier)->arrived == 0 ? 0 : EBUSY;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	struct barrier *own = barrier_of(barrier);

	kaal_lock_take(&own->lock);
	if (++own->arrived == own->count) {
		own->arrived = 0;
		kaal_waiters_wake_all(&own->waiters);
		kaal_lock_give(&own->lock);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	kaal_waiters_enter(&own->waiters);
	kaal_lock_give(&own->lock);
	/* Who comes to the next meeting before this one has left is another bit. */
	while (kaal_waiters_inside(&own->waiters))
		(void)kaal_thread_park(UINT64_MAX);
	return 0;
}
