/*
 * libkaal's locks and waiting sets, with the test in the threads' place: who parks is another one for a while, as a scenario says.
 */
#include <signal.h>

#include <criterion/criterion.h>

#include "../../../sdk/libkaal/lock.h"

_Thread_local uint32_t libkaal_self;
static uint32_t priority[KAAL_THREADS_MAX];
static uint32_t woken[KAAL_THREADS_MAX];
static bool (*while_parked)(uint64_t deadline);
static struct kaal_lock lock;

uint32_t kaal_thread_priority(uint32_t thread)
{
	return priority[thread];
}

void kaal_thread_unpark(uint32_t thread)
{
	woken[thread]++;
}

bool kaal_thread_park(uint64_t deadline)
{
	uint32_t parked = libkaal_self;
	bool result;

	cr_assert_not_null(while_parked, "thread %u would wait for ever", parked);
	result = while_parked(deadline);
	libkaal_self = parked;
	return result;
}

static void as(uint32_t thread)
{
	libkaal_self = thread;
}

Test(lock, taken_and_given)
{
	as(3);
	kaal_lock_take(&lock);
	cr_assert(kaal_lock_held(&lock));
	as(4);
	cr_assert(!kaal_lock_held(&lock) && !kaal_lock_try(&lock));
	as(3);
	kaal_lock_give(&lock);
	cr_assert(!kaal_lock_held(&lock));
	as(4);
	cr_assert(kaal_lock_try(&lock));
}

static bool holder_gives(uint64_t deadline)
{
	cr_assert_eq(deadline, UINT64_MAX);
	cr_assert(kaal_waiters_inside(&lock.waiters));
	as(1);
	kaal_lock_give(&lock);
	return true;
}

Test(lock, waits_for_the_holder)
{
	as(1);
	kaal_lock_take(&lock);
	as(2);
	while_parked = holder_gives;
	kaal_lock_take(&lock);
	cr_assert(kaal_lock_held(&lock));
	cr_assert_eq(woken[2], 1);
	cr_assert(!kaal_waiters_inside(&lock.waiters), "who has it does not wait for it");
}

static unsigned parks;

static bool nothing_happens_twice(uint64_t deadline)
{
	return ++parks < 3 || holder_gives(deadline);
}

Test(lock, a_wake_up_that_is_none)
{
	as(1);
	kaal_lock_take(&lock);
	as(2);
	while_parked = nothing_happens_twice;
	kaal_lock_take(&lock);
	cr_assert(kaal_lock_held(&lock));
	cr_assert_eq(parks, 3);
}

static bool time_is_up(uint64_t deadline)
{
	cr_assert_eq(deadline, 77);
	return false;
}

Test(lock, deadline)
{
	as(1);
	kaal_lock_take(&lock);
	as(2);
	while_parked = time_is_up;
	cr_assert(!kaal_lock_take_until(&lock, 77));
	cr_assert(!kaal_waiters_inside(&lock.waiters), "nobody waits any more");
	as(1);
	kaal_lock_give(&lock);
	cr_assert_eq(woken[2], 0);
}

/* Thread 2 is the one that is woken, and its deadline comes at the same time; 5 waits, too. */
static bool given_at_the_deadline(uint64_t deadline)
{
	(void)deadline;
	as(5);
	kaal_waiters_enter(&lock.waiters);
	as(1);
	kaal_lock_give(&lock);
	return false;
}

Test(lock, who_gives_up_passes_the_wake_up_on)
{
	priority[2] = 9;
	as(1);
	kaal_lock_take(&lock);
	as(2);
	while_parked = given_at_the_deadline;
	cr_assert(!kaal_lock_take_until(&lock, 77));
	cr_assert_eq(woken[2], 1, "the more urgent one was woken");
	cr_assert_eq(woken[5], 1, "and the other one instead of it");
}

static bool held_again_at_the_deadline(uint64_t deadline)
{
	(void)given_at_the_deadline(deadline);
	as(7);
	cr_assert(kaal_lock_try(&lock));
	return false;
}

Test(lock, nobody_is_woken_for_a_lock_that_is_held)
{
	priority[2] = 9;
	as(1);
	kaal_lock_take(&lock);
	as(2);
	while_parked = held_again_at_the_deadline;
	cr_assert(!kaal_lock_take_until(&lock, 77));
	cr_assert_eq(woken[5], 0, "its holder will wake it");
	as(7);
	kaal_lock_give(&lock);
	cr_assert_eq(woken[5], 1);
}

Test(waiters, the_most_urgent_first_and_equals_in_turn)
{
	struct kaal_waiters waiters = {0};

	for (uint32_t i = 0; i < KAAL_THREADS_MAX; i += 9) {
		priority[i] = i == 27 ? 200 : 100;
		as(i);
		kaal_waiters_enter(&waiters);
	}
	as(30);
	for (uint32_t i = 0; i < 8; i++) {
		static const uint32_t order[] = {27, 36, 45, 54, 63, 0, 9, 18};

		cr_assert(kaal_waiters_wake_one(&waiters));
		cr_assert_eq(woken[order[i]], 1, "%u is woken as number %u", order[i], i);
	}
	cr_assert(!kaal_waiters_wake_one(&waiters));
}

Test(waiters, turns_at_the_ends)
{
	static const uint32_t selves[] = {0, 62, 63};

	for (unsigned i = 0; i < sizeof selves / sizeof selves[0]; i++) {
		struct kaal_waiters waiters = {0};

		as((selves[i] + 1) % 64);
		kaal_waiters_enter(&waiters);
		as(selves[i]);
		kaal_waiters_enter(&waiters);
		cr_assert(kaal_waiters_wake_one(&waiters));
		cr_assert(kaal_waiters_inside(&waiters), "the next one is woken, not the caller");
	}
}

Test(waiters, all)
{
	struct kaal_waiters waiters = {0};

	as(0);
	kaal_waiters_enter(&waiters);
	as(63);
	kaal_waiters_enter(&waiters);
	as(1);
	kaal_waiters_wake_all(&waiters);
	cr_assert(woken[0] == 1 && woken[63] == 1 && woken[1] == 0);
	as(63);
	cr_assert(!kaal_waiters_leave(&waiters), "it was woken");
}

Test(lock, taken_twice, .signal = SIGILL)
{
	kaal_lock_take(&lock);
	kaal_lock_take(&lock);
}

Test(lock, given_by_another, .signal = SIGILL)
{
	as(1);
	kaal_lock_take(&lock);
	as(2);
	kaal_lock_give(&lock);
}
