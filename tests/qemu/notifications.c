/* Notifications at EL0: flags from badges, waiting in order, deadlines, the end of what is waited for. */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

#define THREADS 3u
#define STACK_WORDS 256u
#define UNLIMITED UINT64_MAX
#define US (kaal_bootinfo()->counter_hz / 1000000)
/* From a deadline to the thread. */
#define LATE_US_MAX 20u

#define FREE (kaal_bootinfo()->first_free_slot)
#define THREAD(i) (FREE + (i))
#define CONTEXT(i) (FREE + THREADS + (i))
#define NTFN (FREE + 10)
#define BADGED (FREE + 11)
#define SPARE (FREE + 12)

static _Alignas(16) uint64_t stack[THREADS][STACK_WORDS];
static volatile uint64_t status[THREADS], flags[THREADS];
static char order[16];
static volatile unsigned ordered;

static void sleep_us(uint64_t us)
{
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + us * US));
}

static void wait_for_ever(uint64_t i)
{
	for (;;) {
		uint64_t got;

		status[i] = kaal_sys_notification_wait(NTFN, &got);
		flags[i] = got;
		order[ordered++ % sizeof order] = (char)('a' + i);
		if (status[i] != KAAL_OK)
			kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
	}
}

static void start(unsigned i, uint64_t priority)
{
	kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
	kaal_ignore(kaal_sys_thread_set_registers(THREAD(i), (uint64_t)(uintptr_t)wait_for_ever, (uint64_t)(uintptr_t)&stack[i][STACK_WORDS], i, 0));
	kaal_ignore(kaal_sys_thread_set_priority(THREAD(i), priority, priority));
	kaal_ignore(kaal_sys_thread_resume(THREAD(i)));
}

static void make_all(void)
{
	uint64_t made;

	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_NOTIFICATION, KAAL_SLOT_CNODE, NTFN, 1, &made) == KAAL_OK &&
		      kaal_sys_cap_mint(KAAL_SLOT_CNODE, BADGED, KAAL_SLOT_CNODE, NTFN, KAAL_RIGHTS_ALL, 0x8000000000000100) == KAAL_OK,
	      "a notification is made and badged");
	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_THREAD, KAAL_SLOT_CNODE, THREAD(0), THREADS, &made) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_SCHED_CONTEXT, KAAL_SLOT_CNODE, CONTEXT(0), THREADS, &made) == KAAL_OK,
	      "threads are made");
	for (unsigned i = 0; i < THREADS; i++)
		check(kaal_sys_thread_configure(THREAD(i), KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE) == KAAL_OK &&
			      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT(i), UNLIMITED, 0) == KAAL_OK &&
			      kaal_sys_sched_bind(CONTEXT(i), THREAD(i)) == KAAL_OK,
		      "thread %u is ready to start", i);
}

static void test_flags(void)
{
	uint64_t got = 1;

	check(kaal_sys_notification_poll(NTFN, &got) == KAAL_OK && got == 0, "a fresh one has no flag");
	check_equal(kaal_sys_notification_signal(NTFN), KAAL_OK);
	check_equal(kaal_sys_notification_signal(BADGED), KAAL_OK);
	check(kaal_sys_notification_wait(BADGED, &got) == KAAL_OK && got == 0x8000000000000101, "all flags come at once");
	check(kaal_sys_notification_poll(NTFN, &got) == KAAL_OK && got == 0, "and are gone then");
}

static void test_deadline(void)
{
	for (uint64_t us = 10; us <= 100000; us *= 10) {
		uint64_t got = 1, deadline = kaal_ticks_now() + us * US;
		uint64_t answer = kaal_sys_notification_wait_until(NTFN, deadline, &got);
		uint64_t late = kaal_ticks_now() - deadline;

		check(answer == KAAL_TIMEOUT && got == 0 && late / US < LATE_US_MAX, "a wait of %" PRIu64 " us ends %" PRIu64 " us late", us,
		      late / US);
	}
	check_equal(kaal_sys_notification_wait_until(NTFN, 0, (uint64_t[1]){0}), KAAL_TIMEOUT);
}

static void test_order(void)
{
	start(0, 10);
	start(1, 20);
	start(2, 20);
	sleep_us(100);
	ordered = 0;
	for (unsigned i = 0; i < 4; i++) {
		check_equal(kaal_sys_notification_signal(BADGED), KAAL_OK);
		sleep_us(100);
	}
	check(ordered == 4 && memcmp(order, "bcbc", 4) == 0, "the most urgent take turns: %.4s", order);
	kaal_ignore(kaal_sys_thread_suspend(THREAD(1)));
	kaal_ignore(kaal_sys_thread_suspend(THREAD(2)));
	check_equal(kaal_sys_notification_signal(NTFN), KAAL_OK);
	sleep_us(100);
	check(ordered == 5 && order[4] == 'a' && flags[0] == 1, "then the less urgent");
	kaal_ignore(kaal_sys_thread_resume(THREAD(1)));
	sleep_us(100);
	check(status[1] == KAAL_CANCELLED, "a suspended wait is not taken up again");
}

static void test_end(void)
{
	uint64_t got;

	start(1, 20);
	start(2, 30);
	sleep_us(100);
	memset((void *)(uintptr_t)status, 0, sizeof status);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, NTFN), KAAL_OK);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, BADGED), KAAL_OK);
	sleep_us(100);
	check(status[0] == KAAL_INVALID_CAP || status[0] == KAAL_WRONG_TYPE || status[0] == KAAL_CANCELLED, "its end wakes the first");
	check(status[1] == KAAL_CANCELLED && status[2] == KAAL_CANCELLED, "and the others");
	check_equal(kaal_sys_notification_wait(NTFN, &got), KAAL_WRONG_TYPE);
}

static void test_errors(void)
{
	uint64_t got, made, outside = UINT64_MAX;

	check_equal(kaal_sys_notification_signal(outside), KAAL_INVALID_CAP);
	check_equal(kaal_sys_notification_wait(outside, &got), KAAL_INVALID_CAP);
	check_equal(kaal_sys_notification_poll(outside, &got), KAAL_INVALID_CAP);
	check_equal(kaal_sys_notification_wait_until(outside, UINT64_MAX, &got), KAAL_INVALID_CAP);
	check_equal(kaal_sys_notification_signal(KAAL_SLOT_DEBUG), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_notification_wait(KAAL_SLOT_DEBUG, &got), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_notification_poll(KAAL_SLOT_DEBUG, &got), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_notification_wait_until(KAAL_SLOT_DEBUG, UINT64_MAX, &got), KAAL_WRONG_TYPE);
	kaal_ignore(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_NOTIFICATION, KAAL_SLOT_CNODE, NTFN, 1, &made));
	check_equal(kaal_sys_cap_copy(KAAL_SLOT_CNODE, SPARE, KAAL_SLOT_CNODE, NTFN, KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_notification_signal(SPARE), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, SPARE), KAAL_OK);
	check_equal(kaal_sys_cap_mint(KAAL_SLOT_CNODE, SPARE, KAAL_SLOT_CNODE, NTFN, KAAL_RIGHT_WRITE, 2), KAAL_OK);
	check_equal(kaal_sys_notification_wait(SPARE, &got), KAAL_NO_RIGHT);
	check_equal(kaal_sys_notification_poll(SPARE, &got), KAAL_NO_RIGHT);
	check_equal(kaal_sys_notification_wait_until(SPARE, UINT64_MAX, &got), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_mint(KAAL_SLOT_CNODE, SPARE + 1, KAAL_SLOT_CNODE, SPARE, KAAL_RIGHT_WRITE, 2), KAAL_BADGED);
	check_equal(kaal_sys_cap_mint(KAAL_SLOT_CNODE, SPARE + 1, KAAL_SLOT_CNODE, NTFN, KAAL_RIGHT_WRITE, 0), KAAL_OUT_OF_RANGE);
}

int main(void)
{
	make_all();
	test_flags();
	test_deadline();
	test_order();
	test_end();
	test_errors();
	return tap_finish();
}
