/*
 * Messages. The client is FIRST, the server SECOND, which receives first; with
 * an answer the server receives again, as servers do.
 */
#include "measure.h"
#include "pair.h"

#include <kaal/message.h>
#include <stdbool.h>
#include <stdio.h>

/* Frame that holds both message buffers; endpoint, reply, notification. */
#define BUFFERS (DEVICE_SCRATCH + 1)
#define ENDPOINT (DEVICE_SCRATCH + 2)
#define REPLY (DEVICE_SCRATCH + 3)
#define FLAGS (DEVICE_SCRATCH + 4)

BARE_CALL(endpoint_call, KAAL_SYS_ENDPOINT_CALL)
BARE_CALL(endpoint_reply_recv, KAAL_SYS_ENDPOINT_REPLY_RECV)
BARE_CALL(endpoint_send, KAAL_SYS_ENDPOINT_SEND)
BARE_CALL(endpoint_recv, KAAL_SYS_ENDPOINT_RECV)
BARE_CALL(notification_signal, KAAL_SYS_NOTIFICATION_SIGNAL)
BARE_CALL(notification_wait, KAAL_SYS_NOTIFICATION_WAIT)
BARE_CALL(untyped_retype, KAAL_SYS_UNTYPED_RETYPE)
BARE_CALL(cap_delete, KAAL_SYS_CAP_DELETE)

static uint64_t message;
static bool with_fp;

static void use_fp(void)
{
	if (with_fp)
		__asm__ volatile(".arch_extension fp\n\tfmov d0, xzr" : : : "memory");
}

static void receive_first(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;

	must("recv", kaal_endpoint_recv(at(ENDPOINT), at(REPLY), words, &received, &badge));
}

/* One call more than the server notes, so that its last receiving ends. */
static void call(uint64_t i)
{
	use_fp();
	(void)kaal_thread_resume(thread(SECOND));
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, bare_endpoint_call(at(ENDPOINT), message, 0, 0, 0, 0));
	(void)bare_endpoint_call(at(ENDPOINT), message, 0, 0, 0, 0);
	stop(i);
}

static void serve(uint64_t i)
{
	use_fp();
	receive_first();
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, bare_endpoint_reply_recv(at(ENDPOINT), message, at(REPLY), 0, 0, 0));
	stop(i);
}

static void prepare_ipc(void (*first)(uint64_t), void (*second)(uint64_t))
{
	prepare_pair(first, second, 1);
	retype(at(BLOCK), KAAL_OBJECT_FRAME + 256u * 12u, CSPACE, at(BUFFERS), 1);
	retype(at(BLOCK), KAAL_OBJECT_ENDPOINT, CSPACE, at(ENDPOINT), 1);
	retype(at(BLOCK), KAAL_OBJECT_REPLY, CSPACE, at(REPLY), 1);
	retype(at(BLOCK), KAAL_OBJECT_NOTIFICATION, CSPACE, at(FLAGS), 1);
	for (unsigned i = 0; i < PAIR; i++)
		must("buffer", kaal_thread_set_buffer(thread(i), at(BUFFERS), i * KAAL_MESSAGE_BUFFER_BYTES));
}

static void measure_round_trip(uint64_t words, bool fp)
{
	char name[48];
	uint64_t value;

	message = words;
	with_fp = fp;
	prepare_ipc(call, serve);
	run_pair("round trip");
	if (words == 0 && !fp) {
		print_switch("ipc.call.0", FIRST, 1, 0);
		print_switch("ipc.replyrecv.0", SECOND, 1, 1);
	}
	value = instructions(reading[FIRST][1].before, reading[SECOND][0].after) +
		instructions(reading[SECOND][1].before, reading[FIRST][1].after);
	(void)snprintf(name, sizeof name, "ipc.roundtrip.%u%s", (unsigned)words, fp ? ".fp" : "");
	print_row("", name, value);
	with_fp = false;
}

static void send(uint64_t i)
{
	(void)kaal_thread_resume(thread(SECOND));
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, bare_endpoint_send(at(ENDPOINT), 0, 0, 0, 0, 0));
	(void)bare_endpoint_send(at(ENDPOINT), 0, 0, 0, 0, 0);
	stop(i);
}

static void receive(uint64_t i)
{
	receive_first();
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, bare_endpoint_recv(at(ENDPOINT), 0, 0, 0, 0, 0));
	stop(i);
}

static void signal(uint64_t i)
{
	(void)kaal_thread_resume(thread(SECOND));
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, bare_notification_signal(at(FLAGS), 0, 0, 0, 0, 0));
	(void)bare_notification_signal(at(FLAGS), 0, 0, 0, 0, 0);
	stop(i);
}

static void wait(uint64_t i)
{
	uint64_t flags;

	(void)kaal_notification_wait(at(FLAGS), &flags);
	for (unsigned round = 0; round < ROUNDS; round++)
		note((unsigned)i, round, bare_notification_wait(at(FLAGS), 0, 0, 0, 0, 0));
	stop(i);
}

static void prepare_last_endpoint(void)
{
	prepare_endpoint();
	retype(at(BLOCK), KAAL_OBJECT_ENDPOINT, CSPACE, at(TARGET), 1);
}

void measure_ipc(void)
{
	static const uint64_t words[] = {0, 1, 4, 5, 8, 10, 64};
	const struct row rows[] = {
		{"untyped.retype.endpoint", bare_untyped_retype, NULL, 1, prepare_endpoint,
		 {at(BLOCK), KAAL_OBJECT_ENDPOINT, CSPACE, at(TARGET), 1}},
		{"untyped.retype.endpoint256", bare_untyped_retype, NULL, 256, prepare_endpoint, {at(BLOCK), KAAL_OBJECT_ENDPOINT, at(MANY), 1, 256}},
		{"cap.delete.last.endpoint", bare_cap_delete, NULL, 1, prepare_last_endpoint, {CSPACE, at(TARGET)}},
	};

	MEASURE(rows);
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		measure_round_trip(words[i], false);
	measure_round_trip(0, true);
	prepare_ipc(send, receive);
	run_pair("send");
	print_switch("ipc.send.waiting", FIRST, 1, 0);
	print_switch("ipc.recv.block", SECOND, 1, 1);
	prepare_ipc(signal, wait);
	run_pair("signal");
	print_switch("ntfn.signal.wake", FIRST, 1, 0);
	print_switch("ntfn.wait.block", SECOND, 1, 1);
}
