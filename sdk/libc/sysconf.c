/* What a program can ask of the system it runs on. Limits are those of the headers, and of the component's description. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <kaal/startup.h>

#include "descriptors.h"

#define STREAM_MAX_TOLD OPEN_MAX /* a stream has a descriptor */

/* Of the component; a root task of its own has one thread, and the memory that it takes. -1: no limit that is known. */
static long limit_of_component(int name)
{
	const struct kaal_startup *startup = kaal_startup();

	switch (name) {
	case _SC_THREAD_THREADS_MAX:
		return startup != NULL ? (long)startup->threads_max : 1;
	case _SC_PHYS_PAGES:
		return startup != NULL ? (long)(startup->memory_max_bytes / KAAL_PAGE_BYTES) : -1;
	default:
		errno = EINVAL;
		return -1;
	}
}

long sysconf(int name)
{
	switch (name) {
	case _SC_PAGESIZE:
		return KAAL_PAGE_BYTES;
	case _SC_OPEN_MAX:
		return OPEN_MAX;
	case _SC_STREAM_MAX:
		return STREAM_MAX_TOLD;
	case _SC_CLK_TCK:
		return CLOCKS_PER_SEC; /* what times() counts in */
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	case _SC_THREAD_KEYS_MAX:
		return PTHREAD_KEYS_MAX;
	case _SC_THREAD_STACK_MIN:
		return PTHREAD_STACK_MIN;
	case _SC_THREAD_DESTRUCTOR_ITERATIONS:
		return PTHREAD_DESTRUCTOR_ITERATIONS;
	case _SC_SEM_VALUE_MAX:
		return SEM_VALUE_MAX;
	case _SC_TZNAME_MAX:
		return TZNAME_MAX;
	case _SC_FSYNC:
	case _SC_TIMERS:
	case _SC_MONOTONIC_CLOCK:
	case _SC_CLOCK_SELECTION:
	case _SC_TIMEOUTS:
	case _SC_THREADS:
	case _SC_THREAD_ATTR_STACKSIZE:
	case _SC_THREAD_PRIORITY_SCHEDULING:
	case _SC_SEMAPHORES:
	case _SC_READER_WRITER_LOCKS:
	case _SC_BARRIERS:
	case _SC_SPIN_LOCKS:
		return _POSIX_TIMERS; /* the version of POSIX, as the options' names in <unistd.h> have it */
	/* Options and limits that there are not: no error. */
	case _SC_ASYNCHRONOUS_IO:
	case _SC_CPUTIME:
	case _SC_JOB_CONTROL:
	case _SC_MAPPED_FILES:
	case _SC_MEMLOCK:
	case _SC_MEMLOCK_RANGE:
	case _SC_MEMORY_PROTECTION:
	case _SC_MESSAGE_PASSING:
	case _SC_PRIORITIZED_IO:
	case _SC_REALTIME_SIGNALS:
	case _SC_REGEXP:
	case _SC_SAVED_IDS:
	case _SC_SHARED_MEMORY_OBJECTS:
	case _SC_SHELL:
	case _SC_SPAWN:
	case _SC_SYNCHRONIZED_IO:
	case _SC_THREAD_ATTR_STACKADDR:
	case _SC_THREAD_CPUTIME:
	case _SC_THREAD_PRIO_INHERIT:
	case _SC_THREAD_PRIO_PROTECT:
	case _SC_THREAD_PROCESS_SHARED:
		return -1;
	default:
		return limit_of_component(name);
	}
}
