/* Endpoints by system call: who meets whom, who runs next, in which order, and what each refuses. */
#include "ipc_fixture.h"

#include <stdlib.h>

#define LABEL 0x12345678u
#define SEED 1000u

TestSuite(endpoint, .init = ipc_start);

static const uint64_t message = KAAL_MESSAGE_LABEL_UNIT * LABEL + 5;

/* Each sends to, or receives from, the same endpoint; deadlines are at 1000. */
static uint64_t send_by(uint32_t number, thread_t thread)
{
	write_words(thread, SEED);
	return act_with(thread, number, (const uint64_t[6]){EP_BADGED, message, 1000});
}

static uint64_t receive_by(uint32_t number, thread_t thread, uint64_t reply)
{
	switch (number) {
	case KAAL_SYS_ENDPOINT_REPLY_RECV:
	case KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL:
		return act_with(thread, number, (const uint64_t[6]){EP, 0, reply, 1000});
	case KAAL_SYS_NOTIFICATION_SIGNAL_RECV:
		return act_with(thread, number, (const uint64_t[6]){NTFN, EP, reply});
	default:
		return act_with(thread, number, (const uint64_t[6]){EP, reply, 1000});
	}
}

static const uint32_t senders[] = {KAAL_SYS_ENDPOINT_SEND, KAAL_SYS_ENDPOINT_SEND_UNTIL, KAAL_SYS_ENDPOINT_NB_SEND};
static const uint32_t callers[] = {KAAL_SYS_ENDPOINT_CALL, KAAL_SYS_ENDPOINT_CALL_UNTIL};
static const uint32_t receivers[] = {
	KAAL_SYS_ENDPOINT_RECV,       KAAL_SYS_ENDPOINT_RECV_UNTIL,       KAAL_SYS_ENDPOINT_NB_RECV, KAAL_SYS_NOTIFICATION_SIGNAL_RECV,
	KAAL_SYS_ENDPOINT_REPLY_RECV, KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL,
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The receiver has what was sent. */
static void has_come(thread_t receiver)
{
	cr_assert_eq(status_of(receiver), KAAL_OK);
	cr_assert_eq(state_of(receiver), THREAD_READY);
	cr_assert_eq(result_of(receiver, 1), message);
	cr_assert_eq(result_of(receiver, 2), BADGE);
	cr_assert_geq(words_from(receiver, SEED), 5);
	write_words(receiver, 0);
}

Test(endpoint, a_send_meets_a_receiver_that_waits)
{
	for (unsigned s = 0; s < COUNT(senders); s++) {
		for (unsigned r = 0; r < COUNT(receivers); r++) {
			if (receivers[r] == KAAL_SYS_ENDPOINT_NB_RECV)
				continue;
			cr_assert_eq(receive_by(receivers[r], T(3), REPLY), WAITS);
			cr_assert_eq(state_of(T(3)), THREAD_RECEIVING);
			cr_assert_eq(send_by(senders[s], T(0)), KAAL_OK, "send %u, receive %u", s, r);
			cr_assert_eq(state_of(T(0)), THREAD_READY);
			has_come(T(3));
		}
	}
	pass_until(5000);
	cr_assert_eq(status_of(T(3)), KAAL_OK, "no deadline is left");
}

Test(endpoint, a_receiver_meets_a_send_that_waits)
{
	for (unsigned s = 0; s < 2; s++) {
		for (unsigned r = 0; r < COUNT(receivers); r++) {
			cr_assert_eq(send_by(senders[s], T(0)), WAITS);
			cr_assert_eq(state_of(T(0)), THREAD_SENDING);
			cr_assert_eq(receive_by(receivers[r], T(3), REPLY), KAAL_OK, "send %u, receive %u", s, r);
			has_come(T(3));
			cr_assert_eq(status_of(T(0)), KAAL_OK);
			cr_assert_eq(state_of(T(0)), THREAD_READY);
		}
	}
	pass_until(5000);
	cr_assert_eq(status_of(T(0)), KAAL_OK, "no deadline is left");
}

/* The caller in `reply` gets an answer, in one of two ways. */
static void answer(thread_t server, thread_t caller, bool and_receive)
{
	const uint64_t back = KAAL_MESSAGE_LABEL_UNIT * 9 + 3;

	write_words(server, 2 * SEED);
	if (and_receive) {
		cr_assert_eq(act(server, ENDPOINT_REPLY_RECV, EP, back, REPLY), WAITS);
		cr_assert_eq(act(T(1), ENDPOINT_SEND, EP, 0), KAAL_OK);
		cr_assert_eq(result_of(server, 2), 0, "no badge");
	} else {
		cr_assert_eq(act(server, REPLY_SEND, REPLY, back), KAAL_OK);
	}
	cr_assert_eq(status_of(caller), KAAL_OK);
	cr_assert_eq(state_of(caller), THREAD_READY);
	cr_assert_eq(result_of(caller, 1), back);
	cr_assert_geq(words_from(caller, 2 * SEED), 3);
}

Test(endpoint, a_call_is_answered_whoever_waits_first)
{
	for (unsigned i = 0; i < 2 * COUNT(callers) * COUNT(receivers) * 2; i++) {
		bool caller_first = i % 2 != 0, and_receive = i / 2 % 2 != 0;
		uint32_t call = callers[i / 4 % 2], receive = receivers[i / 8];

		if (!caller_first && receive == KAAL_SYS_ENDPOINT_NB_RECV)
			continue;
		if (!caller_first)
			cr_assert_eq(receive_by(receive, T(3), REPLY), WAITS);
		cr_assert_eq(send_by(call, T(0)), WAITS);
		if (caller_first) {
			cr_assert_eq(state_of(T(0)), THREAD_CALLING);
			cr_assert_eq(receive_by(receive, T(3), REPLY), KAAL_OK);
		}
		has_come(T(3));
		cr_assert_eq(state_of(T(0)), THREAD_AWAITING_REPLY);
		cr_assert_eq(status_of(T(0)), WAITS);
		answer(T(3), T(0), and_receive);
	}
	pass_until(5000);
	cr_assert_eq(status_of(T(0)), KAAL_OK, "no deadline is left");
	cr_assert_eq(status_of(T(3)), KAAL_OK);
}

Test(endpoint, nobody_there)
{
	static const uint64_t nothing[6] = {EP, 0, 0};

	cr_assert_eq(act_with(T(0), KAAL_SYS_ENDPOINT_NB_SEND, nothing), KAAL_WOULD_BLOCK);
	thread_view[T(0)].frame.result[1] = thread_view[T(0)].frame.result[2] = 77;
	cr_assert_eq(act(T(0), ENDPOINT_NB_RECV, EP, REPLY), KAAL_WOULD_BLOCK);
	cr_assert(result_of(T(0), 1) == 0 && result_of(T(0), 2) == 0);
	cr_assert_eq(act(T(1), ENDPOINT_SEND, EP, 0), WAITS);
	cr_assert_eq(act_with(T(0), KAAL_SYS_ENDPOINT_NB_SEND, nothing), KAAL_WOULD_BLOCK, "another sender is no receiver");
}

Test(endpoint, a_call_without_reply_object_fails_and_the_message_has_come)
{
	for (unsigned i = 0; i < 4; i++) {
		bool caller_first = i % 2 != 0;

		if (!caller_first)
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), WAITS);
		cr_assert_eq(send_by(callers[i / 2], T(0)), caller_first ? WAITS : KAAL_NO_REPLY);
		if (caller_first)
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), KAAL_OK);
		has_come(T(3));
		cr_assert_eq(status_of(T(0)), KAAL_NO_REPLY);
		cr_assert_eq(result_of(T(0), 1), 0);
	}
	pass_until(5000);
	cr_assert_eq(status_of(T(0)), KAAL_NO_REPLY);
}

/* After the sender's call: who runs, by the priorities of sender, receiver and a third that is ready. */
Test(endpoint, who_runs_after_a_send_or_call)
{
	static const struct {
		uint32_t number, sender, receiver, third, runs;
	} row[] = {
		{KAAL_SYS_ENDPOINT_SEND, 100, 101, 50, 3}, {KAAL_SYS_ENDPOINT_SEND, 100, 100, 50, 0}, {KAAL_SYS_ENDPOINT_SEND, 100, 99, 50, 0},
		{KAAL_SYS_ENDPOINT_CALL, 100, 101, 50, 3}, {KAAL_SYS_ENDPOINT_CALL, 100, 100, 50, 3}, {KAAL_SYS_ENDPOINT_CALL, 100, 60, 50, 3},
		{KAAL_SYS_ENDPOINT_CALL, 100, 60, 61, 1},  {KAAL_SYS_ENDPOINT_CALL, 100, 60, 60, 3},  {KAAL_SYS_ENDPOINT_NB_SEND, 100, 120, 50, 3},
	};

	for (unsigned i = 2; i < THREADS; i++)
		if (i != 3)
			cr_assert_eq(driver(THREAD_SUSPEND, THREAD + i), KAAL_OK);
	for (unsigned i = 0; i < COUNT(row); i++) {
		cr_assert_eq(receive_by(KAAL_SYS_ENDPOINT_RECV, T(3), REPLY), WAITS);
		sched_set_priority(T(0), row[i].sender);
		sched_set_priority(T(3), row[i].receiver);
		sched_set_priority(T(1), row[i].third);
		(void)send_by(row[i].number, T(0));
		cr_assert_eq(cpu.current, T(row[i].runs), "row %u", i);
		if (state_of(T(0)) == THREAD_AWAITING_REPLY)
			cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
	}
}

Test(endpoint, a_partner_comes_before_its_equals)
{
	cr_assert_eq(receive_by(KAAL_SYS_ENDPOINT_RECV, T(3), REPLY), WAITS);
	cr_assert_eq(send_by(KAAL_SYS_ENDPOINT_CALL, T(0)), WAITS);
	cr_assert_eq(cpu.current, T(3), "four others of its priority are ready");
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 0, REPLY), WAITS);
	cr_assert_eq(cpu.current, T(0));
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 0), KAAL_OK);
	cr_assert_eq(cpu.current, T(0));
	cr_assert_eq(act(T(0), ENDPOINT_RECV, EP2, 0), WAITS);
	cr_assert_eq(cpu.current, T(3), "handed over, it is the first of its priority");
}

/* Senders and receivers with changing priorities, against the order that a sorted list gives. */
static void in_order(bool senders_wait)
{
	struct {
		uint32_t priority, came;
	} model[THREADS];
	uint32_t clock = 0;

	for (unsigned round = 0; round < 200; round++) {
		for (unsigned i = 0; i < THREADS - 1; i++) {
			sched_set_priority(T(i), 100 + (uint32_t)rand() % 3);
			cr_assert_eq(senders_wait ? act(T(i), ENDPOINT_SEND, EP, 0) : act(T(i), ENDPOINT_RECV, EP, i < 4 ? REPLY + i : 0), WAITS);
			model[i].priority = thread_view[T(i)].priority;
			model[i].came = clock++;
		}
		for (unsigned left = THREADS - 1, changed = (unsigned)rand() % (THREADS - 1); left != 0; left--) {
			unsigned first = THREADS, at;

			if (state_of(T(changed)) != THREAD_READY && rand() % 2 == 0) {
				model[changed].priority = 100 + (uint32_t)rand() % 3;
				model[changed].came = clock++;
				sched_set_priority(T(changed), model[changed].priority);
			}
			for (at = 0; at < THREADS - 1; at++) {
				if (state_of(T(at)) != THREAD_READY &&
				    (first == THREADS || model[at].priority > model[first].priority ||
				     (model[at].priority == model[first].priority && model[at].came < model[first].came)))
					first = at;
			}
			if (senders_wait)
				cr_assert_eq(act(T(5), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
			else
				cr_assert_eq(act(T(5), ENDPOINT_SEND, EP, 0), KAAL_OK);
			cr_assert_eq(state_of(T(first)), THREAD_READY, "round %u: not the first", round);
		}
	}
}

Test(endpoint, senders_wait_in_order)
{
	srand(1);
	in_order(true);
}

Test(endpoint, receivers_wait_in_order)
{
	srand(2);
	in_order(false);
}

/* --- errors ------------------------------------------------------------------------------ */

/* A call with an error: nothing has come, nothing has changed. */
static void refuses(uint64_t status, uint32_t number, const uint64_t *argument)
{
	struct arch_frame *frame = &thread_view[T(0)].frame;

	frame->result[1] = frame->result[2] = 77;
	cr_assert_eq(act_with(T(0), number, argument), status, "call %u: %lu, expected %lu", number, (unsigned long)frame->status,
		     (unsigned long)status);
	if (number != KAAL_SYS_REPLY_SEND)
		cr_assert(frame->result[1] == 0 && frame->result[2] == 0, "call %u: results with status %lu", number, (unsigned long)status);
	cr_assert_eq(state_of(T(0)), THREAD_READY);
}

#define REFUSES(status, number, ...) refuses(KAAL_##status, (number), (const uint64_t[6]){__VA_ARGS__})

/* Thread 0's CSpace with no more rights than these; the fixture gave it all. */
static void limit_cspace(uint32_t rights)
{
	struct cap *cap = &slot_view[thread_slot(T(0), THREAD_SLOT_CSPACE)].cap;

	cap->word = (cap->word & ~cap_word(0, KAAL_RIGHTS_ALL, 0)) | cap_word(0, rights, 0);
}

/* What leaves a CSpace by message takes the rights that cap_copy and cap_move take. */
static void refuses_what_the_cspace_does_not_allow(uint32_t number, uint64_t a, uint64_t c)
{
	buffer_of(T(0))->caps[0] = EP;
	limit_cspace(KAAL_RIGHTS_ALL & ~KAAL_RIGHT_READ);
	REFUSES(NO_RIGHT, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->move = 1;
	REFUSES(HAS_CHILDREN, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	limit_cspace(KAAL_RIGHTS_ALL & ~KAAL_RIGHT_WRITE);
	REFUSES(NO_RIGHT, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->move = 0;
	buffer_of(T(0))->caps[1] = 0;
	REFUSES(SLOT_EMPTY, number, a, 2 * KAAL_MESSAGE_CAPS_UNIT, c);
	limit_cspace(KAAL_RIGHTS_ALL);
}

/* What all that send a message refuse; `a` is a capability that can be used, `no_grant` the same without GRANT. */
static void refuses_messages(uint32_t number, uint64_t a, uint64_t no_grant, uint64_t c)
{
	buffer_of(T(0))->caps[0] = EP;
	REFUSES(OUT_OF_RANGE, number, a, 65, c);
	REFUSES(OUT_OF_RANGE, number, a, 0xff, c);
	REFUSES(OUT_OF_RANGE, number, a, 4 * KAAL_MESSAGE_CAPS_UNIT, c);
	for (unsigned bit = 16; bit < 32; bit++)
		REFUSES(OUT_OF_RANGE, number, a, UINT64_C(1) << bit, c);
	REFUSES(NO_RIGHT, number, number == KAAL_SYS_ENDPOINT_REPLY_RECV || number == KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL ? a : no_grant,
		KAAL_MESSAGE_CAPS_UNIT, number == KAAL_SYS_ENDPOINT_REPLY_RECV || number == KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL ? no_grant : c);
	buffer_of(T(0))->caps[0] = 1000;
	REFUSES(INVALID_CAP, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->caps[0] = FREE;
	REFUSES(SLOT_EMPTY, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->caps[0] = MEMORY;
	REFUSES(NOT_COPYABLE, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->caps[0] = EP_BADGED;
	buffer_of(T(0))->caps[1] = 0;
	REFUSES(SLOT_EMPTY, number, a, 2 * KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->caps[1] = EP;
	buffer_of(T(0))->move = 2;
	REFUSES(HAS_CHILDREN, number, a, 2 * KAAL_MESSAGE_CAPS_UNIT, c);
	buffer_of(T(0))->move = 0;
	refuses_what_the_cspace_does_not_allow(number, a, c);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, 0, 1), KAAL_OK);
	REFUSES(NO_BUFFER, number, a, 9, c);
	REFUSES(NO_BUFFER, number, a, KAAL_MESSAGE_CAPS_UNIT, c);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FRAME, 0), KAAL_OK);
}

Test(endpoint, errors_of_all_that_send)
{
	static const uint32_t number[] = {KAAL_SYS_ENDPOINT_CALL, KAAL_SYS_ENDPOINT_CALL_UNTIL, KAAL_SYS_ENDPOINT_SEND,
					  KAAL_SYS_ENDPOINT_SEND_UNTIL, KAAL_SYS_ENDPOINT_NB_SEND};

	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	for (unsigned i = 0; i < COUNT(number); i++) {
		REFUSES(INVALID_CAP, number[i], 1000, 0, 0);
		REFUSES(WRONG_TYPE, number[i], REPLY, 0, 0);
		REFUSES(WRONG_TYPE, number[i], 0, 0, 0);
		REFUSES(NO_RIGHT, number[i], EP_READ, 0, 0);
		refuses_messages(number[i], EP, EP_NO_GRANT, 1000);
	}
	cr_assert_eq(state_of(T(3)), THREAD_RECEIVING, "nothing came");
}

Test(endpoint, errors_of_all_that_receive)
{
	static const uint32_t number[] = {KAAL_SYS_ENDPOINT_RECV, KAAL_SYS_ENDPOINT_RECV_UNTIL, KAAL_SYS_ENDPOINT_NB_RECV};

	cr_assert_eq(act(T(4), ENDPOINT_RECV, EP2, REPLY + 1), WAITS);
	cr_assert_eq(act(T(5), ENDPOINT_RECV, EP, REPLY + 2), WAITS);
	cr_assert_eq(act(T(1), ENDPOINT_CALL, EP, 0), WAITS);
	for (unsigned i = 0; i < COUNT(number); i++) {
		REFUSES(INVALID_CAP, number[i], 1000, REPLY, 0);
		REFUSES(WRONG_TYPE, number[i], REPLY, REPLY, 0);
		REFUSES(NO_RIGHT, number[i], EP_WRITE, REPLY, 0);
		REFUSES(INVALID_CAP, number[i], EP, 1000, 0);
		REFUSES(WRONG_TYPE, number[i], EP, EP, 0);
		REFUSES(NO_RIGHT, number[i], EP, REPLY_READ, 0);
		REFUSES(REPLY_IN_USE, number[i], EP, REPLY + 1, 0);
		REFUSES(REPLY_IN_USE, number[i], EP, REPLY + 2, 0);
	}
	REFUSES(INVALID_CAP, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, 1000, EP, REPLY);
	REFUSES(INVALID_CAP, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, 1000, REPLY);
	REFUSES(INVALID_CAP, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, EP, 1000);
	REFUSES(WRONG_TYPE, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, EP, EP, REPLY);
	REFUSES(WRONG_TYPE, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, NTFN, REPLY);
	REFUSES(WRONG_TYPE, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, EP, NTFN);
	copy_in_both(FREE, NTFN, KAAL_RIGHT_READ);
	REFUSES(NO_RIGHT, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, FREE, EP, REPLY);
	REFUSES(NO_RIGHT, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, EP_WRITE, REPLY);
	REFUSES(NO_RIGHT, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, EP, REPLY_READ);
	REFUSES(REPLY_IN_USE, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, EP, REPLY + 1);
	REFUSES(REPLY_IN_USE, KAAL_SYS_NOTIFICATION_SIGNAL_RECV, NTFN, EP, REPLY + 2);
	cr_assert_eq(notification_view[notification_of(cap_at(NTFN))].flags, 0, "a refused call signals nothing");
}

Test(endpoint, errors_of_reply_recv)
{
	static const uint32_t number[] = {KAAL_SYS_ENDPOINT_REPLY_RECV, KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL};

	cr_assert_eq(act(T(4), ENDPOINT_RECV, EP2, REPLY + 1), WAITS);
	cr_assert_eq(act(T(0), ENDPOINT_NB_RECV, EP, REPLY), KAAL_WOULD_BLOCK);
	cr_assert_eq(act(T(1), ENDPOINT_CALL, EP, 0), WAITS);
	cr_assert_eq(act(T(0), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	for (unsigned i = 0; i < COUNT(number); i++) {
		REFUSES(INVALID_CAP, number[i], 1000, 0, REPLY);
		REFUSES(WRONG_TYPE, number[i], REPLY, 0, REPLY);
		REFUSES(NO_RIGHT, number[i], EP_WRITE, 0, REPLY);
		REFUSES(INVALID_CAP, number[i], EP, 0, 1000);
		REFUSES(WRONG_TYPE, number[i], EP, 0, EP);
		REFUSES(WRONG_TYPE, number[i], EP, 0, 0);
		REFUSES(NO_RIGHT, number[i], EP, 0, REPLY_READ);
		REFUSES(REPLY_IN_USE, number[i], EP, 0, REPLY + 1);
		refuses_messages(number[i], EP, REPLY_NO_GRANT, REPLY);
	}
	cr_assert_eq(status_of(T(1)), WAITS, "no answer");
	REFUSES(INVALID_CAP, KAAL_SYS_REPLY_SEND, 1000, 0);
	REFUSES(WRONG_TYPE, KAAL_SYS_REPLY_SEND, EP, 0);
	REFUSES(NO_RIGHT, KAAL_SYS_REPLY_SEND, REPLY_READ, 0);
	REFUSES(NO_CALLER, KAAL_SYS_REPLY_SEND, REPLY + 2, 0);
	REFUSES(NO_CALLER, KAAL_SYS_REPLY_SEND, REPLY + 1, 0);
	refuses_messages(KAAL_SYS_REPLY_SEND, REPLY, REPLY_NO_GRANT, 0);
	cr_assert_eq(status_of(T(1)), WAITS, "no answer");
	cr_assert_eq(act(T(0), REPLY_SEND, REPLY, 0), KAAL_OK);
	REFUSES(NO_CALLER, KAAL_SYS_REPLY_SEND, REPLY, 0);
}

/* --- the end of waiting ------------------------------------------------------------------ */

/* What one of both sides may be at when something ends. */
enum at { SENDING, CALLING, RECEIVING, REPLY_RECEIVING, SIGNAL_RECEIVING, AWAITING, AWAITING_UNTIL, SENDING_UNTIL, CALLING_UNTIL, RECEIVING_UNTIL, REPLY_RECEIVING_UNTIL, ATS };

static void bring_to(enum at at)
{
	static const uint32_t number[ATS] = {
		KAAL_SYS_ENDPOINT_SEND,       KAAL_SYS_ENDPOINT_CALL,       KAAL_SYS_ENDPOINT_RECV,       KAAL_SYS_ENDPOINT_REPLY_RECV,
		KAAL_SYS_NOTIFICATION_SIGNAL_RECV, KAAL_SYS_ENDPOINT_CALL,  KAAL_SYS_ENDPOINT_CALL_UNTIL, KAAL_SYS_ENDPOINT_SEND_UNTIL,
		KAAL_SYS_ENDPOINT_CALL_UNTIL, KAAL_SYS_ENDPOINT_RECV_UNTIL, KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL,
	};
	bool sends = at < RECEIVING || (at >= AWAITING && at <= CALLING_UNTIL);

	cr_assert_eq(sends ? send_by(number[at], T(0)) : receive_by(number[at], T(0), REPLY), WAITS);
	if (at == AWAITING || at == AWAITING_UNTIL)
		cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	thread_view[T(0)].frame.result[1] = thread_view[T(0)].frame.result[2] = 77;
}

/* Its call has ended, it runs on its own context, and nobody finds it in a queue. */
static void has_ended(uint64_t status, enum at at)
{
	struct thread *t = &thread_view[T(0)];

	cr_assert_eq(t->frame.status, status, "state %d: %lu", at, (unsigned long)t->frame.status);
	cr_assert(t->frame.result[1] == 0 && t->frame.result[2] == 0, "state %d", at);
	cr_assert_eq(thread_context(t), thread_own(t));
	if (thread_own(t) != SCHED_CONTEXT_NONE)
		cr_assert_eq(sched_context_view[thread_own(t)].holder, T(0));
	pass_until(host.now + 5000);
	cr_assert_eq(t->frame.status, status);
}

Test(endpoint, a_suspended_thread_waits_for_nothing)
{
	for (enum at at = SENDING; at < ATS; at++) {
		host.now = 0;
		bring_to(at);
		cr_assert_eq(driver(THREAD_SUSPEND, THREAD), KAAL_OK);
		has_ended(KAAL_CANCELLED, at);
		cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
		cr_assert_eq(act(T(1), ENDPOINT_NB_SEND, EP, 0), KAAL_WOULD_BLOCK);
		cr_assert_eq(act(T(1), ENDPOINT_NB_RECV, EP, REPLY + 1), KAAL_WOULD_BLOCK);
		cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_NO_CALLER);
		cr_assert_eq(driver(THREAD_RESUME, THREAD), KAAL_OK);
		cr_assert_eq(act(T(3), ENDPOINT_NB_RECV, EP, REPLY), KAAL_WOULD_BLOCK);
	}
}

Test(endpoint, a_deadline_ends_waiting)
{
	for (enum at at = AWAITING_UNTIL; at < ATS; at++) {
		host.now = 0;
		bring_to(at);
		pass_until(999);
		cr_assert_eq(status_of(T(0)), WAITS);
		pass_until(1000);
		has_ended(KAAL_TIMEOUT, at);
		cr_assert_eq(state_of(T(0)), THREAD_READY);
		cr_assert_eq(act(T(1), ENDPOINT_NB_SEND, EP, 0), KAAL_WOULD_BLOCK);
		cr_assert_eq(act(T(3), ENDPOINT_NB_RECV, EP, REPLY), KAAL_WOULD_BLOCK);
	}
}

Test(endpoint, a_deadline_that_has_passed_ends_waiting_at_once_and_the_largest_is_none)
{
	host.now = 2000;
	cr_assert_eq(send_by(KAAL_SYS_ENDPOINT_SEND_UNTIL, T(0)), WAITS);
	pass_until(2000);
	cr_assert_eq(status_of(T(0)), KAAL_TIMEOUT);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(send_by(KAAL_SYS_ENDPOINT_SEND_UNTIL, T(0)), KAAL_OK, "it need not wait");
	for (uint64_t deadline = UINT64_MAX - 1; deadline != 0; deadline++) {
		cr_assert_eq(act(T(0), ENDPOINT_RECV_UNTIL, EP, REPLY + 1, deadline), WAITS);
		cr_assert_eq(thread_view[T(0)].timer.rank, 0);
		cr_assert_eq(endpoint_view[endpoint_at(EP)].state, ENDPOINT_ONE_RECEIVER);
		cr_assert_eq(act(T(1), ENDPOINT_SEND, EP, 0), KAAL_OK);
	}
}

static void delete_all(enum index first, unsigned count)
{
	for (unsigned i = first; i < first + count; i++) {
		ipc_must(driver(CAP_REVOKE, A, i));
		ipc_must(driver(CAP_DELETE, A, i));
	}
}

Test(endpoint, its_end_wakes_everybody)
{
	for (unsigned senders_wait = 0; senders_wait < 2; senders_wait++) {
		for (unsigned i = 0; i < THREADS; i++) {
			sched_set_priority(T(i), 100 + i % 2);
			cr_assert_eq(senders_wait ? act_with(T(i), i % 2 ? KAAL_SYS_ENDPOINT_CALL_UNTIL : KAAL_SYS_ENDPOINT_SEND,
							     (const uint64_t[6]){EP + senders_wait, 0, 1000})
						  : act(T(i), ENDPOINT_RECV_UNTIL, EP, i < 4 ? REPLY + i : 0, 1000),
				     WAITS);
		}
		delete_all(EP + senders_wait, 1);
		for (unsigned i = 0; i < THREADS; i++) {
			cr_assert_eq(status_of(T(i)), KAAL_CANCELLED);
			cr_assert_eq(state_of(T(i)), THREAD_READY);
		}
	}
	pass_until(5000);
	cr_assert_eq(status_of(T(0)), KAAL_CANCELLED);
}

/* Nobody else deletes anything: what is left is done when nobody has anything to do. */
Test(endpoint, its_end_wakes_everybody_also_when_who_ended_it_is_stopped)
{
	const uint64_t delete[6] = {A, FREE};

	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_ENDPOINT, A, FREE, 1));
	for (unsigned i = 1; i < THREADS / 2; i++)
		cr_assert_eq(act(T(i), ENDPOINT_RECV, FREE, 0), WAITS);
	run(T(0));
	memcpy(thread_view[T(0)].frame.argument, delete, sizeof delete);
	host.calls_until_pending = 1;
	dispatch(T(0), KAAL_SYS_CAP_DELETE);
	cr_assert_eq(thread_view[T(0)].frame.restarts, 1, "interrupted");
	cr_assert_eq(state_of(T(1)), THREAD_RECEIVING);
	sched_stop(FIXTURE_CALLER);
	for (unsigned i = THREADS / 2; i < THREADS; i++)
		sched_stop(T(i));
	sched_stop(T(0));
	for (unsigned i = 1; i < THREADS / 2; i++) {
		(void)sched_next();
		cr_assert_eq(cpu.current, T(i));
		cr_assert_eq(status_of(T(i)), KAAL_CANCELLED);
		sched_stop(T(i));
	}
}

Test(endpoint, its_end_does_not_disturb_a_call_that_was_received)
{
	bring_to(AWAITING);
	delete_all(EP, 1);
	cr_assert_eq(status_of(T(0)), WAITS);
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
}

Test(endpoint, a_thread_that_ends_leaves_nothing_behind)
{
	for (enum at at = SENDING; at < ATS; at++) {
		ipc_start();
		bring_to(at);
		delete_all(THREAD, 1);
		cr_assert_eq(act(T(1), ENDPOINT_NB_SEND, EP, 0), KAAL_WOULD_BLOCK);
		cr_assert_eq(act(T(1), ENDPOINT_NB_RECV, EP, REPLY + 1), KAAL_WOULD_BLOCK);
		cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_NO_CALLER);
		cr_assert_eq(act(T(3), ENDPOINT_NB_RECV, EP, REPLY), KAAL_WOULD_BLOCK);
		cr_assert_eq(sched_context_view[context_at(0)].home, THREAD_NONE);
		pass_until(host.now + 5000);
	}
}
