#include "endpoint.h"

#include <arch/arch.h>

#include "reply.h"

void endpoint_start(endpoint_t endpoint)
{
	wait_queue_start(&endpoint_view[endpoint].waiting);
}

thread_t endpoint_sender(endpoint_t endpoint)
{
	return endpoint_view[endpoint].state == ENDPOINT_SENDING ? endpoint_view[endpoint].waiting.first : THREAD_NONE;
}

thread_t endpoint_receiver(endpoint_t endpoint)
{
	return endpoint_view[endpoint].state >= ENDPOINT_RECEIVING ? endpoint_view[endpoint].waiting.first : THREAD_NONE;
}

/*@
	requires \exists integer i; is_thread(i) && t == &thread_view[i];
	terminates \true; exits \false; assigns \nothing;
	ensures \forall integer i; is_thread(i) && t == &thread_view[i] ==> \result == state_alone(i);
*/
/* EP-3 for an endpoint where this thread waits alone. */
static enum endpoint_state state_with(const struct thread *t)
{
	if (t->state != THREAD_RECEIVING)
		return ENDPOINT_SENDING;
	return t->reply != REPLY_NONE && t->timer.rank == 0 ? ENDPOINT_ONE_RECEIVER : ENDPOINT_RECEIVING;
}

void endpoint_update(endpoint_t endpoint)
{
	thread_t first = endpoint_view[endpoint].waiting.first;
	enum endpoint_state state = first == THREAD_NONE ? ENDPOINT_IDLE : state_with(&thread_view[first]);

	if (state == ENDPOINT_ONE_RECEIVER && thread_view[first].wait.next != THREAD_NONE)
		state = ENDPOINT_RECEIVING;
	endpoint_view[endpoint].state = state;
}

/*@
	requires is_thread(thread);
	terminates \true; exits \false;
	assigns endpoint_view[endpoint].state, endpoint_view[endpoint].waiting.first;
	ensures endpoint_view[endpoint].waiting.first == thread;
	ensures endpoint_view[endpoint].state == state_alone(thread);
	KEEPS(endpoints_ok);
	KEEPS_THREADS_OK;
*/
/* Nobody waits. A part of its caller, as is the next: only the proofs see functions of their own. */
static inline __attribute__((always_inline)) void add_first(endpoint_t endpoint, thread_t thread)
{
	wait_queue_add_alone(&endpoint_view[endpoint].waiting, thread);
	endpoint_view[endpoint].state = state_with(&thread_view[thread]);
}

/*@
	requires is_thread(thread) && threads_ok && endpoints_ok;
	exits \false;
	assigns endpoint_view[endpoint].state, endpoint_view[endpoint].waiting.first, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures endpoint_view[endpoint].state == state_by_first(endpoint_view[endpoint].waiting.first);
	ensures threads_ok;
	ensures endpoints_ok;
*/
/* Somebody waits already. */
static inline __attribute__((always_inline)) void add_more(endpoint_t endpoint, thread_t thread)
{
	wait_queue_add(&endpoint_view[endpoint].waiting, thread);
	endpoint_update(endpoint);
}

void endpoint_add(endpoint_t endpoint, thread_t thread)
{
	if (endpoint_view[endpoint].state == ENDPOINT_IDLE)
		add_first(endpoint, thread);
	else
		add_more(endpoint, thread);
}

void endpoint_remove(endpoint_t endpoint, thread_t thread)
{
	wait_queue_remove(&endpoint_view[endpoint].waiting, thread);
	endpoint_update(endpoint);
}
