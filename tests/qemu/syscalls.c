/* Every system call: its success, and each of its errors. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"

#define EMPTY_SLOT (kaal_bootinfo()->first_free_slot)
#define SLOTS (UINT64_C(1) << kaal_bootinfo()->cnode_size_bits)
/* What a machine answers that may have no cycle counter. */
#ifndef COUNTERS_STATUS
#define COUNTERS_STATUS KAAL_OK
#endif
/* Longest time from deadline to the thread: interrupt, timer queue, return. */
#define WAKE_NS_MAX 10000u

static void test_identify(void)
{
	static const struct {
		kaal_cap_t slot;
		uint64_t type, rights, bits;
	} expected[] = {
		{KAAL_SLOT_NULL, KAAL_OBJECT_NULL, 0, 0},
		{KAAL_SLOT_CNODE, KAAL_OBJECT_CNODE, 7, 14},
		{KAAL_SLOT_THREAD, KAAL_OBJECT_THREAD, 15, 11},
		{KAAL_SLOT_VSPACE, KAAL_OBJECT_VSPACE, 7, 12},
		{KAAL_SLOT_SYSTEM_CONTROL, KAAL_OBJECT_SYSTEM_CONTROL, 7, 0},
		{KAAL_SLOT_DEBUG, KAAL_OBJECT_DEBUG, 7, 0},
		{KAAL_SLOT_SCHED_CONTEXT, KAAL_OBJECT_SCHED_CONTEXT, 7, 7},
		{KAAL_SLOT_SCHED_CONTROL, KAAL_OBJECT_SCHED_CONTROL, 7, 0},
		{KAAL_SLOT_IRQ_CONTROL, KAAL_OBJECT_IRQ_CONTROL, 7, 0},
		{KAAL_SLOT_IRQ_CONTROL + 1, KAAL_OBJECT_NULL, 0, 0},
	};
	const uint64_t outside[] = {SLOTS, SLOTS + 1, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};
	uint64_t type, rights, bits;

	for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		uint64_t status = kaal_sys_cap_identify(expected[i].slot, &type, &rights, &bits);

		check(status == KAAL_OK && type == expected[i].type && rights == expected[i].rights && bits == expected[i].bits,
		      "slot %" PRIu64 " holds type %" PRIu64 " with rights %" PRIu64 " and %" PRIu64 " bits", expected[i].slot, type,
		      rights, bits);
	}
	for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
		type = rights = bits = 1;
		check_equal(kaal_sys_cap_identify(outside[i], &type, &rights, &bits), KAAL_INVALID_CAP);
		check(type == 0 && rights == 0 && bits == 0, "index 0x%" PRIx64 " tells nothing", outside[i]);
	}
	check_equal(kaal_sys_cap_identify(SLOTS - 1, &type, &rights, &bits), KAAL_OK);
}

static void test_debug_write(void)
{
	const char text[] = "# sixty-four bytes in one call, the most that a call can carry.\n";
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, written = 1;

	check_equal(kaal_sys_debug_write(SLOTS, 1, words, &written), KAAL_INVALID_CAP);
	check_equal(written, 0);
	check_equal(kaal_sys_debug_write(EMPTY_SLOT, 1, words, &written), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_debug_write(KAAL_SLOT_SYSTEM_CONTROL, 1, words, &written), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_debug_write(KAAL_SLOT_DEBUG, 0, words, &written), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_debug_write(KAAL_SLOT_DEBUG, 65, words, &written), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_debug_write(KAAL_SLOT_DEBUG, UINT64_MAX, words, &written), KAAL_OUT_OF_RANGE);
	/* stdout is line-buffered and empty here: what follows is a line of its own. */
	memcpy(words, text, sizeof words);
	check(kaal_sys_debug_write(KAAL_SLOT_DEBUG, sizeof words, words, &written) == KAAL_OK && written == sizeof words,
	      "64 bytes are written (the line above)");
}

static void test_system_control(void)
{
	check_equal(kaal_sys_system_power_off(SLOTS), KAAL_INVALID_CAP);
	check_equal(kaal_sys_system_power_off(EMPTY_SLOT), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_system_power_off(KAAL_SLOT_DEBUG), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_system_reset(SLOTS), KAAL_INVALID_CAP);
	check_equal(kaal_sys_system_reset(EMPTY_SLOT), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_system_reset(KAAL_SLOT_DEBUG), KAAL_WRONG_TYPE);
}

static uint64_t cycles_now(void)
{
	uint64_t cycles;

	__asm__ volatile("isb\n\tmrs %0, pmccntr_el0" : "=r"(cycles) : : "memory");
	return cycles;
}

/* The NO_RIGHT case needs a copy with fewer rights. */
static void test_allow_counters(void)
{
	uint64_t start, between, end;

	check_equal(kaal_sys_debug_allow_counters(SLOTS), KAAL_INVALID_CAP);
	check_equal(kaal_sys_debug_allow_counters(EMPTY_SLOT), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_debug_allow_counters(KAAL_SLOT_SYSTEM_CONTROL), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_cap_copy(KAAL_SLOT_CNODE, EMPTY_SLOT, KAAL_SLOT_CNODE, KAAL_SLOT_DEBUG, KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_debug_allow_counters(EMPTY_SLOT), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, EMPTY_SLOT), KAAL_OK);
	check_equal(kaal_sys_debug_allow_counters(KAAL_SLOT_DEBUG), COUNTERS_STATUS);
	if (COUNTERS_STATUS != KAAL_OK)
		return;
	start = cycles_now();
	between = cycles_now();
	kaal_ignore(kaal_sys_thread_sleep(0));
	end = cycles_now();
	check(between > start, "the cycle counter runs at EL0");
	check(end - between > 4 * (between - start), "the cycle counter runs at EL1");
}

static void test_sleep(void)
{
	uint64_t hz = kaal_bootinfo()->counter_hz;
	uint64_t start = kaal_ticks_now();
	uint64_t status_zero = kaal_sys_thread_sleep(0), status_start = kaal_sys_thread_sleep(start);
	uint64_t passed = kaal_ticks_now() - start;

	check(status_zero == KAAL_OK && status_start == KAAL_OK && kaal_ticks_to_ns(passed, hz) < WAKE_NS_MAX,
	      "a deadline that has passed does not block");
	for (uint64_t ns = 1000; ns <= 1000000000; ns *= 10) {
		uint64_t deadline = kaal_ticks_now() + kaal_ns_to_ticks(ns, hz);
		uint64_t status = kaal_sys_thread_sleep(deadline);
		uint64_t woken = kaal_ticks_now();

		check(status == KAAL_OK && woken >= deadline && kaal_ticks_to_ns(woken - deadline, hz) < WAKE_NS_MAX,
		      "a sleep of %" PRIu64 " ns ends no earlier and %" PRIu64 " ns later", ns,
		      kaal_ticks_to_ns(woken - deadline, hz));
	}
}

#define check_unknown(number)                                                                                        \
	do {                                                                                                         \
		register uint64_t x0 __asm__("x0") = KAAL_SLOT_DEBUG;                                                \
		__asm__ volatile("svc %1" : "+r"(x0) : "i"(number) : "memory");                                      \
		check(x0 == KAAL_INVALID_SYSCALL, "svc #%d is no system call", number);                              \
	} while (0)

static void test_unknown(void)
{
	check_unknown(KAAL_SYSCALL_COUNT);
	check_unknown(255);
	check_unknown(256);
	check_unknown(65535);
}

/* Registers that a call must keep hold a pattern across one of each kind. */
static void test_kept_registers(void)
{
	uint64_t wrong;

	__asm__ volatile("mov	x19, #0x1919\n\tmov	x20, #0x2020\n\tmov	x21, #0x2121\n\tmov	x22, #0x2222\n\t"
			 "mov	x23, #0x2323\n\tmov	x24, #0x2424\n\tmov	x25, #0x2525\n\tmov	x26, #0x2626\n\t"
			 "mov	x27, #0x2727\n\tmov	x28, #0x2828\n\tfmov	d8, x19\n\tfmov	d15, x28\n\t"
			 "mov	x0, #1\n\tsvc	%1\n\tmov	x0, #0\n\tsvc	%2\n\t"
			 "sub	x19, x19, #0x919\n\teor	x19, x19, #0x1000\n\tmov	x0, x19\n\t"
			 "mov	x1, #0x2020\n\teor	x1, x1, x20\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2121\n\teor	x1, x1, x21\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2222\n\teor	x1, x1, x22\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2323\n\teor	x1, x1, x23\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2424\n\teor	x1, x1, x24\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2525\n\teor	x1, x1, x25\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2626\n\teor	x1, x1, x26\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2727\n\teor	x1, x1, x27\n\torr	x0, x0, x1\n\t"
			 "mov	x1, #0x2828\n\teor	x1, x1, x28\n\torr	x0, x0, x1\n\t"
			 "fmov	x2, d8\n\tmov	x1, #0x1919\n\teor	x1, x1, x2\n\torr	x0, x0, x1\n\t"
			 "fmov	x2, d15\n\tmov	x1, #0x2828\n\teor	x1, x1, x2\n\torr	x0, x0, x1\n\t"
			 "mov	%0, x0"
			 : "=r"(wrong)
			 : "i"(KAAL_SYS_CAP_IDENTIFY), "i"(KAAL_SYS_THREAD_SLEEP)
			 : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
			   "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "d8", "d15",
			   "memory", "cc");
	check_equal(wrong, 0);
}

int main(void)
{
	test_identify();
	test_debug_write();
	test_system_control();
	test_allow_counters();
	test_sleep();
	test_unknown();
	test_kept_registers();
	return tap_finish();
}
