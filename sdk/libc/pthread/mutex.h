/* A mutex, as the files here see it. */
#ifndef PTHREAD_MUTEX_H
#define PTHREAD_MUTEX_H

#include <pthread.h>

#include <kaal/thread.h>

struct mutex {
	struct kaal_lock lock;
	uint32_t type;  /* PTHREAD_MUTEX_* */
	uint32_t depth; /* how often its holder has taken it, beyond the first; only the holder looks */
};

_Static_assert(sizeof(struct mutex) <= sizeof(pthread_mutex_t), "the public type has the room");

static inline struct mutex *mutex_of(pthread_mutex_t *mutex)
{
	return (struct mutex *)(void *)mutex;
}

#endif
