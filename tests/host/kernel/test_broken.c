/* A state that cannot be, made by hand: the kernel stops before it follows a link to nobody. */
#include "ipc_fixture.h"

#include <core/lend.h>
#include <core/ready.h>
#include <core/wait_queue.h>

TestSuite(broken, .init = ipc_start);

/* The step fails in this assertion. */
#define STOPS(assertion, step)                                                                                       \
	do {                                                                                                         \
		if (setjmp(host.panic) == 0) {                                                                       \
			step;                                                                                        \
			cr_assert_fail("it went on");                                                                \
		}                                                                                                    \
		cr_assert_str_eq(host.panic_text, assertion);                                                        \
	} while (0)

/* Thread 0 waits for thread 3's answer, and has lent it its context. */
static void call(void)
{
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, 0), WAITS);
}

Test(broken, a_lent_context_that_leads_to_nobody)
{
	call();
	reply_view[reply_at(REPLY)].receiver = THREAD_NONE;
	STOPS("thread != THREAD_NONE", lend_return(T(0)));
}

Test(broken, a_lent_context_that_leads_to_who_waits_for_nobody)
{
	call();
	reply_view[reply_at(REPLY)].receiver = T(4);
	STOPS("thread_view[thread].state == THREAD_AWAITING_REPLY", lend_return(T(0)));
}

Test(broken, a_context_lent_by_who_waits_for_nobody)
{
	call();
	thread_view[T(0)].state = THREAD_READY;
	STOPS("thread_view[thread].state == THREAD_AWAITING_REPLY", sched_unbind(context_at(0)));
}

Test(broken, more_words_than_a_message_has)
{
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 20), WAITS);
	thread_view[T(0)].frame.argument[1] = KAAL_MESSAGE_WORDS_MAX + 1;
	STOPS("words <= KAAL_MESSAGE_WORDS_MAX", act(T(3), ENDPOINT_RECV, EP, REPLY));
}

Test(broken, more_capabilities_than_a_message_has)
{
	for (unsigned i = 0; i < KAAL_MESSAGE_CAPS_MAX; i++)
		buffer_of(T(0))->caps[i] = EP2;
	buffer_of(T(3))->receive_cnode = B;
	buffer_of(T(3))->receive_slot = FREE;
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, kaal_message(0, KAAL_MESSAGE_CAPS_MAX, 0)), WAITS);
	thread_view[T(0)].frame.argument[1] = kaal_message(0, KAAL_MESSAGE_CAPS_MAX + 1, 0);
	STOPS("i < KAAL_MESSAGE_CAPS_MAX", act(T(3), ENDPOINT_RECV, EP, REPLY));
}

Test(broken, a_priority_whose_last_is_nobody)
{
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 0), WAITS);
	thread_view[T(0)].wait.level_last = THREAD_NONE;
	STOPS("thread != THREAD_NONE", act(T(1), ENDPOINT_SEND, EP, 0));
}

/* Of three that wait, the first says that there is nobody behind it, and the last is asked for by a priority that is not there. */
Test(broken, links_of_who_waits_that_lead_to_nobody_are_not_followed)
{
	struct wait_queue *queue = &endpoint_view[endpoint_at(EP)].waiting;

	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(act(T(i), ENDPOINT_SEND, EP, 0), WAITS);
	thread_view[T(2)].priority++;
	wait_queue_remove(queue, T(2));
	cr_assert_eq(queue->first, T(0));
	thread_view[T(0)].wait.next = THREAD_NONE;
	thread_view[T(0)].wait.previous = T(1);
	queue->first = T(1);
	wait_queue_remove(queue, T(0));
	cr_assert_eq(thread_view[T(0)].wait.level_last, T(0));
}

Test(broken, a_ready_thread_that_is_first_of_a_queue_that_begins_with_another)
{
	thread_t last = cpu.ready_last[thread_view[T(0)].priority];

	cr_assert_neq(last, cpu.ready_first[thread_view[T(0)].priority]);
	thread_view[last].ready_previous = THREAD_NONE;
	STOPS("cpu.ready_first[priority] == thread", ready_remove(last));
}

Test(broken, a_list_of_ended_notifications_that_goes_on_with_none)
{
	destroy_worklists.notification = notification_of(cap_at(NTFN));
	notification_view[notification_of(cap_at(NTFN))].flags = UINT64_C(1) << 32;
	STOPS("next <= UINT32_MAX", while (!destroy_worklist_step()));
}
