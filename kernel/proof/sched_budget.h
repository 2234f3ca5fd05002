/* Contracts of core/sched_budget.h. */
#ifndef PROOF_SCHED_BUDGET_H
#define PROOF_SCHED_BUDGET_H

/*@
	requires kernel_ok && is_thread(thread) && is_context_word(word);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \old(thread_view[thread].state) != THREAD_READY ==> thread_view[thread].context == word &&
		(word != CONTEXT_NONE ==> sched_context_view[word / CONTEXT_UNIT].holder == thread);
	ensures \old(thread_view[thread].state) != THREAD_READY ==> same_calls{Pre, Post};
	ensures \old(thread_view[thread].state) != THREAD_READY ==>
		\forall integer t; is_thread(t) && t != thread ==> thread_view[t].context == \old(thread_view[t].context);
	ensures \old(thread_view[thread].state) != THREAD_READY ==>
		\forall integer c; is_context(c) && c != word / CONTEXT_UNIT ==>
			sched_context_view[c].holder == \old(sched_context_view[c].holder);
	KEEPS_RUNNING;
*/
void sched_use(thread_t thread, context_word_t word);

/*@
	requires kernel_ok && is_context(sc) && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
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
*/
uint64_t sched_consumed(sched_context_t sc);

/*@
	requires kernel_ok && (is_context(sc) || sc == SCHED_CONTEXT_NONE);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.current == \old(cpu.current);
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
