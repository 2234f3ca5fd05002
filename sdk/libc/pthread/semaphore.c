#include <semaphore.h>

#include <errno.h>

#include <kaal/thread.h>

#include "../deadline.h"

struct semaphore {
	_Atomic(uint32_t) value;
	struct kaal_waiters waiters;
};

_Static_assert(sizeof(struct semaphore) <= sizeof(sem_t), "the public type has the room");

static struct semaphore *semaphore_of(sem_t *semaphore)
{
	return (struct semaphore *)(void *)semaphore;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
	if (value > SEM_VALUE_MAX)
		return fail(EINVAL);
	if (shared != 0)
		return fail(ENOSYS);
	*semaphore = (sem_t){{0}};
	atomic_store_explicit(&semaphore_of(semaphore)->value, value, memory_order_relaxed);
	return 0;
}

int sem_destroy(sem_t *semaphore)
{
	return atomic_load_explicit(&semaphore_of(semaphore)->waiters.set, memory_order_relaxed) == 0 ? 0 : fail(EBUSY);
}

static bool take(struct semaphore *semaphore)
{
	uint32_t value = atomic_load_explicit(&semaphore->value, memory_order_seq_cst);

	while (value != 0) {
		if (atomic_compare_exchange_weak_explicit(&semaphore->value, &value, value - 1, memory_order_seq_cst, memory_order_seq_cst))
			return true;
	}
	return false;
}

static int wait_until(struct semaphore *semaphore, uint64_t deadline)
{
	for (;;) {
		kaal_waiters_enter(&semaphore->waiters);
		if (take(semaphore)) {
			(void)kaal_waiters_leave(&semaphore->waiters);
			return 0;
		}
		if (kaal_thread_park(deadline))
			continue;
		/* Who was woken and does not take it passes it on. */
		if (!kaal_waiters_leave(&semaphore->waiters) && atomic_load_explicit(&semaphore->value, memory_order_seq_cst) != 0)
			(void)kaal_waiters_wake_one(&semaphore->waiters);
		return fail(ETIMEDOUT);
	}
}

int sem_wait(sem_t *semaphore)
{
	return take(semaphore_of(semaphore)) ? 0 : wait_until(semaphore_of(semaphore), UINT64_MAX);
}

int sem_trywait(sem_t *semaphore)
{
	return take(semaphore_of(semaphore)) ? 0 : fail(EAGAIN);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline)
{
	uint64_t ticks;

	if (take(semaphore_of(semaphore)))
		return 0;
	return libc_deadline(deadline, &ticks) ? wait_until(semaphore_of(semaphore), ticks) : fail(EINVAL);
}

int sem_post(sem_t *semaphore)
{
	struct semaphore *own = semaphore_of(semaphore);
	uint32_t value = atomic_load_explicit(&own->value, memory_order_relaxed);

	do {
		if (value == SEM_VALUE_MAX)
			return fail(EOVERFLOW);
	} while (!atomic_compare_exchange_weak_explicit(&own->value, &value, value + 1, memory_order_seq_cst, memory_order_relaxed));
	(void)kaal_waiters_wake_one(&own->waiters);
	return 0;
}

int sem_getvalue(sem_t *restrict semaphore, int *restrict value)
{
	*value = (int)atomic_load_explicit(&semaphore_of(semaphore)->value, memory_order_relaxed);
	return 0;
}
