/* Contracts of core/lend.h. */
#ifndef PROOF_LEND_H
#define PROOF_LEND_H

/*@
	// Who waits for whom.
	predicate same_calls{K, L} =
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].state, L) == \at(thread_view[t].state, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].waiting_for, L) == \at(thread_view[t].waiting_for, K)) &&
		(\forall integer r; 0 <= r < REPLY_VIEW_END ==> \at(reply_view[r].receiver, L) == \at(reply_view[r].receiver, K));
	predicate same_contexts{K, L} =
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].context, L) == \at(thread_view[t].context, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].own, L) == \at(thread_view[t].own, K)) &&
		(\forall integer c; is_context(c) ==> \at(sched_context_view[c].holder, L) == \at(sched_context_view[c].holder, K));
	// What threads run on, and which context is whose own.
	predicate same_words_but{K, L}(integer thread) =
		\forall integer t; is_thread(t) && t != thread ==> \at(thread_view[t].context, L) == \at(thread_view[t].context, K);
	predicate same_owns{K, L} =
		\forall integer t; is_thread(t) ==> \at(thread_view[t].own, L) == \at(thread_view[t].own, K);
	// Who holds a context, and whose own it is.
	predicate same_holders_but{K, L}(integer context) =
		\forall integer c; is_context(c) && c != context ==>
			\at(sched_context_view[c].holder, L) == \at(sched_context_view[c].holder, K);
	predicate same_origins{K, L} =
		\forall integer c; is_context(c) ==> \at(sched_context_view[c].home, L) == \at(sched_context_view[c].home, K);
	predicate same_callers{K, L} =
		(\forall integer r; 0 <= r < REPLY_VIEW_END ==> \at(reply_view[r].caller, L) == \at(reply_view[r].caller, K)) &&
		(\forall integer r; 0 <= r < REPLY_VIEW_END ==> \at(reply_view[r].slow_caller, L) == \at(reply_view[r].slow_caller, K));
	// When a context has budget to run on.
	logic integer next_budget{L}(integer c) =
		sched_context_view[c].budget == SCHED_UNLIMITED ? 0 :
		sched_context_view[c].budget == 0 ? UINT64_MAX : (integer)sched_context_view[c].refill[0].time;

	predicate can_lend{L}(integer t) =
		thread_view[t].context != CONTEXT_NONE &&
		sched_context_view[thread_view[t].context / CONTEXT_UNIT].holder == t &&
		thread_view[t].context % CONTEXT_UNIT < CONTEXT_LENT_MAX;
*/

/* Who runs on which context, but for one thread and one context; and which is whose own. */
#define KEEPS_HOLDERS_BUT(thread, context)                                                                           \
	ensures same_words_but{Pre, Post}(thread);                                                                   \
	ensures same_owns{Pre, Post};                                                                                \
	ensures same_holders_but{Pre, Post}(context);                                                                \
	ensures same_origins{Pre, Post}
#define KEEPS_HOLDERS KEEPS_HOLDERS_BUT(-1, -1)

/*@
	requires kernel_ok && is_thread(caller) && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Who waits to receive runs on the context from now on, whose word the caller keeps: it is lent once more.
	ensures \old(can_lend(caller) && thread_view[receiver].own == CONTEXT_NONE && thread_view[receiver].state != THREAD_READY) &&
		caller != receiver ==>
		sched_context_view[\old(thread_view[caller].context / CONTEXT_UNIT)].holder == receiver &&
		thread_view[receiver].context == \old(thread_view[caller].context) + 1 &&
		thread_view[caller].context == \old(thread_view[caller].context);
	// One that is not the caller's to lend, or too often lent, stays where it is.
	ensures \old(!can_lend(caller)) ==>
		(\forall integer c; is_context(c) ==> sched_context_view[c].holder == \old(sched_context_view[c].holder)) &&
		(\forall integer t; is_thread(t) ==> thread_view[t].context == \old(thread_view[t].context));
	// So does one that is used up, where the receiver has its own.
	ensures \old(can_lend(caller)) && \old(thread_view[receiver].own) != CONTEXT_NONE &&
		\old(sched_context_view[thread_view[caller].context / CONTEXT_UNIT].budget) == 0 ==>
		(\forall integer c; is_context(c) ==> sched_context_view[c].holder == \old(sched_context_view[c].holder)) &&
		(\forall integer t; is_thread(t) ==> thread_view[t].context == \old(thread_view[t].context));
	// No other context changes hands, and nobody else runs on another than before.
	ensures \old(thread_view[receiver].state) != THREAD_READY ==>
		\forall integer c; is_context(c) && c != \old(thread_view[caller].context / CONTEXT_UNIT) ==>
			sched_context_view[c].holder == \old(sched_context_view[c].holder);
	ensures \old(thread_view[receiver].state) != THREAD_READY ==>
		\forall integer t; is_thread(t) && t != receiver ==> thread_view[t].context == \old(thread_view[t].context);
	ensures \old(thread_view[receiver].state) != THREAD_READY ==>
		thread_view[receiver].context == \old(thread_view[receiver].context) ||
		thread_view[receiver].context == \old(thread_view[caller].context) + 1;
	ensures \old(thread_view[receiver].state) != THREAD_READY ==> same_calls{Pre, Post} && same_callers{Pre, Post};
*/
void lend_context(thread_t caller, thread_t receiver);

/*@
	requires kernel_ok && is_thread(caller);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// What it had lent is held by it again; no other context changes hands.
	ensures \old(thread_view[caller].context) != CONTEXT_NONE ==>
		sched_context_view[\old(thread_view[caller].context / CONTEXT_UNIT)].holder == caller;
	ensures same_holders_but{Pre, Post}(\old(thread_view[caller].context / CONTEXT_UNIT));
	ensures same_origins{Pre, Post} && same_owns{Pre, Post};
	// It had nothing: it runs on its own, if nobody else does.
	ensures \old(thread_view[caller].context) == CONTEXT_NONE && \old(thread_view[caller].own) != CONTEXT_NONE &&
		\old(sched_context_view[thread_view[caller].own / CONTEXT_UNIT].holder) == caller ==>
		thread_view[caller].context == \old(thread_view[caller].own);
	KEEPS_RUNNING;
*/
void lend_return(thread_t caller);

/*@
	requires kernel_ok && is_thread(receiver);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// Nobody waits for the receiver's answer: nobody lent it anything.
	ensures \old(thread_view[receiver].reply == REPLY_NONE || (reply_view[thread_view[receiver].reply].caller == THREAD_NONE &&
		reply_view[thread_view[receiver].reply].slow_caller == THREAD_NONE)) ==>
		same_contexts{Pre, Post} && same_calls{Pre, Post} && same_callers{Pre, Post};
	KEEPS_RUNNING;
*/
void lend_give_back(thread_t receiver);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures \result ==> is_context(thread_view[thread].context / CONTEXT_UNIT) && is_context(thread_view[thread].own / CONTEXT_UNIT);
	ensures \result ==> thread_view[thread].context / CONTEXT_UNIT != thread_view[thread].own / CONTEXT_UNIT;
	// What it runs on has budget later than its own, and not before now; with no budget ever, it is so at any time.
	ensures \result ==> next_budget(thread_view[thread].context / CONTEXT_UNIT) > cpu.started &&
		next_budget(thread_view[thread].context / CONTEXT_UNIT) > next_budget(thread_view[thread].own / CONTEXT_UNIT);
	ensures is_context(thread_view[thread].context / CONTEXT_UNIT) && is_context(thread_view[thread].own / CONTEXT_UNIT) &&
		next_budget(thread_view[thread].context / CONTEXT_UNIT) == UINT64_MAX &&
		next_budget(thread_view[thread].own / CONTEXT_UNIT) != UINT64_MAX ==> \result;
*/
bool lend_is_used_up(thread_t thread);

/*@
	requires kernel_ok && is_context(sc);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// It is nobody's, and nobody holds it; no other context changes hands.
	ensures sched_context_view[sc].home == THREAD_NONE && sched_context_view[sc].holder == THREAD_NONE;
	ensures thread_view[\old(sched_context_view[sc].home)].own == CONTEXT_NONE;
	ensures same_holders_but{Pre, Post}(sc);
*/
void lend_end(sched_context_t sc);

#endif
