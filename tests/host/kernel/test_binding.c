/* Notifications that are bound to a thread which receives messages. */
#include "ipc_fixture.h"

TestSuite(binding, .init = ipc_start);

#define BADGED FREE
#define FLAGS 0x70u

static notification_t ntfn(void)
{
	return notification_of(cap_at(NTFN));
}

static void bind(void)
{
	ipc_must(driver(CAP_MINT, A, BADGED, A, NTFN, KAAL_RIGHTS_ALL, FLAGS));
	ipc_must(driver(THREAD_BIND_NOTIFICATION, THREAD + 3, NTFN));
	cr_assert_eq(notification_view[ntfn()].bound, T(3));
}

/* T(3) has flags in the place of a message. */
static void flags_came(uint64_t flags)
{
	cr_assert_eq(state_of(T(3)), THREAD_READY);
	cr_assert_eq(status_of(T(3)), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), KAAL_MESSAGE_NOTIFICATION);
	cr_assert_eq(result_of(T(3), 2), flags);
	cr_assert_eq(notification_view[ntfn()].flags, 0);
}

Test(binding, flags_come_to_a_thread_that_receives)
{
	bind();
	cr_assert_eq(act(T(3), ENDPOINT_RECV_UNTIL, EP, REPLY, 1000), WAITS);
	cr_assert_eq(act(T(0), NOTIFICATION_SIGNAL, NTFN), KAAL_OK);
	flags_came(1);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, BADGED), KAAL_OK);
	flags_came(FLAGS);
	pass_until(2000);
	cr_assert_eq(status_of(T(3)), KAAL_OK);
	cr_assert_eq(endpoint_view[endpoint_at(EP)].state, ENDPOINT_IDLE);
}

Test(binding, flags_that_are_set_come_before_messages)
{
	static const uint32_t number[] = {KAAL_SYS_ENDPOINT_RECV, KAAL_SYS_ENDPOINT_RECV_UNTIL, KAAL_SYS_ENDPOINT_NB_RECV};

	bind();
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, 0), WAITS);
	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(driver(NOTIFICATION_SIGNAL, BADGED), KAAL_OK);
		cr_assert_eq(act_with(T(3), number[i], (const uint64_t[6]){EP, REPLY, 1000}), KAAL_OK);
		flags_came(FLAGS);
	}
	cr_assert_eq(act(T(3), NOTIFICATION_SIGNAL_RECV, NTFN, EP, REPLY), KAAL_OK);
	flags_came(1);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), 0, "then the message");
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, BADGED), KAAL_OK);
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 0, REPLY), KAAL_OK);
	flags_came(FLAGS);
	cr_assert_eq(status_of(T(0)), KAAL_OK, "the answer went out");
}

Test(binding, who_waits_for_the_notification_itself_comes_first)
{
	bind();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(act(T(4), NOTIFICATION_WAIT, NTFN), WAITS);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, BADGED), KAAL_OK);
	cr_assert_eq(result_of(T(4), 1), FLAGS);
	cr_assert_eq(state_of(T(3)), THREAD_RECEIVING);
}

Test(binding, a_bound_thread_that_sends_or_waits_for_an_answer_is_left_alone)
{
	bind();
	cr_assert_eq(act(T(3), ENDPOINT_CALL, EP, 0), WAITS);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, BADGED), KAAL_OK);
	cr_assert_eq(state_of(T(3)), THREAD_CALLING);
	cr_assert_eq(act(T(0), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, BADGED), KAAL_OK);
	cr_assert_eq(status_of(T(3)), WAITS);
	cr_assert_eq(act(T(0), REPLY_SEND, REPLY, 0), KAAL_OK);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), KAAL_OK);
	flags_came(FLAGS);
}

Test(binding, flags_that_were_set_before_come_with_the_binding)
{
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, NTFN), KAAL_OK);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	bind();
	flags_came(1);
}

Test(binding, its_end_is_that_of_the_capability)
{
	bind();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(driver(CAP_REVOKE, A, NTFN), KAAL_OK);
	cr_assert_eq(thread_view[T(3)].notification, 0);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, NTFN), KAAL_OK);
	cr_assert_eq(state_of(T(3)), THREAD_RECEIVING);
	cr_assert_eq(driver(CAP_DELETE, A, NTFN), KAAL_OK);
	cr_assert_eq(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_NOTIFICATION, A, NTFN, 1), KAAL_OK);
	bind();
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD + 3, 0), KAAL_OK);
	cr_assert_eq(notification_view[ntfn()].bound, THREAD_NONE);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD + 3, NTFN), KAAL_OK);
	cr_assert_eq(driver(CAP_REVOKE, A, THREAD + 3), KAAL_OK);
	cr_assert_eq(driver(CAP_DELETE, A, THREAD + 3), KAAL_OK);
	cr_assert_eq(notification_view[ntfn()].bound, THREAD_NONE);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, NTFN), KAAL_OK);
}

Test(binding, errors)
{
	bind();
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD + 3, NTFN), KAAL_OK, "bound anew to the same");
	cr_assert_eq(notification_view[ntfn()].bound, T(3));
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD + 4, NTFN), KAAL_BOUND);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD + 3, NTFN + 1), KAAL_OK, "another one takes its place");
	cr_assert_eq(notification_view[ntfn()].bound, THREAD_NONE);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, 1000, NTFN), KAAL_INVALID_CAP);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, EP, NTFN), KAAL_WRONG_TYPE);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD, 1000), KAAL_INVALID_CAP);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD, EP), KAAL_WRONG_TYPE);
	copy_in_both(FREE + 1, THREAD, KAAL_RIGHT_READ);
	copy_in_both(FREE + 2, NTFN, KAAL_RIGHT_WRITE);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, FREE + 1, NTFN), KAAL_NO_RIGHT);
	cr_assert_eq(driver(THREAD_BIND_NOTIFICATION, THREAD, FREE + 2), KAAL_NO_RIGHT);
	cr_assert_eq(thread_view[T(0)].notification, 0);
}

/* A server without a context is woken by flags and has nothing to run on: it goes on with the next one it gets. */
Test(binding, flags_without_a_context)
{
	bind();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(driver(SCHED_UNBIND, CONTEXT + 3), KAAL_OK);
	cr_assert_eq(driver(NOTIFICATION_SIGNAL, NTFN), KAAL_OK);
	flags_came(1);
	cr_assert_eq(thread_view[T(3)].queued, 0);
	cr_assert_eq(driver(SCHED_BIND, CONTEXT + 3, THREAD + 3), KAAL_OK);
	run(T(3));
}
