/* Random bytes, from the seed in the start page. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>

#include <kaal/random.h>
#include <kaal/startup.h>
#include <kaal/thread.h>

#include "descriptors.h"

#define ENTROPY_BYTES_MAX 256u /* POSIX.1-2024, getentropy() */

static struct kaal_lock lock;
static struct kaal_random random;
static bool started;

/* The seed is used once, and goes: what was made of it cannot be made again. The start page is the component's own memory. */
static bool start(void)
{
	const struct kaal_startup *startup = kaal_startup();

	if (started || startup == NULL || startup->seed_bytes == 0)
		return started;
	kaal_random_start(&random, startup->seed, startup->seed_bytes);
	explicit_bzero((void *)(uintptr_t)startup->seed, sizeof startup->seed);
	return started = true;
}

ssize_t getrandom(void *buffer, size_t bytes, unsigned flags)
{
	bool good;

	if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM)) != 0 || bytes > SSIZE_MAX)
		return libc_fail(EINVAL);
	kaal_lock_take(&lock);
	good = start();
	if (good)
		kaal_random_fill(&random, buffer, bytes);
	kaal_lock_give(&lock);
	return good ? (ssize_t)bytes : libc_fail(ENOSYS);
}

int getentropy(void *buffer, size_t bytes)
{
	if (bytes > ENTROPY_BYTES_MAX)
		return libc_fail(EIO);
	return getrandom(buffer, bytes, 0) < 0 ? -1 : 0;
}
