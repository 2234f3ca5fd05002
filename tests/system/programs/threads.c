/*
 * Threads of a component: as many as described, each with what is its own, and what they do to each other. At its second
 * start it ends well; at its first one of its threads faults.
 */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/broker.h>
#include <kaal/slot.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>
#include <kaal/time.h>

#include "../../qemu/random.h"

#define OTHERS 3u
#define STACK_BYTES 16384u
#define ROUNDS 2000u
#define PRIORITY 100u
#define CEILING 120u
#define TLS_START 7u

static char stacks[OTHERS][STACK_BYTES];
static _Thread_local uint32_t local = TLS_START;
static _Thread_local uint32_t local_zero;
static struct kaal_lock lock;
static uint64_t counter, inside;
static uint64_t failures;
static uint32_t order[OTHERS], ordered;
static struct kaal_waiters queue;
static struct kaal_message_buffer *buffers[OTHERS + 1];

static void check(bool good, const char *what)
{
	if (good)
		return;
	failures++;
	printf("not ok: %s\n", what);
}

static kaal_status_t start(void (*main)(void *), uint32_t which, uint32_t priority, uint32_t *thread)
{
	struct kaal_thread_options options = {stacks[which], STACK_BYTES, priority};

	return kaal_thread_create(main, (void *)(uintptr_t)which, &options, thread);
}

static void start_all(void (*main)(void *), uint32_t threads[OTHERS], const uint32_t priority[OTHERS])
{
	for (uint32_t i = 0; i < OTHERS; i++)
		check(start(main, i, priority[i], &threads[i]) == KAAL_OK, "a thread is created");
}

static void join_all(const uint32_t threads[OTHERS])
{
	for (uint32_t i = 0; i < OTHERS; i++)
		check(kaal_thread_join(threads[i], UINT64_MAX) == KAAL_OK, "it is joined");
}

static const uint32_t same[OTHERS] = {PRIORITY, PRIORITY, PRIORITY};

/* --- each has its own ----------------------------------------------------------------------- */

static void own_main(void *argument)
{
	uint32_t which = (uint32_t)(uintptr_t)argument;
	struct kaal_broker_account account;

	check(local == TLS_START && local_zero == 0, "thread-local variables begin as they are written");
	local = 100 + which;
	local_zero = kaal_thread_self();
	buffers[which] = kaal_message_buffer();
	buffers[which]->words[0] = which;
	for (uint32_t i = 0; i < 50; i++) {
		check(kaal_broker_account(&account) == KAAL_OK && account.memory_max == kaal_startup()->memory_max_bytes, "each asks the broker");
		kaal_ignore(kaal_sys_sched_yield());
	}
	check(kaal_broker_memory(1, &(struct kaal_broker_held){0}) == KAAL_OUT_OF_RANGE, "and is refused");
	kaal_ignore(kaal_sys_sched_yield());
	check(kaal_broker_rule() == KAAL_BROKER_RULE_SIZE, "by a rule of its own");
	check(local == 100 + which && local_zero == kaal_thread_self(), "and stay its own");
	printf("line of thread %u of %u, which is whole\n", which, OTHERS);
}

static void check_own(void)
{
	uint32_t threads[OTHERS];
	struct kaal_broker_account account;

	check(kaal_startup()->threads_max == OTHERS + 1 && kaal_startup()->priority == PRIORITY, "the start page tells");
	buffers[OTHERS] = kaal_message_buffer();
	local = 1;
	start_all(own_main, threads, same);
	check(kaal_broker_account(&account) == KAAL_OK && kaal_broker_rule() == KAAL_BROKER_RULE_NONE, "the first one asks, too");
	join_all(threads);
	check(local == 1, "the first one's, too");
	for (uint32_t i = 0; i < OTHERS; i++)
		check(buffers[i] == buffers[OTHERS] + threads[i], "buffers follow each other");
}

/* --- what is refused ------------------------------------------------------------------------ */

static void wait_main(void *argument)
{
	(void)argument;
	while (!kaal_thread_park(UINT64_MAX))
		;
}

static void join_other_main(void *argument)
{
	(void)argument;
	check(kaal_thread_join(1, UINT64_MAX) == KAAL_OK, "another joins");
}

static void check_refused(void)
{
	uint32_t threads[OTHERS], more;
	struct kaal_thread_options small = {stacks[0], kaal_thread_stack_overhead() + 1023, PRIORITY};

	check(kaal_thread_create(wait_main, NULL, &small, &more) == KAAL_OUT_OF_RANGE, "a stack that is too small");
	check(start(wait_main, 0, CEILING + 1, &more) == KAAL_OUT_OF_RANGE, "a priority above the ceiling");
	check(kaal_thread_join(0, 0) == KAAL_OUT_OF_RANGE && kaal_thread_join(1, 0) == KAAL_OUT_OF_RANGE &&
		      kaal_thread_join(UINT32_MAX, 0) == KAAL_OUT_OF_RANGE, "joining nobody");
	check(start(wait_main, 0, PRIORITY, &threads[0]) == KAAL_OK && start(wait_main, 1, PRIORITY, &threads[1]) == KAAL_OK &&
		      start(join_other_main, 2, PRIORITY + 1, &threads[2]) == KAAL_OK, "all threads that there are");
	check(start(wait_main, 0, PRIORITY, &more) == KAAL_NO_MEMORY, "one more");
	check(kaal_thread_join(threads[1], 0) == KAAL_TIMEOUT, "one that runs");
	check(kaal_thread_join(threads[1], kaal_ticks_now() + 10000) == KAAL_TIMEOUT, "one that does not end in time");
	check(kaal_thread_join(threads[0], 0) == KAAL_IN_USE, "one that another joins");
	check(kaal_thread_change_priority(threads[1], CEILING + 1) == KAAL_OUT_OF_RANGE &&
		      kaal_thread_change_priority(KAAL_THREADS_MAX, 1) == KAAL_OUT_OF_RANGE, "priorities");
	kaal_thread_unpark(threads[0]);
	kaal_thread_unpark(threads[1]);
	check(kaal_thread_join(threads[1], UINT64_MAX) == KAAL_OK && kaal_thread_join(threads[2], UINT64_MAX) == KAAL_OK, "all end");
	check(kaal_thread_join(threads[0], 0) == KAAL_OUT_OF_RANGE, "the other has joined it");
	check(!kaal_thread_park(kaal_ticks_now() + 1000) || !kaal_thread_park(kaal_ticks_now() + 1000), "nobody wakes the first");
}

/* --- locks ---------------------------------------------------------------------------------- */

static void lock_main(void *argument)
{
	uint64_t state = (uintptr_t)argument + 1;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		if (next_random(&state) % 4 == 0) {
			if (!kaal_lock_take_until(&lock, kaal_ticks_now() + next_random(&state) % 500))
				continue;
		} else {
			kaal_lock_take(&lock);
		}
		check(++inside == 1 && kaal_lock_held(&lock), "one holds the lock");
		counter++;
		if (next_random(&state) % 8 == 0)
			kaal_ignore(kaal_sys_sched_yield());
		inside--;
		kaal_lock_give(&lock);
	}
}

static void slot_main(void *argument)
{
	static kaal_cap_t taken[OTHERS][ROUNDS / 100];
	uint32_t which = (uint32_t)(uintptr_t)argument;

	for (uint32_t i = 0; i < ROUNDS / 100; i++)
		check(kaal_slot_take(1, &taken[which][i]) == KAAL_OK, "a slot");
	for (uint32_t i = 0; i < ROUNDS / 100; i++) {
		check(kaal_sys_cap_copy(KAAL_SLOT_CNODE, taken[which][i], KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE, KAAL_RIGHT_READ) == KAAL_OK,
		      "which nobody else has");
		kaal_ignore(kaal_sys_sched_yield());
	}
	for (uint32_t i = 0; i < ROUNDS / 100; i++)
		check(kaal_slot_drop(taken[which][i], 1) == KAAL_OK, "given back");
}

static void check_locks(void)
{
	uint32_t threads[OTHERS];

	start_all(lock_main, threads, same);
	join_all(threads);
	check(counter > ROUNDS && inside == 0 && atomic_load(&lock.owner) == 0 && atomic_load(&lock.waiters.set) == 0, "it is free");
	check(kaal_lock_try(&lock) && !kaal_lock_try(&lock), "tried");
	kaal_lock_give(&lock);
	start_all(slot_main, threads, same);
	join_all(threads);
}

/* --- who is woken ---------------------------------------------------------------------------- */

static void queue_main(void *argument)
{
	uint32_t which = (uint32_t)(uintptr_t)argument;

	kaal_waiters_enter(&queue);
	while (kaal_waiters_inside(&queue))
		(void)kaal_thread_park(UINT64_MAX);
	order[ordered++] = which;
}

static void check_order(void)
{
	uint32_t threads[OTHERS];

	check(!kaal_waiters_wake_one(&queue), "nobody waits");
	start_all(queue_main, threads, (const uint32_t[OTHERS]){PRIORITY + 1, PRIORITY + 3, PRIORITY + 2});
	for (uint32_t i = 0; i < OTHERS; i++)
		check(kaal_waiters_wake_one(&queue) && ordered == i + 1, "the woken one runs at once");
	join_all(threads);
	check(order[0] == 1 && order[1] == 2 && order[2] == 0, "the most urgent is woken first");
	ordered = 0;
	start_all(queue_main, threads, (const uint32_t[OTHERS]){PRIORITY + 1, PRIORITY + 1, PRIORITY + 2});
	check(kaal_thread_change_priority(threads[1], PRIORITY + 3) == KAAL_OK && kaal_thread_priority(threads[1]) == PRIORITY + 3, "set");
	check(kaal_waiters_wake_one(&queue) && ordered == 1 && order[0] == 1, "by its new priority");
	kaal_waiters_wake_all(&queue);
	join_all(threads);
	check(ordered == OTHERS && !kaal_waiters_wake_one(&queue), "all are woken");
}

/* --- end -------------------------------------------------------------------------------------- */

static void fault_main(void *argument)
{
	(void)argument;
	*(volatile uint32_t *)0x123000 = 1;
}

static void never_main(void *argument)
{
	for (;;)
		(void)kaal_thread_park(UINT64_MAX);
	(void)argument;
}

int main(void)
{
	uint32_t thread;

	check_own();
	/* On stacks that have been used. */
	check_own();
	check_refused();
	check_locks();
	check_order();
	printf("%u starts, %u failures\n", (unsigned)kaal_startup()->start + 1, (unsigned)failures);
	check(start(never_main, 0, PRIORITY, &thread) == KAAL_OK, "one that never ends");
	if (kaal_startup()->start == 0 && start(fault_main, 1, PRIORITY, &thread) == KAAL_OK)
		kaal_ignore(kaal_thread_join(thread, UINT64_MAX));
	return failures != 0;
}
