/*
 * Values that each thread has of its own.
 *   KY-1: a key is its index and which one of that index it is; a value belongs to the latter, so one that was set for a key that
 *         has been deleted is nobody's
 */
#include "key.h"

#include <errno.h>

#include <kaal/thread.h>

#define INDEX(key) ((key) % PTHREAD_KEYS_MAX)
#define NEXT(key) ((key) + PTHREAD_KEYS_MAX)

static struct {
	pthread_key_t key; /* the last one of this index, or the next */
	bool used;
	void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX];
static struct kaal_lock lock;

static _Thread_local struct {
	pthread_key_t key;
	const void *value;
} values[PTHREAD_KEYS_MAX];
static _Thread_local bool any; /* has this thread set */

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	int error = EAGAIN;

	kaal_lock_take(&lock);
	for (pthread_key_t i = 0; i < PTHREAD_KEYS_MAX; i++) {
		if (keys[i].used)
			continue;
		/* 0 is what values begin with. */
		keys[i].key = keys[i].key == 0 ? NEXT(i) : NEXT(keys[i].key) < PTHREAD_KEYS_MAX ? NEXT(i) : NEXT(keys[i].key);
		keys[i].used = true;
		keys[i].destructor = destructor;
		*key = keys[i].key;
		error = 0;
		break;
	}
	kaal_lock_give(&lock);
	return error;
}

static bool exists(pthread_key_t key)
{
	return keys[INDEX(key)].used && keys[INDEX(key)].key == key;
}

int pthread_key_delete(pthread_key_t key)
{
	int error = EINVAL;

	kaal_lock_take(&lock);
	if (exists(key)) {
		keys[INDEX(key)].used = false;
		error = 0;
	}
	kaal_lock_give(&lock);
	return error;
}

/* Whoever set it knows whether it is const. */
static void *changeable(const void *value)
{
	return (void *)(uintptr_t)value;
}

void *pthread_getspecific(pthread_key_t key)
{
	return values[INDEX(key)].key == key ? changeable(values[INDEX(key)].value) : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	if (!exists(key))
		return EINVAL;
	values[INDEX(key)].key = key;
	values[INDEX(key)].value = value;
	any = true;
	return 0;
}

/* Calls the destructor of each value that is not NULL; false: there was none. */
static bool destroy(void)
{
	bool found = false;

	for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
		void *value = changeable(values[i].value);
		void (*destructor)(void *) = NULL;

		kaal_lock_take(&lock);
		if (value != NULL && exists(values[i].key))
			destructor = keys[i].destructor;
		kaal_lock_give(&lock);
		values[i].value = NULL;
		if (destructor == NULL)
			continue;
		destructor(value);
		found = true;
	}
	return found;
}

void key_destroy_values(void)
{
	for (unsigned i = 0; any && i < PTHREAD_DESTRUCTOR_ITERATIONS; i++)
		any = destroy();
}
