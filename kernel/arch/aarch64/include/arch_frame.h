/* A thread's registers, in the order in which vectors.S saves them. */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

/* Offsets for vectors.S; checked in frame.c. */
#define FRAME_X(n) ((n) * 8)
#define FRAME_SP   248
#define FRAME_PC   256
#define FRAME_PSTATE 264
/* struct thread, as log2 of its size and where its frame and extra registers lie, for the fast path. */
#define THREAD_HANDLE_BITS 11
#define THREAD_FRAME 224
#define THREAD_EXTRA 496
/* In struct cpu. */
#define CPU_FP_ALLOWED 12
/* In struct arch_extra, for fp.S. */
#define EXTRA_FP_USED 8
#define EXTRA_FPCR 16
#define EXTRA_FP   32

#ifndef __ASSEMBLER__
#include <stdint.h>

struct arch_frame {
	uint64_t x[31];
	uint64_t sp;     /* SP_EL0 */
	uint64_t pc;     /* ELR_EL1 */
	uint64_t pstate; /* SPSR_EL1 */
};

/* What the CPU keeps for a thread until another is switched to. */
struct arch_extra {
	uint64_t tls;     /* TPIDR_EL0 */
	uint64_t fp_used; /* 1: the thread has used FP or SIMD, and `fp` is its state while another uses the unit */
	uint64_t fpcr;
	uint64_t fpsr;
	uint64_t fp[64]; /* q0..q31 */
} __attribute__((aligned(16)));
#endif

#endif
