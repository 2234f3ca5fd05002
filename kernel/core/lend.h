/*
 * Lending: a call lends the caller's scheduling context to whom it calls, and
 * the answer brings it back. Where a context is at present says its holder;
 * who has lent it is found from home on, along waiting_for and receiver:
 *
 *   home --waiting_for--> reply --receiver--> thread --waiting_for--> reply ... --receiver--> holder
 *
 *   LN-1: a thread that holds a context that is not its own received it with its last call: the caller waits in its
 *         reply, and has the context's word with one loan less
 *   LN-2: a context has been lent at most CONTEXT_LENT_MAX times, so the way from home to holder is short
 */
#ifndef CORE_LEND_H
#define CORE_LEND_H

#include <object/thread.h>

/* The caller waits for its answer from `receiver`, which runs on the caller's context from now on. */
void lend_context(thread_t caller, thread_t receiver);

/*
 * What a thread that waits for an answer has lent is its own again, wherever it
 * is. Who loses it runs on its own context, if it has one.
 */
void lend_return(thread_t caller);

/* A thread that is going to receive, or runs out of budget, gives back what was lent to it. */
void lend_give_back(thread_t receiver);

/* Whether the thread has been lent a context without budget and has one of its own that can be used now, or sooner. */
bool lend_is_used_up(thread_t thread);

/* Nobody runs on the context, nor has lent it; its home has none. */
void lend_end(sched_context_t sc);

#endif
