/* What the components that measure libkaal's calls tell, and how they give up. */
#ifndef BENCH_TOLD_H
#define BENCH_TOLD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/startup.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

static inline void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("BENCH-FAILED %s: %s\n", what, kaal_status_text(status));
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	exit(EXIT_FAILURE);
}

/* Under QEMU's -icount shift=0 an instruction takes one virtual nanosecond. */
static inline uint64_t instructions(kaal_ticks_t ticks)
{
	return kaal_ticks_to_ns(ticks, kaal_startup()->counter_hz);
}

static inline void print_row(const char *name, uint64_t value, const char *unit)
{
	printf("BENCH %s %" PRIu64 " %s\n", name, value, unit);
}

#endif
