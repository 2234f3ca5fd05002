/* System calls against a machine whose firmware can do nothing. */
#include "fixture.h"

#include <kaal/status.h>
#include <kaal/syscall_numbers.h>
#include <object/cnode.h>

#define CNODE_BASE FIXTURE_CNODE
#define RADIX 4u
#define CALLER FIXTURE_CALLER

static struct arch_frame *frame;

static void put(uint32_t index, enum kaal_object_type type, uint32_t rights)
{
	slot_view[CNODE_BASE + index].cap = (struct cap){.word = cap_word(type, rights, 0)};
}

static void start(void)
{
	fixture_start(RADIX);
	frame = &thread_view[FIXTURE_CALLER].frame;
	put(1, KAAL_OBJECT_DEBUG, KAAL_RIGHT_WRITE);
	put(2, KAAL_OBJECT_DEBUG, KAAL_RIGHT_READ);
	put(3, KAAL_OBJECT_SYSTEM_CONTROL, KAAL_RIGHT_WRITE);
	put(4, KAAL_OBJECT_SYSTEM_CONTROL, KAAL_RIGHT_READ);
}

TestSuite(syscall, .init = start);

static uint64_t call(uint32_t number, uint64_t first, uint64_t second)
{
	return fixture_call(number, first, second, 0, 0, 0, 0);
}

Test(syscall, unknown_numbers_are_refused)
{
	for (uint32_t number = KAAL_SYSCALL_COUNT; number < 0x10000; number++)
		cr_assert_eq(call(number, 1, 1), KAAL_INVALID_SYSCALL);
	cr_assert_eq(host.console_bytes, 0);
}

Test(syscall, identify_tells_of_any_slot)
{
	cr_assert_eq(call(KAAL_SYS_CAP_IDENTIFY, 2, 0), KAAL_OK);
	cr_assert_eq(frame->result[1], KAAL_OBJECT_DEBUG);
	cr_assert_eq(frame->result[2], KAAL_RIGHT_READ);
	cr_assert_eq(frame->result[3], 0);
	cr_assert_eq(call(KAAL_SYS_CAP_IDENTIFY, 9, 0), KAAL_OK);
	cr_assert_eq(frame->result[1], KAAL_OBJECT_NULL);
	cr_assert_eq(call(KAAL_SYS_CAP_IDENTIFY, 16, 0), KAAL_INVALID_CAP);
	cr_assert_eq(frame->result[1] | frame->result[2] | frame->result[3], 0);
}

Test(syscall, debug_write_writes_every_length)
{
	const char *text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-";

	memcpy(frame->word, text, 64);
	for (uint64_t length = 1; length <= 64; length++) {
		host.console_bytes = 0;
		cr_assert_eq(call(KAAL_SYS_DEBUG_WRITE, 1, length), KAAL_OK);
		cr_assert_eq(frame->result[1], length);
		cr_assert_eq(host.console_bytes, length);
		cr_assert_eq(memcmp(host.console, text, length), 0);
	}
}

Test(syscall, debug_write_refuses)
{
	static const struct {
		uint64_t cap, length, status;
	} refused[] = {
		{16, 1, KAAL_INVALID_CAP}, {0, 1, KAAL_WRONG_TYPE},    {3, 1, KAAL_WRONG_TYPE},           {2, 1, KAAL_NO_RIGHT},
		{1, 0, KAAL_OUT_OF_RANGE}, {1, 65, KAAL_OUT_OF_RANGE}, {1, UINT64_MAX, KAAL_OUT_OF_RANGE}, {2, 0, KAAL_NO_RIGHT},
	};

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		cr_assert_eq(call(KAAL_SYS_DEBUG_WRITE, refused[i].cap, refused[i].length), refused[i].status, "case %zu", i);
		cr_assert_eq(frame->result[1], 0);
	}
	cr_assert_eq(host.console_bytes, 0);
}

Test(syscall, counters_need_the_debug_capability)
{
	host.has_counters = true;
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 16, 0), KAAL_INVALID_CAP);
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 3, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 2, 0), KAAL_NO_RIGHT);
	cr_assert_eq(host.counters_allowed, 0);
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 1, 0), KAAL_OK);
	cr_assert_eq(host.counters_allowed, 1);
}

Test(syscall, a_cpu_without_counters_says_so)
{
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 2, 0), KAAL_NO_RIGHT);
	cr_assert_eq(call(KAAL_SYS_DEBUG_ALLOW_COUNTERS, 1, 0), KAAL_NOT_SUPPORTED);
}

Test(syscall, system_control_needs_its_capability)
{
	static const uint32_t number[] = {KAAL_SYS_SYSTEM_POWER_OFF, KAAL_SYS_SYSTEM_RESET};

	for (unsigned i = 0; i < 2; i++) {
		cr_assert_eq(call(number[i], 16, 0), KAAL_INVALID_CAP);
		cr_assert_eq(call(number[i], 1, 0), KAAL_WRONG_TYPE);
		cr_assert_eq(call(number[i], 4, 0), KAAL_NO_RIGHT);
	}
	cr_assert_eq(host.power_offs + host.resets, 0);
}

Test(syscall, what_the_firmware_cannot_is_said)
{
	cr_assert_eq(call(KAAL_SYS_SYSTEM_POWER_OFF, 3, 0), KAAL_NOT_SUPPORTED);
	cr_assert_eq(host.power_offs, 1);
	cr_assert_eq(call(KAAL_SYS_SYSTEM_RESET, 3, 0), KAAL_NOT_SUPPORTED);
	cr_assert_eq(host.resets, 1);
}

Test(syscall, sleep_blocks_until_a_deadline_to_come)
{
	host.now = 50;
	cr_assert_eq(call(KAAL_SYS_THREAD_SLEEP, 50, 0), KAAL_OK);
	cr_assert_eq(thread_view[CALLER].state, THREAD_READY);
	cr_assert_eq(call(KAAL_SYS_THREAD_SLEEP, 51, 0), KAAL_OK);
	cr_assert_eq(thread_view[CALLER].state, THREAD_SLEEPING);
	cr_assert_eq(sched_next(), frame);
	cr_assert_eq(host.now, 51);
}
