/*
 * What the C library's memory and POSIX threads take, in a component. Each figure is the mean of REPEATS, so that the counter's tick of 16
 * instructions does not matter; the first time is not counted.
 */
#include "told.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include <kaal/broker.h>

#include "../qemu/random.h"

#define REPEATS 1024u
#define LIVE 3000u
#define CHURN 30000u
#define BYTES_MAX 512u
#define HEAP_BYTES 65536u /* that a program is linked with */

static void *(*volatile allocate)(size_t) = malloc;

static void print_mean(const char *name, kaal_ticks_t ticks)
{
	print_row(name, instructions(ticks) / REPEATS, "instructions");
}

/* --- memory ------------------------------------------------------------------------------ */

static void measure_pair(const char *name, size_t bytes)
{
	kaal_ticks_t start;

	free(allocate(bytes));
	start = kaal_ticks_now();
	for (unsigned i = 0; i < REPEATS; i++)
		free(allocate(bytes));
	print_mean(name, kaal_ticks_now() - start);
}

/* Blocks of 16 to BYTES_MAX bytes that come and go at random; what the heap has become, in percent of what lives. */
static void measure_fragmentation(void)
{
	static void *block[LIVE];
	static size_t bytes[LIVE];
	uint64_t state = 1, live = 0;
	struct kaal_broker_account before, after;
	kaal_ticks_t start;

	must("account", kaal_broker_account(&before));

	for (unsigned i = 0; i < LIVE; i++) {
		live += bytes[i] = 16 + next_random(&state) % BYTES_MAX;
		block[i] = allocate(bytes[i]);
	}
	start = kaal_ticks_now();
	for (unsigned i = 0; i < CHURN; i++) {
		uint64_t which = next_random(&state) % LIVE;

		free(block[which]);
		live -= bytes[which];
		live += bytes[which] = 16 + next_random(&state) % BYTES_MAX;
		block[which] = allocate(bytes[which]);
	}
	print_row("malloc.churn", instructions(kaal_ticks_now() - start) / CHURN, "instructions");
	must("account", kaal_broker_account(&after));
	print_row("malloc.heap.percent", (after.memory_used - before.memory_used + HEAP_BYTES) * 100 / live, "percent");
	for (unsigned i = 0; i < LIVE; i += 2)
		free(block[i]);
	measure_pair("malloc.pair.fragmented", 2000);
	for (unsigned i = 1; i < LIVE; i += 2)
		free(block[i]);
}

/* --- threads ------------------------------------------------------------------------------ */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sem_t ping, pong;

static void measure_mutex(void)
{
	kaal_ticks_t start = kaal_ticks_now();

	for (unsigned i = 0; i < REPEATS; i++) {
		(void)pthread_mutex_lock(&mutex);
		(void)pthread_mutex_unlock(&mutex);
	}
	print_mean("mutex.pair", kaal_ticks_now() - start);
}

/* More urgent than the first thread: it waits as soon as that holds the mutex, and has it as soon as it is given back. */
static void *contend(void *argument)
{
	for (unsigned i = 0; i <= REPEATS; i++) {
		(void)sem_wait(&ping);
		(void)pthread_mutex_lock(&mutex);
		(void)pthread_mutex_unlock(&mutex);
	}
	return argument;
}

/* One takes, the other waits, the one gives back, the other takes and gives back; with the semaphore by which the other hears of it. */
static void measure_contended(void)
{
	kaal_ticks_t sum = 0;
	pthread_attr_t attr;
	pthread_t thread;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	(void)pthread_attr_setschedparam(&attr, &(struct sched_param){sched_get_priority_max(SCHED_FIFO)});
	if (pthread_create(&thread, &attr, contend, NULL) != 0)
		must("pthread_create", KAAL_NO_MEMORY);
	for (unsigned i = 0; i <= REPEATS; i++) {
		kaal_ticks_t start = kaal_ticks_now();

		(void)pthread_mutex_lock(&mutex);
		(void)sem_post(&ping);
		(void)pthread_mutex_unlock(&mutex);
		sum += i != 0 ? kaal_ticks_now() - start : 0;
	}
	(void)pthread_join(thread, NULL);
	print_mean("mutex.contended", sum);
}

static void *answer(void *argument)
{
	for (unsigned i = 0; i <= REPEATS; i++) {
		(void)sem_wait(&ping);
		(void)sem_post(&pong);
	}
	return argument;
}

static void measure_semaphores(void)
{
	kaal_ticks_t start = 0;
	pthread_t thread;

	if (pthread_create(&thread, NULL, answer, NULL) != 0)
		must("pthread_create", KAAL_NO_MEMORY);
	for (unsigned i = 0; i <= REPEATS; i++) {
		if (i == 1)
			start = kaal_ticks_now();
		(void)sem_post(&ping);
		(void)sem_wait(&pong);
	}
	print_mean("semaphore.roundtrip", kaal_ticks_now() - start);
	(void)pthread_join(thread, NULL);
}

static void *nothing(void *argument)
{
	return argument;
}

static void measure_threads(const char *name, const pthread_attr_t *attr)
{
	kaal_ticks_t start = 0;

	for (unsigned i = 0; i <= REPEATS; i++) {
		pthread_t thread;

		if (i == 1)
			start = kaal_ticks_now();
		if (pthread_create(&thread, attr, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
			must("pthread_create", KAAL_NO_MEMORY);
	}
	print_mean(name, kaal_ticks_now() - start);
}

int main(void)
{
	static char stack[8192] __attribute__((aligned(16)));
	pthread_attr_t attr;

	measure_pair("malloc.pair", 32);
	measure_fragmentation();
	measure_mutex();
	measure_contended();
	measure_semaphores();
	measure_threads("thread.create.join", NULL);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstack(&attr, stack, sizeof stack);
	measure_threads("thread.create.join.own_stack", &attr);
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_FAILURE;
}
