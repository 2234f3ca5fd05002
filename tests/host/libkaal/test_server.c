/* A server's loop against a list of what comes; what it answers is written down. */
#include <criterion/criterion.h>
#include <string.h>

#include <kaal/server.h>
#include <kaal/syscall.h>

#include "world.h"

#define says(call, status) cr_assert_eq((call), (status), #call)
#define ok(call) says(call, KAAL_OK)
#define EVENTS 64u
#define QUIET UINT64_MAX /* in place of a message word */

enum { ADD = 1, LATER, NOW, STOP, GIVE, LEAK, BAD };

/* What comes, in this order; then CANCELLED. */
static struct event {
	uint64_t message, badge, words[KAAL_MESSAGE_REGISTERS];
} events[EVENTS];
static unsigned event_count, next_event;

static struct answer {
	kaal_cap_t reply;
	uint64_t message, words[KAAL_MESSAGE_REGISTERS];
} answers[EVENTS];
static unsigned answer_count;

static struct kaal_server server;
static struct kaal_deferred waiting[4];
static unsigned waits, deleted;
static kaal_status_t send_fails; /* answers with capabilities end so */
static bool no_caller;

/* --- the kernel ---------------------------------------------------------------------------- */

static kaal_status_t send(kaal_cap_t reply, uint64_t message, const uint64_t *words)
{
	if (kaal_message_caps(message) != 0)
		return send_fails;
	answers[answer_count].reply = reply;
	answers[answer_count].message = message;
	memcpy(answers[answer_count++].words, words, sizeof answers[0].words);
	return KAAL_OK;
}

kaal_status_t kaal_sys_reply_send(kaal_cap_t reply, uint64_t message, const uint64_t *words)
{
	kaal_status_t status = send(reply, message, words);

	return status == KAAL_OK && no_caller ? KAAL_NO_CALLER : status;
}

static kaal_cap_t received_with;

kaal_status_t kaal_sys_endpoint_recv(kaal_cap_t ep, kaal_cap_t reply, uint64_t *words, uint64_t *received, uint64_t *badge)
{
	const struct event *event = &events[next_event];

	(void)ep;
	for (unsigned i = 0; i < 4; i++)
		cr_assert_neq(waiting[i].reply.slot, reply, "a call waits there");
	received_with = reply;
	if (next_event == event_count)
		return KAAL_CANCELLED;
	next_event++;
	*received = event->message;
	*badge = event->badge;
	memcpy(words, event->words, sizeof event->words);
	return KAAL_OK;
}

kaal_status_t kaal_sys_endpoint_reply_recv(kaal_cap_t ep, uint64_t message, kaal_cap_t reply, uint64_t *words, uint64_t *received,
				       uint64_t *badge)
{
	kaal_status_t status;

	cr_assert_eq(reply, received_with, "the call that was received last");
	status = send(reply, message, words);
	return status == KAAL_OK ? kaal_sys_endpoint_recv(ep, reply, words, received, badge) : status;
}

/* Of what comes, nothing: the deadline does. */
static bool is_quiet(void)
{
	return next_event < event_count && events[next_event].message == QUIET;
}

static kaal_status_t until(uint64_t deadline, kaal_status_t status)
{
	if (status != KAAL_OK || !is_quiet())
		return status;
	next_event++;
	world.now = deadline;
	return KAAL_TIMEOUT;
}

kaal_status_t kaal_sys_endpoint_recv_until(kaal_cap_t ep, kaal_cap_t reply, uint64_t deadline, uint64_t *words, uint64_t *received, uint64_t *badge)
{
	received_with = reply;
	return is_quiet() ? until(deadline, KAAL_OK) : kaal_sys_endpoint_recv(ep, reply, words, received, badge);
}

kaal_status_t kaal_sys_endpoint_reply_recv_until(kaal_cap_t ep, uint64_t message, kaal_cap_t reply, uint64_t deadline, uint64_t *words,
					     uint64_t *received, uint64_t *badge)
{
	if (!is_quiet())
		return kaal_sys_endpoint_reply_recv(ep, message, reply, words, received, badge);
	return until(deadline, send(reply, message, words));
}

kaal_status_t kaal_sys_cap_delete(kaal_cap_t from, uint64_t slot)
{
	(void)from;
	cr_assert(slot >= server.caps && slot < server.caps + KAAL_MESSAGE_CAPS_MAX);
	deleted++;
	return KAAL_OK;
}

/* --- the service --------------------------------------------------------------------------- */

static uint64_t add(struct kaal_server *self, struct kaal_request *request)
{
	cr_assert_eq(self, &server);
	for (unsigned i = 2; i < KAAL_MESSAGE_REGISTERS; i++)
		cr_assert_eq(request->words[i], 0, "what did not come is 0");
	request->words[0] += request->words[1] + request->badge;
	return kaal_answer(KAAL_OK, 1);
}

static uint64_t later(struct kaal_server *self, struct kaal_request *request)
{
	(void)request;
	if (kaal_server_defer(self, &waiting[waits]) != KAAL_OK)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	waits++;
	return KAAL_SERVER_LATER;
}

/* Answers the oldest that waits, then this one. */
static uint64_t now(struct kaal_server *self, struct kaal_request *request)
{
	kaal_status_t status = kaal_server_answer(self, &waiting[request->words[0]], kaal_answer(KAAL_OK, 1), (const uint64_t[]){500});

	return kaal_answer(status, 0);
}

static uint64_t stop(struct kaal_server *self, struct kaal_request *request)
{
	(void)request;
	kaal_server_stop(self);
	return kaal_answer(KAAL_OK, 0);
}

static uint64_t give(struct kaal_server *self, struct kaal_request *request)
{
	(void)self;
	cr_assert_eq(request->caps, server.caps);
	return kaal_answer(KAAL_OK, 0);
}

static uint64_t leak(struct kaal_server *self, struct kaal_request *request)
{
	(void)self;
	memset(request->words, 0xff, sizeof request->words);
	return kaal_answer(KAAL_OK, 2);
}

static uint64_t bad(struct kaal_server *self, struct kaal_request *request)
{
	(void)self;
	(void)request;
	return kaal_message(0, 1, KAAL_OK);
}

static uint64_t ended_badges[16];
static unsigned ended_count;

static void ended(struct kaal_server *self, uint64_t badge)
{
	(void)self;
	ended_badges[ended_count++] = badge;
}

static const struct kaal_method methods[] = {{.label = ADD, .words = 2, .answer = add}, {.label = LATER, .answer = later},
	{.label = NOW, .words = 1, .answer = now}, {.label = STOP, .answer = stop}, {.label = GIVE, .caps = 2, .answer = give},
	{.label = LEAK, .answer = leak}, {.label = BAD, .answer = bad}};
static const struct kaal_server_setup setup = {.service = "sum", .methods = methods, .method_count = sizeof methods / sizeof methods[0],
					       .deferred_max = 2, .ended = ended};

static void start(void)
{
	world_start();
	event_count = next_event = answer_count = waits = deleted = ended_count = 0;
	send_fails = KAAL_SLOT_EMPTY;
	no_caller = false;
	memset(waiting, 0, sizeof waiting);
	ok(kaal_server_start(&server, &setup));
}

static void end(void)
{
	ok(kaal_server_end(&server));
	cr_assert_eq(world.things, 0);
	cr_assert_eq(world.slots, 0);
	cr_assert_eq(world.bound, 0);
	ok(kaal_server_end(&server));
}

TestSuite(server, .init = start, .fini = end);

static void comes(uint64_t message, uint64_t word0, uint64_t word1)
{
	events[event_count++] = (struct event){.message = message, .badge = 1000, .words = {word0, word1, 9, 9, 9, 9, 9, 9}};
}

static void flags_come(uint64_t flags)
{
	events[event_count++] = (struct event){.message = KAAL_MESSAGE_NOTIFICATION, .badge = flags};
}

#define answered(index, status, count)                                                                  \
	do {                                                                                            \
		cr_assert_eq(answers[index].message, kaal_answer((status), (count)), "answer %u", (unsigned)(index)); \
		for (unsigned answered_at = (count); answered_at < KAAL_MESSAGE_REGISTERS; answered_at++)     \
			cr_assert_eq(answers[index].words[answered_at], 0, "nothing more goes");        \
	} while (0)

/* --- requests ------------------------------------------------------------------------------ */

Test(server, typed)
{
	comes(kaal_message(2, 0, ADD), 3, 4);
	comes(kaal_message(1, 0, ADD), 3, 4);
	comes(kaal_message(2, 1, ADD), 3, 4);
	comes(kaal_message(2, 0, ADD) | KAAL_MESSAGE_TRUNCATED, 3, 4);
	comes(kaal_message(2, 0, 99), 3, 4);
	comes(kaal_message(0, 0, LEAK), 0, 0);
	comes(kaal_message(0, 0, 0) | KAAL_MESSAGE_FAULT, 0, 0);
	comes(kaal_message(0, 2, GIVE), 0, 0);
	comes(kaal_message(0, 1, GIVE), 0, 0);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(answer_count, 9);
	answered(0, KAAL_OK, 1);
	cr_assert_eq(answers[0].words[0], 1007);
	answered(1, KAAL_OUT_OF_RANGE, 0);
	answered(2, KAAL_OUT_OF_RANGE, 0);
	answered(3, KAAL_OUT_OF_RANGE, 0);
	answered(4, KAAL_NOT_SUPPORTED, 0);
	answered(5, KAAL_OK, 2);
	cr_assert_eq(answers[6].message, kaal_message(0, 0, KAAL_FAULT_STOP));
	answered(7, KAAL_OK, 0);
	answered(8, KAAL_OUT_OF_RANGE, 0);
	cr_assert_eq(deleted, 4, "what came and was not taken away");
}

/* An answer that the kernel does not take becomes one that it does. */
Test(server, bad_answers)
{
	comes(kaal_message(0, 0, BAD), 0, 0);
	comes(kaal_message(0, 0, BAD), 0, 0);
	comes(kaal_message(2, 0, ADD), 1, 1);
	flags_come(0);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(answer_count, 3);
	answered(0, KAAL_SLOT_EMPTY, 0);
	answered(1, KAAL_SLOT_EMPTY, 0);
	answered(2, KAAL_OK, 1);
}

Test(server, answers_later)
{
	comes(kaal_message(0, 0, LATER), 0, 0);
	comes(kaal_message(0, 0, LATER), 0, 0);
	comes(kaal_message(0, 0, LATER), 0, 0);
	comes(kaal_message(1, 0, NOW), 0, 0);
	comes(kaal_message(1, 0, NOW), 0, 0);
	comes(kaal_message(0, 0, LATER), 0, 0);
	comes(kaal_message(1, 0, NOW), 1, 0);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(waits, 3);
	cr_assert_eq(answer_count, 6);
	answered(0, KAAL_NO_MEMORY, 0);
	answered(1, KAAL_OK, 1);
	cr_assert_eq(answers[1].words[0], 500);
	answered(2, KAAL_OK, 0);
	answered(3, KAAL_NOT_BOUND, 0);
	cr_assert_neq(answers[1].reply, answers[2].reply);
	answered(4, KAAL_OK, 1);
	cr_assert_neq(answers[4].reply, answers[1].reply);
	/* From outside of any method; by one whose caller has gone, and with what the kernel does not take. */
	no_caller = true;
	says(kaal_server_answer(&server, &waiting[2], kaal_answer(KAAL_OK, 0), NULL), KAAL_NO_CALLER);
	cr_assert_eq(waiting[2].reply.slot, 0);
	cr_assert_eq(server.free_count, 3);
	no_caller = false;
	event_count = next_event = waits = 0;
	comes(kaal_message(0, 0, LATER), 0, 0);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	says(kaal_server_answer(&server, &waiting[0], kaal_message(0, 1, KAAL_OK), NULL), KAAL_SLOT_EMPTY);
	answered(answer_count - 1, KAAL_SLOT_EMPTY, 0);
	cr_assert_eq(server.free_count, 3);
}

/* --- flags ------------------------------------------------------------------------------------ */

static unsigned came[2];
static uint32_t flag[2];

static void come(struct kaal_server *self, void *context)
{
	cr_assert_eq(self, &server);
	(*(unsigned *)context)++;
}

static void come_and_stop(struct kaal_server *self, void *context)
{
	come(self, context);
	kaal_server_stop(self);
}

/* Gives the other's flag back, and waits for a third. */
static void come_and_give(struct kaal_server *self, void *context)
{
	come(self, context);
	ok(kaal_signals_give(&self->signals, flag[1]));
}

static void take_flags(void)
{
	came[0] = came[1] = 0;
	ok(kaal_signals_take(&server.signals, &flag[0]));
	ok(kaal_signals_take(&server.signals, &flag[1]));
}

Test(server, flags)
{
	take_flags();
	says(kaal_server_on(&server, 64, come, NULL), KAAL_OUT_OF_RANGE);
	says(kaal_server_on(&server, flag[1] + 1, come, NULL), KAAL_OUT_OF_RANGE);
	ok(kaal_server_on(&server, flag[0], come, &came[0]));
	flags_come(UINT64_MAX);
	comes(kaal_message(2, 0, ADD), 1, 1);
	flags_come(UINT64_C(1) << flag[1]);
	flags_come(UINT64_C(1) << flag[0]);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(came[0], 2);
	cr_assert_eq(answer_count, 1);
	/* One that came before it had a handler. */
	ok(kaal_server_on(&server, flag[1], come, &came[1]));
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(came[1], 1);
	/* One that came while another was waited for: before the next request is taken, and after the answer to this one. */
	kaal_signals_keep(&server.signals, UINT64_C(1) << flag[0]);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(came[0], 3);
	ok(kaal_server_on(&server, flag[0], come_and_give, &came[0]));
	event_count = next_event = 0;
	flags_come(UINT64_C(1) << flag[0] | UINT64_C(1) << flag[1]);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(came[0], 4);
	cr_assert_eq(came[1], 1, "it was given back");
}

static uint64_t waits_for_flags(struct kaal_server *self, struct kaal_request *request)
{
	(void)request;
	kaal_signals_keep(&self->signals, UINT64_C(1) << flag[0]);
	return kaal_answer(KAAL_OK, 0);
}

Test(server, flags_after_a_method)
{
	static const struct kaal_method method = {.label = 1, .answer = waits_for_flags};

	take_flags();
	ok(kaal_server_on(&server, flag[0], come, &came[0]));
	server.setup.methods = &method;
	server.setup.method_count = 1;
	comes(kaal_message(0, 0, 1), 0, 0);
	comes(kaal_message(0, 0, 1), 0, 0);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(came[0], 2);
	cr_assert_eq(answer_count, 2);
}

Test(server, stops)
{
	take_flags();
	comes(kaal_message(0, 0, STOP), 0, 0);
	comes(kaal_message(2, 0, ADD), 1, 1);
	flags_come(UINT64_C(1) << flag[0]);
	comes(kaal_message(2, 0, ADD), 1, 1);
	ok(kaal_server_on(&server, flag[0], come_and_stop, &came[0]));
	ok(kaal_server_run(&server));
	cr_assert_eq(answer_count, 1, "the answer is given");
	ok(kaal_server_run(&server));
	cr_assert_eq(came[0], 1);
	cr_assert_eq(answer_count, 2);
	cr_assert_eq(next_event, 3);
}

/* All of them, and they come seven at a time. */
Test(server, ends_of_clients)
{
	for (unsigned i = 0; i < 16; i++)
		world.badges[i] = 100 + i;
	world.badge_count = 16;
	flags_come(UINT64_C(1) << server.ended);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(ended_count, 16);
	for (unsigned i = 0; i < 16; i++)
		cr_assert_eq(ended_badges[i], 100 + i);
	/* The broker does not answer: nobody has ended. */
	world.badge_count = 3;
	world.fail_at = world.calls + 1;
	world.fail_with = KAAL_CANCELLED;
	event_count = next_event = 0;
	flags_come(UINT64_C(1) << server.ended);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(ended_count, 16);
}

/* --- start ------------------------------------------------------------------------------------- */

Test(server, nothing_is_left)
{
	struct kaal_server_setup wrong = setup;
	static struct kaal_server other;
	unsigned calls;

	ok(kaal_server_end(&server));
	world_start();
	ok(kaal_server_start(&other, &setup));
	calls = world.calls;
	ok(kaal_server_end(&other));
	for (unsigned i = 1; i <= calls; i++) {
		world_start();
		world.fail_at = i;
		world.fail_with = KAAL_NO_MEMORY;
		says(kaal_server_start(&other, &setup), KAAL_NO_MEMORY);
		cr_assert_eq(world.things, 0, "call %u", i);
		cr_assert_eq(world.slots, 0, "call %u", i);
		cr_assert_eq(world.bound, 0, "call %u", i);
	}
	world_start();
	wrong.deferred_max = KAAL_SERVER_DEFERRED_MAX + 1;
	says(kaal_server_start(&other, &wrong), KAAL_OUT_OF_RANGE);
	cr_assert_eq(world.calls, 0);
	wrong.deferred_max = KAAL_SERVER_DEFERRED_MAX;
	ok(kaal_server_start(&other, &wrong));
	ok(kaal_server_end(&other));
}

/* --- time ------------------------------------------------------------------------------------- */

static unsigned dues;

/* Every 100 ticks, three times. */
static void due(struct kaal_server *self, void *context)
{
	cr_assert_eq(self, &server);
	cr_assert_eq(context, &dues);
	cr_assert_geq(world.now, 100u * ++dues);
	if (dues < 3)
		kaal_server_at(self, 100u * (dues + 1), due, context);
}

static void quiet(void)
{
	events[event_count++] = (struct event){.message = QUIET};
}

Test(server, deadlines)
{
	kaal_server_at(&server, 100, due, &dues);
	quiet();
	comes(kaal_message(2, 0, ADD), 1, 1);
	quiet();
	/* After one that answers nothing; then there is no deadline, and nothing that would end the last wait but CANCELLED. */
	comes(kaal_message(0, 0, LATER), 0, 0);
	quiet();
	comes(kaal_message(2, 0, ADD), 2, 2);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(dues, 3);
	cr_assert_eq(world.now, 300);
	cr_assert_eq(answer_count, 2);
	answered(0, KAAL_OK, 1);
	answered(1, KAAL_OK, 1);
}

/* Requests and flags that never end do not keep it away, nor does it them; each answer is given once. */
Test(server, deadlines_among_others)
{
	take_flags();
	ok(kaal_server_on(&server, flag[0], come, &came[0]));
	kaal_server_at(&server, 100, due, &dues);
	world.now = 350;
	for (unsigned i = 0; i < 4; i++) {
		comes(kaal_message(2, 0, ADD), 1, 1);
		flags_come(UINT64_C(1) << flag[0]);
	}
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(dues, 3);
	cr_assert_eq(came[0], 4);
	cr_assert_eq(answer_count, 4);
	kaal_server_at(&server, 400, due, &dues);
	kaal_server_at(&server, UINT64_MAX, NULL, NULL);
	world.now = 500;
	event_count = next_event = 0;
	comes(kaal_message(2, 0, ADD), 1, 1);
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(dues, 3, "it was taken back");
}

static void due_and_stop(struct kaal_server *self, void *context)
{
	(void)context;
	kaal_server_stop(self);
}

Test(server, stopped_at_a_deadline)
{
	kaal_server_at(&server, 100, due_and_stop, NULL);
	comes(kaal_message(2, 0, ADD), 1, 1);
	quiet();
	comes(kaal_message(2, 0, ADD), 1, 1);
	ok(kaal_server_run(&server));
	cr_assert_eq(answer_count, 1);
	cr_assert_eq(next_event, 2);
}

/* An answer that the kernel does not take, with a deadline. */
Test(server, bad_answers_before_a_deadline)
{
	kaal_server_at(&server, 100, due, &dues);
	comes(kaal_message(0, 0, BAD), 0, 0);
	quiet();
	quiet();
	quiet();
	says(kaal_server_run(&server), KAAL_CANCELLED);
	cr_assert_eq(answer_count, 1);
	answered(0, KAAL_SLOT_EMPTY, 0);
	cr_assert_eq(dues, 3);
}
