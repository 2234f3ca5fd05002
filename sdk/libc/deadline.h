/* POSIX times as the kernel counts them. */
#ifndef LIBC_DEADLINE_H
#define LIBC_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Counter ticks of an absolute time of CLOCK_REALTIME or CLOCK_MONOTONIC, which are the same. False: it is no valid time. */
bool libc_deadline(const struct timespec *time, uint64_t *ticks);

#endif
