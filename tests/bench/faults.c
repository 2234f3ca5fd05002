/*
 * Faults as messages. FIRST faults again and again, SECOND handles them in a loop
 * of reply_recv and sends FIRST on to the next instruction. From the instruction
 * that faults to the handler's first one, and from its answer's svc to the first
 * one of the thread that goes on.
 */
#include "talk.h"

#include <kaal/message.h>

#define NOWHERE UINT64_C(0x1000000000) /* a gigabyte that boot leaves empty */
#define INSTRUCTION_BYTES 4u

/* Defines fault_NAME(): one instruction, which faults, between two readings of the counter. */
#define FAULT(name, instruction)                                                                                     \
	static __attribute__((noinline)) struct counted fault_##name(void)                                           \
	{                                                                                                            \
		register uint64_t x0 __asm__("x0") = NOWHERE;                                                        \
		uint64_t before, after;                                                                              \
                                                                                                                     \
		__asm__ volatile("mrs %[before], pmccntr_el0\n\t" instruction "\n\tmrs %[after], pmccntr_el0"        \
				 : [before] "=&r"(before), [after] "=&r"(after)                                      \
				 : "r"(x0)                                                                           \
				 : "memory");                                                                        \
		return (struct counted){before, after, KAAL_OK};                                                     \
	}

FAULT(exception, "udf #0")
FAULT(page, "ldr x0, [x0]")

static struct counted (*fault_once)(void);

/* Answers with a place to go on at, which *pc is; then *pc is where the next fault is. */
static __attribute__((noinline)) struct counted answer_at(kaal_cap_t endpoint, kaal_cap_t reply, uint64_t *pc)
{
	register uint64_t x0 __asm__("x0") = endpoint, x1 __asm__("x1") = kaal_message(1, 0, KAAL_FAULT_RESUME);
	register uint64_t x2 __asm__("x2") = reply, x9 __asm__("x9") = *pc, x11 __asm__("x11");
	uint64_t before, after;

	_Static_assert(KAAL_FAULT_WORD_PC == 2, "word 2 comes in x11");
	__asm__ volatile("mrs %[before], pmccntr_el0\n\tsvc %[call]\n\tmrs %[after], pmccntr_el0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x9), "=r"(x11), [before] "=&r"(before), [after] "=&r"(after)
			 : [call] "i"(KAAL_SYS_ENDPOINT_REPLY_RECV)
			 : "x3", "x4", "x5", "x6", "x7", "x8", "x10", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "memory", "cc");
	*pc = x11;
	return (struct counted){before, after, x0};
}

/* Once more than the handler notes, so that its last receiving ends. */
static void fault(uint64_t i)
{
	kaal_ignore(kaal_sys_thread_resume(thread(SECOND)));
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, fault_once());
	(void)fault_once();
	stop(i);
}

static void handle(uint64_t i)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge, pc;

	must("recv", kaal_sys_endpoint_recv(at(ENDPOINT), at(REPLY), words, &received, &badge));
	pc = words[KAAL_FAULT_WORD_PC];
	for (unsigned round = 0; round < ROUNDS; round++) {
		pc += INSTRUCTION_BYTES;
		note((unsigned)i, round, answer_at(at(ENDPOINT), at(REPLY), &pc));
	}
	stop(i);
}

static void measure_fault(struct counted (*once)(void), const char *deliver, const char *reply)
{
	fault_once = once;
	prepare_talk(fault, handle);
	must("handler", kaal_sys_thread_set_fault_handler(thread(FIRST), at(ENDPOINT)));
	run_pair(deliver);
	print_switch(deliver, FIRST, 1, 0);
	print_switch(reply, SECOND, 1, 1);
}

void measure_faults(void)
{
	measure_fault(fault_exception, "fault.exception.deliver", "fault.exception.reply");
	measure_fault(fault_page, "fault.page.deliver", "fault.page.reply");
}
