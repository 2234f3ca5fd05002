/* Serves `bulk`: requests, and many channels at once, of clients that may do anything. */
#include "channel.h"

#define ENDS 32u

struct end {
	struct kaal_channel channel;
	uint64_t purpose;
};

static struct end ends[ENDS];
static struct kaal_deferred waiting[4];
static uint64_t counts[COUNTS_WORDS];

static void close_end(struct end *end)
{
	counts[COUNT_BROKEN] += kaal_channel_state(&end->channel) == KAAL_CHANNEL_BROKEN;
	expect(kaal_channel_close(&end->channel), KAAL_OK, "closing an end");
	end->purpose = 0;
	counts[COUNT_OPEN]--;
}

/* --- what channels are for ----------------------------------------------------------------- */

static kaal_status_t echo(struct kaal_channel *channel)
{
	for (;;) {
		const void *message;
		void *room;
		uint64_t bytes;
		kaal_status_t status = kaal_channel_peek(channel, 0, &message, &bytes);

		/* Without room the message stays, and the flag comes again. */
		if (status == KAAL_OK)
			status = kaal_channel_reserve(channel, bytes, 0, &room);
		if (status != KAAL_OK)
			return status;
		memcpy(room, message, bytes);
		if (kaal_channel_commit(channel, bytes) != KAAL_OK || kaal_channel_release(channel) != KAAL_OK)
			return KAAL_CANCELLED;
	}
}

static kaal_status_t flood(struct kaal_channel *channel)
{
	uint8_t message[100];
	kaal_status_t status;

	fill(message, 1, sizeof message);
	do
		status = kaal_channel_send(channel, message, sizeof message, FOREVER);
	while (status == KAAL_OK);
	counts[COUNT_STATUS] = status;
	return status;
}

static kaal_status_t listen(struct kaal_channel *channel)
{
	kaal_ticks_t deadline = deadline_in(DEADLINE_NS);
	const void *message;
	uint64_t bytes;

	expect(kaal_channel_release(channel), KAAL_OK, "the first message");
	counts[COUNT_STATUS] = kaal_channel_peek(channel, deadline, &message, &bytes);
	counts[COUNT_LATE] = late_ns(deadline);
	return KAAL_OK;
}

/* The client has ended, and the broker has taken its memory: to be heard of, and not to be felt. */
static kaal_status_t nap(struct kaal_channel *channel)
{
	const void *message;
	uint64_t bytes;

	expect(kaal_channel_release(channel), KAAL_OK, "the first message");
	kaal_ignore(kaal_sys_thread_sleep(deadline_in(NAP_NS)));
	counts[COUNT_NAP] = kaal_channel_peek(channel, 0, &message, &bytes);
	return counts[COUNT_NAP];
}

static void come(struct kaal_server *server, void *context)
{
	struct end *end = context;
	const void *message;
	uint64_t bytes;
	kaal_status_t status = kaal_channel_peek(&end->channel, 0, &message, &bytes);

	(void)server;
	if (status == KAAL_OK && end->purpose == ECHO)
		status = echo(&end->channel);
	else if (status == KAAL_OK && end->purpose == FLOOD)
		status = flood(&end->channel);
	else if (status == KAAL_OK && end->purpose == LISTEN)
		status = listen(&end->channel);
	else if (status == KAAL_OK && end->purpose == NAP)
		status = nap(&end->channel);
	else if (status == KAAL_OK && end->purpose == DIE)
		__builtin_trap();
	else if (status == KAAL_OK)
		status = kaal_channel_check(&end->channel);
	if (status == KAAL_CANCELLED || (status != KAAL_OK && status != KAAL_WOULD_BLOCK))
		close_end(end);
}

static void greet(struct end *end)
{
	uint8_t message[64];

	for (uint64_t i = 0; i < GREETINGS; i++) {
		fill(message, i, sizeof message);
		expect(kaal_channel_send(&end->channel, message, sizeof message, 0), KAAL_OK, "a greeting");
	}
	close_end(end);
}

/* --- requests ------------------------------------------------------------------------------ */

static uint64_t connect(struct kaal_server *server, struct kaal_request *request)
{
	struct end *end = NULL;
	kaal_status_t status;

	for (uint32_t i = 0; i < ENDS; i++) {
		if (ends[i].purpose == 0)
			end = &ends[i];
	}
	if (end == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	status = kaal_channel_accept(&end->channel, &server->signals, request->badge, request->words[KAAL_CHANNEL_WORD_NUMBER]);
	if (status != KAAL_OK) {
		counts[COUNT_REFUSED]++;
		return kaal_answer(status, 0);
	}
	end->purpose = request->words[KAAL_CHANNEL_WORD_PURPOSE];
	counts[COUNT_OPEN]++;
	expect(kaal_server_on(server, end->channel.flag, come, end), KAAL_OK, "a channel's flag");
	if (end->purpose == GREET)
		greet(end);
	return kaal_answer(KAAL_OK, 0);
}

static uint64_t tell_counts(struct kaal_server *server, struct kaal_request *request)
{
	(void)server;
	memcpy(request->words, counts, sizeof counts);
	return kaal_answer(KAAL_OK, COUNTS_WORDS);
}

static uint64_t wait(struct kaal_server *server, struct kaal_request *request)
{
	(void)request;
	for (unsigned i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
		if (waiting[i].reply.slot == 0)
			return kaal_server_defer(server, &waiting[i]) == KAAL_OK ? KAAL_SERVER_LATER : kaal_answer(KAAL_NO_MEMORY, 0);
	}
	return kaal_answer(KAAL_NO_MEMORY, 0);
}

static uint64_t go(struct kaal_server *server, struct kaal_request *request)
{
	uint64_t answered = 0;

	for (unsigned i = 0; i < sizeof waiting / sizeof waiting[0]; i++)
		answered += kaal_server_answer(server, &waiting[i], kaal_answer(KAAL_OK, 1), request->words) == KAAL_OK;
	request->words[0] = answered;
	return kaal_answer(KAAL_OK, 1);
}

static uint64_t quit(struct kaal_server *server, struct kaal_request *request)
{
	(void)request;
	kaal_server_stop(server);
	return kaal_answer(KAAL_OK, 0);
}

static void ended(struct kaal_server *server, uint64_t badge)
{
	(void)server;
	(void)badge;
	counts[COUNT_ENDED]++;
}

int main(void)
{
	static const struct kaal_method methods[] = {
		{.label = COUNTS, .answer = tell_counts},
		{.label = WAIT, .answer = wait},
		{.label = GO, .words = 1, .answer = go},
		{.label = QUIT, .answer = quit},
		{.label = KAAL_CHANNEL_CONNECT, .words = KAAL_CHANNEL_WORDS, .answer = connect},
	};
	static const struct kaal_server_setup setup = {.service = "bulk", .methods = methods, .method_count = sizeof methods / sizeof methods[0],
						       .deferred_max = 2, .ended = ended};
	static struct kaal_server server;

	counts[COUNT_START] = kaal_startup()->start;
	expect(kaal_server_start(&server, &setup), KAAL_OK, "serving");
	expect(kaal_server_run(&server), KAAL_OK, "serving");
	expect(kaal_server_end(&server), KAAL_OK, "the end");
	printf("served\n");
	return EXIT_SUCCESS;
}
