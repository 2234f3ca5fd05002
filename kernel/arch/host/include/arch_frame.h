/* A thread's registers under unit test: what a system call sees of them. */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

#include <stdint.h>

struct arch_frame {
	uint64_t argument[6];
	uint64_t word[8];
	uint64_t status;
	uint64_t result[4]; /* by their number, 1..3 */
	uint64_t pc;
	unsigned restarts; /* of the call last made */
	uint32_t call;     /* 1 + the number of the call last made; 0: none that the test has told */
	uint64_t sp;
};

struct arch_extra {
	uint64_t tls;
	unsigned loads; /* times that the thread was switched to */
};

#endif
