/* Contracts of core/sched_budget.h. */
#ifndef PROOF_SCHED_BUDGET_H
#define PROOF_SCHED_BUDGET_H

/*@
	// Whose home is where, and who runs on which context.
	predicate same_homes{K, L} =
		(\forall integer c; is_context(c) ==> \at(sched_context_view[c].home, L) == \at(sched_context_view[c].home, K)) &&
		(\forall integer c; is_context(c) ==> \at(sched_context_view[c].holder, L) == \at(sched_context_view[c].holder, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].own, L) == \at(thread_view[t].own, K));
*/

/*@
	requires kernel_ok && is_thread(thread) && is_context_word(word);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// It runs on the context from now on, and on its own as before; nobody else and no other context changes.
	ensures thread_view[thread].context == word;
	ensures word != CONTEXT_NONE ==> sched_context_view[word / CONTEXT_UNIT].holder == thread;
	KEEPS_HOLDERS_BUT(thread, word / CONTEXT_UNIT);
	ensures \old(thread_view[thread].state) != THREAD_READY ==> same_calls{Pre, Post};
	ensures \old(thread_view[thread].state) != THREAD_READY ==> same_callers{Pre, Post};
	KEEPS_RUNNING;
*/
void sched_use(thread_t thread, context_word_t word);

/*@
	requires kernel_ok && is_context(sc) && is_thread(thread);
	requires sched_context_view[sc].home == THREAD_NONE && thread_view[thread].own == CONTEXT_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	// The context is the thread's own; who runs on another's, or does not run, is left at that.
	ensures \old(thread_view[thread].context) != CONTEXT_NONE || \old(thread_view[thread].state) != THREAD_READY ==>
		sched_context_view[sc].home == thread && sched_context_view[sc].holder == thread &&
		thread_view[thread].own == sc * CONTEXT_UNIT;
	ensures \old(thread_view[thread].context) != CONTEXT_NONE ==>
		thread_view[thread].context == \old(thread_view[thread].context);
	ensures \old(thread_view[thread].context) == CONTEXT_NONE && \old(thread_view[thread].state) != THREAD_READY ==>
		thread_view[thread].context == sc * CONTEXT_UNIT;
*/
void sched_bind(sched_context_t sc, thread_t thread);

/*@
	requires kernel_ok && is_context(sc);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_unbind(sched_context_t sc);

/*@
	requires kernel_ok && is_context(sc) && (budget == SCHED_UNLIMITED || budget <= period <= PERIOD_MAX);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_configure(sched_context_t sc, uint64_t budget, uint64_t period);

/*@
	requires kernel_ok && is_context(sc);
	exits \false;
	assigns \nothing;
	ensures cpu.sched_context != sc ==> \result == sched_context_view[sc].consumed;
	ensures \result >= sched_context_view[sc].consumed;
*/
uint64_t sched_consumed(sched_context_t sc);

/*@
	requires kernel_ok && (is_context(sc) || sc == SCHED_CONTEXT_NONE);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.current == \old(cpu.current);
	ensures cpu.sched_context == sc;
	ensures sc == SCHED_CONTEXT_NONE ==> cpu.budget_end == NEVER;
	ensures sc != \old(cpu.sched_context) && sc != SCHED_CONTEXT_NONE && sched_context_view[sc].budget == SCHED_UNLIMITED ==>
		cpu.budget_end == NEVER;
	ensures sc != \old(cpu.sched_context) && sc != SCHED_CONTEXT_NONE && sched_context_view[sc].budget != SCHED_UNLIMITED ==>
		cpu.budget_end == \min(UINT64_MAX, cpu.started + sched_context_view[sc].refill[0].amount);
*/
void sched_use_budget(sched_context_t sc);

/*@
	requires kernel_ok && is_context(cpu.sched_context) && cpu.started <= now < 0x8000000000000000;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_end_budget(uint64_t now);

#endif
