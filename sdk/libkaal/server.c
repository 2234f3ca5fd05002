#include <kaal/server.h>

#include <string.h>

#include <kaal/slot.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>
#include <kaal/time.h>

#define REPLY_BYTES 32u

/* --- start and end ------------------------------------------------------------------------- */

static void tell_ended(struct kaal_server *server, void *context)
{
	uint64_t badges[KAAL_BROKER_BADGES];
	uint32_t count;

	(void)context;
	do {
		if (kaal_broker_ended(server->service.thing, badges, &count) != KAAL_OK)
			return;
		for (uint32_t i = 0; i < count && server->setup.ended != NULL; i++)
			server->setup.ended(server, badges[i]);
	} while (count == KAAL_BROKER_BADGES);
}

static kaal_status_t make_replies(struct kaal_server *server)
{
	uint32_t count = server->setup.deferred_max + 1;
	kaal_cap_t first;
	uint64_t made;
	kaal_status_t status = kaal_broker_memory(KAAL_PAGE_BITS, &server->memory);

	_Static_assert((KAAL_SERVER_DEFERRED_MAX + 1) * REPLY_BYTES <= KAAL_PAGE_BYTES, "a page holds them");
	if (status == KAAL_OK)
		status = kaal_slot_take(count + KAAL_MESSAGE_CAPS_MAX, &first);
	if (status != KAAL_OK)
		return status;
	server->replies = first;
	server->caps = server->replies + count;
	for (uint32_t done = 0; done < count; done += (uint32_t)made) {
		status = kaal_sys_untyped_retype(server->memory.first, KAAL_OBJECT_REPLY, KAAL_SLOT_CNODE, server->replies + done, count - done, &made);
		if (status != KAAL_OK && status != KAAL_INTERRUPTED)
			return status;
	}
	for (uint32_t i = 0; i < count; i++)
		server->free[i] = (uint8_t)i;
	server->free_count = count;
	return KAAL_OK;
}

static kaal_status_t start(struct kaal_server *server)
{
	kaal_status_t status = kaal_signals_start(&server->signals);

	if (status == KAAL_OK)
		status = kaal_signals_take(&server->signals, &server->ended);
	if (status == KAAL_OK)
		status = kaal_server_on(server, server->ended, tell_ended, NULL);
	if (status == KAAL_OK)
		status = make_replies(server);
	if (status == KAAL_OK)
		status = kaal_sys_thread_bind_notification(kaal_thread_cap(kaal_thread_self()).slot, server->signals.notification.first);
	if (status != KAAL_OK)
		return status;
	server->bound = true;
	return kaal_broker_serve(server->setup.service, kaal_signals_flag(&server->signals, server->ended), &server->service);
}

kaal_status_t kaal_server_start(struct kaal_server *server, const struct kaal_server_setup *setup)
{
	kaal_status_t status;

	*server = (struct kaal_server){.setup = *setup, .deadline = UINT64_MAX};
	if (setup->deferred_max > KAAL_SERVER_DEFERRED_MAX)
		return KAAL_OUT_OF_RANGE;
	status = start(server);
	if (status != KAAL_OK)
		kaal_ignore(kaal_server_end(server));
	return status;
}

kaal_status_t kaal_server_end(struct kaal_server *server)
{
	kaal_status_t status = KAAL_OK;

	if (server->service.thing != 0)
		status = kaal_broker_give(&server->service);
	if (status == KAAL_OK && server->bound)
		status = kaal_sys_thread_bind_notification(kaal_thread_cap(kaal_thread_self()).slot, KAAL_SLOT_NULL);
	if (status == KAAL_OK)
		server->bound = false;
	if (status == KAAL_OK && server->replies != 0)
		status = kaal_slot_drop(server->replies, server->setup.deferred_max + 1 + KAAL_MESSAGE_CAPS_MAX);
	if (status == KAAL_OK)
		server->replies = 0;
	if (status == KAAL_OK && server->memory.thing != 0)
		status = kaal_broker_give(&server->memory);
	if (status == KAAL_OK && server->signals.notification.thing != 0)
		status = kaal_signals_end(&server->signals);
	return status;
}

/* --- flags --------------------------------------------------------------------------------- */

kaal_status_t kaal_server_on(struct kaal_server *server, uint32_t flag, void (*come)(struct kaal_server *server, void *context), void *context)
{
	if (flag > 63 || (server->signals.taken >> flag & 1) == 0)
		return KAAL_OUT_OF_RANGE;
	server->flags[flag].come = come;
	server->flags[flag].context = context;
	return KAAL_OK;
}

/* Each flag that has come and has a handler, once; what a handler makes come is for the next time. */
static void tell_flags(struct kaal_server *server)
{
	uint64_t now = server->signals.pending;

	for (uint32_t flag = 0; now >> flag != 0; flag++) {
		uint64_t bit = UINT64_C(1) << flag;

		/* A handler before it may have given the flag back, or have waited for it. */
		if ((now & server->signals.pending & server->signals.taken & bit) != 0 && server->flags[flag].come != NULL) {
			server->signals.pending &= ~bit;
			server->flags[flag].come(server, server->flags[flag].context);
		}
		if (flag == 63)
			break;
	}
}

/* Whether a flag that has come has a handler. */
static bool has_flags(const struct kaal_server *server)
{
	for (uint32_t flag = 0; flag < 64; flag++) {
		if ((server->signals.pending & server->signals.taken) >> flag == 0)
			return false;
		if (((server->signals.pending & server->signals.taken) >> flag & 1) != 0 && server->flags[flag].come != NULL)
			return true;
	}
	return false;
}

/* --- time ---------------------------------------------------------------------------------- */

void kaal_server_at(struct kaal_server *server, uint64_t deadline, void (*come)(struct kaal_server *server, void *context), void *context)
{
	server->deadline = deadline;
	server->due = come;
	server->due_context = context;
}

/* Requests that wait are received also after the deadline, so they could keep it from being told. */
static bool is_due(const struct kaal_server *server)
{
	return server->deadline != UINT64_MAX && kaal_ticks_now() >= server->deadline;
}

static void tell_time(struct kaal_server *server)
{
	if (!is_due(server))
		return;
	server->deadline = UINT64_MAX;
	server->due(server, server->due_context);
}

/* --- requests ------------------------------------------------------------------------------ */

static uint64_t answer(struct kaal_server *server, struct kaal_request *request)
{
	uint64_t words = kaal_message_words(request->message);

	/* A component that has made this its fault handler: its thread stays stopped. */
	if ((request->message & KAAL_MESSAGE_FAULT) != 0)
		return kaal_message(0, 0, KAAL_FAULT_STOP);
	for (uint64_t i = words; i < KAAL_MESSAGE_REGISTERS; i++)
		request->words[i] = 0;
	for (uint32_t i = 0; i < server->setup.method_count; i++) {
		const struct kaal_method *method = &server->setup.methods[i];

		if (method->label != kaal_message_label(request->message))
			continue;
		if (words < method->words || kaal_message_caps(request->message) != method->caps ||
		    (request->message & KAAL_MESSAGE_TRUNCATED) != 0)
			return kaal_answer(KAAL_OUT_OF_RANGE, 0);
		return method->answer(server, request);
	}
	return kaal_answer(KAAL_NOT_SUPPORTED, 0);
}

/* What came and was not moved elsewhere goes. */
static void drop_caps(const struct kaal_server *server, uint64_t message)
{
	for (uint64_t i = 0; i < kaal_message_caps(message); i++)
		kaal_ignore(kaal_sys_cap_delete(KAAL_SLOT_CNODE, server->caps + i));
}

/* Nothing of the last request goes to the next client. */
static void clear_beyond(uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	for (uint64_t i = kaal_message_words(message); i < KAAL_MESSAGE_REGISTERS; i++)
		words[i] = 0;
}

static kaal_cap_t free_reply(const struct kaal_server *server)
{
	return server->replies + server->free[server->free_count - 1];
}

/* The answer that the kernel takes in any case. */
static kaal_status_t refuse(kaal_cap_t reply, kaal_status_t status)
{
	static const uint64_t none[KAAL_MESSAGE_REGISTERS];

	return kaal_sys_reply_send(reply, kaal_answer(status, 0), none);
}

kaal_status_t kaal_server_defer(struct kaal_server *server, struct kaal_deferred *deferred)
{
	if (server->free_count == 1)
		return KAAL_NO_MEMORY;
	deferred->reply = kaal_reply_at(free_reply(server));
	server->free_count--;
	return KAAL_OK;
}

kaal_status_t kaal_server_answer(struct kaal_server *server, struct kaal_deferred *deferred, uint64_t message, const uint64_t *words)
{
	uint64_t sent[KAAL_MESSAGE_REGISTERS] = {0}, count = kaal_message_words(message);
	kaal_cap_t reply = deferred->reply.slot;
	kaal_status_t status;

	if (reply == 0)
		return KAAL_NOT_BOUND;
	if (count != 0)
		memcpy(sent, words, (count < KAAL_MESSAGE_REGISTERS ? count : KAAL_MESSAGE_REGISTERS) * sizeof *words);
	status = kaal_sys_reply_send(reply, message, sent);
	if (status != KAAL_OK && status != KAAL_NO_CALLER)
		(void)refuse(reply, status);
	/* Below the one that is received with: that may be in use (a method that answers an older call). */
	server->free[server->free_count] = server->free[server->free_count - 1];
	server->free[server->free_count - 1] = (uint8_t)(reply - server->replies);
	server->free_count++;
	deferred->reply.slot = 0;
	return status;
}

/* --- the loop ------------------------------------------------------------------------------- */

/* Without a deadline the kernel has less to do. TIMEOUT: nothing has come, and an answer has been given. */
static kaal_status_t receive(struct kaal_server *server, kaal_cap_t reply, struct kaal_request *request)
{
	return server->deadline == UINT64_MAX
		       ? kaal_sys_endpoint_recv(server->service.first, reply, request->words, &request->message, &request->badge)
		       : kaal_sys_endpoint_recv_until(server->service.first, reply, server->deadline, request->words, &request->message, &request->badge);
}

static kaal_status_t answer_and_receive(struct kaal_server *server, uint64_t message, kaal_cap_t reply, struct kaal_request *request)
{
	return server->deadline == UINT64_MAX
		       ? kaal_sys_endpoint_reply_recv(server->service.first, message, reply, request->words, &request->message, &request->badge)
		       : kaal_sys_endpoint_reply_recv_until(server->service.first, message, reply, server->deadline, request->words,
							&request->message, &request->badge);
}

/* Gives the last answer, if `message` is one, and takes what comes next; TIMEOUT: no request. With handlers to call it does not wait for one. */
static kaal_status_t next(struct kaal_server *server, uint64_t message, struct kaal_request *request)
{
	struct kaal_message_buffer *buffer = kaal_message_buffer();
	bool busy = server->stopped || has_flags(server) || is_due(server);
	kaal_cap_t reply = free_reply(server);
	kaal_status_t status = KAAL_OK;

	if (message != KAAL_SERVER_LATER)
		clear_beyond(message, request->words);
	buffer->receive_cnode = KAAL_SLOT_CNODE;
	buffer->receive_slot = server->caps;
	if (message != KAAL_SERVER_LATER) {
		status = busy ? kaal_sys_reply_send(reply, message, request->words) : answer_and_receive(server, message, reply, request);
		if (!busy && (status == KAAL_OK || status == KAAL_CANCELLED || status == KAAL_TIMEOUT))
			return status;
		if (status != KAAL_OK && status != KAAL_NO_CALLER)
			(void)refuse(reply, status);
	}
	return busy ? KAAL_TIMEOUT : receive(server, reply, request);
}

kaal_status_t kaal_server_run(struct kaal_server *server)
{
	struct kaal_request request = {.caps = server->caps};
	uint64_t message = KAAL_SERVER_LATER;

	server->stopped = false;
	for (;;) {
		kaal_status_t status = next(server, message, &request);

		if (server->stopped || (status != KAAL_OK && status != KAAL_TIMEOUT))
			return status == KAAL_TIMEOUT ? KAAL_OK : status;
		message = KAAL_SERVER_LATER;
		if (status == KAAL_TIMEOUT || (request.message & KAAL_MESSAGE_NOTIFICATION) != 0) {
			if (status == KAAL_OK)
				kaal_signals_keep(&server->signals, request.badge);
			tell_flags(server);
			tell_time(server);
		} else {
			uint64_t came = request.message;

			message = answer(server, &request);
			drop_caps(server, came);
		}
	}
}

void kaal_server_stop(struct kaal_server *server)
{
	server->stopped = true;
}
