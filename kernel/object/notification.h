/*
 * Notifications: 64 flags that are set by whoever holds a capability and taken,
 * all at once, by whoever waits.
 *
 *   NT-1: somebody waits only while no flag is set
 *   NT-2: the queue holds the threads in state THREAD_WAITING whose waiting_for it is
 *   NT-3: bound = t  if and only if  thread t's notification is this one: it gets the flags while it receives
 */
#ifndef OBJECT_NOTIFICATION_H
#define OBJECT_NOTIFICATION_H

#include <core/wait_queue.h>

#include "cap.h"
#include "thread.h"

#define NOTIFICATION_BITS 5u

typedef uint32_t notification_t; /* address in units of its size */

struct notification {
	uint32_t count; /* capabilities */
	struct wait_queue waiting;
	uint64_t flags;
	thread_t bound;
	uint32_t reserved;
	uint64_t checked; /* kernel/check */
};

_Static_assert(sizeof(struct notification) == 1u << NOTIFICATION_BITS, "notifications are reached by index");

static inline struct cap notification_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

static inline notification_t notification_of(struct cap cap)
{
	return cap.object;
}

/* What is set through a capability: its badge, or flag 0. */
static inline uint64_t notification_badge(struct cap cap)
{
	return cap.data != 0 ? cap.data : 1;
}

/* A fresh, zeroed one: no flag, nobody waits. */
void notification_start(notification_t notification);

/*
 * Sets flags; 0: none more. Whoever waits longest at the highest priority gets all that are
 * set, and is ready; where nobody waits, the bound thread if it receives.
 */
void notification_signal(notification_t notification, uint64_t flags);

/* Takes all flags; 0 if none is set. */
uint64_t notification_take(notification_t notification);

/* The running thread waits for a flag; none is set. */
void notification_wait(notification_t notification, thread_t thread);

/* A thread waits no longer: its call ends with `status` and no flags. It is stopped, in no queue. */
void notification_leave(thread_t thread, uint64_t status);

/* The bound thread, which begins to receive, takes the flags of its notification instead; false if none is set. */
bool notification_take_bound(thread_t thread);

/* One thread that waits is told CANCELLED and made ready; true if there is none. */
bool notification_cancel_step(notification_t notification);

#endif
