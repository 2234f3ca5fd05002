/*
 * A thread's registers as thread_read_registers() tells and
 * thread_write_registers() sets them, at the start of the caller's message
 * buffer. FP and SIMD registers are not among them.
 *
 * Of a thread that was stopped while it waited in a system call, caller-saved
 * registers other than the call's results hold nothing of use: a call is a function call.
 */
#ifndef KAAL_REGISTERS_H
#define KAAL_REGISTERS_H

#include <stdint.h>

struct kaal_registers {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t pstate; /* N, Z, C, V in bits 31..28; other bits read as 0 and are not written */
	uint64_t tls;    /* TPIDR_EL0 */
};

#endif
