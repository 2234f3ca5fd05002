/* Attributes: checked when they are set. */
#include <errno.h>
#include <pthread.h>

#include "stack.h"

static int set(int *attribute, int value, int most)
{
	if (value < 0 || value > most)
		return EINVAL;
	*attribute = value;
	return 0;
}

/* What may only be one thing, though POSIX names others. */
static int only(int value, int possible, int most)
{
	return value == possible ? 0 : value >= 0 && value <= most ? ENOTSUP : EINVAL;
}

static int tell(int *where, int value)
{
	*where = value;
	return 0;
}

int pthread_attr_init(pthread_attr_t *attr)
{
	*attr = (pthread_attr_t){.__stack_size = STACK_BYTES_DEFAULT, .__guard_size = STACK_GUARD_BYTES};
	return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
	return set(&attr->__detached, state, PTHREAD_CREATE_DETACHED);
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
	return tell(state, attr->__detached);
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
	return set(&attr->__explicit, inherit, PTHREAD_EXPLICIT_SCHED);
}

int pthread_attr_getinheritsched(const pthread_attr_t *restrict attr, int *restrict inherit)
{
	return tell(inherit, attr->__explicit);
}

int pthread_attr_setschedparam(pthread_attr_t *restrict attr, const struct sched_param *restrict param)
{
	return set(&attr->__priority, param->sched_priority, sched_get_priority_max(SCHED_FIFO));
}

int pthread_attr_getschedparam(const pthread_attr_t *restrict attr, struct sched_param *restrict param)
{
	return tell(&param->sched_priority, attr->__priority);
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
	return set(&attr->__policy, policy, SCHED_RR);
}

int pthread_attr_getschedpolicy(const pthread_attr_t *restrict attr, int *restrict policy)
{
	return tell(policy, attr->__policy);
}

int pthread_attr_setscope(pthread_attr_t *attr, int scope)
{
	(void)attr;
	return only(scope, PTHREAD_SCOPE_SYSTEM, PTHREAD_SCOPE_PROCESS);
}

int pthread_attr_getscope(const pthread_attr_t *restrict attr, int *restrict scope)
{
	(void)attr;
	return tell(scope, PTHREAD_SCOPE_SYSTEM);
}

int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t bytes)
{
	if (stack == NULL || bytes < stack_bytes_min())
		return EINVAL;
	attr->__stack = stack;
	attr->__stack_size = bytes;
	return 0;
}

int pthread_attr_getstack(const pthread_attr_t *restrict attr, void **restrict stack, size_t *restrict bytes)
{
	*stack = attr->__stack;
	*bytes = attr->__stack_size;
	return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes)
{
	if (bytes < PTHREAD_STACK_MIN)
		return EINVAL;
	attr->__stack_size = bytes;
	return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *restrict attr, size_t *restrict bytes)
{
	*bytes = attr->__stack_size;
	return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attr, size_t bytes)
{
	/* There is a page below each stack of the library's. */
	if (bytes > STACK_GUARD_BYTES)
		return EINVAL;
	attr->__guard_size = bytes;
	return 0;
}

int pthread_attr_getguardsize(const pthread_attr_t *restrict attr, size_t *restrict bytes)
{
	*bytes = attr->__guard_size;
	return 0;
}

/* --- of what threads wait for ---------------------------------------------------------------- */

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	*attr = (pthread_mutexattr_t){PTHREAD_MUTEX_DEFAULT};
	return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
	return set(&attr->__type, type, PTHREAD_MUTEX_ERRORCHECK);
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *restrict attr, int *restrict type)
{
	return tell(type, attr->__type);
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
	(void)attr;
	return only(protocol, PTHREAD_PRIO_NONE, PTHREAD_PRIO_PROTECT);
}

int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *restrict attr, int *restrict protocol)
{
	(void)attr;
	return tell(protocol, PTHREAD_PRIO_NONE);
}

int pthread_condattr_init(pthread_condattr_t *attr)
{
	*attr = (pthread_condattr_t){CLOCK_REALTIME};
	return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return EINVAL;
	attr->__clock = clock;
	return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *restrict attr, clockid_t *restrict clock)
{
	*clock = attr->__clock;
	return 0;
}

#define SHARED_ATTRIBUTE(object, type)                                        \
	int pthread_##object##attr_setpshared(type *attr, int shared)         \
	{                                                                     \
		(void)attr;                                                   \
		return only(shared, PTHREAD_PROCESS_PRIVATE, PTHREAD_PROCESS_SHARED); \
	}                                                                     \
                                                                              \
	int pthread_##object##attr_getpshared(const type *restrict attr, int *restrict shared) \
	{                                                                     \
		(void)attr;                                                   \
		return tell(shared, PTHREAD_PROCESS_PRIVATE);                 \
	}

#define PLAIN_ATTRIBUTES(object, type)            \
	int pthread_##object##attr_init(type *attr) \
	{                                         \
		*attr = (type){0};                \
		return 0;                         \
	}                                         \
                                                  \
	int pthread_##object##attr_destroy(type *attr) \
	{                                         \
		(void)attr;                       \
		return 0;                         \
	}

SHARED_ATTRIBUTE(mutex, pthread_mutexattr_t)
SHARED_ATTRIBUTE(cond, pthread_condattr_t)
PLAIN_ATTRIBUTES(rwlock, pthread_rwlockattr_t)
SHARED_ATTRIBUTE(rwlock, pthread_rwlockattr_t)
PLAIN_ATTRIBUTES(barrier, pthread_barrierattr_t)
SHARED_ATTRIBUTE(barrier, pthread_barrierattr_t)
