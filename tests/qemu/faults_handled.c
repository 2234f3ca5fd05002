/* Faults whose handler is a thread at EL0: what it reads, and all that it may answer. */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/message.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

#define UNLIMITED UINT64_MAX
#define STACK_WORDS 512u
#define BADGE 0x7001
#define BASE UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */
#define FRAME (KAAL_OBJECT_FRAME + 256u * 12u)

#define FREE (kaal_bootinfo()->first_free_slot)
#define EP (FREE + 0)
#define BADGED (FREE + 1)
#define REPLY (FREE + 2)
#define VICTIM (FREE + 3)
#define CONTEXT (FREE + 4)
#define TABLES (FREE + 5) /* two */
#define PAGES (FREE + 7)

/* Exception classes of ESR_EL1, bits 26 and on (Arm ARM D19.2.37). */
#define CLASS(syndrome) ((syndrome) >> 26 & 0x3f)
#define CLASS_UNKNOWN 0x00u
#define CLASS_INSTRUCTION_ABORT 0x20u
#define CLASS_PC_ALIGNMENT 0x22u
#define CLASS_DATA_ABORT 0x24u
#define CLASS_BREAKPOINT 0x3cu

/* Each faults at the label of its name with what x0 says, and returns what it then has in x0. */
__asm__(".text\n"
	"do_load:\n"
	"at_load:	ldr	x0, [x0]\n"
	"	ret\n"
	"do_store:\n"
	"at_store:	str	x0, [x0]\n"
	"	mov	x0, #77\n"
	"	ret\n"
	"do_undefined:\n"
	"at_undefined:	udf	#0\n"
	"	mov	x0, #78\n"
	"	ret\n"
	/* Everything that a resumed thread must find as it was. */
	"do_break:\n"
	"	.irp	x, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18\n"
	"	mov	x\\x, #(1 << (\\x % 16))\n"
	"	.endr\n"
	"	mov	x0, #0\n"
	"	fmov	d7, #7.0\n"
	"	cmp	x0, #0\n"
	"at_break:	brk	#5\n"
	"	b.ne	1f\n"
	"	.irp	x, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18\n"
	"	add	x0, x0, x\\x\n"
	"	.endr\n"
	"	fcvtzu	x1, d7\n"
	"	lsl	x1, x1, #32\n"
	"	add	x0, x0, x1\n"
	"1:	ret\n"
	"do_elsewhere:\n"
	"at_elsewhere:	brk	#6\n"
	"	mov	x0, #1\n"
	"	ret\n"
	"elsewhere:\n"
	"	mov	x0, #2\n"
	"	ret\n");
uint64_t do_load(uint64_t address), do_store(uint64_t address), do_undefined(uint64_t x0), do_break(uint64_t x0), do_elsewhere(uint64_t x0);
extern const char at_load[], at_store[], at_undefined[], at_break[], at_elsewhere[], elsewhere[];

/* 2 + 4 + ... + 2^15, 1 + 2 + 4 from x16 to x18, and 7.0. */
#define BREAK_SUM (UINT64_C(0xfffe) + 7 + (UINT64_C(7) << 32))

static _Alignas(16) uint64_t stack[STACK_WORDS];
static uint64_t (*volatile what)(uint64_t);
static volatile uint64_t argument, outcome;
static volatile bool over;
static uint64_t words[KAAL_MESSAGE_REGISTERS];
static uint64_t done;

static uint64_t do_jump(uint64_t address)
{
	return ((uint64_t (*)(void))(uintptr_t)address)();
}

static void victim(uint64_t unused)
{
	(void)unused;
	outcome = what(argument);
	over = true;
	kaal_ignore(kaal_sys_thread_suspend(VICTIM));
}

static uint64_t address_of(const char *label)
{
	return (uint64_t)(uintptr_t)label;
}

/* The victim does it, and the news of its fault is in `words`. */
static void provoke(uint64_t (*function)(uint64_t), uint64_t x0, const char *name)
{
	uint64_t received = 0, badge = 0;

	kaal_ignore(kaal_sys_thread_suspend(VICTIM));
	what = function;
	argument = x0;
	over = false;
	outcome = 0;
	memset(words, 0xff, sizeof words);
	kaal_ignore(kaal_sys_thread_set_registers(VICTIM, (uint64_t)(uintptr_t)victim, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0));
	kaal_ignore(kaal_sys_thread_resume(VICTIM));
	check(kaal_sys_endpoint_recv(EP, REPLY, words, &received, &badge) == KAAL_OK && received == (KAAL_FAULT_WORDS | KAAL_MESSAGE_FAULT) &&
		      badge == BADGE,
	      "%s is told", name);
	check(words[5] == 0 && words[6] == 0 && words[7] == 0, "with nothing else");
	check(words[KAAL_FAULT_WORD_SP] > address_of((const char *)stack) &&
		      words[KAAL_FAULT_WORD_SP] <= (uint64_t)(uintptr_t)&stack[STACK_WORDS],
	      "with its stack pointer");
}

static void is_fault(enum kaal_fault kind, uint64_t address, uint64_t pc, uint64_t class)
{
	check_equal(words[KAAL_FAULT_WORD_KIND], kind);
	check_equal(words[KAAL_FAULT_WORD_ADDRESS], address);
	check_equal(words[KAAL_FAULT_WORD_PC], pc);
	check_equal(CLASS(words[KAAL_FAULT_WORD_SYNDROME]), class);
}

/* Answers, and gives the victim time. */
static void answer(uint32_t label, bool at, uint64_t pc)
{
	memset(words, 0xee, sizeof words);
	words[0] = pc;
	check_equal(kaal_sys_reply_send(REPLY, kaal_message(at ? 1 : 0, 0, label), words), KAAL_OK);
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_bootinfo()->counter_hz / 1000));
}

static void test_memory(void)
{
	provoke(do_load, BASE + 8, "a load from nowhere");
	is_fault(KAAL_FAULT_MEMORY, BASE + 8, address_of(at_load), CLASS_DATA_ABORT);
	check((words[KAAL_FAULT_WORD_SYNDROME] & 1 << 6) == 0, "as a read");
	/* A page on demand: the load is done again. */
	check_equal(kaal_sys_frame_map(PAGES, KAAL_SLOT_VSPACE, BASE, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &done), KAAL_OK);
	*(volatile uint64_t *)(uintptr_t)(BASE + 8) = 4711;
	answer(KAAL_FAULT_RESUME, false, 0);
	check(over && outcome == 4711, "the load is done again and finds the page");
	check_equal(kaal_sys_frame_protect(PAGES, KAAL_RIGHT_READ, 1, &done), KAAL_OK);
	provoke(do_store, BASE + 16, "a store to a read-only page");
	is_fault(KAAL_FAULT_MEMORY, BASE + 16, address_of(at_store), CLASS_DATA_ABORT);
	check((words[KAAL_FAULT_WORD_SYNDROME] & 1 << 6) != 0, "as a write");
	answer(KAAL_FAULT_RESUME, true, words[KAAL_FAULT_WORD_PC] + 4);
	check(over && outcome == 77, "it goes on behind the store");
	check_equal(*(volatile uint64_t *)(uintptr_t)(BASE + 16), 0);
	check_equal(kaal_sys_frame_unmap(PAGES, 1, &done), KAAL_OK);
	provoke(do_load, UINT64_C(0xffffffff80000000), "a load from the kernel's memory");
	is_fault(KAAL_FAULT_MEMORY, UINT64_C(0xffffffff80000000), address_of(at_load), CLASS_DATA_ABORT);
	answer(KAAL_FAULT_STOP, false, 0);
	check(!over, "it stays stopped");
}

static void test_instructions(void)
{
	provoke(do_jump, (uint64_t)(uintptr_t)words, "a jump into data");
	is_fault(KAAL_FAULT_INSTRUCTION, (uint64_t)(uintptr_t)words, (uint64_t)(uintptr_t)words, CLASS_INSTRUCTION_ABORT);
	answer(KAAL_FAULT_RESUME, true, address_of(elsewhere));
	check(over && outcome == 2, "it returns from elsewhere");
	provoke(do_jump, address_of(at_load) + 2, "a misaligned jump");
	is_fault(KAAL_FAULT_EXCEPTION, address_of(at_load) + 2, address_of(at_load) + 2, CLASS_PC_ALIGNMENT);
	answer(KAAL_FAULT_STOP, false, 0);
	provoke(do_undefined, 0, "an undefined instruction");
	is_fault(KAAL_FAULT_EXCEPTION, 0, address_of(at_undefined), CLASS_UNKNOWN);
	answer(KAAL_FAULT_RESUME, true, address_of(at_undefined) + 4);
	check(over && outcome == 78, "it goes on behind it");
	provoke(do_break, 0, "a breakpoint");
	is_fault(KAAL_FAULT_EXCEPTION, 0, address_of(at_break), CLASS_BREAKPOINT);
	answer(KAAL_FAULT_RESUME, true, address_of(at_break) + 4);
	check(over && outcome == BREAK_SUM, "with all registers as they were: %#" PRIx64, outcome);
	provoke(do_elsewhere, 0, "another breakpoint");
	answer(KAAL_FAULT_RESUME, true, UINT64_C(0xffff000000000000));
	check(!over, "sent to an address that is none, it faults again");
	check(kaal_sys_endpoint_nb_recv(EP, REPLY, words, &done, &done) == KAAL_OK && words[KAAL_FAULT_WORD_KIND] == KAAL_FAULT_INSTRUCTION,
	      "and that is told, too");
	answer(KAAL_FAULT_RESUME, true, address_of(elsewhere));
	check(over && outcome == 2, "until it is sent to a better one");
}

/* The handler ends, or does not answer. */
static void test_no_answer(void)
{
	uint64_t made;

	provoke(do_undefined, 0, "a fault that is not answered");
	check_equal(kaal_sys_thread_suspend(VICTIM), KAAL_OK);
	check_equal(kaal_sys_reply_send(REPLY, 0, words), KAAL_NO_CALLER);
	provoke(do_undefined, 0, "one whose reply ends");
	check_equal(kaal_sys_cap_delete(OWN, REPLY), KAAL_OK);
	check_equal(kaal_sys_thread_set_registers(VICTIM, 0, 0, 0, 0), KAAL_OK);
	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_REPLY, OWN, REPLY, 1, &made) == KAAL_OK, "another reply");
	provoke(do_undefined, 0, "one of a thread that ends");
	check_equal(kaal_sys_cap_delete(OWN, VICTIM), KAAL_OK);
	check_equal(kaal_sys_reply_send(REPLY, 0, words), KAAL_NO_CALLER);
}

static uint64_t do_spin(uint64_t unused)
{
	(void)unused;
	while (!over)
		outcome = outcome + 1;
	return 0;
}

static void test_timeout(void)
{
	uint64_t budget = kaal_bootinfo()->counter_hz / 1000, used, before;

	check(kaal_sys_thread_set_timeout_handler(VICTIM, BADGED) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT, budget, 1000 * budget) == KAAL_OK,
	      "a budget of a millisecond a second");
	kaal_ignore(kaal_sys_sched_consumed(CONTEXT, &before));
	provoke(do_spin, 0, "the end of a budget");
	check_equal(words[KAAL_FAULT_WORD_KIND], KAAL_FAULT_TIMEOUT);
	used = words[KAAL_FAULT_WORD_ADDRESS];
	check(used >= before + budget && used < before + budget + budget / 10, "with the time used");
	check_equal(words[KAAL_FAULT_WORD_SYNDROME], 0);
	check_equal(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT, 2 * budget, 1000 * budget), KAAL_OK);
	before = outcome;
	answer(KAAL_FAULT_RESUME, false, 0);
	check(outcome > before, "it goes on with a new budget");
	check(kaal_sys_endpoint_recv_until(EP, REPLY, kaal_ticks_now() + 4 * budget, words, &done, &done) == KAAL_OK &&
		      words[KAAL_FAULT_WORD_KIND] == KAAL_FAULT_TIMEOUT && words[KAAL_FAULT_WORD_ADDRESS] >= used + 2 * budget,
	      "until that ends");
	before = outcome;
	answer(KAAL_FAULT_RESUME, false, 0);
	check(outcome == before, "without one it waits for the next");
	check(kaal_sys_thread_set_timeout_handler(VICTIM, 0) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT, UNLIMITED, 0) == KAAL_OK,
	      "no more budgets");
}

static void make_all(void)
{
	check(kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_ENDPOINT, OWN, EP, 1, &done) == KAAL_OK &&
		      kaal_sys_cap_mint(OWN, BADGED, OWN, EP, KAAL_RIGHT_WRITE, BADGE) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_REPLY, OWN, REPLY, 1, &done) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_THREAD, OWN, VICTIM, 1, &done) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_SCHED_CONTEXT, OWN, CONTEXT, 1, &done) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, KAAL_OBJECT_PAGE_TABLE, OWN, TABLES, 2, &done) == KAAL_OK &&
		      kaal_sys_untyped_retype(kaal_largest_untyped().slot, FRAME, OWN, PAGES, 1, &done) == KAAL_OK,
	      "objects are made");
	check(kaal_sys_page_table_map(TABLES, KAAL_SLOT_VSPACE, BASE) == KAAL_OK && kaal_sys_page_table_map(TABLES + 1, KAAL_SLOT_VSPACE, BASE) == KAAL_OK &&
		      kaal_sys_thread_configure(VICTIM, OWN, KAAL_SLOT_VSPACE) == KAAL_OK && kaal_sys_thread_set_priority(VICTIM, 10, 10) == KAAL_OK &&
		      kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, CONTEXT, UNLIMITED, 0) == KAAL_OK &&
		      kaal_sys_sched_bind(CONTEXT, VICTIM) == KAAL_OK && kaal_sys_thread_set_fault_handler(VICTIM, BADGED) == KAAL_OK,
	      "a thread whose faults are handled");
}

int main(void)
{
	make_all();
	test_memory();
	test_instructions();
	test_timeout();
	test_no_answer();
	return tap_finish();
}
