/* What the programs about the C library's files check with. */
#ifndef POSIX_CHECK_H
#define POSIX_CHECK_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned failures;

static inline void check_at(bool good, const char *what, int line)
{
	if (good)
		return;
	failures++;
	printf("not ok: line %d: %s (%s)\n", line, what, strerror(errno));
}

#define CHECK(good) check_at((good), #good, __LINE__)

/* The call is refused, for this reason; `call` is -1 or NULL then. */
#define REFUSED(call, error)                                                                                                       \
	do {                                                                                                                       \
		errno = 0;                                                                                                         \
		check_at((long)(call) == -1 && errno == (error), #call " is " #error, __LINE__);                                   \
	} while (0)
#define REFUSED_NULL(call, error)                                                                                                  \
	do {                                                                                                                       \
		errno = 0;                                                                                                         \
		check_at((call) == NULL && errno == (error), #call " is " #error, __LINE__);                                       \
	} while (0)

#endif
