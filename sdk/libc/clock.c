/*
 * Time of day and waiting, on the generic timer. No clock service exists yet,
 * so every clock starts at 0 when the machine is reset: CLOCK_REALTIME and
 * gettimeofday() count from 1970-01-01 at reset. CPU time (clock(), times()) is
 * the time since reset as well: the kernel does not account it yet, and one
 * program runs.
 */
#include <errno.h>
#include <kaal/syscall.h>
#include <kaal/time.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

static uint64_t now_ns(void)
{
	return kaal_ticks_to_ns(kaal_ticks_now(), kaal_ticks_hz());
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / KAAL_NS_PER_SECOND), .tv_nsec = (long)(ns % KAAL_NS_PER_SECOND)};
}

/* Nanoseconds of a valid time, at most 2^64 - 1. */
static uint64_t to_ns(const struct timespec *time)
{
	uint64_t seconds = (uint64_t)time->tv_sec, rest = (uint64_t)time->tv_nsec;

	if (seconds > (UINT64_MAX - rest) / KAAL_NS_PER_SECOND)
		return UINT64_MAX;
	return seconds * KAAL_NS_PER_SECOND + rest;
}

static int is_clock(clockid_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

static int is_time(const struct timespec *time)
{
	return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < (long)KAAL_NS_PER_SECOND;
}

bool libc_deadline(const struct timespec *time, uint64_t *ticks)
{
	if (!is_time(time))
		return false;
	*ticks = kaal_ns_to_ticks(to_ns(time), kaal_ticks_hz());
	return true;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

int clock_gettime(clockid_t clock, struct timespec *result)
{
	if (!is_clock(clock))
		return fail(EINVAL);
	*result = to_timespec(now_ns());
	return 0;
}

int clock_getres(clockid_t clock, struct timespec *result)
{
	if (!is_clock(clock))
		return fail(EINVAL);
	if (result)
		*result = to_timespec((KAAL_NS_PER_SECOND + kaal_ticks_hz() - 1) / kaal_ticks_hz());
	return 0;
}

/* Returns an error number: POSIX leaves errno alone here. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remaining)
{
	uint64_t now = kaal_ticks_now(), ticks, deadline;

	if (!is_clock(clock) || !is_time(request))
		return EINVAL;
	ticks = kaal_ns_to_ticks(to_ns(request), kaal_ticks_hz());
	if (flags & TIMER_ABSTIME)
		deadline = ticks;
	else
		deadline = ticks > UINT64_MAX - now ? UINT64_MAX : now + ticks;
	kaal_ignore(kaal_sys_thread_sleep(deadline));
	/* Nothing wakes a sleeper earlier. */
	if (remaining && !(flags & TIMER_ABSTIME))
		*remaining = (struct timespec){0};
	return 0;
}

int nanosleep(const struct timespec *request, struct timespec *remaining)
{
	int error = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remaining);

	return error ? fail(error) : 0;
}

unsigned sleep(unsigned seconds)
{
	(void)nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
	return 0;
}

int usleep(useconds_t microseconds)
{
	struct timespec request = to_timespec((uint64_t)microseconds * 1000u);

	return nanosleep(&request, NULL);
}

int gettimeofday(struct timeval *restrict result, void *restrict zone)
{
	uint64_t ns = now_ns();

	(void)zone; /* POSIX: must be NULL, else unspecified */
	result->tv_sec = (time_t)(ns / KAAL_NS_PER_SECOND);
	result->tv_usec = (suseconds_t)(ns % KAAL_NS_PER_SECOND / 1000u);
	return 0;
}

clock_t times(struct tms *result)
{
	clock_t elapsed = (clock_t)(now_ns() / (KAAL_NS_PER_SECOND / CLOCKS_PER_SEC));

	*result = (struct tms){.tms_utime = elapsed};
	return elapsed;
}
