#include "calls.h"

#include <stddef.h>

#include <kaal/broker.h>
#include <kaal/object.h>

#define NO_REPLY 0u

static struct {
	kaal_reply_t free[CALLS_REPLY_COUNT]; /* the last one is received with */
	unsigned free_count;
	uint64_t turn; /* how many calls have waited so far */
} replies;

void calls_start(kaal_cap_t first)
{
	for (replies.free_count = 0; replies.free_count < CALLS_REPLY_COUNT; replies.free_count++)
		replies.free[replies.free_count] = kaal_reply_at(first + replies.free_count);
}

kaal_reply_t calls_reply(void)
{
	return replies.free[replies.free_count - 1];
}

bool calls_answer(struct call *call, uint64_t message, const uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	bool answered = kaal_reply_send(call->reply, message, words) == KAAL_OK;

	/* Below the last one, in which a call may be that was received and not answered yet. */
	replies.free[replies.free_count] = replies.free[replies.free_count - 1];
	replies.free[replies.free_count - 1] = call->reply;
	replies.free_count++;
	call->reply.slot = NO_REPLY;
	return answered;
}

/* Where a call of this client is to wait: where one does, or where none does. */
static struct call *place_for(struct calls *calls, uint64_t badge)
{
	struct call *empty = NULL;

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct call *call = &calls->waiting[i];

		if (call->reply.slot == NO_REPLY)
			empty = call;
		else if ((uint32_t)call->badge == (uint32_t)badge)
			return call;
	}
	return empty;
}

struct call *calls_wait(struct calls *calls, uint64_t badge, uint64_t bytes)
{
	static const uint64_t none[KAAL_MESSAGE_REGISTERS];
	struct call *call = place_for(calls, badge);

	if (call == NULL)
		return NULL;
	if (call->reply.slot != NO_REPLY)
		(void)calls_answer(call, kaal_message(0, 0, KAAL_CANCELLED), none);
	*call = (struct call){.reply = replies.free[--replies.free_count], .badge = badge, .turn = replies.turn++, .bytes = bytes};
	return call;
}

void calls_end(struct calls *calls, uint64_t badge)
{
	static const uint64_t none[KAAL_MESSAGE_REGISTERS];

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct call *call = &calls->waiting[i];

		if (call->reply.slot != NO_REPLY && kaal_badge_ends_with(call->badge, badge))
			(void)calls_answer(call, kaal_message(0, 0, KAAL_CANCELLED), none);
	}
}

struct call *calls_first(struct calls *calls)
{
	struct call *first = NULL;

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct call *call = &calls->waiting[i];

		if (call->reply.slot != NO_REPLY && (first == NULL || call->turn < first->turn))
			first = call;
	}
	return first;
}
