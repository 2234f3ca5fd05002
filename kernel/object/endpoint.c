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

static enum endpoint_state state_of(endpoint_t endpoint)
{
	thread_t first = endpoint_view[endpoint].waiting.first;
	const struct thread *t;

	if (first == THREAD_NONE)
		return ENDPOINT_IDLE;
	t = &thread_view[first];
	if (t->state != THREAD_RECEIVING)
		return ENDPOINT_SENDING;
	return t->wait.next == THREAD_NONE && t->reply != REPLY_NONE && t->timer.rank == 0 ? ENDPOINT_ONE_RECEIVER : ENDPOINT_RECEIVING;
}

void endpoint_update(endpoint_t endpoint)
{
	endpoint_view[endpoint].state = state_of(endpoint);
}

void endpoint_add(endpoint_t endpoint, thread_t thread)
{
	wait_queue_add(&endpoint_view[endpoint].waiting, thread);
	endpoint_update(endpoint);
}

void endpoint_remove(endpoint_t endpoint, thread_t thread)
{
	wait_queue_remove(&endpoint_view[endpoint].waiting, thread);
	endpoint_update(endpoint);
}
