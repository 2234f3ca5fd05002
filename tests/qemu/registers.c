/*
 * What registers hold after system calls: no kernel address comes out, whatever
 * the number, arguments and end of the call.
 */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

/* Slots from the first free one on: a CNode, and three for the calls. */
enum slot { CNODE, A, B, C };

static kaal_cap_t at(enum slot slot)
{
	return kaal_bootinfo()->first_free_slot + slot;
}

#define REGISTERS 19u
/* Kernel addresses lie in the upper half. */
#define UPPER_HALF (UINT64_C(1) << 63)

#define WORD_0 9u /* the register of message word 0 */

/* Makes call `number` with x[0..5] and x[9], other registers up to x18 zero; x[0..18] are what they hold afterwards. */
void call_any(uint64_t number, uint64_t x[REGISTERS]);
__asm__(".text\n"
	".balign 8\n"
	"every_call:\n"
	"	.set	number, 0\n"
	"	.rept	256\n"
	"	svc	#number\n"
	"	ret\n"
	"	.set	number, number + 1\n"
	"	.endr\n"
	".globl call_any\n"
	".type call_any, %function\n"
	"call_any:\n"
	"	stp	x29, x30, [sp, #-32]!\n"
	"	str	x19, [sp, #16]\n"
	"	mov	x29, sp\n"
	"	mov	x19, x1\n"
	"	adr	x30, every_call\n"
	"	add	x30, x30, x0, lsl #3\n"
	"	ldp	x0, x1, [x19]\n"
	"	ldp	x2, x3, [x19, #16]\n"
	"	ldp	x4, x5, [x19, #32]\n"
	"	mov	x6, xzr\n	mov	x7, xzr\n	mov	x8, xzr\n	ldr	x9, [x19, #72]\n"
	"	mov	x10, xzr\n	mov	x11, xzr\n	mov	x12, xzr\n	mov	x13, xzr\n"
	"	mov	x14, xzr\n	mov	x15, xzr\n	mov	x16, xzr\n	mov	x17, xzr\n"
	"	mov	x18, xzr\n"
	"	blr	x30\n"
	"	stp	x0, x1, [x19]\n"
	"	stp	x2, x3, [x19, #16]\n"
	"	stp	x4, x5, [x19, #32]\n"
	"	stp	x6, x7, [x19, #48]\n"
	"	stp	x8, x9, [x19, #64]\n"
	"	stp	x10, x11, [x19, #80]\n"
	"	stp	x12, x13, [x19, #96]\n"
	"	stp	x14, x15, [x19, #112]\n"
	"	stp	x16, x17, [x19, #128]\n"
	"	str	x18, [x19, #144]\n"
	"	ldr	x19, [sp, #16]\n"
	"	ldp	x29, x30, [sp], #32\n"
	"	ret\n"
	".size call_any, . - call_any\n");

/* Registers that hold an upper-half value after the call; none was given one. */
static unsigned leaks(uint64_t number, uint64_t x[REGISTERS])
{
	unsigned found = 0;

	call_any(number, x);
	for (unsigned i = 0; i < REGISTERS; i++)
		found += (x[i] & UPPER_HALF) != 0;
	return found;
}

static void test_after_failures(void)
{
	const uint64_t slots = UINT64_C(1) << kaal_bootinfo()->cnode_size_bits;

	/* No call takes these numbers for a capability or anything else of value: none ends the program. */
	for (uint64_t number = 0; number < 256; number++) {
		uint64_t x[REGISTERS] = {slots, slots, slots, slots, slots, slots};
		unsigned found = leaks(number, x);

		if (number < KAAL_SYSCALL_COUNT || found != 0)
			check(found == 0, "svc #%" PRIu64 " with nonsense leaves no kernel address (status %" PRIu64 ")", number, x[0]);
	}
}

static void test_after_successes(void)
{
	const struct {
		const char *name;
		uint64_t number;
		uint64_t argument[6];
	} calls[] = {
		{"cap_identify", KAAL_SYS_CAP_IDENTIFY, {OWN}},
		{"cap_identify of untyped", KAAL_SYS_CAP_IDENTIFY, {kaal_largest_untyped().slot}},
		{"cap_copy", KAAL_SYS_CAP_COPY, {OWN, at(A), OWN, at(CNODE), ALL}},
		{"cap_mint", KAAL_SYS_CAP_MINT, {OWN, at(B), OWN, at(CNODE), ALL, 60}},
		{"cap_move", KAAL_SYS_CAP_MOVE, {OWN, at(C), OWN, at(B)}},
		{"cap_delete", KAAL_SYS_CAP_DELETE, {OWN, at(A)}},
		{"cap_revoke", KAAL_SYS_CAP_REVOKE, {OWN, at(CNODE)}},
		{"untyped_retype", KAAL_SYS_UNTYPED_RETYPE, {kaal_largest_untyped().slot, CNODE_OF(12u), OWN, at(A), 2}},
		{"cap_delete of the last", KAAL_SYS_CAP_DELETE, {OWN, at(A)}},
		{"cap_revoke of untyped", KAAL_SYS_CAP_REVOKE, {OWN, kaal_largest_untyped().slot}},
		{"thread_sleep that blocks", KAAL_SYS_THREAD_SLEEP, {kaal_ticks_now() + kaal_bootinfo()->counter_hz / 10}},
		{"debug_write", KAAL_SYS_DEBUG_WRITE, {KAAL_SLOT_DEBUG, 1}},
		{"debug_allow_counters", KAAL_SYS_DEBUG_ALLOW_COUNTERS, {KAAL_SLOT_DEBUG}},
	};

	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		uint64_t x[REGISTERS] = {0};
		unsigned found;

		memcpy(x, calls[i].argument, sizeof calls[i].argument);
		x[WORD_0] = '\n';
		found = leaks(calls[i].number, x);
		check(x[0] == KAAL_OK && found == 0, "%s succeeds and leaves no kernel address", calls[i].name);
	}
}

/* Whoever shares a key signs for all who have it, so there is none at EL0: HINT 8, PACIA1716, does nothing on any CPU (decision 0014). */
static void test_no_keys(void)
{
	register uint64_t pointer __asm__("x17") = 0x123456789000;
	register uint64_t modifier __asm__("x16") = 0xca5e;

	__asm__ volatile("hint #8" : "+r"(pointer) : "r"(modifier));
	check_equal(pointer, 0x123456789000);
}

int main(void)
{
	uint64_t made;

	check_equal(kaal_sys_untyped_retype(kaal_largest_untyped().slot, CNODE_OF(4u), OWN, at(CNODE), 1, &made), KAAL_OK);
	test_after_failures();
	test_after_successes();
	test_no_keys();
	return tap_finish();
}
