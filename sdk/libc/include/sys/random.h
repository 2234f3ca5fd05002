/*
 * Random bytes. Those of a component are made of the seed that the root task made for this start of it, out of the firmware's: no other
 * component and no other start has the same. Threads get different ones.
 */
#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Nothing here waits, and there is one source: neither changes anything. */
#define GRND_NONBLOCK 1u
#define GRND_RANDOM 2u

/*
 * Fills `buffer`; returns `bytes`, up to SSIZE_MAX. -1: EINVAL: other flags, or too many; ENOSYS: the firmware gave no seed, or the program is the root task. Never waits.
 */
ssize_t getrandom(void *buffer, size_t bytes, unsigned flags);

/* The same for up to 256 bytes, or EIO. 0. Also in <unistd.h>. */
int getentropy(void *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
