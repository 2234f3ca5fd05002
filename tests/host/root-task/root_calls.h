/* What the root task's files are compiled with on the host: system calls that the test answers, and time that it tells. */
#ifndef ROOT_CALLS_H
#define ROOT_CALLS_H

#include <host_calls.h>

/* The CPU's counter is never read. */
#define kaal_ticks_now root_unused_ticks_now
#include <kaal/time.h>
#undef kaal_ticks_now

kaal_ticks_t kaal_ticks_now(void);

#endif
