/*
 * Threads. Each start of one is an entry of the table until it was joined, or, detached, until the next one starts.
 *   PT-1: `state` changes under the lock
 *   PT-2: a stack is given back when its kernel thread has stopped, never before
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <kaal/thread.h>

#include "key.h"
#include "stack.h"

enum state { FREE, RUNNING, ENDED, FORGOTTEN };

static struct thread {
	enum state state;
	bool detached;
	bool joined;           /* somebody waits for its end */
	uint32_t start;        /* how often this entry was used */
	int policy;
	void *(*main)(void *);
	void *argument, *result;
	void *stack;           /* the library's own, or NULL */
	struct kaal_waiters joining;
} threads[KAAL_THREADS_MAX] = {[0] = {.state = RUNNING}};

static struct kaal_lock lock;
static uint32_t running = 1;
static uint32_t left; /* detached ones that have ended */
static struct kaal_waiters last; /* the first thread, when all others shall end before the program does */

#define START_SHIFT 8u

static pthread_t name_of(uint32_t index)
{
	return index + 1 + ((pthread_t)threads[index].start << START_SHIFT);
}

/* The entry of a thread that somebody may still name; NULL: there is none. Under the lock. */
static struct thread *find(pthread_t name)
{
	uint32_t index = (uint32_t)(name & ((1u << START_SHIFT) - 1)) - 1;

	if (index >= KAAL_THREADS_MAX || name_of(index) != name)
		return NULL;
	if (threads[index].state == RUNNING || (threads[index].state == ENDED && !threads[index].detached))
		return &threads[index];
	return NULL;
}

static uint32_t index_of(const struct thread *thread)
{
	return (uint32_t)(thread - threads);
}

pthread_t pthread_self(void)
{
	return name_of(kaal_thread_self());
}

int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}

/* --- end ----------------------------------------------------------------------------------- */

/* Waits for the last instructions of a thread that has said that it ends, and takes back what it had: then its index is another's. */
static void forget(struct thread *thread)
{
	void *stack = thread->stack;
	uint32_t index = index_of(thread);

	kaal_lock_take(&lock);
	thread->state = FREE;
	kaal_lock_give(&lock);
	if (index != 0)
		kaal_ignore(kaal_thread_join(index, UINT64_MAX));
	stack_give(stack);
}

/* Of detached threads nobody else takes anything back. */
static void forget_detached(void)
{
	kaal_lock_take(&lock);
	for (uint32_t i = 1; i < KAAL_THREADS_MAX && left != 0; i++) {
		if (threads[i].state != ENDED || !threads[i].detached)
			continue;
		threads[i].state = FORGOTTEN;
		left--;
		kaal_lock_give(&lock);
		forget(&threads[i]);
		kaal_lock_take(&lock);
	}
	kaal_lock_give(&lock);
}

/* The first thread's stack and thread stay until the program ends, which is when the last of the others has ended. */
static _Noreturn void end_first(void)
{
	for (;;) {
		bool alone;

		kaal_waiters_enter(&last);
		kaal_lock_take(&lock);
		alone = running == 0;
		kaal_lock_give(&lock);
		if (alone)
			exit(EXIT_SUCCESS);
		(void)kaal_thread_park(UINT64_MAX);
	}
}

_Noreturn void pthread_exit(void *result)
{
	struct thread *thread = &threads[kaal_thread_self()];

	key_destroy_values();
	kaal_lock_take(&lock);
	thread->result = result;
	thread->state = ENDED;
	running--;
	left += thread->detached;
	kaal_waiters_wake_all(&thread->joining);
	kaal_waiters_wake_all(&last);
	kaal_lock_give(&lock);
	if (kaal_thread_self() == 0)
		end_first();
	kaal_thread_exit();
}

/* --- start --------------------------------------------------------------------------------- */

/* The entry is filled in under the lock, once the index is known. */
static void begin(void *argument)
{
	struct thread *thread;

	(void)argument;
	kaal_lock_take(&lock);
	thread = &threads[kaal_thread_self()];
	kaal_lock_give(&lock);
	pthread_exit(thread->main(thread->argument));
}

static int start(const pthread_attr_t *attr, struct thread *filled, pthread_t *name)
{
	struct kaal_thread_options options = {attr->__stack, attr->__stack_size, (uint32_t)attr->__priority};
	kaal_status_t status;
	uint32_t index;

	if (attr->__stack == NULL) {
		options.stack = filled->stack = stack_take(&options.stack_bytes);
		if (filled->stack == NULL)
			return EAGAIN;
	}
	kaal_lock_take(&lock);
	status = kaal_thread_create(begin, NULL, &options, &index);
	if (status == KAAL_OK) {
		filled->start = threads[index].start + 1;
		filled->state = RUNNING;
		threads[index] = *filled;
		*name = name_of(index);
		running++;
	}
	kaal_lock_give(&lock);
	if (status != KAAL_OK)
		stack_give(filled->stack);
	return status == KAAL_OK ? 0 : status == KAAL_NO_MEMORY ? EAGAIN : EPERM;
}

int pthread_create(pthread_t *restrict name, const pthread_attr_t *restrict attr, void *(*main)(void *), void *restrict argument)
{
	struct thread filled = {.main = main, .argument = argument};
	pthread_attr_t chosen;

	if (attr != NULL)
		chosen = *attr;
	else
		(void)pthread_attr_init(&chosen);
	if (chosen.__explicit == PTHREAD_INHERIT_SCHED) {
		chosen.__priority = (int)kaal_thread_priority(kaal_thread_self());
		chosen.__policy = threads[kaal_thread_self()].policy;
	}
	filled.detached = chosen.__detached == PTHREAD_CREATE_DETACHED;
	filled.policy = chosen.__policy;
	forget_detached();
	return start(&chosen, &filled, name);
}

/* --- join ---------------------------------------------------------------------------------- */

/* Whether a thread may be joined or detached; it is taken for that then. */
static int claim(pthread_t name, struct thread **thread)
{
	*thread = find(name);
	if (*thread == NULL)
		return ESRCH;
	if ((*thread)->detached || (*thread)->joined)
		return EINVAL;
	return 0;
}

int pthread_join(pthread_t name, void **result)
{
	struct thread *thread;
	bool ended = false;
	int error;

	if (name == pthread_self())
		return EDEADLK;
	kaal_lock_take(&lock);
	error = claim(name, &thread);
	if (error == 0)
		thread->joined = true;
	kaal_lock_give(&lock);
	while (error == 0 && !ended) {
		kaal_waiters_enter(&thread->joining);
		kaal_lock_take(&lock);
		ended = thread->state == ENDED;
		kaal_lock_give(&lock);
		if (!ended)
			(void)kaal_thread_park(UINT64_MAX);
	}
	if (error != 0)
		return error;
	(void)kaal_waiters_leave(&thread->joining);
	if (result != NULL)
		*result = thread->result;
	forget(thread);
	return 0;
}

int pthread_detach(pthread_t name)
{
	struct thread *thread;
	int error;

	kaal_lock_take(&lock);
	error = claim(name, &thread);
	if (error == 0) {
		thread->detached = true;
		left += thread->state == ENDED;
	}
	kaal_lock_give(&lock);
	return error;
}

/* --- priority ------------------------------------------------------------------------------ */

static int set_scheduling(pthread_t name, const int *policy, int priority)
{
	struct thread *thread;
	int error = 0;

	if (priority < 0 || (policy != NULL && sched_get_priority_max(*policy) < 0))
		return EINVAL;
	kaal_lock_take(&lock);
	thread = find(name);
	if (thread == NULL)
		error = ESRCH;
	else if (kaal_thread_change_priority(index_of(thread), (uint32_t)priority) != KAAL_OK)
		error = EPERM;
	else if (policy != NULL)
		thread->policy = *policy;
	kaal_lock_give(&lock);
	return error;
}

int pthread_setschedparam(pthread_t name, int policy, const struct sched_param *param)
{
	return set_scheduling(name, &policy, param->sched_priority);
}

int pthread_setschedprio(pthread_t name, int priority)
{
	return set_scheduling(name, NULL, priority);
}

int pthread_getschedparam(pthread_t name, int *restrict policy, struct sched_param *restrict param)
{
	const struct thread *thread;

	kaal_lock_take(&lock);
	thread = find(name);
	if (thread != NULL) {
		*policy = thread->policy;
		param->sched_priority = (int)kaal_thread_priority(index_of(thread));
	}
	kaal_lock_give(&lock);
	return thread == NULL ? ESRCH : 0;
}
