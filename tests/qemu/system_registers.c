/*
 * All system registers, whether the CPU has them or not: which EL0 reads and writes without a fault. Each encoding
 * there is (Arm ARM C5.1.3: op0 2 and 3, op1, CRn, CRm, op2) is tried once by a thread whose faults the main thread answers
 * with "go on behind it".
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include <kaal/boot.h>
#include <kaal/message.h>
#include <kaal/syscall.h>

#include "tap.h"
#include "untyped.h"

#define ENCODINGS 32768u
#define STACK_WORDS 64u
#define PRIORITY 100u
#define PRIORITY_MAIN 200u
#define INSTRUCTION_BYTES 4u

#define FREE (kaal_bootinfo()->first_free_slot)
enum { THREAD, CONTEXT, EP, REPLY };
#define AT(slot) (FREE + (slot))

/* One after the other; MRS x0 and MSR xzr (Arm ARM C6.2). The last instruction faults, and is not tried. */
extern const char all_reads[], all_writes[];
__asm__(".text\n"
	".macro every instruction\n"
	"	.set	number, 0\n"
	"	.rept	32768\n"
	"	.inst	\\instruction + (number << 5)\n"
	"	.set	number, number + 1\n"
	"	.endr\n"
	"	udf	#0\n"
	".endm\n"
	"all_reads:	every	0xd5300000\n"
	"all_writes:	every	0xd510001f\n"
	".purgem every\n");

#define REGISTER(op0, op1, crn, crm, op2) (((op0) - 2u) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* What EL0 may reach, and why that tells it nothing of others. */
static const struct allowed {
	uint32_t encoding;
	const char *name;
	bool always; /* on all CPUs */
	bool writable;
} allowed[] = {
	/* A thread's own: kept and loaded with it (test every-register). */
	{REGISTER(3, 3, 4, 2, 0), "NZCV", true, true},
	{REGISTER(3, 3, 4, 4, 0), "FPCR", true, true},
	{REGISTER(3, 3, 4, 4, 1), "FPSR", true, true},
	{REGISTER(3, 3, 13, 0, 2), "TPIDR_EL0", true, true},
	/* Of PSTATE: kept at an interrupt, and cleared, or as they were earlier, by the fast path (docs/security.md). */
	{REGISTER(3, 3, 4, 2, 5), "DIT", false, true},
	{REGISTER(3, 3, 4, 2, 6), "SSBS", false, true},
	{REGISTER(3, 3, 4, 2, 7), "TCO", false, true},
	/* The same for all, for ever. */
	{REGISTER(3, 3, 13, 0, 3), "TPIDRRO_EL0", true, false},
	{REGISTER(3, 3, 0, 0, 1), "CTR_EL0", true, false},
	{REGISTER(3, 3, 0, 0, 7), "DCZID_EL0", true, false},
	{REGISTER(3, 3, 14, 0, 0), "CNTFRQ_EL0", true, false},
	{REGISTER(2, 3, 0, 1, 0), "MDCCSR_EL0", false, false}, /* closed by MDSCR_EL1.TDCC, which QEMU 7 does not look at: it is 0 */
	{REGISTER(3, 3, 9, 14, 0), "PMUSERENR_EL0", false, false}, /* whether the cycle counter is open to all */
	/* Time, and what is random. */
	{REGISTER(3, 3, 14, 0, 2), "CNTVCT_EL0", true, false},
	{REGISTER(3, 3, 14, 0, 6), "CNTVCTSS_EL0", false, false},
	{REGISTER(3, 3, 2, 4, 0), "RNDR", false, false},
	{REGISTER(3, 3, 2, 4, 1), "RNDRRS", false, false},
};
#define ALLOWED (sizeof allowed / sizeof allowed[0])

static _Alignas(16) uint64_t stack[STACK_WORDS];
static bool refused[ENCODINGS];

static void must(kaal_status_t status)
{
	if (status != KAAL_OK)
		check_equal(status, KAAL_OK);
}

static void make(uint64_t type, unsigned slot)
{
	uint64_t made;

	must(kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, AT(slot), 1, &made));
}

static void make_all(void)
{
	make(KAAL_OBJECT_THREAD, THREAD);
	make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT);
	make(KAAL_OBJECT_ENDPOINT, EP);
	make(KAAL_OBJECT_REPLY, REPLY);
	must(kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, PRIORITY_MAIN));
	must(kaal_sys_thread_configure(AT(THREAD), OWN, KAAL_SLOT_VSPACE));
	must(kaal_sys_thread_set_priority(AT(THREAD), PRIORITY, PRIORITY));
	must(kaal_sys_thread_set_fault_handler(AT(THREAD), AT(EP)));
	must(kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, AT(CONTEXT), UINT64_MAX, 0));
	must(kaal_sys_sched_bind(AT(CONTEXT), AT(THREAD)));
}

/* Lets the thread run through `code`, and finds out which instructions it was refused. */
static void try_all(const char *code)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, message = 0, badge;
	uint64_t base = (uint64_t)(uintptr_t)code, at;

	for (unsigned i = 0; i < ENCODINGS; i++)
		refused[i] = false;
	must(kaal_sys_thread_suspend(AT(THREAD)));
	must(kaal_sys_thread_set_registers(AT(THREAD), base, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0));
	must(kaal_sys_thread_resume(AT(THREAD)));
	must(kaal_sys_endpoint_recv(AT(EP), AT(REPLY), words, &message, &badge));
	while ((at = (words[KAAL_FAULT_WORD_PC] - base) / INSTRUCTION_BYTES) < ENCODINGS) {
		refused[at] = true;
		words[0] = words[KAAL_FAULT_WORD_PC] + INSTRUCTION_BYTES;
		must(kaal_sys_endpoint_reply_recv(AT(EP), kaal_message(1, 0, KAAL_FAULT_RESUME), AT(REPLY), words, &message, &badge));
	}
	check_equal(at, ENCODINGS);
}

static const struct allowed *find(uint32_t encoding)
{
	for (unsigned i = 0; i < ALLOWED; i++) {
		if (allowed[i].encoding == encoding)
			return &allowed[i];
	}
	return NULL;
}

/* How many EL0 was not refused that it should have been. */
static unsigned found_open(bool writes)
{
	unsigned open = 0;

	for (uint32_t i = 0; i < ENCODINGS; i++) {
		const struct allowed *found = find(i);

		if (refused[i] || (found != NULL && (!writes || found->writable)))
			continue;
		printf("# S%u_%u_C%u_C%u_%u is open to %s\n", (i >> 14) + 2, i >> 11 & 7, i >> 7 & 15, i >> 3 & 15, i & 7, writes ? "writes" : "reads");
		open++;
	}
	return open;
}

/* How many it was refused that it should not have been. */
static unsigned found_closed(bool writes)
{
	unsigned closed = 0;

	for (unsigned i = 0; i < ALLOWED; i++)
		closed += allowed[i].always && refused[allowed[i].encoding] && (!writes || allowed[i].writable);
	return closed;
}

int main(void)
{
	make_all();
	try_all(all_reads);
	check_equal(found_open(false), 0);
	check_equal(found_closed(false), 0);
	try_all(all_writes);
	check_equal(found_open(true), 0);
	check_equal(found_closed(true), 0);
	return tap_finish();
}
