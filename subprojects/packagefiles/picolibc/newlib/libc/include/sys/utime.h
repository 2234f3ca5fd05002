/*
 * KaaL: picolibc's has the structure alone.
 */
#ifndef _SYS_UTIME_H
#define _SYS_UTIME_H

#include <sys/cdefs.h>
#include <sys/types.h>

_BEGIN_STD_C

struct utimbuf {
	time_t actime;
	time_t modtime;
};

int utime(const char *__path, const struct utimbuf *__times);

_END_STD_C

#endif
