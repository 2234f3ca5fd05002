/* Calls that may wait: they set status and results themselves. */
#include "calls.h"

#include <stddef.h>

#include <kaal/syscall_numbers.h>

static void finish(uint64_t status, uint64_t result)
{
	call_self->argument[0] = status;
	call_self->argument[1] = result;
}

static void fail(uint64_t status)
{
	finish(status, 0);
	call_self->argument[2] = 0;
}

static uint64_t until(unsigned i)
{
	return call_arg(i) < MODEL_AT_ONCE ? call_arg(i) : MODEL_FOREVER;
}

static bool grants(const struct m_slot *slot)
{
	return (slot->cap.rights & KAAL_RIGHT_GRANT) != 0;
}

static void send(bool call, uint64_t deadline)
{
	struct m_slot *ep;
	uint64_t status = call_find(0, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE, &ep);

	if (status == KAAL_OK)
		status = model_check_message(call_self, call_arg(1), grants(ep));
	if (status == KAAL_OK && call && call_self->context != NULL && call_self->loans == MODEL_LOANS_MAX)
		status = KAAL_LENT_TOO_OFTEN;
	if (status != KAAL_OK) {
		fail(status);
		return;
	}
	call_self->badge = ep->cap.data;
	call_self->may_grant = grants(ep);
	model_send(call_self, ep->cap.object, call, deadline);
}

static bool is_taken(const struct m_object *reply)
{
	return reply->receiver != NULL && reply->receiver != call_self && reply->receiver->state == M_RECEIVING;
}

/* Endpoint and reply to receive with; argument 0 for the reply: none. */
static uint64_t find_receive(unsigned i, struct m_slot **ep, struct m_object **reply)
{
	struct m_slot *slot;
	uint64_t status = call_find(i, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ, ep);

	*reply = NULL;
	if (status != KAAL_OK || call_arg(i + 1) == 0)
		return status;
	status = call_find(i + 1, KAAL_OBJECT_REPLY, KAAL_RIGHT_WRITE, &slot);
	if (status == KAAL_OK && (slot->cap.object->caller != NULL || is_taken(slot->cap.object)))
		status = KAAL_REPLY_IN_USE;
	if (status == KAAL_OK)
		*reply = slot->cap.object;
	return status;
}

static void receive(uint64_t deadline)
{
	struct m_slot *ep;
	struct m_object *reply;
	uint64_t status = find_receive(0, &ep, &reply);

	if (status == KAAL_OK)
		model_receive(call_self, ep->cap.object, reply, deadline);
	else
		fail(status);
}

static void signal_receive(void)
{
	struct m_slot *notification, *ep;
	struct m_object *reply;
	uint64_t status = call_find(0, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_WRITE, &notification);

	if (status == KAAL_OK)
		status = find_receive(1, &ep, &reply);
	if (status != KAAL_OK) {
		fail(status);
		return;
	}
	model_signal(notification->cap.object, notification->cap.data != 0 ? notification->cap.data : 1);
	model_receive(call_self, ep->cap.object, reply, MODEL_FOREVER);
}

static void reply_receive(uint64_t deadline)
{
	struct m_slot *ep, *reply;
	uint64_t status = call_find(0, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ, &ep);

	if (status == KAAL_OK)
		status = call_find(2, KAAL_OBJECT_REPLY, KAAL_RIGHT_WRITE, &reply);
	if (status == KAAL_OK && is_taken(reply->cap.object))
		status = KAAL_REPLY_IN_USE;
	if (status == KAAL_OK)
		status = model_check_message(call_self, call_arg(1), grants(reply));
	if (status != KAAL_OK) {
		fail(status);
		return;
	}
	{
		struct m_object *with = reply->cap.object, *endpoint = ep->cap.object;

		model_reply(call_self, with, grants(reply));
		model_receive(call_self, endpoint, with, deadline);
	}
}

static void reply_send(void)
{
	struct m_slot *reply;
	uint64_t status = call_find(0, KAAL_OBJECT_REPLY, KAAL_RIGHT_WRITE, &reply);

	if (status == KAAL_OK)
		status = model_check_message(call_self, call_arg(1), grants(reply));
	if (status == KAAL_OK && reply->cap.object->caller == NULL)
		status = KAAL_NO_CALLER;
	call_self->argument[0] = status;
	if (status == KAAL_OK)
		model_reply(call_self, reply->cap.object, grants(reply));
}

/* The flags, or the wait for one until then; now: not at all. */
static void wait_for_flags(unsigned i, uint64_t deadline)
{
	struct m_slot *slot;
	uint64_t status = call_find(i, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ, &slot);
	uint64_t flags = status == KAAL_OK ? model_take_flags(slot->cap.object) : 0;

	if (status != KAAL_OK || flags != 0)
		finish(status, flags);
	else if (deadline <= model.now)
		finish(KAAL_TIMEOUT, 0);
	else
		model_block(call_self, M_WAITING, slot->cap.object, deadline);
}

static void poll(void)
{
	struct m_slot *slot;
	uint64_t status = call_find(0, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ, &slot);

	finish(status, status == KAAL_OK ? model_take_flags(slot->cap.object) : 0);
}

/* Both capabilities are looked at before anything changes. */
static void ack_wait(void)
{
	struct m_object *line;
	struct m_slot *slot;
	uint64_t status = call_find_line(&line);

	if (status == KAAL_OK)
		status = call_find(1, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ, &slot);
	if (status != KAAL_OK) {
		finish(status, 0);
		return;
	}
	model.unmasked[line->line] = true;
	wait_for_flags(1, MODEL_FOREVER);
}

static void sleep_until(uint64_t deadline)
{
	call_self->argument[0] = KAAL_OK;
	if (deadline > model.now)
		model_block(call_self, M_SLEEPING, NULL, deadline);
	/* A time that never comes is waited for, too. */
}

/* False: not one of these. */
bool call_that_may_wait(uint32_t number)
{
	switch (number) {
	case KAAL_SYS_ENDPOINT_CALL: send(true, MODEL_FOREVER); return true;
	case KAAL_SYS_ENDPOINT_CALL_UNTIL: send(true, until(2)); return true;
	case KAAL_SYS_ENDPOINT_SEND: send(false, MODEL_FOREVER); return true;
	case KAAL_SYS_ENDPOINT_NB_SEND: send(false, MODEL_AT_ONCE); return true;
	case KAAL_SYS_ENDPOINT_SEND_UNTIL: send(false, until(2)); return true;
	case KAAL_SYS_ENDPOINT_RECV: receive(MODEL_FOREVER); return true;
	case KAAL_SYS_ENDPOINT_NB_RECV: receive(MODEL_AT_ONCE); return true;
	case KAAL_SYS_ENDPOINT_RECV_UNTIL: receive(until(2)); return true;
	case KAAL_SYS_ENDPOINT_REPLY_RECV: reply_receive(MODEL_FOREVER); return true;
	case KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL: reply_receive(until(3)); return true;
	case KAAL_SYS_REPLY_SEND: reply_send(); return true;
	case KAAL_SYS_NOTIFICATION_SIGNAL_RECV: signal_receive(); return true;
	case KAAL_SYS_NOTIFICATION_WAIT: wait_for_flags(0, MODEL_FOREVER); return true;
	case KAAL_SYS_NOTIFICATION_WAIT_UNTIL: wait_for_flags(0, call_arg(1)); return true;
	case KAAL_SYS_NOTIFICATION_POLL: poll(); return true;
	case KAAL_SYS_IRQ_ACK_WAIT: ack_wait(); return true;
	case KAAL_SYS_THREAD_SLEEP: sleep_until(call_arg(0)); return true;
	default: return false;
	}
}
