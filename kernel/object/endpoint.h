/*
 * Endpoints: where threads meet to pass a message.
 *
 *   EP-1: state is IDLE if and only if nobody waits; otherwise all that wait send, or all receive
 *   EP-2: the queue holds the threads in states SENDING and CALLING, or RECEIVING, whose waiting_for it is
 *   EP-3: state is ONE_RECEIVER if and only if exactly one thread waits, it receives, has a reply object and no
 *         deadline: what the fast path asks for
 */
#ifndef OBJECT_ENDPOINT_H
#define OBJECT_ENDPOINT_H

#include <stdbool.h>

#include <core/wait_queue.h>

#include "cap.h"
#include "thread.h"

#define ENDPOINT_BITS 5u

typedef uint32_t endpoint_t; /* address in units of its size */

enum endpoint_state {
	ENDPOINT_IDLE = 0,
	ENDPOINT_SENDING = 1,
	ENDPOINT_RECEIVING = 2,
	ENDPOINT_ONE_RECEIVER = 3,
};

struct endpoint {
	uint32_t state; /* enum endpoint_state; beside the queue, so that both are read at once */
	struct wait_queue waiting;
	uint32_t count; /* capabilities */
	uint32_t destroy_next;
	uint64_t checked; /* kernel/check */
	uint64_t reserved;
};

_Static_assert(sizeof(struct endpoint) == 1u << ENDPOINT_BITS, "endpoints are reached by index");

static inline struct cap endpoint_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

static inline endpoint_t endpoint_of(struct cap cap)
{
	return cap.object;
}

/* A fresh, zeroed one: nobody waits. */
void endpoint_start(endpoint_t endpoint);

/* The first that waits to send, or to receive; THREAD_NONE where nobody does. */
thread_t endpoint_sender(endpoint_t endpoint);
thread_t endpoint_receiver(endpoint_t endpoint);

/* The thread, whose state says whether it sends or receives and whose waiting_for this is, waits; or does no longer. */
void endpoint_add(endpoint_t endpoint, thread_t thread);
void endpoint_remove(endpoint_t endpoint, thread_t thread);

/* A thread that waits has got or lost its reply object or deadline: EP-3 is renewed. */
void endpoint_update(endpoint_t endpoint);

#endif
