/* A thread's registers, in the order in which vectors.S saves them. */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

/* Offsets for vectors.S; checked in frame.c. */
#define FRAME_SP   248
#define FRAME_PC   256
#define FRAME_PSTATE 264

#ifndef __ASSEMBLER__
#include <stdint.h>

struct arch_frame {
	uint64_t x[31];
	uint64_t sp;     /* SP_EL0 */
	uint64_t pc;     /* ELR_EL1 */
	uint64_t pstate; /* SPSR_EL1 */
};
#endif

#endif
