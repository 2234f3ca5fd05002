/* A thread's registers under proof: what a system call sees of them. The contracts in <arch_contracts.h> speak of these fields. */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

#include <stdint.h>

struct arch_frame {
	uint64_t argument[6]; /* the first is the status, the next three results 1..3, in the end */
	uint64_t word[8];
	uint64_t pc;
	uint64_t sp;
};

struct arch_extra {
	uint64_t tls;
};

#endif
