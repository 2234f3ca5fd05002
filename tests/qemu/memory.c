/*
 * Address spaces at EL0: frames and page tables in the root task's own space,
 * code written here and run, and threads in spaces of their own.
 */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

#define SPACES 8u /* more than the kernel has ASIDs when built with kernel_asids=4 */
#define FRAME (KAAL_OBJECT_FRAME + 256u * 12u)
#define LARGE_FRAME (KAAL_OBJECT_FRAME + 256u * 21u)
#define UNCACHED_FRAME (FRAME + KAAL_RETYPE_UNCACHED)
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define EXECUTE KAAL_RIGHT_EXECUTE
#define UNLIMITED UINT64_MAX
/* A gigabyte of the root task's space that boot leaves empty. */
#define BASE UINT64_C(0x1000000000)
#define PAGE UINT64_C(0x1000)

/* Slots: tables, eight frames, and what the spaces need. */
#define FREE (kaal_bootinfo()->first_free_slot)
#define TABLE(i) (FREE + (i))
#define FRAMES (FREE + 4)
#define COPY(i) (FREE + 20 + (i))
#define LARGE (FREE + 30)
#define LARGE_CODE (FREE + 31)
#define UNCACHED (FREE + 32)
#define TICKER (FREE + 36)
#define TICKER_CONTEXT (FREE + 37)
#define SPACE(i) (FREE + 40 + 8 * (i))
#define SPACE_TABLE(i) (SPACE(i) + 1) /* two */
#define SPACE_CODE(i) (SPACE(i) + 3)
#define SPACE_DATA(i) (SPACE(i) + 4)
#define SPACE_THREAD(i) (SPACE(i) + 5)
#define SPACE_CONTEXT(i) (SPACE(i) + 6)

static uint64_t done;

static bool make(uint64_t type, kaal_cap_t to, uint64_t count)
{
	return kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, to, count, &done) == KAAL_OK;
}

static volatile uint64_t *at(uint64_t address)
{
	return (volatile uint64_t *)(uintptr_t)address;
}

static void test_tables(void)
{
	check(make(KAAL_OBJECT_PAGE_TABLE, TABLE(0), 3) && make(FRAME, FRAMES, 8), "page tables and frames are made");
	check_equal(kaal_sys_frame_map(FRAMES, KAAL_SLOT_VSPACE, BASE, READ, 1, &done), KAAL_NO_TABLE);
	check_equal(kaal_sys_page_table_map(TABLE(0), KAAL_SLOT_VSPACE, BASE), KAAL_OK);
	check_equal(kaal_sys_page_table_map(TABLE(1), KAAL_SLOT_VSPACE, BASE), KAAL_OK);
	check_equal(kaal_sys_page_table_map(TABLE(1), KAAL_SLOT_VSPACE, BASE), KAAL_MAPPED);
	check_equal(kaal_sys_page_table_map(TABLE(2), KAAL_SLOT_VSPACE, BASE), KAAL_ADDRESS_IN_USE);
	check_equal(kaal_sys_page_table_map(TABLE(2), KAAL_SLOT_VSPACE, KAAL_USER_VA_END), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_page_table_map(FRAMES, KAAL_SLOT_VSPACE, BASE), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_page_table_map(UINT64_MAX, KAAL_SLOT_VSPACE, BASE), KAAL_INVALID_CAP);
	check_equal(kaal_sys_page_table_unmap(TABLE(2)), KAAL_NOT_MAPPED);
	check_equal(kaal_sys_page_table_unmap(UINT64_MAX), KAAL_INVALID_CAP);
	check_equal(kaal_sys_page_table_unmap(FRAMES), KAAL_WRONG_TYPE);
}

static void test_frames(void)
{
	uint64_t sum = 0;

	check(kaal_sys_frame_map(FRAMES, KAAL_SLOT_VSPACE, BASE, READ | WRITE, 8, &done) == KAAL_OK && done == 8, "eight frames are mapped");
	for (uint64_t i = 0; i < 8 * PAGE; i += 8)
		sum |= *at(BASE + i);
	check_equal(sum, 0);
	for (uint64_t i = 0; i < 8 * PAGE; i += 8)
		*at(BASE + i) = i;
	for (uint64_t i = 0; i < 8 * PAGE; i += 8)
		sum |= *at(BASE + i) ^ i;
	check_equal(sum, 0);
	check_equal(kaal_sys_cap_copy(OWN, COPY(0), OWN, FRAMES + 3, READ), KAAL_OK);
	check_equal(kaal_sys_frame_map(COPY(0), KAAL_SLOT_VSPACE, BASE + 16 * PAGE, READ, 1, &done), KAAL_OK);
	*at(BASE + 3 * PAGE) = 0x1234;
	check_equal(*at(BASE + 16 * PAGE), 0x1234);
	check_equal(kaal_sys_frame_protect(COPY(0), READ | WRITE, 1, &done), KAAL_NO_RIGHT);
	check_equal(kaal_sys_frame_unmap(FRAMES + 1, 2, &done), KAAL_OK);
	check_equal(kaal_sys_frame_map(FRAMES + 1, KAAL_SLOT_VSPACE, BASE + 2 * PAGE, READ, 1, &done), KAAL_OK);
	check_equal(*at(BASE + 2 * PAGE), PAGE);
	check_equal(kaal_sys_frame_unmap(COPY(0), 1, &done), KAAL_OK);
	check_equal(kaal_sys_frame_unmap(COPY(0), 1, &done), KAAL_NOT_MAPPED);
}

static void test_refusals(void)
{
	check_equal(kaal_sys_frame_map(FRAMES + 2, KAAL_SLOT_VSPACE, BASE + PAGE, READ | WRITE | EXECUTE, 1, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_map(FRAMES + 2, KAAL_SLOT_VSPACE, BASE + PAGE + 8, READ, 1, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_map(FRAMES + 2, KAAL_SLOT_VSPACE, 0xffffff8000000000, READ, 1, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_map(FRAMES + 2, KAAL_SLOT_VSPACE, BASE + PAGE, WRITE, 1, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_map(FRAMES + 2, KAAL_SLOT_VSPACE, BASE + PAGE, READ, 0, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_map(FRAMES + 2, KAAL_SLOT_VSPACE, BASE, READ, 1, &done), KAAL_ADDRESS_IN_USE);
	check_equal(kaal_sys_frame_map(FRAMES, KAAL_SLOT_VSPACE, BASE + PAGE, READ, 1, &done), KAAL_MAPPED);
	check_equal(kaal_sys_frame_map(FRAMES + 2, OWN, BASE + PAGE, READ, 1, &done), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_frame_map(UINT64_MAX, KAAL_SLOT_VSPACE, BASE + PAGE, READ, 1, &done), KAAL_INVALID_CAP);
	check_equal(kaal_sys_frame_map(TABLE(0), KAAL_SLOT_VSPACE, BASE + PAGE, READ, 1, &done), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_frame_unmap(FRAMES, 513, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_unmap(UINT64_MAX, 1, &done), KAAL_INVALID_CAP);
	check_equal(kaal_sys_frame_unmap(TABLE(0), 1, &done), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_frame_protect(FRAMES, READ | WRITE | EXECUTE, 1, &done), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_frame_protect(FRAMES + 2, READ, 1, &done), KAAL_NOT_MAPPED);
	check_equal(kaal_sys_frame_protect(UINT64_MAX, READ, 1, &done), KAAL_INVALID_CAP);
	check_equal(kaal_sys_frame_protect(TABLE(0), READ, 1, &done), KAAL_WRONG_TYPE);
	check_equal(kaal_sys_cap_copy(OWN, COPY(1), OWN, KAAL_SLOT_VSPACE, READ), KAAL_OK);
	check_equal(kaal_sys_frame_map(FRAMES + 2, COPY(1), BASE + PAGE, READ, 1, &done), KAAL_NO_RIGHT);
	check_equal(kaal_sys_page_table_map(TABLE(2), COPY(1), BASE), KAAL_NO_RIGHT);
}

static void test_large(void)
{
	check(make(LARGE_FRAME, LARGE, 1), "a 2 MiB frame is made");
	check_equal(kaal_sys_frame_map(LARGE, KAAL_SLOT_VSPACE, BASE + 0x200000, READ | WRITE, 1, &done), KAAL_OK);
	check(*at(BASE + 0x200000) == 0 && *at(BASE + 0x3ffff8) == 0, "it is zero");
	*at(BASE + 0x3ffff8) = 77;
	check_equal(*at(BASE + 0x3ffff8), 77);
	check_equal(kaal_sys_frame_protect(LARGE, READ | EXECUTE, 1, &done), KAAL_OUT_OF_RANGE);
}

static void test_uncached(void)
{
	uint64_t sum = 0;

	check(make(UNCACHED_FRAME, UNCACHED, 2), "uncached frames are made");
	check_equal(kaal_sys_frame_map(UNCACHED, KAAL_SLOT_VSPACE, BASE + 24 * PAGE, READ | EXECUTE, 1, &done), KAAL_NO_RIGHT);
	check_equal(kaal_sys_frame_map(UNCACHED, KAAL_SLOT_VSPACE, BASE + 24 * PAGE, READ | WRITE, 2, &done), KAAL_OK);
	for (uint64_t i = 0; i < 2 * PAGE; i += 8) {
		sum |= *at(BASE + 24 * PAGE + i);
		*at(BASE + 24 * PAGE + i) = ~i;
	}
	check_equal(sum, 0);
	check_equal(kaal_sys_cap_copy(OWN, UNCACHED + 2, OWN, UNCACHED + 1, READ), KAAL_OK);
	check_equal(kaal_sys_frame_map(UNCACHED + 2, KAAL_SLOT_VSPACE, BASE + 26 * PAGE, READ, 1, &done), KAAL_OK);
	check_equal(*at(BASE + 26 * PAGE), ~PAGE);
	check(!make(UNCACHED_FRAME - 256u * 12u + 256u * 21u, UNCACHED + 3, 1), "only pages can be uncached");
	check(!make(KAAL_OBJECT_PAGE_TABLE + KAAL_RETYPE_UNCACHED, UNCACHED + 3, 1), "only frames can");
}

/* mov w0, #value; ret */
static void write_code(uint64_t address, uint32_t value)
{
	volatile uint32_t *code = (volatile uint32_t *)(uintptr_t)address;

	code[0] = 0x52800000 | value << 5;
	code[1] = 0xd65f03c0;
}

static uint64_t run(uint64_t address)
{
	uint64_t (*code)(void) = (uint64_t (*)(void))(uintptr_t)address;

	return code() & 0xffffffff;
}

static void test_code(void)
{
	write_code(BASE, 5);
	check_equal(kaal_sys_frame_protect(FRAMES, READ | EXECUTE, 1, &done), KAAL_OK);
	check_equal(run(BASE), 5);
	check_equal(kaal_sys_frame_protect(FRAMES, READ | WRITE, 1, &done), KAAL_OK);
	write_code(BASE, 6);
	check_equal(kaal_sys_frame_protect(FRAMES, READ | EXECUTE, 1, &done), KAAL_OK);
	check_equal(run(BASE), 6);
	/* Written through one mapping, run through another. */
	check_equal(kaal_sys_frame_protect(FRAMES, READ | WRITE, 1, &done), KAAL_OK);
	write_code(BASE, 7);
	check_equal(kaal_sys_cap_copy(OWN, COPY(2), OWN, FRAMES, READ | EXECUTE), KAAL_OK);
	check_equal(kaal_sys_frame_map(COPY(2), KAAL_SLOT_VSPACE, BASE + 20 * PAGE, READ | EXECUTE, 1, &done), KAAL_OK);
	check_equal(run(BASE + 20 * PAGE), 7);
}

static _Alignas(16) uint64_t ticker_stack[64];
static volatile uint64_t ticked;

/* Counts, more urgently than the main thread, each time 20 us pass. */
static void tick(uint64_t argument)
{
	(void)argument;
	for (;; ticked++)
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 50000));
}

/* Code in a 2 MiB frame: mapping it takes a while, in which interrupts are taken. */
static void test_large_code(void)
{
	uint64_t before;

	write_code(BASE + 0x200000, 11);
	write_code(BASE + 0x3ffff8, 12);
	check(make(KAAL_OBJECT_THREAD, TICKER, 1) && make(KAAL_OBJECT_SCHED_CONTEXT, TICKER_CONTEXT, 1) &&
		      kaal_sys_thread_configure(TICKER, OWN, KAAL_SLOT_VSPACE) == KAAL_OK &&
		      kaal_sys_thread_set_registers(TICKER, (uint64_t)(uintptr_t)tick, (uint64_t)(uintptr_t)&ticker_stack[64], 0, 0) == KAAL_OK &&
		      kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, 100, 255) == KAAL_OK && kaal_sys_thread_set_priority(TICKER, 200, 200) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, TICKER_CONTEXT, UNLIMITED, 0) == KAAL_OK &&
		      kaal_sys_sched_bind(TICKER_CONTEXT, TICKER) == KAAL_OK && kaal_sys_thread_resume(TICKER) == KAAL_OK,
	      "a more urgent thread counts");
	check_equal(kaal_sys_cap_copy(OWN, LARGE_CODE, OWN, LARGE, READ | EXECUTE), KAAL_OK);
	before = ticked;
	check_equal(kaal_sys_frame_map(LARGE_CODE, KAAL_SLOT_VSPACE, BASE + 0x400000, READ | EXECUTE, 1, &done), KAAL_OK);
	check(ticked > before + 2, "it counted %" PRIu64 " times meanwhile", ticked - before);
	check_equal(run(BASE + 0x400000), 11);
	check_equal(run(BASE + 0x5ffff8), 12);
	check(kaal_sys_cap_delete(OWN, TICKER) == KAAL_OK && kaal_sys_cap_delete(OWN, TICKER_CONTEXT) == KAAL_OK &&
		      kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, 255, 255) == KAAL_OK,
	      "the counting ends");
	check_equal(kaal_sys_cap_delete(OWN, LARGE_CODE), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, LARGE), KAAL_OK);
}

/* Memory for a program that shall not use up the kernel's numbers of address spaces. */
static void test_no_spaces(void)
{
	uint64_t type, rights, size_bits;
	kaal_cap_t block = UNCACHED + 3;

	check(make(KAAL_OBJECT_UNTYPED + 256u * 14u + KAAL_RETYPE_NO_SPACES, block, 1), "memory without that right is made");
	check(kaal_sys_cap_identify(block, &type, &rights, &size_bits) == KAAL_OK && rights == KAAL_RIGHTS_ALL - EXECUTE, "and says so");
	check_equal(kaal_sys_untyped_retype(block, KAAL_OBJECT_VSPACE, OWN, TICKER, 1, &done), KAAL_NO_RIGHT);
	check_equal(kaal_sys_untyped_retype(block, KAAL_OBJECT_PAGE_TABLE, OWN, TICKER, 1, &done), KAAL_OK);
	check_equal(kaal_sys_untyped_retype(block, KAAL_OBJECT_UNTYPED + 256u * 12u, OWN, TICKER_CONTEXT, 1, &done), KAAL_OK);
	check_equal(kaal_sys_cap_revoke(OWN, TICKER_CONTEXT), KAAL_OK);
	check_equal(kaal_sys_untyped_retype(TICKER_CONTEXT, KAAL_OBJECT_VSPACE, OWN, TICKER_CONTEXT + 1, 1, &done), KAAL_NO_RIGHT);
	check_equal(kaal_sys_cap_revoke(OWN, block), KAAL_OK);
	check_equal(kaal_sys_cap_delete(OWN, block), KAAL_OK);
}

/* Adds its x0 to the word at 0x201000 and sleeps a while, for ever: all that a space of its own contains. */
__asm__(".section .rodata\n"
	".balign 8\n"
	"program:\n"
	"	mov	x20, x0\n"
	"	mov	x19, #0x1000\n"
	"	movk	x19, #0x20, lsl #16\n"
	"1:	ldr	x1, [x19]\n"
	"	add	x1, x1, x20\n"
	"	str	x1, [x19]\n"
	"	mrs	x0, cntvct_el0\n"
	"	add	x0, x0, #4000\n"
	"	svc	#5\n"
	"	b	1b\n"
	"program_end:\n"
	".text\n");
extern const char program[], program_end[];

#define PROGRAM_CODE UINT64_C(0x200000)
#define PROGRAM_DATA UINT64_C(0x201000)

/* Space i: the code that all share, and a page of data that is its own and seen here at BASE + (32 + i) pages. */
static bool make_space(unsigned i)
{
	return make(KAAL_OBJECT_VSPACE, SPACE(i), 1) && make(KAAL_OBJECT_PAGE_TABLE, SPACE_TABLE(i), 2) &&
	       make(FRAME, SPACE_DATA(i), 1) && make(KAAL_OBJECT_THREAD, SPACE_THREAD(i), 1) &&
	       make(KAAL_OBJECT_SCHED_CONTEXT, SPACE_CONTEXT(i), 1) &&
	       kaal_sys_page_table_map(SPACE_TABLE(i), SPACE(i), PROGRAM_CODE) == KAAL_OK &&
	       kaal_sys_page_table_map(SPACE_TABLE(i) + 1, SPACE(i), PROGRAM_CODE) == KAAL_OK &&
	       kaal_sys_cap_copy(OWN, SPACE_CODE(i), OWN, FRAMES + 7, READ | EXECUTE) == KAAL_OK &&
	       kaal_sys_frame_map(SPACE_CODE(i), SPACE(i), PROGRAM_CODE, READ | EXECUTE, 1, &done) == KAAL_OK &&
	       kaal_sys_cap_copy(OWN, SPACE(i) + 7, OWN, SPACE_DATA(i), READ) == KAAL_OK &&
	       kaal_sys_frame_map(SPACE_DATA(i), SPACE(i), PROGRAM_DATA, READ | WRITE, 1, &done) == KAAL_OK &&
	       kaal_sys_frame_map(SPACE(i) + 7, KAAL_SLOT_VSPACE, BASE + (32 + i) * PAGE, READ, 1, &done) == KAAL_OK &&
	       kaal_sys_thread_configure(SPACE_THREAD(i), OWN, SPACE(i)) == KAAL_OK &&
	       kaal_sys_thread_set_registers(SPACE_THREAD(i), PROGRAM_CODE, 0, i + 1, 0) == KAAL_OK &&
	       kaal_sys_thread_set_priority(SPACE_THREAD(i), 10, 10) == KAAL_OK &&
	       kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, SPACE_CONTEXT(i), UNLIMITED, 0) == KAAL_OK &&
	       kaal_sys_sched_bind(SPACE_CONTEXT(i), SPACE_THREAD(i)) == KAAL_OK;
}

static uint64_t word_of(unsigned i)
{
	return *at(BASE + (32 + i) * PAGE);
}

static void sleep_ms(uint64_t ms)
{
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + ms * kaal_bootinfo()->counter_hz / 1000));
}

static void test_spaces(void)
{
	uint64_t before;
	bool good = true;

	memcpy((void *)(uintptr_t)(BASE + 7 * PAGE), program, (size_t)(program_end - program));
	for (unsigned i = 0; i < SPACES; i++)
		check(make_space(i), "space %u is made", i);
	for (unsigned i = 0; i < SPACES; i++)
		kaal_ignore(kaal_sys_thread_resume(SPACE_THREAD(i)));
	sleep_ms(50);
	for (unsigned i = 0; i < SPACES; i++) {
		good &= word_of(i) % (i + 1) == 0 && word_of(i) / (i + 1) > 100;
		if (i > 0)
			good &= word_of(i) / (i + 1) + 3 > word_of(0) && word_of(i) / (i + 1) < word_of(0) + 3;
	}
	check(good, "each program counts in its own memory: %" PRIu64 " rounds", word_of(0));
	/* The mapping that a running program needs is taken away: it faults, alone. */
	check_equal(kaal_sys_frame_unmap(SPACE_DATA(2), 1, &done), KAAL_OK);
	before = word_of(2);
	sleep_ms(5);
	check(word_of(2) == before && word_of(3) > before, "without its memory a program stops, others go on");
	check_equal(kaal_sys_frame_protect(SPACE_DATA(3), READ, 1, &done), KAAL_OK);
	before = word_of(3);
	sleep_ms(5);
	check_equal(word_of(3), before);
	check_equal(kaal_sys_page_table_unmap(SPACE_TABLE(4) + 1), KAAL_OK);
	before = word_of(4);
	sleep_ms(5);
	check_equal(word_of(4), before);
	check_equal(kaal_sys_cap_delete(OWN, SPACE(5)), KAAL_OK);
	before = word_of(5);
	sleep_ms(5);
	check(word_of(5) > before, "a thread keeps its space");
	check_equal(kaal_sys_cap_revoke(OWN, SPACE(6)), KAAL_OK);
	before = word_of(6);
	sleep_ms(5);
	check_equal(word_of(6), before);
	check(word_of(0) > before / 7, "and the first still counts");
}

static void test_end(void)
{
	check_equal(kaal_sys_cap_revoke(OWN, kaal_largest_untyped().slot), KAAL_OK);
	check(make(FRAME, FRAMES, 8) && make(KAAL_OBJECT_PAGE_TABLE, TABLE(0), 2), "the memory can be used again");
	check_equal(kaal_sys_frame_map(FRAMES, KAAL_SLOT_VSPACE, BASE, READ, 1, &done), KAAL_NO_TABLE);
	check(kaal_sys_page_table_map(TABLE(0), KAAL_SLOT_VSPACE, BASE) == KAAL_OK && kaal_sys_page_table_map(TABLE(1), KAAL_SLOT_VSPACE, BASE) == KAAL_OK,
	      "tables are mapped again");
	check_equal(kaal_sys_frame_map(FRAMES, KAAL_SLOT_VSPACE, BASE, READ, 8, &done), KAAL_OK);
	for (uint64_t i = 0; i < 8 * PAGE; i += 8)
		done |= *at(BASE + i);
	check_equal(done, 8);
}

int main(void)
{
	test_tables();
	test_frames();
	test_refusals();
	test_large();
	test_code();
	test_large_code();
	test_uncached();
	test_no_spaces();
	test_spaces();
	test_end();
	return tap_finish();
}
