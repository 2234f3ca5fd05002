#include <pthread.h>

#include <kaal/thread.h>

enum { NOT_RUN, RUNNING, DONE };

struct once {
	_Atomic(uint32_t) state;
	struct kaal_waiters waiters;
};

_Static_assert(sizeof(struct once) <= sizeof(pthread_once_t), "the public type has the room");

int pthread_once(pthread_once_t *once, void (*routine)(void))
{
	struct once *own = (struct once *)(void *)once;
	uint32_t state = NOT_RUN;

	if (atomic_load_explicit(&own->state, memory_order_acquire) == DONE)
		return 0;
	if (atomic_compare_exchange_strong_explicit(&own->state, &state, RUNNING, memory_order_acquire, memory_order_acquire)) {
		routine();
		atomic_store_explicit(&own->state, DONE, memory_order_seq_cst);
		kaal_waiters_wake_all(&own->waiters);
		return 0;
	}
	for (;;) {
		kaal_waiters_enter(&own->waiters);
		if (atomic_load_explicit(&own->state, memory_order_seq_cst) == DONE)
			break;
		(void)kaal_thread_park(UINT64_MAX);
	}
	(void)kaal_waiters_leave(&own->waiters);
	return 0;
}
