/*
 * Messages. The client is FIRST, the server SECOND, which receives first; with
 * an answer the server receives again, as servers do.
 */
#include "talk.h"

#include <kaal/message.h>
#include <stdio.h>

#define BUFFERS AFTER_TALK /* the frame that holds both message buffers */

BARE_CALL(endpoint_send, KAAL_SYS_ENDPOINT_SEND)
BARE_CALL(endpoint_recv, KAAL_SYS_ENDPOINT_RECV)
BARE_CALL(untyped_retype, KAAL_SYS_UNTYPED_RETYPE)
BARE_CALL(cap_delete, KAAL_SYS_CAP_DELETE)

static void prepare_ipc(void (*first)(uint64_t), void (*second)(uint64_t))
{
	prepare_talk(first, second);
	retype(at(BLOCK), KAAL_OBJECT_FRAME + 256u * 12u, CSPACE, at(BUFFERS), 1);
	for (unsigned i = 0; i < PAIR; i++)
		must("buffer", kaal_sys_thread_set_buffer(thread(i), at(BUFFERS), i * KAAL_MESSAGE_BUFFER_BYTES));
}

static void measure_round_trip(uint64_t words, bool fp)
{
	char name[48];

	talk_message = words;
	talk_with_fp = fp;
	prepare_ipc(talk_call, talk_serve);
	run_pair("round trip");
	if (words == 0 && !fp) {
		print_switch("ipc.call.0", FIRST, 1, 0);
		print_switch("ipc.replyrecv.0", SECOND, 1, 1);
	}
	(void)snprintf(name, sizeof name, "ipc.roundtrip.%u%s", (unsigned)words, fp ? ".fp" : "");
	print_row("", name, switched(FIRST, 1, 0) + switched(SECOND, 1, 1));
	talk_with_fp = false;
}

static void send(uint64_t i)
{
	speak(i, bare_endpoint_send, at(ENDPOINT), 0);
}

static void receive(uint64_t i)
{
	receive_first();
	note_rounds(i, bare_endpoint_recv, at(ENDPOINT), 0, 0);
	stop(i);
}

/* One is there already, so that no list is empty. */
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
	prepare_ipc(talk_signal, talk_wait);
	run_pair("signal");
	print_switch("ntfn.signal.wake", FIRST, 1, 0);
	print_switch("ntfn.wait.block", SECOND, 1, 1);
}
