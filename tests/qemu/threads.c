/*
 * Threads and scheduling contexts at EL0: made from untyped memory, run by
 * priority, on budgets, with registers of their own. The main thread has the
 * highest priority, so that it decides when others run: by sleeping.
 */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/registers.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

#define THREADS 4u
#define STACK_WORDS 512u
#define UNLIMITED UINT64_MAX
#define MS (kaal_bootinfo()->counter_hz / 1000)

/* Slots of thread and context `i`. */
#define THREAD(i) (kaal_bootinfo()->first_free_slot + (i))
#define CONTEXT(i) (kaal_bootinfo()->first_free_slot + THREADS + (i))
#define SPARE (kaal_bootinfo()->first_free_slot + 2 * THREADS)

static _Alignas(16) uint64_t stack[THREADS][STACK_WORDS];
static volatile uint64_t counter[THREADS];
static volatile uint64_t wrong[THREADS];
static char order[64];
static volatile unsigned ordered;

static void sleep_ms(uint64_t ms)
{
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + ms * MS));
}

static void prepare(unsigned i, void (*entry)(uint64_t), uint64_t priority, uint64_t budget, uint64_t period)
{
	kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
	counter[i] = 0;
	wrong[i] = 0;
	check(kaal_sys_thread_set_registers(THREAD(i), (uint64_t)(uintptr_t)entry, (uint64_t)(uintptr_t)&stack[i][STACK_WORDS], i, i * 0x1111) ==
		      KAAL_OK && kaal_sys_thread_set_priority(THREAD(i), priority, priority) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT(i), budget, period) == KAAL_OK,
	      "thread %u is prepared", i);
}

static void stop_all(void)
{
	for (unsigned i = 0; i < THREADS; i++)
		kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
}

static void count_forever(uint64_t i)
{
	for (;;)
		counter[i]++;
}

static void note_and_stop(uint64_t i)
{
	order[ordered++] = (char)('a' + i);
	for (;;) {
		kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
		order[ordered++] = (char)('A' + i);
	}
}

static void note_and_yield(uint64_t i)
{
	for (unsigned n = 0; n < 3; n++) {
		order[ordered++] = (char)('a' + i);
		kaal_ignore(kaal_sys_sched_yield());
	}
	kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
}

/* Fills every register it can with a pattern of its own and looks at them again and again. */
static void watch_registers(uint64_t i)
{
	uint64_t pattern = 0x0101010101010101 * (i + 1);

	for (;;) {
		uint64_t bad;

		__asm__ volatile("dup	v0.2d, %1\n\tdup	v7.2d, %1\n\tdup	v8.2d, %1\n\tdup	v15.2d, %1\n\tdup	v31.2d, %1\n\t"
				 "mov	x9, %1\n\tmov	x15, %1\n\tmov	x18, %1\n\tmov	x19, %1\n\tmov	x28, %1\n\t"
				 "mrs	x2, tpidr_el0\n\tmov	x1, #2000\n"
				 "1:	subs	x1, x1, #1\n\tb.ne	1b\n\t"
				 "eor	x9, x9, %1\n\teor	x15, x15, %1\n\teor	x18, x18, %1\n\teor	x19, x19, %1\n\teor	x28, x28, %1\n\t"
				 "orr	x9, x9, x15\n\torr	x18, x18, x19\n\torr	x9, x9, x18\n\torr	x9, x9, x28\n\t"
				 "mov	x3, v0.d[1]\n\teor	x3, x3, %1\n\torr	x9, x9, x3\n\t"
				 "mov	x3, v7.d[0]\n\teor	x3, x3, %1\n\torr	x9, x9, x3\n\t"
				 "mov	x3, v8.d[1]\n\teor	x3, x3, %1\n\torr	x9, x9, x3\n\t"
				 "mov	x3, v15.d[0]\n\teor	x3, x3, %1\n\torr	x9, x9, x3\n\t"
				 "mov	x3, v31.d[1]\n\teor	x3, x3, %1\n\torr	x9, x9, x3\n\t"
				 "mrs	x3, tpidr_el0\n\teor	x3, x3, x2\n\torr	%0, x9, x3"
				 : "=r"(bad)
				 : "r"(pattern)
				 : "x1", "x2", "x3", "x9", "x15", "x18", "x19", "x28", "v0", "v7", "v8", "v15", "v31", "cc");
		wrong[i] |= bad;
		counter[i]++;
	}
}

/* A thread that has never used FP finds the unit's registers zero, whatever others left there. */
static void first_fp_use(uint64_t i)
{
	uint64_t seen;

	__asm__ volatile("mov	%0, v31.d[1]\n\tmov	x3, v0.d[0]\n\torr	%0, %0, x3" : "=r"(seen) : : "x3");
	wrong[i] = seen;
	counter[i] = 1;
	kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
}

static void fault(uint64_t i)
{
	counter[i] = 1;
	__asm__ volatile("str	%0, [%1]" : : "r"(i), "r"(UINT64_C(8)) : "memory");
	counter[i] = 2;
}

static void make_threads(void)
{
	uint64_t made, type, rights, bits;

	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_THREAD, KAAL_SLOT_CNODE, THREAD(0), THREADS, &made) == KAAL_OK && made == THREADS,
	      "threads are made");
	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_SCHED_CONTEXT, KAAL_SLOT_CNODE, CONTEXT(0), THREADS, &made) == KAAL_OK,
	      "scheduling contexts are made");
	check(kaal_sys_cap_identify(THREAD(0), &type, &rights, &bits) == KAAL_OK && type == KAAL_OBJECT_THREAD && bits == 11, "a thread is one");
	for (unsigned i = 0; i < THREADS; i++) {
		check_equal(kaal_sys_thread_configure(THREAD(i), KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE), KAAL_OK);
		check_equal(kaal_sys_sched_bind(CONTEXT(i), THREAD(i)), KAAL_OK);
	}
}

static void test_order(void)
{
	ordered = 0;
	for (unsigned i = 0; i < 3; i++) {
		prepare(i, note_and_stop, 10 + i, UNLIMITED, 0);
		check_equal(kaal_sys_thread_resume(THREAD(i)), KAAL_OK);
	}
	sleep_ms(1);
	check(ordered == 3 && memcmp(order, "cba", 3) == 0, "the most urgent runs first: %.3s", order);
	ordered = 0;
	kaal_ignore(kaal_sys_thread_set_priority(THREAD(0), 50, 50));
	for (unsigned i = 0; i < 3; i++)
		kaal_ignore(kaal_sys_thread_resume(THREAD(i)));
	sleep_ms(1);
	check(ordered == 3 && memcmp(order, "ACB", 3) == 0, "a resumed thread goes on where it stopped, by its new priority: %.3s", order);
	ordered = 0;
	for (unsigned i = 0; i < 3; i++) {
		prepare(i, note_and_yield, 10, UNLIMITED, 0);
		kaal_ignore(kaal_sys_thread_resume(THREAD(i)));
	}
	sleep_ms(1);
	check(ordered == 9 && memcmp(order, "abcabcabc", 9) == 0, "yield gives each its turn: %.9s", order);
	stop_all();
}

static void test_budgets(void)
{
	uint64_t before, after;

	prepare(0, count_forever, 10, MS, 4 * MS);
	prepare(1, count_forever, 9, UNLIMITED, 0);
	kaal_ignore(kaal_sys_sched_consumed(CONTEXT(0), &before));
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	kaal_ignore(kaal_sys_thread_resume(THREAD(1)));
	sleep_ms(100);
	stop_all();
	kaal_ignore(kaal_sys_sched_consumed(CONTEXT(0), &after));
	check(after - before >= 24 * MS && after - before <= 26 * MS, "1 ms in 4 is a quarter of 100 ms: %" PRIu64 " us", (after - before) * 1000 / MS);
	check(counter[1] > counter[0] * 2, "the rest goes to the less urgent");
	prepare(0, count_forever, 10, MS, MS);
	prepare(1, count_forever, 10, MS, MS);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	kaal_ignore(kaal_sys_thread_resume(THREAD(1)));
	sleep_ms(50);
	stop_all();
	check(counter[0] > counter[1] * 9 / 10 && counter[1] > counter[0] * 9 / 10, "time slices share the CPU: %" PRIu64 " and %" PRIu64, counter[0],
	      counter[1]);
	prepare(0, count_forever, 10, UNLIMITED, 0);
	check_equal(kaal_sys_sched_unbind(CONTEXT(0)), KAAL_OK);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	sleep_ms(5);
	check_equal(counter[0], 0);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), THREAD(0)), KAAL_OK);
	sleep_ms(5);
	check(counter[0] != 0, "with a context it runs");
	stop_all();
}

static void test_registers(void)
{
	prepare(0, first_fp_use, 20, UNLIMITED, 0);
	for (unsigned i = 1; i < THREADS; i++) {
		prepare(i, watch_registers, 10, MS / 50, MS / 50);
		kaal_ignore(kaal_sys_thread_resume(THREAD(i)));
	}
	sleep_ms(20);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	sleep_ms(20);
	stop_all();
	for (unsigned i = 1; i < THREADS; i++)
		check(wrong[i] == 0 && counter[i] > 100, "thread %u keeps its registers over %" PRIu64 " rounds of preemption", i, counter[i]);
	check(counter[0] == 1 && wrong[0] == 0, "nobody sees another's FP registers");
	prepare(1, first_fp_use, 20, UNLIMITED, 0);
	kaal_ignore(kaal_sys_thread_resume(THREAD(1)));
	prepare(2, watch_registers, 10, UNLIMITED, 0);
	kaal_ignore(kaal_sys_thread_resume(THREAD(2)));
	sleep_ms(1);
	prepare(2, first_fp_use, 20, UNLIMITED, 0);
	kaal_ignore(kaal_sys_thread_resume(THREAD(2)));
	sleep_ms(1);
	check(counter[1] == 1 && wrong[1] == 0 && counter[2] == 1 && wrong[2] == 0,
	      "a thread that starts anew finds zero in its FP registers, in the unit and out of it");
}

/* Beside the bootinfo page, where there are page tables. */
#define BUFFER_ADDRESS ((uint64_t)(uintptr_t)kaal_bootinfo() + KAAL_PAGE_BYTES)
#define BUFFER (SPARE + 1)

static uint64_t found_x20, found_x27;

static void show_registers(uint64_t i)
{
	__asm__ volatile("mov	%0, x20\n\tmov	%1, x27" : "=r"(found_x20), "=r"(found_x27));
	counter[i] = 1;
	kaal_ignore(kaal_sys_thread_suspend(THREAD(i)));
}

static void hold_registers(uint64_t i)
{
	(void)i;
	__asm__ volatile("mov	x20, #0x2020\n\tmov	x27, #0x2727\n\tcmp	x20, x20\n1:	b	1b" : : : "x20", "x27", "cc");
}

static void test_read_and_write(void)
{
	volatile struct kaal_registers *registers = (volatile struct kaal_registers *)(uintptr_t)BUFFER_ADDRESS;
	uint64_t made;

	check_equal(kaal_sys_thread_read_registers(THREAD(0)), KAAL_NO_BUFFER);
	check_equal(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_FRAME + UINT64_C(256) * KAAL_PAGE_BITS, KAAL_SLOT_CNODE, BUFFER, 1, &made), KAAL_OK);
	check_equal(kaal_sys_frame_map(BUFFER, KAAL_SLOT_VSPACE, BUFFER_ADDRESS, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &made), KAAL_OK);
	check_equal(kaal_sys_thread_set_buffer(KAAL_SLOT_THREAD, BUFFER, 0), KAAL_OK);
	prepare(0, hold_registers, 10, UNLIMITED, 0);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	sleep_ms(1);
	check_equal(kaal_sys_thread_read_registers(THREAD(0)), KAAL_NOT_STOPPED);
	stop_all();
	check_equal(kaal_sys_thread_read_registers(THREAD(0)), KAAL_OK);
	check(registers->x[20] == 0x2020 && registers->x[27] == 0x2727, "a stopped thread's registers are told");
	check_equal(registers->pstate, UINT64_C(6) << 28);
	check(registers->sp > (uint64_t)(uintptr_t)stack[0] && registers->sp <= (uint64_t)(uintptr_t)&stack[0][STACK_WORDS], "its stack pointer, too");
	registers->x[20] = 0x4040;
	registers->pc = (uint64_t)(uintptr_t)show_registers;
	registers->x[0] = 0;
	registers->pstate = UINT64_MAX;
	check_equal(kaal_sys_thread_write_registers(THREAD(0)), KAAL_OK);
	check(kaal_sys_thread_read_registers(THREAD(0)) == KAAL_OK && registers->pstate == UINT64_C(0xf) << 28, "of pstate, flags are written");
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	sleep_ms(1);
	check(counter[0] == 1 && found_x20 == 0x4040 && found_x27 == 0x2727, "it goes on with what was written");
	stop_all();
	check_equal(kaal_sys_cap_revoke(KAAL_SLOT_CNODE, BUFFER), KAAL_OK);
	check_equal(kaal_sys_thread_read_registers(THREAD(0)), KAAL_NO_BUFFER);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, BUFFER), KAAL_OK);
}

static void test_faults(void)
{
	prepare(0, fault, 10, UNLIMITED, 0);
	prepare(1, count_forever, 9, UNLIMITED, 0);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	kaal_ignore(kaal_sys_thread_resume(THREAD(1)));
	sleep_ms(1);
	check(counter[0] == 1, "a fault stops the thread");
	check(counter[1] != 0, "and nobody else");
	stop_all();
}

static void test_errors(void)
{
	uint64_t ticks;
	kaal_cap_t none = kaal_bootinfo()->first_free_slot + 100, outside = UINT64_MAX;

	prepare(0, count_forever, 10, UNLIMITED, 0);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	check_equal(kaal_sys_thread_configure(THREAD(0), KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE), KAAL_NOT_STOPPED);
	check_equal(kaal_sys_thread_set_registers(THREAD(0), 0, 0, 0, 0), KAAL_NOT_STOPPED);
	stop_all();
	check_equal(kaal_sys_thread_configure(outside, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_configure(none, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_configure(THREAD(0), outside, KAAL_SLOT_VSPACE), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_configure(THREAD(0), KAAL_SLOT_VSPACE, KAAL_SLOT_VSPACE), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_configure(THREAD(0), KAAL_SLOT_CNODE, outside), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_configure(THREAD(0), KAAL_SLOT_CNODE, KAAL_SLOT_CNODE), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_set_registers(outside, 0, 0, 0, 0), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_set_registers(none, 0, 0, 0, 0), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_resume(outside), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_resume(none), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_suspend(outside), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_suspend(none), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_set_priority(outside, 1, 1), KAAL_INVALID_CAP);
	check_equal(kaal_sys_thread_set_priority(none, 1, 1), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_thread_set_priority(THREAD(0), 2, 1), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_thread_set_priority(THREAD(0), 0, 256), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_thread_set_priority(THREAD(0), UINT64_MAX, UINT64_MAX), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_sched_configure(outside, CONTEXT(0), 1000, 1000), KAAL_INVALID_CAP);
	check_equal(kaal_sys_sched_configure(none, CONTEXT(0), 1000, 1000), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, outside, 1000, 1000), KAAL_INVALID_CAP);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, none, 1000, 1000), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT(0), 511, 1000), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT(0), 1001, 1000), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT(0), 1000, UINT64_MAX), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_sched_bind(outside, THREAD(0)), KAAL_INVALID_CAP);
	check_equal(kaal_sys_sched_bind(none, THREAD(0)), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), outside), KAAL_INVALID_CAP);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), none), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), THREAD(1)), KAAL_BOUND);
	check_equal(kaal_sys_sched_unbind(CONTEXT(0)), KAAL_OK);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), THREAD(1)), KAAL_BOUND);
	check_equal(kaal_sys_sched_unbind(CONTEXT(0)), KAAL_NOT_BOUND);
	check_equal(kaal_sys_sched_unbind(outside), KAAL_INVALID_CAP);
	check_equal(kaal_sys_sched_unbind(none), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), THREAD(0)), KAAL_OK);
	check_equal(kaal_sys_sched_consumed(outside, &ticks), KAAL_INVALID_CAP);
	check_equal(kaal_sys_sched_consumed(none, &ticks), KAAL_WRONG_TYPE);
}

/* Copies with less: the rights that each call needs. */
static void test_rights(void)
{
	uint64_t ticks;

	check_equal(kaal_sys_cap_copy(KAAL_SLOT_CNODE, SPARE, KAAL_SLOT_CNODE, THREAD(0), KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_thread_resume(SPARE), KAAL_NO_RIGHT);
	check_equal(kaal_sys_thread_suspend(SPARE), KAAL_NO_RIGHT);
	check_equal(kaal_sys_thread_configure(SPARE, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE), KAAL_NO_RIGHT);
	check_equal(kaal_sys_thread_set_registers(SPARE, 0, 0, 0, 0), KAAL_NO_RIGHT);
	check_equal(kaal_sys_thread_set_priority(SPARE, 0, 0), KAAL_NO_RIGHT);
	check_equal(kaal_sys_sched_bind(CONTEXT(0), SPARE), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, SPARE), KAAL_OK);
	check_equal(kaal_sys_cap_copy(KAAL_SLOT_CNODE, SPARE, KAAL_SLOT_CNODE, CONTEXT(0), KAAL_RIGHT_GRANT), KAAL_OK);
	check_equal(kaal_sys_sched_bind(SPARE, THREAD(0)), KAAL_NO_RIGHT);
	check_equal(kaal_sys_sched_unbind(SPARE), KAAL_NO_RIGHT);
	check_equal(kaal_sys_sched_consumed(SPARE, &ticks), KAAL_NO_RIGHT);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, SPARE, UNLIMITED, 0), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, SPARE), KAAL_OK);
	check_equal(kaal_sys_cap_copy(KAAL_SLOT_CNODE, SPARE, KAAL_SLOT_CNODE, KAAL_SLOT_SCHED_CONTROL, KAAL_RIGHT_READ), KAAL_OK);
	check_equal(kaal_sys_sched_configure(SPARE, CONTEXT(0), UNLIMITED, 0), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, SPARE), KAAL_OK);
}

static void test_end(void)
{
	uint64_t made;

	prepare(0, count_forever, 10, UNLIMITED, 0);
	prepare(1, count_forever, 10, MS, MS);
	kaal_ignore(kaal_sys_thread_resume(THREAD(0)));
	kaal_ignore(kaal_sys_thread_resume(THREAD(1)));
	sleep_ms(2);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, THREAD(0)), KAAL_OK);
	counter[0] = 0;
	sleep_ms(5);
	check(counter[0] == 0 && counter[1] != 0, "a deleted thread does not run, others do");
	check_equal(kaal_sys_sched_unbind(CONTEXT(0)), KAAL_NOT_BOUND);
	check_equal(kaal_sys_cap_delete(KAAL_SLOT_CNODE, CONTEXT(1)), KAAL_OK);
	counter[1] = 0;
	sleep_ms(5);
	check_equal(counter[1], 0);
	check_equal(kaal_sys_cap_revoke(KAAL_SLOT_CNODE, kaal_largest_untyped().slot), KAAL_OK);
	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_THREAD, KAAL_SLOT_CNODE, THREAD(0), 1000, &made) == KAAL_INVALID_CAP && made == 0,
	      "more slots than there are");
	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_THREAD, KAAL_SLOT_CNODE, THREAD(0), 400, &made) == KAAL_OK && made == 400,
	      "the memory can be used again");
	check_equal(kaal_sys_cap_revoke(KAAL_SLOT_CNODE, kaal_largest_untyped().slot), KAAL_OK);
}

int main(void)
{
	make_threads();
	test_order();
	test_budgets();
	test_registers();
	test_read_and_write();
	test_faults();
	test_errors();
	test_rights();
	test_end();
	return tap_finish();
}
