/*
 * Any call by any thread at any time, objects that end and are made anew,
 * deadlines and budgets that expire: the invariants hold after each step. The seed is printed; KAAL_SEED
 * chooses another, KAAL_STEPS how long (`./kaal soak ipc`).
 */
#include "ipc_fixture.h"

#include "../../qemu/random.h"
#include "../campaign.h"

#define STEPS 20000u
#define STEPS_TOLD 100000u /* a word after so many */
#define SPARE FREE /* slots that capabilities come into */
#define SPARES 24u

static uint64_t seed;
static unsigned at; /* steps done */

static void tell_steps(void)
{
	fprintf(stderr, "%u steps done\n", at);
}

/* Whoever runs it sets a limit to its time: a campaign's differs from a test's. */
TestSuite(ipc_random, .init = ipc_start, .fini = tell_steps);

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(next_random(&seed) >> 32) % limit;
}

static uint32_t one_in(uint32_t chances)
{
	return below(chances) == 0;
}

static uint64_t any_thread(void)
{
	return THREAD + below(THREADS);
}

static uint64_t any_context(void)
{
	return CONTEXT + below(THREADS);
}

static uint64_t any_notification(void)
{
	return one_in(10) ? 0 : NTFN + below(2);
}

static uint64_t any_endpoint(void)
{
	return one_in(3) ? EP2 : one_in(4) ? EP + below(EP_WRITE - EP + 1) : EP_BADGED;
}

static uint64_t any_reply(void)
{
	return one_in(8) ? 0 : one_in(20) ? REPLY_NO_GRANT : REPLY + below(4);
}

/* Most of what may be deleted or sent. */
static uint64_t any_cap(void)
{
	return one_in(3) ? EP + below(DRIVERS_CONTEXT - EP) : SPARE + below(SPARES);
}

static uint64_t any_time(void)
{
	return one_in(10) ? UINT64_MAX : host.now + below(3000);
}

static uint64_t any_message(thread_t thread)
{
	uint32_t caps = one_in(6) ? below(4) : 0;

	if (thread_view[thread].buffer != 0) {
		volatile struct kaal_message_buffer *buffer = buffer_of(thread);

		for (unsigned i = 0; i < KAAL_MESSAGE_CAPS_MAX; i++)
			buffer->caps[i] = any_cap();
		buffer->move = one_in(2) ? below(8) : 0;
		buffer->receive_cnode = one_in(2) ? A : B;
		buffer->receive_slot = SPARE + below(SPARES);
	}
	write_words(thread, seed);
	return kaal_message(one_in(4) ? below(65) : below(9), caps, one_in(2) ? 0 : below(3));
}

/* A call with likely arguments. */
static void any_call(thread_t thread)
{
	uint64_t message = any_message(thread);

	host.calls_until_pending = one_in(3) ? below(4) : 0;
	switch (below(32)) {
	case 0: case 1: case 2: case 3:
		(void)act(thread, ENDPOINT_CALL, any_endpoint(), message);
		break;
	case 4: case 5:
		(void)act(thread, ENDPOINT_CALL_UNTIL, any_endpoint(), message, any_time());
		break;
	case 6: case 7: case 8: case 9:
		(void)act(thread, ENDPOINT_RECV, any_endpoint(), any_reply());
		break;
	case 10: case 11: case 12: case 13:
		(void)act(thread, ENDPOINT_REPLY_RECV, any_endpoint(), message, any_reply());
		break;
	case 14:
		(void)act(thread, ENDPOINT_REPLY_RECV_UNTIL, any_endpoint(), message, any_reply(), any_time());
		break;
	case 15: case 16: case 17:
		(void)act(thread, REPLY_SEND, any_reply(), message);
		break;
	case 18:
		(void)act(thread, ENDPOINT_SEND, any_endpoint(), message);
		break;
	case 19:
		(void)act(thread, ENDPOINT_NB_SEND, any_endpoint(), message);
		break;
	case 20:
		(void)act(thread, ENDPOINT_SEND_UNTIL, any_endpoint(), message, any_time());
		break;
	case 21:
		(void)act(thread, ENDPOINT_NB_RECV, any_endpoint(), any_reply());
		break;
	case 22:
		(void)act(thread, ENDPOINT_RECV_UNTIL, any_endpoint(), any_reply(), any_time());
		break;
	case 23:
		(void)act(thread, NOTIFICATION_SIGNAL_RECV, any_notification(), any_endpoint(), any_reply());
		break;
	case 24:
		(void)act(thread, NOTIFICATION_SIGNAL, any_notification());
		break;
	case 25:
		(void)act(thread, NOTIFICATION_WAIT, any_notification());
		break;
	case 26:
		(void)act(thread, NOTIFICATION_WAIT_UNTIL, any_notification(), any_time());
		break;
	case 27:
		(void)act(thread, THREAD_SLEEP, host.now + below(500));
		break;
	case 28:
		(void)act(thread, SCHED_YIELD, 0);
		break;
	case 29:
		(void)act(thread, CAP_DELETE, one_in(2) ? A : B, any_cap());
		break;
	case 30:
		(void)act(thread, THREAD_SUSPEND, any_thread());
		break;
	default:
		(void)act(thread, THREAD_SET_PRIORITY, any_thread(), 100 + below(3), 200);
		break;
	}
}

/* What somebody with authority over all of them does. */
static void any_control(thread_t thread)
{
	switch (below(10)) {
	case 0:
		(void)act(thread, SCHED_UNBIND, any_context());
		break;
	case 1:
		(void)act(thread, SCHED_BIND, any_context(), any_thread());
		break;
	case 2:
		(void)act(thread, THREAD_BIND_NOTIFICATION, any_thread(), any_notification());
		break;
	case 3:
		(void)act(thread, THREAD_SET_FAULT_HANDLER, any_thread(), one_in(4) ? 0 : any_endpoint());
		break;
	case 4:
		(void)act(thread, THREAD_SET_TIMEOUT_HANDLER, any_thread(), one_in(2) ? 0 : any_endpoint());
		break;
	case 5:
		(void)act(thread, THREAD_SET_BUFFER, any_thread(), one_in(8) ? 0 : FRAME, below(8) * KAAL_MESSAGE_BUFFER_BYTES);
		break;
	case 6:
		(void)act(thread, CAP_REVOKE, A, any_cap());
		break;
	default:
		(void)act(thread, THREAD_RESUME, any_thread());
		break;
	}
}

static void remake_thread(unsigned i)
{
	if (thread_view[T(i)].count != 0) {
		/* Its capability has been moved away; nothing else leads to it once that is deleted. */
		for (unsigned index = SPARE; index < SPARE + SPARES; index++) {
			if (cap_type(slot_view[CNODE_A + index].cap) == KAAL_OBJECT_THREAD)
				ipc_must(driver(CAP_DELETE, A, index));
			if (cap_type(slot_view[CNODE_B + index].cap) == KAAL_OBJECT_THREAD)
				ipc_must(driver(CAP_DELETE, B, index));
		}
		ipc_must(driver(CAP_DELETE, B, THREAD + i));
	}
	if (thread_view[T(i)].count != 0)
		return;
	memset(&thread_view[T(i)], 0, sizeof thread_view[T(i)]);
	make_thread(i);
}

static enum kaal_object_type type_at(unsigned index)
{
	return index < REPLY    ? KAAL_OBJECT_ENDPOINT
	       : index < NTFN   ? KAAL_OBJECT_REPLY
	       : index < FRAME  ? KAAL_OBJECT_NOTIFICATION
	       : index < THREAD ? KAAL_OBJECT_FRAME
				: KAAL_OBJECT_SCHED_CONTEXT;
}

/* What has ended or been taken away is there again: in A as new, in B as a copy. */
static void repair_cap(unsigned index)
{
	if (cap_is_zombie(slot_view[CNODE_A + index].cap))
		ipc_must(driver(CAP_DELETE, A, index));
	if (cap_is_null(slot_view[CNODE_A + index].cap)) {
		if (index == EP_BADGED)
			(void)driver(CAP_MINT, A, index, A, EP, KAAL_RIGHTS_ALL, BADGE);
		else if (index > EP2 && index < REPLY)
			(void)driver(CAP_COPY, A, index, A, EP, index == EP_READ ? KAAL_RIGHT_READ : KAAL_RIGHT_WRITE);
		else if (index == REPLY_NO_GRANT || index == REPLY_READ)
			(void)driver(CAP_COPY, A, index, A, REPLY, index == REPLY_READ ? KAAL_RIGHT_READ : KAAL_RIGHT_WRITE);
		else if (index >= THREAD && index < CONTEXT)
			remake_thread(index - THREAD);
		else
			ipc_must(driver(UNTYPED_RETYPE, MEMORY, type_at(index) + (index == FRAME ? 12 * 256 : 0), A, index, 1));
	}
	if (cap_is_zombie(slot_view[CNODE_B + index].cap))
		ipc_must(driver(CAP_DELETE, B, index));
	if (cap_is_null(slot_view[CNODE_B + index].cap))
		(void)driver(CAP_COPY, B, index, A, index, KAAL_RIGHTS_ALL);
}

static void repair(void)
{
	host.calls_until_pending = 0;
	for (unsigned index = EP; index < DRIVERS_CONTEXT; index++)
		repair_cap(index);
	for (unsigned i = 0; i < SPARES; i++) {
		if (one_in(3))
			ipc_must(driver(CAP_DELETE, one_in(2) ? A : B, SPARE + i));
	}
	for (unsigned i = 0; i < THREADS; i++) {
		if (cap_type(cap_at((enum index)(CONTEXT + i))) == KAAL_OBJECT_SCHED_CONTEXT && one_in(2))
			sched_configure(context_at(i), one_in(2) ? SCHED_UNLIMITED : 600 + below(1000), 2000);
		(void)driver(SCHED_BIND, CONTEXT + i, THREAD + i);
		/* Enough of them run. */
		if (state_of(T(i)) >= THREAD_WAITING && one_in(4))
			(void)driver(THREAD_SUSPEND, THREAD + i);
		(void)driver(THREAD_RESUME, THREAD + i);
	}
}

/* A thread that could run now, other than the driver; THREAD_NONE if there is none. */
static thread_t somebody(void)
{
	for (unsigned tries = 0; tries < 4 * THREADS; tries++) {
		thread_t thread = T(below(THREADS));
		const struct thread *t = &thread_view[thread];

		if (t->state == THREAD_READY && (t->queued != 0 || thread == cpu.current) &&
		    sched_context_ready(thread_context(t), host.now))
			return thread;
	}
	return THREAD_NONE;
}

static void step(void)
{
	thread_t thread = somebody();
	uint32_t what = below(100);

	if (what < 3 || (thread == THREAD_NONE && what < 30))
		repair();
	else if (what < 10 || thread == THREAD_NONE)
		pass_until(host.now + below(1000));
	else if (what < 13) {
		run(thread);
		fault_raise(thread, (enum kaal_fault)(1 + below(3)), 0x1000, 0x2000);
		check_invariants();
		(void)sched_next();
	} else if (what < 25)
		any_control(one_in(2) ? FIXTURE_CALLER : thread);
	else
		any_call(thread);
	check_invariants();
}

Test(ipc_random, any_call_by_anybody)
{
	static unsigned long count = STEPS; /* lives through longjmp */

	seed = campaign_start(20250101, &count);
	if (setjmp(host.panic) != 0)
		cr_assert_fail("step %u: %s", at, host.panic_text);
	while (at < count) {
		step();
		if (++at % STEPS_TOLD == 0)
			tell_steps();
	}
#ifdef IPC_FAST
	cr_assert_gt(host.fast_switches, count / 200, "the fast path was taken %u times", host.fast_switches);
#endif
}
