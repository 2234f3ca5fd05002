/*
 * Two programs, one that sends and one that takes, waiting where they must, stopped at every access to shared memory. All ways to
 * go on there are tried that differ from "the same one goes on, its stores are seen late" in a few places, and many at random: messages come
 * whole and in order, and neither waits for ever.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "queue_memory.h"
#include "stepped_shared.h"
#include "../../qemu/random.h"

#define CAPACITY UINT64_C(4096)
#define MESSAGES_MAX 4u
#define STEPS_MAX 1024u
#define STACK_BYTES 65536u
#define BUFFER 8u

enum { PRODUCER, CONSUMER, PROGRAMS };

static struct program {
	ucontext_t context;
	char stack[STACK_BYTES];
	bool waits, done;
	bool flag; /* of its notification */
	struct {
		uint64_t *word, value;
	} store[BUFFER];
	unsigned stores;
} programs[PROGRAMS];

static ucontext_t scheduler;
static unsigned running;
static struct queue_memory queue;
static uint64_t sizes[MESSAGES_MAX];
static unsigned messages, signals;

/* --- what the programs do ------------------------------------------------------------------ */

static void pause_here(void)
{
	swapcontext(&programs[running].context, &scheduler);
}

static void let_out(struct program *program)
{
	*program->store[0].word = program->store[0].value;
	program->stores--;
	memmove(program->store, program->store + 1, program->stores * sizeof program->store[0]);
}

static void let_all_out(struct program *program)
{
	while (program->stores != 0)
		let_out(program);
}

uint64_t stepped_load(const uint64_t *word)
{
	const struct program *program = &programs[running];

	pause_here();
	for (unsigned i = program->stores; i > 0; i--) {
		if (program->store[i - 1].word == word)
			return program->store[i - 1].value;
	}
	return *word;
}

void stepped_store(uint64_t *word, uint64_t value)
{
	struct program *program = &programs[running];

	pause_here();
	if (program->stores == BUFFER)
		let_out(program);
	program->store[program->stores].word = word;
	program->store[program->stores++].value = value;
}

void stepped_barrier(void)
{
	let_all_out(&programs[running]);
}

/* A system call: stores are seen before it returns, but not before it begins. */
static void enter_kernel(void)
{
	pause_here();
	let_all_out(&programs[running]);
}

static void signal_to(unsigned other)
{
	enter_kernel();
	signals++;
	programs[other].flag = true;
}

static void wait_for_flag(void)
{
	struct program *program = &programs[running];

	enter_kernel();
	while (!program->flag) {
		program->waits = true;
		pause_here();
	}
	program->waits = false;
	program->flag = false;
}

static void produce(void)
{
	for (unsigned i = 0; i < messages; i++) {
		bool wake;
		void *message;

		while (kaal_producer_want(&queue.producer, sizes[i], &message) == KAAL_WOULD_BLOCK)
			wait_for_flag();
		cr_assert_eq(queue_put(&queue, i, sizes[i], &wake), KAAL_OK);
		if (wake)
			signal_to(CONSUMER);
	}
}

static void consume(void)
{
	for (unsigned i = 0; i < messages; i++) {
		const void *message;
		uint64_t bytes;
		kaal_status_t status;

		while ((status = kaal_consumer_want(&queue.consumer, &message, &bytes)) == KAAL_WOULD_BLOCK)
			wait_for_flag();
		cr_assert_eq(status, KAAL_OK);
		cr_assert_eq(bytes, sizes[i]);
		cr_assert(queue_bytes_are(message, i, bytes), "message %u", i);
		if (kaal_consumer_release(&queue.consumer))
			signal_to(PRODUCER);
	}
}

static void run_program(void)
{
	(running == PRODUCER ? produce : consume)();
	let_all_out(&programs[running]);
	programs[running].done = true;
	pause_here();
}

/* --- who goes on -------------------------------------------------------------------------- */

static unsigned choice[STEPS_MAX], choices[STEPS_MAX];

static bool can_run(unsigned program)
{
	return !programs[program].done && (!programs[program].waits || programs[program].flag);
}

static void start(void)
{
	queue_memory_at(&queue, 0);
	signals = 0;
	for (unsigned i = 0; i < PROGRAMS; i++) {
		struct program *program = &programs[i];

		program->waits = program->done = program->flag = false;
		program->stores = 0;
		getcontext(&program->context);
		program->context.uc_stack.ss_sp = program->stack;
		program->context.uc_stack.ss_size = STACK_BYTES;
		program->context.uc_link = NULL;
		makecontext(&program->context, run_program, 0);
	}
	running = PRODUCER;
}

/* What can be done now, the usual first: the same one goes on, the other one, a store of either is let out. */
static unsigned list_choices(unsigned list[4])
{
	unsigned count = 0, other = 1 - running;

	if (can_run(running))
		list[count++] = running;
	if (can_run(other))
		list[count++] = other;
	for (unsigned i = 0; i < PROGRAMS && count != 0; i++) {
		if (programs[i].stores != 0)
			list[count++] = PROGRAMS + i;
	}
	return count;
}

/* Runs both to their ends; the first `given` choices are there, then the usual ones, or random ones. Returns how many there were. */
static unsigned run(unsigned given, uint64_t *state)
{
	unsigned step = 0, list[4];

	start();
	while ((choices[step] = list_choices(list)) != 0) {
		if (step >= given)
			choice[step] = state == NULL ? 0 : (unsigned)(next_random(state) >> 8) % choices[step];
		if (list[choice[step]] >= PROGRAMS) {
			let_out(&programs[list[choice[step]] - PROGRAMS]);
		} else {
			running = list[choice[step]];
			swapcontext(&scheduler, &programs[running].context);
		}
		cr_assert_lt(++step, STEPS_MAX - 1, "it does not end");
	}
	for (unsigned i = 0; i < PROGRAMS; i++)
		cr_assert(programs[i].done, "program %u waits for ever, after %u steps", i, step);
	cr_assert_leq(signals, 2 * messages);
	return step;
}

/* The next way with at most `unusual` choices that are not the usual; how many of its choices are given, 0 when all have been. */
static unsigned next_way(unsigned steps, unsigned unusual)
{
	unsigned before[STEPS_MAX], count = 0;

	for (unsigned i = 0; i < steps; i++) {
		before[i] = count;
		count += choice[i] != 0;
	}
	while (steps-- > 0) {
		if (choice[steps] + 1 < choices[steps] && before[steps] < unusual) {
			choice[steps]++;
			return steps + 1;
		}
	}
	return 0;
}

static void try_all(unsigned unusual)
{
	unsigned given = 0, ways = 0;

	queue_memory_start(&queue, CAPACITY);
	do {
		given = next_way(run(given, NULL), unusual);
		ways++;
	} while (given != 0);
	printf("# %u ways\n", ways);
	queue_memory_end(&queue);
}

static void send(unsigned count, const uint64_t *bytes)
{
	messages = count;
	memcpy(sizes, bytes, count * sizeof *bytes);
}

/* Each fills the queue: both wait for each one. */
Test(queue_steps, full_each_time)
{
	send(3, (const uint64_t[]){CAPACITY - 8, CAPACITY - 8, CAPACITY - 8});
	try_all(3);
}

Test(queue_steps, two_messages)
{
	send(2, (const uint64_t[]){CAPACITY - 8, 8});
	try_all(5);
}

/* The third does not fit with the first two, and lies across the end. */
Test(queue_steps, room_for_some)
{
	send(4, (const uint64_t[]){1000, 2000, 3000, 0});
	try_all(3);
}

Test(queue_steps, random)
{
	const char *seed = getenv("KAAL_SEED"), *count = getenv("KAAL_STEPS");
	uint64_t state = (seed == NULL ? 1 : strtoull(seed, NULL, 0)) * 2 + 1;

	printf("# seed %s\n", seed == NULL ? "1" : seed);
	queue_memory_start(&queue, CAPACITY);
	for (uint64_t left = count == NULL ? 20000 : strtoull(count, NULL, 0); left > 0; left--) {
		messages = MESSAGES_MAX;
		for (unsigned i = 0; i < messages; i++)
			sizes[i] = next_random(&state) >> 8 & 1 ? CAPACITY - 8 : (next_random(&state) >> 8) % 2048;
		run(0, &state);
	}
	queue_memory_end(&queue);
}
