/* POSIX threads of a component with four: what programs use of them, and what they are refused. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OTHERS 3
#define ROUNDS 1500
#define CEILING 120
#define PRIORITY 100

static unsigned failures;

static void check(int good, const char *what)
{
	if (good)
		return;
	failures++;
	printf("not ok: %s\n", what);
}

static struct timespec after_ms(long ms)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_REALTIME, &time);
	time.tv_nsec += ms * 1000000;
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

static void start_all(pthread_t threads[OTHERS], void *(*run)(void *))
{
	for (intptr_t i = 0; i < OTHERS; i++)
		check(pthread_create(&threads[i], NULL, run, (void *)i) == 0, "create");
}

static void join_all(const pthread_t threads[OTHERS])
{
	for (int i = 0; i < OTHERS; i++)
		check(pthread_join(threads[i], NULL) == 0, "join");
}

/* --- life ------------------------------------------------------------------------------------ */

static pthread_t main_thread;
static sem_t hold;

static void *answer(void *argument)
{
	check(!pthread_equal(pthread_self(), main_thread), "a thread is itself");
	errno = 77;
	return (char *)argument + 1;
}

static void *leave(void *argument)
{
	pthread_exit((char *)argument + 2);
}

static void *wait_for_hold(void *argument)
{
	(void)sem_wait(&hold);
	check(errno == 0, "errno is each thread's own");
	return argument;
}

static void *detach_self(void *argument)
{
	check(pthread_detach(pthread_self()) == 0, "detaches itself");
	check(pthread_join(pthread_self(), NULL) == EDEADLK, "joins itself");
	(void)sem_post(&hold);
	return argument;
}

static void check_life(void)
{
	pthread_t threads[OTHERS], one;
	void *result;
	pthread_attr_t attr;

	main_thread = pthread_self();
	check(pthread_create(&one, NULL, answer, (void *)40) == 0 && pthread_join(one, &result) == 0 && result == (void *)41, "result");
	check(pthread_create(&one, NULL, leave, (void *)40) == 0 && pthread_join(one, &result) == 0 && result == (void *)42, "exit");
	check(pthread_join(one, NULL) == ESRCH && pthread_detach(one) == ESRCH, "one that was joined");
	check(sem_init(&hold, 0, 0) == 0, "semaphore");
	start_all(threads, wait_for_hold);
	check(pthread_create(&one, NULL, answer, NULL) == EAGAIN, "more than threads-max");
	for (int i = 0; i < OTHERS; i++)
		check(sem_post(&hold) == 0, "post");
	join_all(threads);
	for (int i = 0; i < 20; i++) {
		check(pthread_create(&one, NULL, detach_self, NULL) == 0, "detached ones come again and again");
		(void)sem_wait(&hold);
	}
	check(pthread_attr_init(&attr) == 0 && pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0, "attributes");
	for (int i = 0; i < 20; i++) {
		check(pthread_create(&one, &attr, answer, NULL) == 0, "created detached");
		check(pthread_join(one, NULL) != 0, "cannot be joined");
		while (pthread_setschedprio(one, PRIORITY) == 0)
			(void)sched_yield();
	}
}

static void *touch_stack(void *argument)
{
	volatile char space[200000];

	for (size_t i = 0; i < sizeof space; i += 512)
		space[i] = 1;
	return argument;
}

static void check_attributes(void)
{
	static char stack[16384];
	pthread_attr_t attr;
	pthread_t one;
	void *where;
	size_t bytes;
	struct sched_param param = {CEILING + 1};
	int policy;

	(void)pthread_attr_init(&attr);
	check(pthread_attr_setdetachstate(&attr, 2) == EINVAL && pthread_attr_setstacksize(&attr, 100) == EINVAL &&
		      pthread_attr_setscope(&attr, PTHREAD_SCOPE_PROCESS) == ENOTSUP && pthread_attr_setschedparam(&attr, &param) == EINVAL &&
		      pthread_attr_setstack(&attr, NULL, 1 << 20) == EINVAL && pthread_attr_setschedpolicy(&attr, 9) == EINVAL,
	      "attributes that cannot be");
	check(pthread_attr_setstacksize(&attr, 250000) == 0 && pthread_create(&one, &attr, touch_stack, NULL) == 0 &&
		      pthread_join(one, NULL) == 0, "a large stack");
	check(pthread_attr_setstack(&attr, stack, sizeof stack) == 0 && pthread_attr_getstack(&attr, &where, &bytes) == 0 &&
		      where == stack && bytes == sizeof stack, "a stack of the program's");
	check(pthread_create(&one, &attr, answer, NULL) == 0 && pthread_join(one, NULL) == 0, "is used");
	(void)pthread_attr_init(&attr);
	check(pthread_attr_setstacksize(&attr, (size_t)1 << 40) == 0 && pthread_create(&one, &attr, answer, NULL) == EAGAIN, "too large");
	(void)pthread_attr_init(&attr);
	param.sched_priority = PRIORITY + 5;
	check(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) == 0 && pthread_attr_setschedpolicy(&attr, SCHED_FIFO) == 0 &&
		      pthread_attr_setschedparam(&attr, &param) == 0 && pthread_create(&one, &attr, wait_for_hold, NULL) == 0, "explicit");
	check(pthread_getschedparam(one, &policy, &param) == 0 && policy == SCHED_FIFO && param.sched_priority == PRIORITY + 5, "told");
	check(pthread_setschedprio(one, CEILING + 1) == EPERM && pthread_setschedprio(one, -1) == EINVAL, "above the ceiling");
	check(pthread_setschedparam(one, SCHED_RR, &(struct sched_param){PRIORITY}) == 0 && pthread_getschedparam(one, &policy, &param) == 0 &&
		      policy == SCHED_RR && param.sched_priority == PRIORITY, "set");
	(void)sem_post(&hold);
	check(pthread_join(one, NULL) == 0 && pthread_getschedparam(one, &policy, &param) == ESRCH, "gone");
	check(sched_get_priority_max(SCHED_FIFO) == CEILING && sched_get_priority_min(SCHED_RR) == 0 && sched_get_priority_max(9) == -1, "limits");
}

/* --- mutex, condition ------------------------------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static int queue[4], queued, taken_sum, taken;

static void *produce(void *argument)
{
	for (int i = 1; i <= ROUNDS; i++) {
		(void)pthread_mutex_lock(&mutex);
		while (queued == 4)
			(void)pthread_cond_wait(&emptied, &mutex);
		queue[queued++] = i;
		(void)pthread_cond_signal(&filled);
		(void)pthread_mutex_unlock(&mutex);
	}
	return argument;
}

static void *consume(void *argument)
{
	for (;;) {
		struct timespec deadline = after_ms(1000);

		(void)pthread_mutex_lock(&mutex);
		while (queued == 0 && taken < 2 * ROUNDS) {
			if (pthread_cond_timedwait(&filled, &mutex, &deadline) == ETIMEDOUT && queued == 0 && taken < 2 * ROUNDS)
				check(0, "a signal was lost");
		}
		if (queued == 0) {
			(void)pthread_cond_broadcast(&filled);
			(void)pthread_mutex_unlock(&mutex);
			return argument;
		}
		taken_sum += queue[--queued];
		taken++;
		(void)pthread_cond_broadcast(&emptied);
		(void)pthread_mutex_unlock(&mutex);
	}
}

static void check_mutex_types(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t own;
	struct timespec deadline = after_ms(1), wrong = {0, 1000000000};

	check(pthread_mutexattr_init(&attr) == 0 && pthread_mutexattr_settype(&attr, 3) == EINVAL &&
		      pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT) == ENOTSUP &&
		      pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == ENOTSUP, "attributes");
	check(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE) == 0 && pthread_mutex_init(&own, &attr) == 0, "recursive");
	check(pthread_mutex_lock(&own) == 0 && pthread_mutex_lock(&own) == 0 && pthread_mutex_trylock(&own) == 0 &&
		      pthread_mutex_timedlock(&own, &deadline) == 0, "four times");
	for (int i = 0; i < 4; i++)
		check(pthread_mutex_destroy(&own) == EBUSY && pthread_mutex_unlock(&own) == 0, "and back");
	check(pthread_mutex_unlock(&own) == EPERM && pthread_mutex_destroy(&own) == 0, "no more");
	check(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK) == 0 && pthread_mutex_init(&own, &attr) == 0, "error check");
	check(pthread_mutex_lock(&own) == 0 && pthread_mutex_lock(&own) == EDEADLK && pthread_mutex_trylock(&own) == EBUSY &&
		      pthread_mutex_unlock(&own) == 0 && pthread_mutex_unlock(&own) == EPERM, "errors");
	check(pthread_mutex_init(&own, NULL) == 0 && pthread_mutex_trylock(&own) == 0 && pthread_mutex_trylock(&own) == EBUSY &&
		      pthread_mutex_timedlock(&own, &wrong) == EINVAL && pthread_mutex_timedlock(&own, &deadline) == EDEADLK, "plain");
	check(pthread_cond_wait(&filled, &mutex) == EPERM, "a mutex that is not held");
}

static void *timed(void *argument)
{
	struct timespec deadline = after_ms(2);
	pthread_cond_t never = PTHREAD_COND_INITIALIZER;

	check(pthread_mutex_timedlock(&mutex, &deadline) == ETIMEDOUT && pthread_mutex_trylock(&mutex) == EBUSY &&
		      pthread_mutex_unlock(&mutex) == EPERM, "a mutex that another holds");
	(void)sem_post(&hold);
	(void)pthread_mutex_lock(&mutex);
	deadline = after_ms(2);
	check(pthread_cond_timedwait(&never, &mutex, &deadline) == ETIMEDOUT, "nobody signals");
	check(pthread_mutex_unlock(&mutex) == 0, "it is held again");
	return argument;
}

static pthread_cond_t late = PTHREAD_COND_INITIALIZER;

static void *wait_for_late(void *argument)
{
	struct timespec deadline = after_ms(2);
	intptr_t error;

	(void)argument;
	(void)pthread_mutex_lock(&mutex);
	error = pthread_cond_timedwait(&late, &mutex, &deadline);
	(void)pthread_mutex_unlock(&mutex);
	return (void *)error;
}

/* The deadline passes while a more urgent thread runs, which signals before the other one has seen that: the signal counts. */
static void check_signal_at_deadline(void)
{
	struct timespec until, now;
	pthread_t one;
	void *error;

	check(pthread_create(&one, NULL, wait_for_late, NULL) == 0 && pthread_setschedprio(main_thread, CEILING) == 0, "create");
	(void)usleep(500);
	until = after_ms(5);
	do {
		(void)clock_gettime(CLOCK_REALTIME, &now);
	} while (now.tv_sec < until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec));
	(void)pthread_cond_signal(&late);
	check(pthread_join(one, &error) == 0 && error == NULL, "a signal at the deadline is none that was lost");
	check(pthread_setschedprio(main_thread, PRIORITY) == 0, "as before");
}

static void check_mutex(void)
{
	pthread_t threads[OTHERS], one;

	check_mutex_types();
	check(pthread_create(&threads[0], NULL, produce, NULL) == 0 && pthread_create(&threads[1], NULL, consume, NULL) == 0 &&
		      pthread_create(&threads[2], NULL, consume, NULL) == 0, "create");
	(void)produce(NULL);
	join_all(threads);
	check(taken == 2 * ROUNDS && taken_sum == ROUNDS * (ROUNDS + 1), "everything came once");
	(void)pthread_mutex_lock(&mutex);
	(void)pthread_create(&one, NULL, timed, NULL);
	(void)sem_wait(&hold);
	(void)pthread_mutex_unlock(&mutex);
	check(pthread_join(one, NULL) == 0, "join");
	check_signal_at_deadline();
}

/* --- reader-writer lock ----------------------------------------------------------------------- */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int readers, readers_most, writers;

static void *read_and_write(void *argument)
{
	unsigned state = (unsigned)(intptr_t)argument + 1;

	for (int i = 0; i < ROUNDS / 2; i++) {
		struct timespec deadline = after_ms(1);

		state = state * 1103515245u + 12345u;
		if (state >> 16 & 3) {
			if (pthread_rwlock_timedrdlock(&rwlock, &deadline) != 0)
				continue;
			(void)__atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
			if (readers > readers_most)
				readers_most = readers;
			check(writers == 0, "a writer is alone");
			if (state >> 18 & 1)
				(void)sched_yield();
			(void)__atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
		} else {
			if ((state >> 18 & 1) != 0 ? pthread_rwlock_timedwrlock(&rwlock, &deadline) != 0 : pthread_rwlock_wrlock(&rwlock) != 0)
				continue;
			check(++writers == 1 && readers == 0, "a writer is alone");
			if (state >> 19 & 1)
				(void)sched_yield();
			writers--;
		}
		check(pthread_rwlock_unlock(&rwlock) == 0, "unlock");
	}
	return argument;
}

static void *try_lock(void *argument)
{
	struct timespec deadline = after_ms(1);

	check(pthread_rwlock_tryrdlock(&rwlock) == EBUSY && pthread_rwlock_trywrlock(&rwlock) == EBUSY &&
		      pthread_rwlock_timedrdlock(&rwlock, &deadline) == ETIMEDOUT && pthread_rwlock_timedwrlock(&rwlock, &deadline) == ETIMEDOUT &&
		      pthread_rwlock_unlock(&rwlock) == EPERM, "held by a writer");
	return argument;
}

static void check_rwlock(void)
{
	pthread_t threads[OTHERS], one;

	start_all(threads, read_and_write);
	join_all(threads);
	check(readers == 0 && writers == 0 && readers_most > 1, "readers are several at a time");
	check(pthread_rwlock_wrlock(&rwlock) == 0 && pthread_rwlock_rdlock(&rwlock) == EDEADLK && pthread_rwlock_destroy(&rwlock) == EBUSY, "held");
	(void)pthread_create(&one, NULL, try_lock, NULL);
	(void)pthread_join(one, NULL);
	check(pthread_rwlock_unlock(&rwlock) == 0 && pthread_rwlock_unlock(&rwlock) == EPERM && pthread_rwlock_destroy(&rwlock) == 0, "free");
}

/* --- once, keys, semaphores, barriers, spin locks ---------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static volatile int times, destroyed, second_round;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static volatile int met, serial;

static void only_once(void)
{
	times++;
	(void)sched_yield();
	(void)usleep(200);
	times += 10;
}

static void destroy(void *value)
{
	check(pthread_getspecific(key) == NULL, "it is NULL when the destructor runs");
	destroyed++;
	if (value == (void *)2) {
		second_round++;
		(void)pthread_setspecific(key, (void *)1);
	}
}

static void *meet(void *argument)
{
	(void)pthread_once(&once, only_once);
	check(times == 11, "nobody goes on before it was done");
	check(pthread_getspecific(key) == NULL && pthread_setspecific(key, (char *)argument + 1) == 0 &&
		      pthread_getspecific(key) == (char *)argument + 1, "own value");
	for (int i = 1; i <= 50; i++) {
		(void)pthread_spin_lock(&spin);
		met++;
		(void)pthread_spin_unlock(&spin);
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			serial++;
		check(met == OTHERS * i, "all have come");
		(void)pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void check_others(void)
{
	pthread_t threads[OTHERS];
	pthread_key_t keys[PTHREAD_KEYS_MAX + 1], old;
	unsigned count = 0;
	int value;
	sem_t own;
	struct timespec deadline;

	check(pthread_barrier_init(&barrier, NULL, 0) == EINVAL && pthread_barrier_init(&barrier, NULL, OTHERS) == 0, "barrier");
	check(pthread_spin_init(&spin, PTHREAD_PROCESS_SHARED) == ENOTSUP && pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0, "spin");
	check(pthread_key_create(&key, destroy) == 0, "key");
	start_all(threads, meet);
	join_all(threads);
	check(times == 11 && destroyed == OTHERS + 1 && second_round == 1 && serial == 50, "once, destructors, serial thread");
	check(pthread_spin_unlock(&spin) == EPERM && pthread_spin_trylock(&spin) == 0 && pthread_spin_trylock(&spin) == EBUSY &&
		      pthread_spin_lock(&spin) == EDEADLK, "spin");
	(void)pthread_setspecific(key, &key);
	old = key;
	check(pthread_key_delete(key) == 0 && pthread_key_delete(key) == EINVAL && pthread_setspecific(key, NULL) == EINVAL, "deleted");
	while (count <= PTHREAD_KEYS_MAX && pthread_key_create(&keys[count], NULL) == 0)
		count++;
	check(count == PTHREAD_KEYS_MAX, "as many keys as there are");
	for (unsigned i = 0; i < count; i++)
		check(keys[i] != old && pthread_getspecific(keys[i]) == NULL, "a new key has no old value");
	check(sem_init(&own, 1, 0) == -1 && errno == ENOSYS && sem_init(&own, 0, SEM_VALUE_MAX + 1u) == -1 && errno == EINVAL, "sem_init");
	check(sem_init(&own, 0, SEM_VALUE_MAX) == 0 && sem_post(&own) == -1 && errno == EOVERFLOW, "too many");
	check(sem_init(&own, 0, 1) == 0 && sem_getvalue(&own, &value) == 0 && value == 1 && sem_wait(&own) == 0, "sem_wait");
	deadline = after_ms(1);
	check(sem_trywait(&own) == -1 && errno == EAGAIN && sem_timedwait(&own, &deadline) == -1 && errno == ETIMEDOUT, "nothing there");
	check(sem_destroy(&own) == 0, "destroyed");
}

static void *last_one(void *argument)
{
	(void)usleep(500);
	check(pthread_join(main_thread, NULL) == 0, "the first thread has ended");
	printf("%u failures\n", failures);
	if (failures != 0)
		exit(EXIT_FAILURE);
	return argument;
}

int main(void)
{
	pthread_t one;

	errno = 0;
	check_life();
	errno = 0;
	check_attributes();
	check_mutex();
	check_rwlock();
	check_others();
	check(pthread_create(&one, NULL, last_one, NULL) == 0, "one that outlives main()");
	pthread_exit(NULL);
}
