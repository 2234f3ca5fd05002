/* Replies, and the contexts that are lent along calls. */
#include "ipc_fixture.h"

TestSuite(reply, .init = ipc_start);

/* Server `i` receives with its own reply object, on no context of its own if it is to be passive. */
static void serve(unsigned i, uint64_t endpoint, uint64_t reply, bool passive)
{
	cr_assert_eq(act(T(i), ENDPOINT_RECV, endpoint, reply), WAITS);
	if (passive)
		cr_assert_eq(driver(SCHED_UNBIND, CONTEXT + i), KAAL_OK);
}

static bool runs_on(unsigned i, unsigned context)
{
	return thread_context(&thread_view[T(i)]) == context_at(context) && sched_context_view[context_at(context)].holder == T(i);
}

static bool runs_on_nothing(unsigned i)
{
	return thread_view[T(i)].context == CONTEXT_NONE;
}

#define CALL(i, endpoint) cr_assert_eq(act(T(i), ENDPOINT_CALL, endpoint, 0), WAITS)
#define ANSWER(i, reply) cr_assert_eq(act(T(i), REPLY_SEND, reply, 0), KAAL_OK)

/* 0 -> 3 -> 4 -> 5; 3 serves EP with REPLY, 4 EP2, 5 a third endpoint. */
#define EP3 FREE

static void nest(bool passive)
{
	make_objects(KAAL_OBJECT_ENDPOINT, 0, EP3, 1);
	serve(3, EP, REPLY, passive);
	serve(4, EP2, REPLY + 1, passive);
	serve(5, EP3, REPLY + 2, passive);
	CALL(0, EP);
	cr_assert(runs_on(3, 0));
	CALL(3, EP2);
	cr_assert(runs_on(4, 0));
	CALL(4, EP3);
	cr_assert(runs_on(5, 0));
	cr_assert_eq(context_times_lent(thread_view[T(5)].context), 3);
}

Test(reply, a_context_goes_three_levels_down_and_back)
{
	for (unsigned passive = 0; passive < 2; passive++) {
		ipc_start();
		nest(passive != 0);
		cr_assert_eq(act(T(5), ENDPOINT_REPLY_RECV, EP3, 0, REPLY + 2), WAITS);
		cr_assert(runs_on(4, 0));
		cr_assert_eq(act(T(4), ENDPOINT_REPLY_RECV, EP2, 0, REPLY + 1), WAITS);
		cr_assert(runs_on(3, 0));
		cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 0, REPLY), WAITS);
		cr_assert(runs_on(0, 0));
		for (unsigned i = 3; i < THREADS; i++)
			cr_assert(passive ? runs_on_nothing(i) : runs_on(i, i), "server %u", i);
	}
}

Test(reply, a_server_without_context_stops_with_its_answer)
{
	serve(3, EP, REPLY, true);
	CALL(0, EP);
	ANSWER(3, REPLY);
	cr_assert(runs_on(0, 0) && runs_on_nothing(3));
	cr_assert_eq(state_of(T(3)), THREAD_READY);
	cr_assert_eq(thread_view[T(3)].queued, 0);
	cr_assert_eq(driver(SCHED_BIND, CONTEXT + 3, THREAD + 3), KAAL_OK);
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_NO_CALLER, "it goes on with one");
}

Test(reply, a_passive_server_takes_the_next_call_on_its_callers_context)
{
	serve(3, EP, REPLY, true);
	CALL(0, EP);
	CALL(1, EP);
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 0, REPLY), KAAL_OK);
	cr_assert(runs_on(0, 0) && runs_on(3, 1));
	cr_assert_eq(state_of(T(1)), THREAD_AWAITING_REPLY);
	ANSWER(3, REPLY);
	cr_assert(runs_on(1, 1));
}

/* Whatever ends the call of `middle` brings what it had lent back to it or further up, and nobody below keeps it. */
Test(reply, the_first_caller_goes_away)
{
	for (unsigned how = 0; how < 3; how++) {
		for (unsigned passive = 0; passive < 2; passive++) {
			ipc_start();
			nest(passive != 0);
			if (how == 0)
				cr_assert_eq(driver(THREAD_SUSPEND, THREAD), KAAL_OK);
			else if (how == 1)
				cr_assert(driver(CAP_REVOKE, A, THREAD) == KAAL_OK && driver(CAP_DELETE, A, THREAD) == KAAL_OK);
			else
				cr_assert_eq(driver(SCHED_UNBIND, CONTEXT), KAAL_OK);
			cr_assert(runs_on_nothing(3) && runs_on_nothing(4), "how %u", how);
			cr_assert(passive ? runs_on_nothing(5) : runs_on(5, 5));
			if (passive)
				cr_assert_eq(driver(SCHED_BIND, CONTEXT + 5, THREAD + 5), KAAL_OK);
			ANSWER(5, REPLY + 2);
			cr_assert(passive ? runs_on_nothing(4) : runs_on(4, 4));
			cr_assert_eq(status_of(T(4)), KAAL_OK);
			if (passive)
				cr_assert_eq(driver(SCHED_BIND, CONTEXT + 4, THREAD + 4), KAAL_OK);
			ANSWER(4, REPLY + 1);
			cr_assert(passive ? runs_on_nothing(3) : runs_on(3, 3));
			if (passive)
				cr_assert_eq(driver(SCHED_BIND, CONTEXT + 3, THREAD + 3), KAAL_OK);
			cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), how == 2 ? KAAL_OK : KAAL_NO_CALLER);
			if (how == 2) {
				cr_assert(runs_on_nothing(0) && state_of(T(0)) == THREAD_READY);
				cr_assert_eq(driver(SCHED_BIND, CONTEXT, THREAD), KAAL_OK);
				cr_assert(runs_on(0, 0));
			}
		}
	}
}

Test(reply, the_one_in_the_middle_goes_away)
{
	for (unsigned how = 0; how < 4; how++) {
		ipc_start();
		nest(true);
		switch (how) {
		case 0:
			cr_assert_eq(driver(THREAD_SUSPEND, THREAD + 3), KAAL_OK);
			cr_assert(runs_on(3, 0), "stopped with what was lent to it");
			cr_assert_eq(driver(THREAD_RESUME, THREAD + 3), KAAL_OK);
			ANSWER(3, REPLY);
			break;
		case 1:
			cr_assert(driver(CAP_REVOKE, A, THREAD + 3) == KAAL_OK && driver(CAP_DELETE, A, THREAD + 3) == KAAL_OK);
			break;
		case 2:
			cr_assert(driver(CAP_REVOKE, A, REPLY) == KAAL_OK && driver(CAP_DELETE, A, REPLY) == KAAL_OK);
			break;
		default:
			cr_assert(driver(CAP_REVOKE, A, REPLY + 1) == KAAL_OK && driver(CAP_DELETE, A, REPLY + 1) == KAAL_OK);
			cr_assert_eq(status_of(T(3)), KAAL_CANCELLED);
			cr_assert(runs_on(3, 0));
			ANSWER(3, REPLY);
			break;
		}
		cr_assert_eq(status_of(T(0)), how == 1 || how == 2 ? KAAL_CANCELLED : KAAL_OK, "how %u", how);
		cr_assert(runs_on(0, 0));
		cr_assert(runs_on_nothing(4) && runs_on_nothing(5), "how %u", how);
	}
}

Test(reply, the_last_goes_away)
{
	for (unsigned how = 0; how < 2; how++) {
		ipc_start();
		nest(true);
		if (how == 0)
			cr_assert(driver(CAP_REVOKE, A, THREAD + 5) == KAAL_OK && driver(CAP_DELETE, A, THREAD + 5) == KAAL_OK);
		else
			cr_assert(driver(CAP_REVOKE, A, REPLY + 2) == KAAL_OK && driver(CAP_DELETE, A, REPLY + 2) == KAAL_OK);
		cr_assert_eq(status_of(T(4)), KAAL_CANCELLED);
		cr_assert(runs_on(4, 0));
		cr_assert(how == 0 || runs_on_nothing(5));
	}
}

Test(reply, a_suspended_server_keeps_its_caller_waiting)
{
	serve(3, EP, REPLY, true);
	cr_assert_eq(act(T(0), ENDPOINT_CALL_UNTIL, EP, 0, 1000), WAITS);
	cr_assert_eq(driver(THREAD_SUSPEND, THREAD + 3), KAAL_OK);
	cr_assert_eq(status_of(T(0)), WAITS);
	pass_until(1000);
	cr_assert_eq(status_of(T(0)), KAAL_TIMEOUT);
	cr_assert(runs_on(0, 0) && runs_on_nothing(3));
}

Test(reply, a_deadline_in_the_middle_brings_the_context_back)
{
	make_objects(KAAL_OBJECT_ENDPOINT, 0, EP3, 1);
	serve(3, EP, REPLY, true);
	serve(4, EP2, REPLY + 1, true);
	CALL(0, EP);
	cr_assert_eq(act(T(3), ENDPOINT_CALL_UNTIL, EP2, 0, 1000), WAITS);
	cr_assert_eq(reply_view[reply_at(REPLY + 1)].slow_caller, T(3));
	pass_until(1000);
	cr_assert_eq(status_of(T(3)), KAAL_TIMEOUT);
	cr_assert(runs_on(3, 0) && runs_on_nothing(4));
	ANSWER(3, REPLY);
	cr_assert(runs_on(0, 0));
}

Test(reply, another_thread_of_the_server_answers)
{
	serve(3, EP, REPLY, true);
	CALL(0, EP);
	ANSWER(4, REPLY);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
	cr_assert(runs_on(0, 0) && runs_on_nothing(3) && runs_on(4, 4));
	cr_assert_eq(reply_view[reply_at(REPLY)].receiver, T(3));
	cr_assert_eq(act(T(4), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(thread_view[T(3)].reply, REPLY_NONE);
}

/* Also out of the middle of a chain, with the answering thread itself a part of it. */
Test(reply, answers_out_of_order)
{
	nest(true);
	ANSWER(5, REPLY);
	cr_assert(runs_on(0, 0) && runs_on_nothing(3) && runs_on_nothing(4) && runs_on_nothing(5));
	cr_assert_eq(status_of(T(0)), KAAL_OK);
	cr_assert_eq(status_of(T(3)), WAITS);
	cr_assert_eq(driver(SCHED_BIND, CONTEXT + 5, THREAD + 5), KAAL_OK);
	ANSWER(5, REPLY + 1);
	cr_assert_eq(status_of(T(3)), KAAL_OK);
	ANSWER(5, REPLY + 2);
	cr_assert_eq(status_of(T(4)), KAAL_OK);
}

Test(reply, deferred_answers_with_two_replies)
{
	CALL(0, EP);
	CALL(1, EP);
	CALL(2, EP);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert(runs_on(3, 0));
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_REPLY_IN_USE);
	cr_assert(runs_on(3, 0), "a refused call changes nothing");
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY + 1), KAAL_OK);
	cr_assert(runs_on(3, 1));
	cr_assert_eq(sched_context_view[context_at(0)].holder, T(0), "given back while the call still waits");
	cr_assert_eq(reply_view[reply_at(REPLY)].receiver, THREAD_NONE);
	/* Answers the first, takes the third into its reply; the second waits on. */
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 0, REPLY), KAAL_OK);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
	cr_assert(runs_on(0, 0) && runs_on(3, 2));
	cr_assert_eq(status_of(T(1)), WAITS);
	ANSWER(3, REPLY + 1);
	cr_assert(runs_on(1, 1));
	ANSWER(3, REPLY);
	cr_assert(runs_on(2, 2) && runs_on(3, 3));
}

Test(reply, a_server_that_receives_without_a_reply_gives_back_too)
{
	serve(3, EP, REPLY, false);
	CALL(0, EP);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), WAITS);
	cr_assert(runs_on(3, 3) && sched_context_view[context_at(0)].holder == T(0));
	ANSWER(4, REPLY);
	cr_assert(runs_on(0, 0));
}

/* The fast path is not to find a receiver that cannot take calls any more. */
Test(reply, a_receiver_whose_reply_ends_goes_on_waiting)
{
	serve(3, EP, REPLY, false);
	cr_assert_eq(endpoint_view[endpoint_at(EP)].state, ENDPOINT_ONE_RECEIVER);
	cr_assert(driver(CAP_REVOKE, A, REPLY) == KAAL_OK && driver(CAP_DELETE, A, REPLY) == KAAL_OK);
	cr_assert_eq(endpoint_view[endpoint_at(EP)].state, ENDPOINT_RECEIVING);
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, 0), KAAL_NO_REPLY);
	cr_assert_eq(status_of(T(3)), KAAL_OK);
}

Test(reply, a_server_that_ends_leaves_its_reply_behind)
{
	serve(3, EP, REPLY, false);
	CALL(0, EP);
	cr_assert(driver(CAP_REVOKE, A, THREAD + 3) == KAAL_OK && driver(CAP_DELETE, A, THREAD + 3) == KAAL_OK);
	cr_assert_eq(status_of(T(0)), KAAL_CANCELLED);
	cr_assert_eq(reply_view[reply_at(REPLY)].receiver, THREAD_NONE);
	serve(4, EP, REPLY, false);
	CALL(0, EP);
	ANSWER(4, REPLY);
}

/* --- budgets ------------------------------------------------------------------------------- */

#define BUDGET 1000u
#define PERIOD 100000u

/* Thread `i` has little time. */
static void make_poor(unsigned i)
{
	ipc_must(driver(SCHED_UNBIND, CONTEXT + i));
	give_context(i, BUDGET, PERIOD);
}

Test(reply, a_servers_own_context_goes_on_where_a_lent_one_ends)
{
	make_poor(0);
	serve(3, EP, REPLY, false);
	CALL(0, EP);
	cr_assert(runs_on(3, 0));
	run(T(3));
	pass_until(BUDGET);
	cr_assert(runs_on(3, 3), "its own");
	cr_assert_eq(sched_context_view[context_at(0)].holder, T(0));
	cr_assert_eq(status_of(T(0)), WAITS);
	ANSWER(3, REPLY);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
	cr_assert_neq(thread_view[T(0)].timer.rank, 0, "answered, it waits for budget");
	pass_until(PERIOD);
	cr_assert_eq(thread_view[T(0)].timer.rank, 0);
}

/* Client 0 and server 3 have these periods; the server's own budget is used up when the client calls, the lent one after that. */
static void use_up_both(uint64_t client, uint64_t server)
{
	ipc_must(driver(SCHED_UNBIND, CONTEXT));
	give_context(0, BUDGET, client);
	ipc_must(driver(SCHED_UNBIND, CONTEXT + 3));
	give_context(3, BUDGET, server);
	serve(3, EP, REPLY, false);
	sched_context_charge(context_at(3), BUDGET, host.now);
	CALL(0, EP);
	cr_assert(runs_on(3, 0));
	run(T(3));
	pass_until(BUDGET);
	cr_assert_neq(thread_view[T(3)].timer.rank, 0);
}

Test(reply, a_server_waits_for_its_own_budget_if_that_comes_back_first)
{
	use_up_both(3 * PERIOD, PERIOD);
	cr_assert(runs_on(3, 3));
	cr_assert_eq(sched_context_view[context_at(0)].holder, T(0));
	pass_until(PERIOD);
	cr_assert_eq(thread_view[T(3)].timer.rank, 0);
	ANSWER(3, REPLY);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
}

Test(reply, a_server_waits_for_its_callers_budget_if_that_comes_back_first)
{
	use_up_both(PERIOD, 3 * PERIOD);
	cr_assert(runs_on(3, 0));
	pass_until(PERIOD);
	cr_assert_eq(thread_view[T(3)].timer.rank, 0);
	cr_assert(runs_on(3, 0));
	ANSWER(3, REPLY);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
}

Test(reply, a_server_without_one_waits_for_its_callers_budget)
{
	make_poor(0);
	serve(3, EP, REPLY, true);
	CALL(0, EP);
	run(T(3));
	pass_until(BUDGET);
	cr_assert(runs_on(3, 0));
	cr_assert_neq(thread_view[T(3)].timer.rank, 0);
	pass_until(PERIOD);
	ANSWER(3, REPLY);
}

Test(reply, a_caller_without_budget_lends_nothing_to_a_server_with_a_context)
{
	make_poor(0);
	run(T(0));
	pass_until(BUDGET - 1);
	CALL(0, EP);
	/* Its budget ends while it waits, by another's hand. */
	ipc_must(driver(SCHED_UNBIND, CONTEXT));
	sched_bind(context_at(0), T(0));
	sched_context_charge(context_at(0), sched_context_view[context_at(0)].refill[0].amount, host.now);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert(runs_on(3, 3));
	cr_assert_eq(sched_context_view[context_at(0)].holder, T(0));
	ANSWER(3, REPLY);
}

/* The context that comes back to a server in the middle has no budget left: it goes on with its own. */
Test(reply, a_server_does_not_wait_for_a_context_that_comes_back_empty)
{
	make_poor(0);
	serve(3, EP, REPLY, false);
	serve(4, EP2, REPLY + 1, false);
	CALL(0, EP);
	CALL(3, EP2);
	cr_assert(runs_on(4, 0));
	run(T(4));
	pass_until(BUDGET);
	cr_assert(runs_on(4, 4));
	ANSWER(4, REPLY + 1);
	cr_assert_eq(status_of(T(3)), KAAL_OK);
	cr_assert(runs_on(3, 3), "the middle server has one of its own");
	cr_assert_eq(sched_context_view[context_at(0)].holder, T(0));
	ANSWER(3, REPLY);
	cr_assert_eq(status_of(T(0)), KAAL_OK);
}

/* With budget = period there is always some left. */
Test(reply, the_end_of_a_time_slice_is_not_that_of_a_budget)
{
	ipc_must(driver(SCHED_UNBIND, CONTEXT));
	give_context(0, BUDGET, BUDGET);
	serve(3, EP, REPLY, false);
	CALL(0, EP);
	run(T(3));
	pass_until(BUDGET);
	cr_assert(runs_on(3, 0));
	cr_assert_neq(thread_view[T(3)].queued, 0, "behind its equals");
	ANSWER(3, REPLY);
}

/* What it has of its own has not been configured: it does not run on that. */
Test(reply, a_server_whose_own_context_has_no_budget)
{
	make_objects(KAAL_OBJECT_SCHED_CONTEXT, 0, FREE, 1);
	serve(3, EP, REPLY, true);
	cr_assert_eq(driver(SCHED_BIND, FREE, THREAD + 3), KAAL_OK);
	CALL(0, EP);
	cr_assert(runs_on(3, 0));
	cr_assert_eq(act(T(3), ENDPOINT_NB_RECV, EP, 0), KAAL_WOULD_BLOCK);
	cr_assert_neq(cpu.current, T(3));
	pass_until(1000);
	cr_assert_neq(cpu.current, T(3));
	sched_configure(sched_context_of(cap_at(FREE)), SCHED_UNLIMITED, 0);
	run(T(3));
}

/* A deadline at the very tick at which the budget ends: no second budget at once. */
Test(reply, a_deadline_at_the_end_of_a_budget_gives_none)
{
	make_poor(0);
	serve(3, EP, REPLY, true);
	cr_assert_eq(act(T(0), ENDPOINT_CALL_UNTIL, EP, 0, BUDGET), WAITS);
	run(T(3));
	pass_until(BUDGET);
	cr_assert_eq(status_of(T(0)), KAAL_TIMEOUT);
	cr_assert(runs_on(0, 0));
	cr_assert_neq(thread_view[T(0)].timer.rank, 0, "it waits for its next budget");
}

/* As deep as contexts go: threads of the test's own, each with an endpoint and a reply. */
Test(reply, sixty_four_loans)
{
	enum { CHAIN = CONTEXT_LENT_MAX + 1 };
	static thread_t thread[CHAIN + 1];

	for (unsigned i = 0; i <= CHAIN; i++) {
		thread[i] = (0x280000u >> THREAD_BITS) + i;
		fixture_thread(thread[i], RADIX);
		fixture_keep_thread(thread[i]);
		thread_view[thread[i]].priority = thread_view[thread[i]].ceiling = 100;
		if (i == 0) {
			ipc_must(driver(SCHED_UNBIND, CONTEXT));
			sched_bind(context_at(0), thread[0]);
		}
		sched_ready(thread[i]);
	}
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_ENDPOINT, A, FREE, CHAIN + 1));
	ipc_must(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_REPLY, A, FREE + CHAIN + 1, CHAIN + 1));
	/* From the second on they receive, with a context that is theirs for the moment. */
	for (unsigned i = 1; i <= CHAIN; i++) {
		ipc_must(driver(SCHED_UNBIND, CONTEXT + 1));
		sched_bind(context_at(1), thread[i]);
		cr_assert_eq(act(thread[i], ENDPOINT_RECV, FREE + i, FREE + CHAIN + 1 + i), WAITS);
	}
	ipc_must(driver(SCHED_UNBIND, CONTEXT + 1));
	for (unsigned i = 0; i < CONTEXT_LENT_MAX; i++)
		cr_assert_eq(act(thread[i], ENDPOINT_CALL, FREE + i + 1, 0), WAITS, "call %u", i);
	cr_assert_eq(act(thread[CONTEXT_LENT_MAX], ENDPOINT_CALL, FREE + CHAIN, 0), KAAL_LENT_TOO_OFTEN);
	cr_assert_eq(act(thread[CONTEXT_LENT_MAX], ENDPOINT_CALL_UNTIL, FREE + CHAIN, 0, 1000), KAAL_LENT_TOO_OFTEN);
	cr_assert_eq(act(thread[CONTEXT_LENT_MAX], ENDPOINT_SEND, FREE + CHAIN, 0), KAAL_OK, "a send lends nothing");
	/* A fault is a call, too, but cannot be refused: its handler gets the news and no context. */
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	thread_fill_slot(thread[CONTEXT_LENT_MAX], THREAD_SLOT_FAULTS, CNODE_A + EP);
	run(thread[CONTEXT_LENT_MAX]);
	fault_raise(thread[CONTEXT_LENT_MAX], KAAL_FAULT_MEMORY, 0, 0);
	check_invariants();
	(void)sched_next();
	cr_assert(status_of(T(3)) == KAAL_OK && runs_on(3, 3));
	ANSWER(3, REPLY);
	run(thread[CONTEXT_LENT_MAX]);
	/* Back at once, from the deepest. */
	sched_stop(thread[0]);
	check_invariants();
	cr_assert_eq(sched_context_view[context_at(0)].holder, thread[0]);
	for (unsigned i = 1; i <= CONTEXT_LENT_MAX; i++)
		cr_assert_eq(thread_view[thread[i]].context, CONTEXT_NONE, "thread %u", i);
}
