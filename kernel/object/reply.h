/*
 * Replies: the right to answer one call, once. A thread receives with one, and
 * a call that comes in waits in it for its answer.
 *
 *   RP-1: receiver = t  if and only if  thread t's reply is this one: t waits to receive with it, or received its
 *         last call with it
 *   RP-2: at most one of caller and slow_caller is a thread; that one is in state AWAITING_REPLY and waits for this reply
 *   RP-3: caller is one that the fast path may answer: no fault, no deadline; slow_caller any other
 */
#ifndef OBJECT_REPLY_H
#define OBJECT_REPLY_H

#include "cap.h"
#include "thread.h"

#define REPLY_BITS 5u

struct reply {
	thread_t caller;
	thread_t slow_caller;
	thread_t receiver;
	uint32_t count; /* capabilities */
	uint64_t checked; /* kernel/check */
	uint64_t reserved;
};

_Static_assert(sizeof(struct reply) == 1u << REPLY_BITS, "replies are reached by index");

static inline struct cap reply_cap(uint64_t base)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_REPLY, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0),
	};
}

static inline reply_t reply_of(struct cap cap)
{
	return cap.object;
}

/* A fresh, zeroed one: nobody calls, nobody receives. */
void reply_start(reply_t reply);

/* Who waits for the answer; THREAD_NONE: nobody. */
thread_t reply_caller(reply_t reply);

/* The thread waits for the answer, or does no longer. */
void reply_set_caller(reply_t reply, thread_t caller);
void reply_clear_caller(reply_t reply);

/* The thread receives with this reply from now on, REPLY_NONE: with none; RP-1 for it and for who did so before. */
void reply_set_receiver(reply_t reply, thread_t receiver);

#endif
