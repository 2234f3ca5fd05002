/*
 * A component without any privilege that tries what it can: at each start another system call, on every index of its CSpace and
 * beyond, with all kinds of arguments; after those, all addresses, by a thread whose faults another answers; after that, at each start an
 * address whose fault nobody answers. What it does to itself is its own business.
 *
 * usage: intruder SEED
 */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/broker.h>
#include <kaal/startup.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>

#include "../../qemu/random.h"
#include "intruder.h"

#define TRIES 6u /* with each index */
#define LABEL_SHIFT 32u

/* Calls by number: svc takes it as a constant. x19..x30 are kept, as by a function. */
__asm__(".section .text.intruder, \"ax\", %progbits\n"
	"calls:\n"
	".set number, 0\n"
	".rept 128\n"
	"	svc	#number\n"
	"	ret\n"
	".set number, number + 1\n"
	".endr\n"
	".global raw_call\n"
	".type raw_call, %function\n"
	"raw_call:\n" /* number, six arguments */
	"	stp	x29, x30, [sp, #-16]!\n"
	"	mov	x29, sp\n"
	"	adr	x16, calls\n"
	"	add	x16, x16, x0, lsl #3\n"
	"	ldp	x4, x5, [x1, #32]\n"
	"	ldp	x2, x3, [x1, #16]\n"
	"	ldp	x0, x1, [x1]\n"
	"	blr	x16\n"
	"	ldp	x29, x30, [sp], #16\n"
	"	ret\n"
	".size raw_call, . - raw_call\n"
	".text\n");

uint64_t raw_call(uint64_t number, const uint64_t argument[6]);

static uint64_t state;

/* Numbers that mean something somewhere, boundaries, and any. */
static uint64_t any_argument(void)
{
	static const uint64_t known[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 63, 64, 255, 256, 512, 4096, 0x400000, 0x401000, 0x100000000,
		KAAL_USER_VA_END, KAAL_USER_VA_END - 4096, UINT64_MAX, UINT64_MAX - 4095, INT64_MAX, 0xffffffff80000000, 0xffffff8040000000,
		KAAL_OBJECT_FRAME + 256 * 12, KAAL_OBJECT_UNTYPED + 256 * 12, KAAL_OBJECT_THREAD, 0x09000000, 0x40000000,
	};
	uint64_t number = next_random(&state);

	switch (number % 4) {
	case 0:
		return next_random(&state);
	case 1:
		return number >> 8 & 0xff;
	default:
		return known[(number >> 8) % (sizeof known / sizeof known[0])];
	}
}

static void try_index(uint64_t number, uint64_t index)
{
	uint64_t argument[6] = {index};

	for (unsigned i = 0; i < TRIES; i++) {
		for (unsigned j = 1; j < 6; j++)
			argument[j] = any_argument();
		/* A message to the supervisor that asks for its own end would only end the trying. */
		if (argument[1] >> LABEL_SHIFT == KAAL_SUPERVISOR_EXIT)
			argument[1] = 0;
		(void)raw_call(number, argument);
	}
}

static int try_call(uint64_t number)
{
	static const uint64_t beyond[] = {UINT64_MAX, UINT64_MAX / 2, UINT64_C(1) << 32, UINT64_C(1) << 20, UINT64_C(1) << 58};

	for (unsigned i = 0; i < sizeof beyond / sizeof beyond[0]; i++)
		try_index(number, beyond[i]);
	/* What it needs itself comes last. */
	for (uint64_t index = (UINT64_C(1) << kaal_startup()->cnode_size_bits) + 16; index > KAAL_SLOT_THREAD; index--)
		try_index(number, index);
	try_index(number, KAAL_SLOT_NULL);
	try_index(number, KAAL_SLOT_CNODE);
	try_index(number, KAAL_SLOT_THREAD);
	return 0;
}

/* --- addresses ------------------------------------------------------------------------------- */

#define PAGE UINT64_C(0x1000)
#define BLOCK UINT64_C(0x200000) /* an entry of the second-last level of tables */
#define KERNEL_ADDRESSES UINT64_C(0xffffff8000000000)
#define STACK_BYTES 8192u

/* A load or a store; the one that answers its fault has it go on at the second label. 0: it was possible. */
__asm__(".section .text.intruder, \"ax\", %progbits\n"
	".global probe\n"
	".type probe, %function\n"
	"probe:\n" /* address, 1 to write */
	"	mov	x2, x0\n"
	"	mov	x0, #0\n"
	"	cbnz	x1, probe_write\n"
	".global probe_read, probe_write, probe_failed\n"
	"probe_read:\n"
	"	ldrb	w2, [x2]\n"
	"	ret\n"
	"probe_write:\n"
	"	strb	wzr, [x2]\n"
	"	ret\n"
	"probe_failed:\n"
	"	mov	x0, #1\n"
	"	ret\n"
	".size probe, . - probe\n"
	".text\n");

uint64_t probe(uint64_t address, uint64_t write);
extern const char probe_read[], probe_write[], probe_failed[];

static kaal_cap_t endpoint, reply;
static uint64_t probes, failures;

/* Where nobody but the component itself has anything: the last part of what it was made of. */
static bool may_be_own(uint64_t address)
{
	return address >= 0x400000 && address < kaal_startup()->free_addresses.address;
}

static void try_address(uint64_t address, bool write)
{
	probes++;
	if (probe(address, write) != 0 || may_be_own(address))
		return;
	failures++;
	printf("not ok: %s 0x%llx was possible\n", write ? "writing" : "reading", (unsigned long long)address);
}

/* Reads each page of a block, and writes it where it is not its own program. */
static void try_pages(uint64_t block)
{
	for (uint64_t i = 0; i < BLOCK / PAGE; i++) {
		uint64_t address = block + i * PAGE;

		try_address(address + next_random(&state) % PAGE, false);
		if (!may_be_own(address))
			try_address(address + next_random(&state) % PAGE, true);
	}
}

/* Any page of each block; a part of the blocks in each cycle. */
static void try_blocks(uint64_t first, uint64_t end)
{
	uint64_t cycle = (kaal_startup()->start - 1) / INTRUDER_TURNS % INTRUDER_PARTS;

	for (uint64_t block = first; block != end; block += BLOCK) {
		if (block / BLOCK % INTRUDER_PARTS != cycle)
			continue;
		try_address(block + next_random(&state) % BLOCK, false);
		try_address(block + next_random(&state) % BLOCK, true);
	}
}

/* Each page where the root task, components or the kernel have some; of all else a part in each cycle. */
static void try_all(void)
{
	static const uint64_t others[] = {
		0, 0x200000, 0x400000, 0x600000, 0x1000000000, 0x1000200000, 0x1000400000, 0x1000600000, 0x7fc0000000, 0x7fffe00000,
		KERNEL_ADDRESSES, 0xffffff8040000000, 0xffffff8047e00000, 0xffffffc000000000, 0xffffffff80000000, 0xffffffffffe00000,
	};
	static const uint64_t between[] = {
		KAAL_USER_VA_END, 0x0000ffffffffffff, 0x0001000000000000, 0x00ff000000000000, 0xff00000000400000, 0xffff000000000000,
		0xffffff7fffffffff, 0x8000000000400000,
	};

	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
		try_pages(others[i]);
	for (unsigned i = 0; i < sizeof between / sizeof between[0]; i++) {
		try_address(between[i], false);
		try_address(between[i], true);
	}
	try_blocks((kaal_startup()->free_addresses.address + BLOCK - 1) / BLOCK * BLOCK, KAAL_USER_VA_END);
	try_blocks(KERNEL_ADDRESSES, 0);
}

static void sweep_main(void *argument)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	(void)argument;
	if (kaal_sys_thread_set_fault_handler(kaal_thread_slot(kaal_thread_self(), KAAL_THREAD_SLOT_THREAD), endpoint) != KAAL_OK)
		abort();
	try_all();
	kaal_ignore(kaal_sys_endpoint_send(endpoint, kaal_message(0, 0, 0), words));
}

static kaal_cap_t object(enum kaal_object_type type)
{
	struct kaal_broker_held held;

	if (kaal_broker_object(type, &held) != KAAL_OK)
		abort();
	return held.first;
}

/* Answers the faults of a thread that tries all addresses. */
static int sweep(void)
{
	static char stack[STACK_BYTES];
	struct kaal_thread_options options = {stack, sizeof stack, kaal_startup()->priority};
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge, faults = 0;
	uint32_t thread;
	kaal_status_t status;

	endpoint = object(KAAL_OBJECT_ENDPOINT);
	reply = object(KAAL_OBJECT_REPLY);
	if (kaal_thread_create(sweep_main, NULL, &options, &thread) != KAAL_OK)
		abort();
	status = kaal_sys_endpoint_recv(endpoint, reply, words, &received, &badge);
	for (; status == KAAL_OK && (received & KAAL_MESSAGE_FAULT) != 0; faults++) {
		uint64_t pc = words[KAAL_FAULT_WORD_PC];
		bool probing = pc == (uintptr_t)probe_read || pc == (uintptr_t)probe_write;

		if (!probing) {
			printf("not ok: fault at 0x%llx\n", (unsigned long long)pc);
			return EXIT_FAILURE;
		}
		words[0] = (uintptr_t)probe_failed;
		status = kaal_sys_endpoint_reply_recv(endpoint, kaal_message(1, 0, KAAL_FAULT_RESUME), reply, words, &received, &badge);
	}
	printf("%llu addresses tried, %llu refused\n", (unsigned long long)probes, (unsigned long long)faults);
	return status != KAAL_OK || failures != 0;
}

/* One that nobody answers. */
static int try_fault(uint32_t which)
{
	static const uint64_t addresses[] = {0xffffff8040000000, 0, 0x3ff000, 0x1000200000};

	(void)*(volatile uint64_t *)(uintptr_t)addresses[which];
	printf("not ok: reading 0x%llx was possible\n", (unsigned long long)addresses[which]);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	uint32_t start = kaal_startup()->start, turn;

	state = (argc > 1 ? strtoull(argv[1], NULL, 10) : 1) * UINT64_C(0x9e3779b97f4a7c15) + start * 2 + 1;
	/* The root task has started it once by itself. */
	if (start == 0)
		return 0;
	turn = (start - 1) % INTRUDER_TURNS;
	if (turn < INTRUDER_CALLS)
		return try_call(turn);
	return turn == INTRUDER_SWEEP ? sweep() : try_fault(turn - INTRUDER_FAULTS);
}
