/* Threads and the FP unit. */
#ifndef AARCH64_SWITCH_H
#define AARCH64_SWITCH_H

#include <stdbool.h>
#include <stdint.h>

/* The running thread's first FP instruction has trapped: it gets the unit. False if it had it: a fault. */
bool switch_fp_trapped(uint32_t thread);

#endif
