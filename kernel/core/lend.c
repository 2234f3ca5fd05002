#include "lend.h"

#include <arch/arch.h>

#include <object/reply.h>

#include "sched_budget.h"

/* What the thread can run on that is its own. */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures is_context_word(\result);
	ensures \result == (thread_view[thread].own != CONTEXT_NONE &&
		sched_context_view[thread_view[thread].own / CONTEXT_UNIT].holder == thread ? thread_view[thread].own : CONTEXT_NONE);
*/
static context_word_t own_word(thread_t thread)
{
	context_word_t own = thread_view[thread].own;

	return own != CONTEXT_NONE && sched_context_view[context_of(own)].holder == thread ? own : CONTEXT_NONE;
}

/* The thread has its context no longer; one that had lent it on will find its own when its call ends. */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \old(thread_view[thread].state) != THREAD_READY ==> same_calls{Pre, Post};
	ensures \old(thread_view[thread].state) == THREAD_AWAITING_REPLY ==> thread_view[thread].context == CONTEXT_NONE;
	// No context changes hands: its own is its already.
	KEEPS_HOLDERS_BUT(thread, -1);
	KEEPS_RUNNING;
*/
static void lose(thread_t thread)
{
	sched_use(thread, thread_view[thread].state == THREAD_AWAITING_REPLY ? CONTEXT_NONE : own_word(thread));
}

/* Whom a thread that waits for an answer has called. */
/*@
	requires kernel_ok && is_thread(thread) && thread_view[thread].waiting_for != REPLY_NONE;
	exits \false;
	assigns \nothing;
	ensures is_thread_or_none(\result);
	ensures \result == reply_view[thread_view[thread].waiting_for].receiver;
*/
static thread_t called_by(thread_t thread)
{
	return reply_view[thread_view[thread].waiting_for].receiver;
}

void lend_context(thread_t caller, thread_t receiver)
{
	context_word_t word = thread_view[caller].context;
	sched_context_t sc = context_of(word);

	if (sc == SCHED_CONTEXT_NONE || sched_context_view[sc].holder != caller || context_times_lent(word) == CONTEXT_LENT_MAX)
		return;
	/* A server with a context of its own does not wait for a client without budget. */
	if (thread_view[receiver].own != CONTEXT_NONE && !sched_context_ready(sc, arch_now()))
		return;
	sched_context_view[sc].holder = receiver;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	sched_use(receiver, word + 1);
}

void lend_return(thread_t caller)
{
	sched_context_t sc = thread_context(&thread_view[caller]);
	thread_t holder = sc == SCHED_CONTEXT_NONE ? caller : sched_context_view[sc].holder;
	thread_t thread = caller;

	kernel_assert(thread_view[thread].state == THREAD_AWAITING_REPLY);
	if (sc == SCHED_CONTEXT_NONE)
		sched_use(caller, own_word(caller));
	else
		sched_context_view[sc].holder = caller;
	/*@
		loop invariant kernel_ok && is_thread(thread) && lent <= CONTEXT_LENT_MAX;
		loop invariant cpu.current == \at(cpu.current, Pre) && cpu.sched_context == \at(cpu.sched_context, Pre);
		loop invariant thread != holder ==> thread_view[thread].state == THREAD_AWAITING_REPLY;
		loop invariant sc != SCHED_CONTEXT_NONE ==> sched_context_view[sc].holder == caller;
		loop invariant same_holders_but{Pre, Here}(sc) && same_origins{Pre, Here} && same_owns{Pre, Here};
		loop invariant sc == SCHED_CONTEXT_NONE ==> thread == holder &&
			(\at(thread_view[caller].own != CONTEXT_NONE &&
				sched_context_view[thread_view[caller].own / CONTEXT_UNIT].holder == caller, Pre) ==>
				thread_view[caller].context == \at(thread_view[caller].own, Pre));
		loop assigns lent, thread, KERNEL_STATE;
		loop variant CONTEXT_LENT_MAX - lent;
	*/
	for (uint32_t lent = 0; thread != holder && lent < CONTEXT_LENT_MAX; lent++) {
		thread = called_by(thread);
		kernel_assert(thread != THREAD_NONE);
		lose(thread);
		if (thread != holder)
			kernel_assert(thread_view[thread].state == THREAD_AWAITING_REPLY);
	}
	kernel_assert(thread == holder);
}

void lend_give_back(thread_t receiver)
{
	reply_t reply = thread_view[receiver].reply;
	thread_t caller = reply == REPLY_NONE ? THREAD_NONE : reply_caller(reply);

	if (caller != THREAD_NONE)
		lend_return(caller);
}

bool lend_is_used_up(thread_t thread)
{
	sched_context_t lent = thread_context(&thread_view[thread]);
	sched_context_t own = thread_own(&thread_view[thread]);
	uint64_t next;

	if (lent == SCHED_CONTEXT_NONE || own == SCHED_CONTEXT_NONE)
		return false;
	next = sched_context_next(lent);
	return next > arch_now() && next > sched_context_next(own);
}

void lend_end(sched_context_t sc)
{
	thread_t home = sched_context_view[sc].home;
	thread_t holder = sched_context_view[sc].holder;
	thread_t thread = home;

	kernel_assert(thread != THREAD_NONE);
	thread_view[home].own = CONTEXT_NONE;
	//@ assert threads_ok;
	sched_context_view[sc].home = THREAD_NONE;
	sched_context_view[sc].holder = THREAD_NONE;
	//@ assert threads_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	/*@
		loop invariant kernel_ok && is_thread(thread) && lent <= CONTEXT_LENT_MAX + 1;
		loop invariant sched_context_view[sc].home == THREAD_NONE && sched_context_view[sc].holder == THREAD_NONE;
		loop invariant thread_view[home].own == CONTEXT_NONE && same_holders_but{Pre, Here}(sc);
		loop assigns lent, thread, KERNEL_STATE;
		loop variant CONTEXT_LENT_MAX + 1 - lent;
	*/
	for (uint32_t lent = 0; lent <= CONTEXT_LENT_MAX; lent++) {
		thread_t next = THREAD_NONE;

		if (thread != holder) {
			kernel_assert(thread_view[thread].state == THREAD_AWAITING_REPLY);
			next = called_by(thread);
		}
		if (thread_context(&thread_view[thread]) == sc)
			lose(thread);
		if (next == THREAD_NONE)
			return;
		thread = next;
	}
}
