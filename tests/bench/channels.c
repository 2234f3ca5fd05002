/*
 * What goes through a channel, and what a server by <kaal/server.h> adds to a call. Its first argument says what it does:
 *   serve   "bulk", by the library: answers, takes what comes through channels, or sends it back
 *   bare    "bare": answers calls by system calls alone
 *   ask     measures, tells, and switches off
 */
#include "bare.h"

#include <string.h>

#include <kaal/channel.h>
#include <kaal/server.h>
#include <kaal/slot.h>

#define REPEATS 64u
#define QUEUE_BYTES UINT64_C(0x40000)
#define BULK_BYTES UINT64_C(0x100000) /* through a channel, for each size of message */
#define MESSAGE_MAX UINT64_C(0x10000)

enum { ECHO = 1 };
enum purpose { TAKE, SEND_BACK };

static uint8_t bytes[MESSAGE_MAX];

/* --- the servers ------------------------------------------------------------------------------ */

static struct kaal_channel channel;
static uint64_t purpose;

/* Takes all that is there. Empty messages are answered: so the other side knows that all before has been taken. */
static void come(struct kaal_server *server, void *context)
{
	kaal_status_t status;

	(void)server;
	(void)context;
	do {
		uint64_t got;

		status = kaal_channel_receive(&channel, bytes, sizeof bytes, 0, &got);
		if (status == KAAL_OK && (purpose == SEND_BACK || got == 0))
			status = kaal_channel_send(&channel, bytes, got, UINT64_MAX);
	} while (status == KAAL_OK);
	if (status == KAAL_CANCELLED)
		must("close", kaal_channel_close(&channel));
}

static uint64_t connect(struct kaal_server *server, struct kaal_request *request)
{
	must("accept", kaal_channel_accept(&channel, &server->signals, request->badge, request->words[KAAL_CHANNEL_WORD_NUMBER]));
	purpose = request->words[KAAL_CHANNEL_WORD_PURPOSE];
	return kaal_answer(kaal_server_on(server, channel.flag, come, NULL), 0);
}

static uint64_t echo(struct kaal_server *server, struct kaal_request *request)
{
	(void)server;
	(void)request;
	return kaal_answer(KAAL_OK, 1);
}

static void serve(void)
{
	static const struct kaal_method methods[] = {{.label = ECHO, .words = 1, .answer = echo},
		{.label = KAAL_CHANNEL_CONNECT, .words = KAAL_CHANNEL_WORDS, .answer = connect}};
	static const struct kaal_server_setup setup = {.service = "bulk", .methods = methods, .method_count = 2};
	static struct kaal_server server;

	must("serve", kaal_server_start(&server, &setup));
	must("run", kaal_server_run(&server));
}

/* --- what is measured --------------------------------------------------------------------------- */

static struct kaal_service bulk, bare;
static struct kaal_signals signals;

static void open_channel(enum purpose what)
{
	struct kaal_channel_setup setup = {QUEUE_BYTES, QUEUE_BYTES, what};

	must("open", kaal_channel_open(&channel, &bulk, &signals, &setup, UINT64_MAX));
}

static uint64_t send(uint64_t size, uint64_t count)
{
	kaal_ticks_t start = kaal_ticks_now();
	uint64_t got;

	for (uint64_t i = 0; i < count; i++)
		must("send", kaal_channel_send(&channel, bytes, size, UINT64_MAX));
	must("send", kaal_channel_send(&channel, bytes, 0, UINT64_MAX));
	must("receive", kaal_channel_receive(&channel, bytes, sizeof bytes, UINT64_MAX, &got));
	return instructions(kaal_ticks_now() - start);
}

static void measure_bulk(void)
{
	static const uint64_t sizes[] = {64, 4096, 65536};

	open_channel(TAKE);
	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		char name[32];

		(void)send(sizes[i], QUEUE_BYTES / sizes[i]);
		(void)snprintf(name, sizeof name, "channel.bytes.%" PRIu64, sizes[i]);
		print_row(name, BULK_BYTES * 1000 / send(sizes[i], BULK_BYTES / sizes[i]), "bytes");
	}
	must("close", kaal_channel_close(&channel));
}

static void measure_roundtrip(void)
{
	kaal_ticks_t start = 0;
	uint64_t got;

	open_channel(SEND_BACK);
	for (unsigned i = 0; i <= REPEATS; i++) {
		start = i == 1 ? kaal_ticks_now() : start;
		must("send", kaal_channel_send(&channel, bytes, 64, UINT64_MAX));
		must("receive", kaal_channel_receive(&channel, bytes, sizeof bytes, UINT64_MAX, &got));
	}
	print_row("channel.roundtrip", instructions(kaal_ticks_now() - start) / REPEATS, "instructions");
	must("close", kaal_channel_close(&channel));
}

/* A call of the kernel's. */
static void measure_call(const char *name, const struct kaal_service *service, uint64_t message)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, answer;
	kaal_ticks_t start = 0;

	for (unsigned i = 0; i <= REPEATS; i++) {
		start = i == 1 ? kaal_ticks_now() : start;
		must("call", kaal_sys_endpoint_call(service->endpoint.slot, message, words, &answer));
	}
	print_row(name, instructions(kaal_ticks_now() - start) / REPEATS, "instructions");
}

/* A call of libkaal's. */
static void measure_request(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_ticks_t start = 0;

	for (unsigned i = 0; i <= REPEATS; i++) {
		start = i == 1 ? kaal_ticks_now() : start;
		must("request", kaal_service_request(&bulk, ECHO, 1, words, UINT64_MAX));
	}
	print_row("server.request", instructions(kaal_ticks_now() - start) / REPEATS, "instructions");
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		serve();
	if (argc == 2 && strcmp(argv[1], "bare") == 0)
		serve_bare("bare");
	must("open", kaal_service_open(&bare, "bare", UINT64_MAX));
	must("open", kaal_service_open(&bulk, "bulk", UINT64_MAX));
	must("signals", kaal_signals_start(&signals));
	measure_call("server.bare", &bare, kaal_message(1, 0, ECHO));
	measure_call("server.call", &bulk, kaal_message(1, 0, ECHO));
	measure_request();
	measure_roundtrip();
	measure_bulk();
	/* What has been printed is in the log ring: the root task is more urgent, and writes it first. */
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_FAILURE;
}
