/* Faults as messages: what the handler reads, what its answer does, and what happens without one. */
#include "ipc_fixture.h"

TestSuite(fault, .init = ipc_start);

#define ADDRESS 0xdead000u
#define SYNDROME 0x92000045u
#define PC 0x401000u
#define SP 0x7ffff0u
#define FAULTS KAAL_MESSAGE_FAULT

/* T(0) faults; its registers are not those of a call. */
static void fault(enum kaal_fault kind)
{
	struct arch_frame *frame = &thread_view[T(0)].frame;

	run(T(0));
	frame->pc = PC;
	frame->sp = SP;
	for (unsigned i = 0; i < 6; i++)
		frame->argument[i] = UINT64_MAX - i;
	frame->status = frame->result[1] = frame->result[2] = 99;
	write_words(T(0), 4000);
	fault_raise(T(0), kind, ADDRESS, SYNDROME);
	check_invariants();
	(void)sched_next();
	check_invariants();
}

/* T(0)'s registers are as they were. */
static void untouched(void)
{
	const struct arch_frame *frame = &thread_view[T(0)].frame;

	cr_assert_eq(frame->status, 99);
	cr_assert(frame->result[1] == 99 && frame->result[2] == 99);
	cr_assert_eq(frame->argument[1], UINT64_MAX - 1);
	cr_assert_eq(words_from(T(0), 4000), 64);
	cr_assert_eq(frame->sp, SP);
}

/* The handler, T(3), has the news. */
static void news(enum kaal_fault kind)
{
	const uint64_t expected[8] = {kind, ADDRESS, PC, SYNDROME, SP};

	cr_assert_eq(status_of(T(3)), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), KAAL_FAULT_WORDS | FAULTS);
	cr_assert_eq(result_of(T(3), 2), BADGE);
	cr_assert_eq(memcmp(thread_view[T(3)].frame.word, expected, sizeof expected), 0);
	cr_assert_eq(state_of(T(0)), THREAD_AWAITING_REPLY);
	cr_assert_eq(reply_view[reply_at(REPLY)].slow_caller, T(0), "the fast path has nothing to do with it");
}

static void handle(void)
{
	ipc_must(driver(THREAD_SET_FAULT_HANDLER, THREAD, EP_BADGED));
}

Test(fault, a_handler_reads_what_happened_and_lets_the_thread_go_on)
{
	handle();
	for (unsigned i = 0; i < 8; i++) {
		enum kaal_fault kind = (enum kaal_fault)(KAAL_FAULT_MEMORY + i % 3);
		bool waits = i % 2 != 0, and_receive = i / 4 != 0;

		if (waits)
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
		fault(kind);
		if (!waits) {
			cr_assert_eq(state_of(T(0)), THREAD_CALLING);
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
		}
		news(kind);
		write_words(T(3), 8000);
		if (and_receive) {
			cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 0, REPLY), WAITS);
			cr_assert_eq(act(T(1), ENDPOINT_SEND, EP, 0), KAAL_OK);
		} else {
			cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
		}
		cr_assert_eq(state_of(T(0)), THREAD_READY);
		cr_assert_eq(thread_view[T(0)].frame.pc, PC);
		untouched();
	}
}

Test(fault, it_goes_on_elsewhere)
{
	handle();
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	thread_view[T(3)].frame.word[0] = 0x402000;
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, kaal_message(1, 0, KAAL_FAULT_RESUME)), KAAL_OK);
	cr_assert_eq(state_of(T(0)), THREAD_READY);
	cr_assert_eq(thread_view[T(0)].frame.pc, 0x402000);
	untouched();
}

Test(fault, it_stays_stopped)
{
	handle();
	for (uint32_t label = KAAL_FAULT_STOP; label < 4; label++) {
		fault(KAAL_FAULT_EXCEPTION);
		cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
		cr_assert_eq(act(T(3), REPLY_SEND, REPLY, kaal_message(1, 0, label)), KAAL_OK);
		cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
		cr_assert_eq(thread_view[T(0)].frame.pc, PC);
		untouched();
		cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_NO_CALLER);
		cr_assert_eq(thread_context(&thread_view[T(0)]), context_at(0));
		cr_assert_eq(driver(THREAD_RESUME, THREAD), KAAL_OK);
	}
}

Test(fault, a_handler_runs_on_what_the_thread_lends)
{
	handle();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	ipc_must(driver(SCHED_UNBIND, CONTEXT + 3));
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(cpu.current, T(3));
	cr_assert_eq(thread_context(&thread_view[T(3)]), context_at(0));
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, kaal_message(0, 0, KAAL_FAULT_STOP)), KAAL_OK);
	cr_assert_eq(thread_view[T(3)].context, CONTEXT_NONE);
}

Test(fault, without_a_handler_it_stops)
{
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
	untouched();
	cr_assert_eq(driver(THREAD_RESUME, THREAD), KAAL_OK);
	handle();
	ipc_must(driver(THREAD_SET_FAULT_HANDLER, THREAD, 0));
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
}

/* The one who waits to be told, or has been told, loses what ends; the thread stops, its registers as they were. */
Test(fault, a_handler_that_goes_away)
{
	for (unsigned how = 0; how < 6; how++) {
		ipc_start();
		handle();
		fault(KAAL_FAULT_MEMORY);
		if (how >= 2)
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
		switch (how) {
		case 0: /* the endpoint while the fault waits */
			cr_assert_eq(driver(CAP_REVOKE, A, EP), KAAL_OK);
			cr_assert_eq(state_of(T(0)), THREAD_CALLING, "a capability is left");
			cr_assert_eq(driver(CAP_DELETE, A, EP), KAAL_OK);
			break;
		case 1: /* a handler that cannot answer */
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), KAAL_OK);
			cr_assert_eq(result_of(T(3), 1), KAAL_FAULT_WORDS | FAULTS);
			break;
		case 2: /* the handler's reply */
			cr_assert(driver(CAP_REVOKE, A, REPLY) == KAAL_OK && driver(CAP_DELETE, A, REPLY) == KAAL_OK);
			break;
		case 3: /* the handler */
			cr_assert(driver(CAP_REVOKE, A, THREAD + 3) == KAAL_OK && driver(CAP_DELETE, A, THREAD + 3) == KAAL_OK);
			break;
		case 4: /* somebody stops the thread */
			cr_assert_eq(driver(THREAD_SUSPEND, THREAD), KAAL_OK);
			cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_NO_CALLER);
			break;
		default: /* the thread */
			cr_assert(driver(CAP_REVOKE, A, THREAD) == KAAL_OK && driver(CAP_DELETE, A, THREAD) == KAAL_OK);
			cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_NO_CALLER);
			continue;
		}
		cr_assert_eq(state_of(T(0)), THREAD_STOPPED, "how %u", how);
		untouched();
	}
}

Test(fault, a_handler_that_waits_without_reply)
{
	handle();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), WAITS);
	fault(KAAL_FAULT_INSTRUCTION);
	cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
	cr_assert_eq(result_of(T(3), 1), KAAL_FAULT_WORDS | FAULTS);
	cr_assert_eq(thread_view[T(3)].frame.word[0], KAAL_FAULT_INSTRUCTION);
	untouched();
}

/* Whoever waits behind the fault still does. */
Test(fault, a_fault_that_cannot_be_answered_leaves_the_queue_once)
{
	handle();
	sched_set_priority(T(0), 101);
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(act(T(1), ENDPOINT_SEND, EP, 0), WAITS);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), KAAL_OK);
	cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
	untouched();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, 0), KAAL_OK);
	cr_assert_eq(status_of(T(1)), KAAL_OK);
}

/* Its own handler, in effect: nobody receives, and nothing hangs but the thread. */
Test(fault, a_thread_that_would_have_to_handle_itself)
{
	handle();
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(state_of(T(0)), THREAD_CALLING);
	cr_assert_eq(driver(THREAD_SUSPEND, THREAD), KAAL_OK);
	cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
}

Test(fault, a_servers_fault_takes_its_callers_context_along)
{
	handle();
	cr_assert_eq(act(T(0), ENDPOINT_RECV, EP2, REPLY + 1), WAITS);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	ipc_must(driver(SCHED_UNBIND, CONTEXT));
	ipc_must(driver(SCHED_UNBIND, CONTEXT + 3));
	cr_assert_eq(act(T(1), ENDPOINT_CALL_UNTIL, EP2, 0, 1000), WAITS);
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(thread_context(&thread_view[T(3)]), context_at(1));
	pass_until(1000);
	cr_assert_eq(status_of(T(1)), KAAL_TIMEOUT);
	cr_assert_eq(thread_context(&thread_view[T(1)]), context_at(1));
	cr_assert_eq(thread_view[T(3)].context, CONTEXT_NONE);
	cr_assert_eq(state_of(T(0)), THREAD_AWAITING_REPLY, "the fault is still there");
}

Test(fault, a_critical_thread_resets_the_machine)
{
	thread_view[T(0)].critical = 1;
	run(T(0));
	if (setjmp(host.panic) == 0) {
		fault_raise(T(0), KAAL_FAULT_MEMORY, ADDRESS, SYNDROME);
		cr_assert_fail("it came back");
	}
	cr_assert_neq(host.end_function, 0);
	cr_assert(strstr(host.panic_text, "unhandled") != NULL);
}

Test(fault, a_critical_thread_with_a_handler_that_answers_goes_on)
{
	thread_view[T(0)].critical = 1;
	handle();
	fault(KAAL_FAULT_MEMORY);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
	cr_assert_eq(host.end_function, 0);
	fault(KAAL_FAULT_MEMORY);
	if (setjmp(host.panic) == 0) {
		(void)act(T(3), ENDPOINT_RECV, EP, 0);
		cr_assert_fail("nobody can answer");
	}
	cr_assert_neq(host.end_function, 0);
}

/* --- timeouts ------------------------------------------------------------------------------- */

#define BUDGET 1000u
#define PERIOD 100000u

static void make_poor(uint64_t period)
{
	ipc_must(driver(SCHED_UNBIND, CONTEXT));
	give_context(0, BUDGET, period);
	ipc_must(driver(THREAD_SET_TIMEOUT_HANDLER, THREAD, EP_BADGED));
}

static void use_up(void)
{
	run(T(0));
	thread_view[T(0)].frame.pc = PC;
	pass_until(host.now + BUDGET);
}

Test(fault, the_end_of_a_budget_is_told)
{
	make_poor(PERIOD);
	use_up();
	cr_assert_eq(state_of(T(0)), THREAD_CALLING);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), KAAL_FAULT_WORDS | FAULTS);
	cr_assert_eq(result_of(T(3), 2), BADGE);
	cr_assert_eq(thread_view[T(3)].frame.word[KAAL_FAULT_WORD_KIND], KAAL_FAULT_TIMEOUT);
	cr_assert_eq(thread_view[T(3)].frame.word[KAAL_FAULT_WORD_ADDRESS], BUDGET, "used since start");
	cr_assert_eq(thread_view[T(3)].frame.word[KAAL_FAULT_WORD_PC], PC);
	cr_assert_eq(thread_context(&thread_view[T(3)]), context_at(3), "a handler with a context does not wait for it");
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
	cr_assert_eq(state_of(T(0)), THREAD_READY);
	cr_assert_neq(thread_view[T(0)].timer.rank, 0, "as soon as it has budget");
	pass_until(PERIOD);
	run(T(0));
}

Test(fault, the_handler_gives_more_budget)
{
	make_poor(PERIOD);
	use_up();
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	sched_configure(context_at(0), 2 * BUDGET, PERIOD);
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
	run(T(0));
}

Test(fault, a_time_slice_is_no_timeout)
{
	make_poor(BUDGET);
	use_up();
	cr_assert_eq(state_of(T(0)), THREAD_READY);
	cr_assert_eq(act(T(3), ENDPOINT_NB_RECV, EP, REPLY), KAAL_WOULD_BLOCK);
}

Test(fault, a_timeout_handler_that_is_gone)
{
	make_poor(PERIOD);
	use_up();
	cr_assert(driver(CAP_REVOKE, A, EP) == KAAL_OK && driver(CAP_DELETE, A, EP) == KAAL_OK);
	cr_assert_eq(state_of(T(0)), THREAD_STOPPED);
	ipc_must(driver(THREAD_RESUME, THREAD));
	pass_until(PERIOD);
	use_up();
	cr_assert_eq(state_of(T(0)), THREAD_READY, "it waits for the next");
}

Test(fault, errors_of_setting_handlers)
{
	static const uint32_t number[] = {KAAL_SYS_THREAD_SET_FAULT_HANDLER, KAAL_SYS_THREAD_SET_TIMEOUT_HANDLER};
	static const enum thread_slot slot[] = {THREAD_SLOT_FAULTS, THREAD_SLOT_TIMEOUTS};

	copy_in_both(FREE, THREAD, KAAL_RIGHT_READ);
	for (unsigned i = 0; i < 2; i++) {
		const struct cap *cap = &thread_view[T(0)].slot[slot[i]].cap;

		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){THREAD, EP_BADGED}), KAAL_OK);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){1000, EP}), KAAL_INVALID_CAP);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){EP, EP}), KAAL_WRONG_TYPE);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){FREE, EP}), KAAL_NO_RIGHT);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){THREAD, 1000}), KAAL_INVALID_CAP);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){THREAD, NTFN}), KAAL_WRONG_TYPE);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){THREAD, EP_READ}), KAAL_NO_RIGHT);
		cr_assert_eq(cap->data, BADGE, "nothing has changed");
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){THREAD, EP2}), KAAL_OK, "another one takes its place");
		cr_assert_eq(cap->data, 0);
		cr_assert_eq(driver_with(number[i], (const uint64_t[6]){THREAD, 0}), KAAL_OK);
		cr_assert(cap_is_null(*cap));
	}
}
