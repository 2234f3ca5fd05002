/*
 * Uses `bulk`. Its first argument says how:
 *   rival   more urgent than the server: messages of all sizes, then a call that is answered later
 *   client  less urgent: the same messages; deadlines, ends, a crash of the server; its own end with channels open; the next start looks
 *           what is left of that
 */
#include "channel.h"

static struct kaal_service bulk;
static struct kaal_signals signals;
static uint8_t buffer[0x10000], text[0x10000];

static void open_channel(struct kaal_channel *channel, uint64_t there, uint64_t back, uint64_t purpose)
{
	struct kaal_channel_setup setup = {there, back, purpose};

	expect(kaal_channel_open(channel, &bulk, &signals, &setup, FOREVER), KAAL_OK, "opening a channel");
}

static void close_channel(struct kaal_channel *channel)
{
	expect(kaal_channel_close(channel), KAAL_OK, "closing a channel");
}

static void get_counts(uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	expect(kaal_service_request(&bulk, COUNTS, 0, words, FOREVER), KAAL_OK, "counts");
}

/* --- bulk ---------------------------------------------------------------------------------- */

/* Sends `count` messages and takes what comes back, whichever can be done. Returns how many bytes were wrong or missing. */
static uint64_t exchange(struct kaal_channel *channel, uint64_t count, uint64_t bytes)
{
	uint64_t sent = 0, taken = 0, got, wrong = 0;

	while (taken < count) {
		kaal_status_t status = KAAL_WOULD_BLOCK;

		if (sent < count) {
			fill(buffer, sent, bytes);
			/* Without an answer to wait for it waits for room: the last message may still lie there. */
			status = kaal_channel_send(channel, buffer, bytes, sent == taken ? FOREVER : 0);
			sent += status == KAAL_OK;
		}
		if (status == KAAL_OK)
			continue;
		expect(status, KAAL_WOULD_BLOCK, "sending");
		/* All that can be sent is: what comes next is an answer. */
		expect(kaal_channel_receive(channel, buffer, sizeof buffer, FOREVER, &got), KAAL_OK, "taking");
		wrong += got != bytes ? bytes : wrong_bytes(buffer, taken, bytes);
		taken++;
	}
	return wrong;
}

static void bulk_messages(void)
{
	static const uint64_t capacities[] = {0x1000, 0x3000, 0x12000}, sizes[] = {0, 1, 7, 8, 64, 1000, 4080, 4088, 4096, 0x2ff8, 0x10000};
	uint64_t messages = 0, wrong = 0;
	struct kaal_channel channel;

	for (unsigned i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
		open_channel(&channel, capacities[i], capacities[i], ECHO);
		for (unsigned j = 0; j < sizeof sizes / sizeof sizes[0] && sizes[j] <= kaal_channel_send_max(&channel); j++) {
			wrong += exchange(&channel, 20, sizes[j]);
			messages += 20;
		}
		expect(kaal_channel_send(&channel, buffer, kaal_channel_send_max(&channel) + 1, 0), KAAL_OUT_OF_RANGE, "a message too long");
		close_channel(&channel);
		expect(kaal_channel_send(&channel, buffer, 1, 0), KAAL_NOT_BOUND, "sending on a closed channel");
	}
	/* Different both ways. */
	open_channel(&channel, 0x1000, 0x4000, ECHO);
	wrong += exchange(&channel, 20, 4000);
	close_channel(&channel);
	printf("%u messages there and back, %u bytes wrong\n", (unsigned)messages + 20, (unsigned)wrong);
}

static void many_channels(void)
{
	static struct kaal_channel many[20];
	uint64_t wrong = 0, got, flags = 0, came;

	for (unsigned i = 0; i < 20; i++) {
		open_channel(&many[i], 0x1000, 0x1000, ECHO);
		flags |= kaal_channel_flag(&many[i]);
	}
	for (unsigned i = 0; i < 20; i++) {
		expect(kaal_channel_receive(&many[i], buffer, sizeof buffer, 0, &got), KAAL_WOULD_BLOCK, "nothing yet");
		fill(buffer, i, 100);
		expect(kaal_channel_send(&many[i], buffer, 100, 0), KAAL_OK, "one of many");
	}
	/* All that is waited for at once. */
	while (flags != 0) {
		expect(kaal_signals_wait(&signals, flags, FOREVER, &came), KAAL_OK, "any of many");
		flags &= ~came;
		for (unsigned i = 0; i < 20; i++) {
			if ((came & kaal_channel_flag(&many[i])) == 0)
				continue;
			expect(kaal_channel_receive(&many[i], buffer, sizeof buffer, 0, &got), KAAL_OK, "what came");
			wrong += got != 100 ? 100 : wrong_bytes(buffer, i, 100);
		}
	}
	for (unsigned i = 0; i < 20; i++)
		close_channel(&many[i]);
	printf("20 channels at once, %u bytes wrong\n", (unsigned)wrong);
}

/* Bytes without bounds, more than fit. */
static void stream(void)
{
	struct kaal_channel channel;
	uint64_t sent = 0, taken = 0, now, wrong = 0;

	fill(text, 5, sizeof text);
	open_channel(&channel, 0x1000, 0x1000, ECHO);
	while (taken < sizeof text) {
		uint64_t piece = sizeof text - sent < 700 ? sizeof text - sent : 700;

		expect(kaal_channel_write(&channel, text + sent, piece, FOREVER, &now), KAAL_OK, "writing");
		sent += now;
		do {
			expect(kaal_channel_read(&channel, buffer, 333, FOREVER, &now), KAAL_OK, "reading");
			for (uint64_t i = 0; i < now; i++)
				wrong += buffer[i] != text[taken + i];
			taken += now;
		} while (taken < sent);
	}
	close_channel(&channel);
	printf("%u bytes as a stream, %u wrong\n", (unsigned)taken, (unsigned)wrong);
}

/* --- ends and deadlines ------------------------------------------------------------------------ */

static void deadlines(void)
{
	struct kaal_channel channel;
	kaal_ticks_t deadline;
	uint64_t got, late[2], sent = 0;
	kaal_status_t status;

	open_channel(&channel, 0x1000, 0x1000, SILENT);
	deadline = deadline_in(DEADLINE_NS);
	expect(kaal_channel_receive(&channel, buffer, sizeof buffer, deadline, &got), KAAL_TIMEOUT, "nothing comes");
	late[0] = late_ns(deadline);
	deadline = deadline_in(DEADLINE_NS);
	while ((status = kaal_channel_send(&channel, buffer, 504, deadline)) == KAAL_OK)
		sent++;
	expect(status, KAAL_TIMEOUT, "nothing is taken");
	late[1] = late_ns(deadline);
	expect(kaal_channel_send(&channel, buffer, 1, 0), KAAL_WOULD_BLOCK, "nothing is taken");
	close_channel(&channel);
	printf("%u messages fitted; deadlines kept %s\n", (unsigned)sent, late[0] < LATE_NS && late[1] < LATE_NS ? "in time" : "late");
}

static void server_closes(void)
{
	struct kaal_channel channel;
	uint64_t got, wrong = 0;
	const void *message;

	open_channel(&channel, 0x1000, 0x1000, GREET);
	expect(kaal_channel_receive(&channel, buffer, 63, FOREVER, &got), KAAL_OUT_OF_RANGE, "a buffer too small");
	expect(got == 64 ? KAAL_OK : KAAL_OUT_OF_RANGE, KAAL_OK, "how much it must hold");
	for (uint64_t i = 0; i < GREETINGS; i++) {
		expect(kaal_channel_receive(&channel, buffer, sizeof buffer, FOREVER, &got), KAAL_OK, "what was sent before the end");
		wrong += got != 64 ? 64 : wrong_bytes(buffer, i, 64);
	}
	expect(kaal_channel_receive(&channel, buffer, sizeof buffer, FOREVER, &got), KAAL_CANCELLED, "taking after the end");
	expect(kaal_channel_send(&channel, buffer, 1, FOREVER), KAAL_CANCELLED, "sending after the end");
	expect(kaal_channel_peek(&channel, 0, &message, &got), KAAL_CANCELLED, "looking after the end");
	printf("closed by the server after %u messages, %u bytes wrong, state %u\n", GREETINGS, (unsigned)wrong,
	       (unsigned)kaal_channel_state(&channel));
	close_channel(&channel);
}

/* The server crashes with this one waiting. */
static void server_dies(void)
{
	struct kaal_channel channel;
	uint64_t got, words[KAAL_MESSAGE_REGISTERS];

	open_channel(&channel, 0x1000, 0x1000, DIE);
	expect(kaal_channel_send(&channel, buffer, 8, FOREVER), KAAL_OK, "the last word");
	expect(kaal_channel_receive(&channel, buffer, sizeof buffer, FOREVER, &got), KAAL_CANCELLED, "an answer of the dead");
	channel.setup.purpose = ECHO;
	expect(kaal_channel_reset(&channel, FOREVER), KAAL_OK, "resetting");
	get_counts(words);
	printf("after the crash: start %u, epoch %u, %u bytes wrong\n", (unsigned)words[COUNT_START], (unsigned)kaal_channel_epoch(&channel),
	       (unsigned)exchange(&channel, 20, 2000));
	close_channel(&channel);
	expect(kaal_channel_reset(&channel, FOREVER), KAAL_NOT_BOUND, "resetting what is closed");
}

/* Ends with channels open, one of them full, and the server waiting for room in it; then it sleeps over what the others would have told it. */
static int leave(void)
{
	static struct kaal_channel left[4];
	struct kaal_channel_setup wrong = {0, 0, ECHO};

	expect(kaal_channel_open(&left[0], &bulk, &signals, &wrong, FOREVER), KAAL_OUT_OF_RANGE, "no queue");
	wrong.to_client_bytes = 0x10000000;
	expect(kaal_channel_open(&left[0], &bulk, &signals, &wrong, FOREVER), KAAL_NO_MEMORY, "more than channel-max");
	open_channel(&left[0], 0x1000, 0x1000, ECHO);
	open_channel(&left[1], 0, 0x1000, SILENT);
	expect(kaal_channel_send(&left[1], buffer, 0, FOREVER), KAAL_OUT_OF_RANGE, "no queue that way");
	open_channel(&left[3], 0x1000, 0x1000, NAP);
	open_channel(&left[2], 0x1000, 0x1000, FLOOD);
	expect(kaal_channel_send(&left[2], buffer, 8, FOREVER), KAAL_OK, "the flood begins");
	expect(kaal_channel_send(&left[3], buffer, 8, FOREVER), KAAL_OK, "good night");
	printf("leaves\n");
	return 1;
}

static int look_back(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS];

	get_counts(words);
	printf("left: %u open, %u ended, %u broken, flood %u, nap %u\n", (unsigned)words[COUNT_OPEN], (unsigned)words[COUNT_ENDED],
	       (unsigned)words[COUNT_BROKEN], (unsigned)words[COUNT_STATUS], (unsigned)words[COUNT_NAP]);
	words[0] = 42;
	expect(kaal_service_request(&bulk, GO, 1, words, FOREVER), KAAL_OK, "go");
	printf("went: %u\n", (unsigned)words[0]);
	expect(kaal_service_request(&bulk, GO, 0, words, FOREVER), KAAL_OUT_OF_RANGE, "go where");
	expect(kaal_service_request(&bulk, 99, 0, words, FOREVER), KAAL_NOT_SUPPORTED, "no such request");
	bulk_messages();
	expect(kaal_service_request(&bulk, QUIT, 0, words, FOREVER), KAAL_OK, "quit");
	return 0;
}

static int rival(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	bulk_messages();
	expect(kaal_service_request(&bulk, WAIT, 0, words, FOREVER), KAAL_OK, "waiting");
	printf("waited for %u, connections %u\n", (unsigned)words[0], (unsigned)bulk.connections);
	return 0;
}

int main(int argc, char **argv)
{
	expect(kaal_service_open(&bulk, "bulk", FOREVER), KAAL_OK, "bulk");
	expect(kaal_signals_start(&signals), KAAL_OK, "signals");
	if (argc > 1 && strcmp(argv[1], "rival") == 0)
		return rival();
	if (kaal_startup()->start != 0)
		return look_back();
	bulk_messages();
	many_channels();
	stream();
	deadlines();
	server_closes();
	server_dies();
	return leave();
}
