/* The C library's locks from inside: for those that are not made by it. */
#ifndef LIBC_LOCK_H
#define LIBC_LOCK_H

#include <sys/lock.h>

#include <kaal/thread.h>

/* All zero is a free one. */
struct __lock {
	struct kaal_lock lock;
	unsigned depth; /* how often its holder has taken it; only the holder looks */
};

#endif
