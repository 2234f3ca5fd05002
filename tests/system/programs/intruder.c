/*
 * A component without any privilege that tries what it can: at each start another system call, on every index of its CSpace and
 * beyond, with all kinds of arguments; after those, at each start an address that is not its own. What it does to itself is its own business.
 *
 * usage: intruder SEED
 */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/startup.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>

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

/* Where the kernel, the root task and its windows are; where others have their memory; and any address. */
static uint64_t foreign_address(uint64_t which)
{
	static const uint64_t known[] = {
		0, 8, 0x1000, 0x3ff000, 0x1000000000, 0x1000200000, 0x1000400000, 0x1000600000, 0x7f00000000, 0x7fc0000000, 0x7fc0200000,
		0x7fcffffff8, KAAL_USER_VA_END - 8, KAAL_USER_VA_END, 0x0000ffffffffffff, 0xffffff7ffffffff8, 0xffffff8000000000,
		0xffffff8040000000, 0xffffff8047fff000, 0xffffffc000000000, 0xffffffff80000000, 0xffffffff80010000, 0xfffffffffffffff8,
		0x09000000, 0x08000000, 0x40000000,
	};

	if (which < sizeof known / sizeof known[0])
		return known[which];
	return kaal_startup()->free_addresses.address + next_random(&state) % kaal_startup()->free_addresses.bytes / 8 * 8;
}

static int try_address(uint64_t which)
{
	volatile uint64_t *address = (volatile uint64_t *)(uintptr_t)foreign_address(which);

	if (which % 2 == 0)
		*address = 0x1234;
	else
		(void)*address;
	printf("not ok: %s %p was possible\n", which % 2 == 0 ? "writing" : "reading", (volatile void *)address);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	uint32_t start = kaal_startup()->start;

	state = (argc > 1 ? strtoull(argv[1], NULL, 10) : 1) * UINT64_C(0x9e3779b97f4a7c15) + start * 2 + 1;
	/* The root task has started it once by itself. */
	if (start == 0)
		return 0;
	return start <= INTRUDER_CALLS ? try_call(start - 1) : try_address(start - 1 - INTRUDER_CALLS);
}
