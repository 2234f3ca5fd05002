/* The echo server: answers requests, and sends back what comes by channels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/channel.h>
#include <kaal/server.h>
#include <kaal/status_text.h>

#include "protocol.h"
#include "server-requires.h"

#define TURN 16u /* messages of a channel before another's have their turn */

static struct kaal_server server;
static struct kaal_channel channels[ECHO_CHANNELS_MAX];
static uint64_t message_count, byte_count;

static bool is_used(const struct kaal_channel *channel)
{
	return kaal_channel_state(channel) != KAAL_CHANNEL_CLOSED;
}

/* Sends the oldest message back. WOULD_BLOCK: there is none, or no room for it yet; it stays, and the flag comes again. */
static kaal_status_t send_back(struct kaal_channel *channel)
{
	const void *message;
	void *room;
	uint64_t bytes;
	kaal_status_t status = kaal_channel_peek(channel, 0, &message, &bytes);

	if (status == KAAL_OK)
		status = kaal_channel_reserve(channel, bytes, 0, &room);
	if (status != KAAL_OK)
		return status;
	memcpy(room, message, bytes);
	status = kaal_channel_commit(channel, bytes);
	if (status == KAAL_OK)
		status = kaal_channel_release(channel);
	message_count++;
	byte_count += bytes;
	return status;
}

/*
 * A channel's flag has come: a message, room, or its end. Whatever else it says (a message for which there will never
 * be room back, a broken queue), the channel is closed, and the client finds that out.
 */
static void come(struct kaal_server *self, void *context)
{
	struct kaal_channel *channel = context;
	kaal_status_t status = KAAL_OK;

	for (unsigned i = 0; i < TURN && status == KAAL_OK; i++)
		status = send_back(channel);
	if (status == KAAL_OK)
		kaal_signals_keep(&self->signals, kaal_channel_flag(channel));
	else if (status != KAAL_WOULD_BLOCK || kaal_channel_check(channel) != KAAL_OK)
		kaal_ignore(kaal_channel_close(channel));
}

/* A place for one more channel of this client; NULL: it has enough, or there is none. */
static struct kaal_channel *free_place(uint64_t badge)
{
	struct kaal_channel *found = NULL;
	uint32_t count = 0;

	for (struct kaal_channel *channel = channels; channel < channels + ECHO_CHANNELS_MAX; channel++) {
		if (!is_used(channel))
			found = channel;
		else
			count += kaal_channel_badge(channel) == badge;
	}
	return count < ECHO_CHANNELS ? found : NULL;
}

static uint64_t connect(struct kaal_server *self, struct kaal_request *request)
{
	struct kaal_channel *channel = free_place(request->badge);
	kaal_status_t status;

	if (channel == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	status = kaal_channel_accept(channel, &self->signals, request->badge, request->words[KAAL_CHANNEL_WORD_NUMBER]);
	if (status == KAAL_OK)
		status = kaal_server_on(self, channel->flag, come, channel);
	return kaal_answer(status, 0);
}

static void ended(struct kaal_server *self, uint64_t badge)
{
	(void)self;
	for (struct kaal_channel *channel = channels; channel < channels + ECHO_CHANNELS_MAX; channel++) {
		if (is_used(channel) && kaal_badge_ends_with(kaal_channel_badge(channel), badge))
			kaal_ignore(kaal_channel_close(channel));
	}
}

static uint64_t echo_words(struct kaal_server *self, struct kaal_request *request)
{
	uint64_t count = kaal_message_words(request->message);

	(void)self;
	return count <= KAAL_MESSAGE_REGISTERS ? kaal_answer(KAAL_OK, count) : kaal_answer(KAAL_OUT_OF_RANGE, 0);
}

static uint64_t tell_counts(struct kaal_server *self, struct kaal_request *request)
{
	(void)self;
	request->words[0] = message_count;
	request->words[1] = byte_count;
	request->words[2] = 0;
	for (uint32_t i = 0; i < ECHO_CHANNELS_MAX; i++)
		request->words[2] += is_used(&channels[i]);
	return kaal_answer(KAAL_OK, 3);
}

int main(void)
{
	static const struct kaal_method methods[] = {
		{.label = ECHO_WORDS, .answer = echo_words},
		{.label = ECHO_COUNTS, .answer = tell_counts},
		{.label = KAAL_CHANNEL_CONNECT, .words = KAAL_CHANNEL_WORDS, .answer = connect},
	};
	static const struct kaal_server_setup setup = {.service = "echo", .methods = methods,
						       .method_count = sizeof methods / sizeof methods[0], .ended = ended};
	kaal_status_t status = kaal_server_start(&server, &setup);

	if (status == KAAL_OK)
		status = kaal_server_run(&server);
	printf("ended: %s\n", kaal_status_text(status));
	return EXIT_FAILURE;
}
