#include "sched_budget.h"

#include <arch/arch.h>

#include "cpu.h"
#include "fault.h"
#include "lend.h"
#include "ready.h"
#include "sched_queue.h"

/* Whether who runs can go on, on this context. */
/*@
	requires kernel_ok && (is_context(sc) || sc == SCHED_CONTEXT_NONE);
	exits \false;
	assigns \nothing;
	ensures \result ==> is_context(sc) && sched_context_view[sc].budget != 0;
	ensures is_context(sc) && sched_context_view[sc].budget == SCHED_UNLIMITED ==> \result;
*/
static inline bool has_budget(sched_context_t sc)
{
	return sc != SCHED_CONTEXT_NONE &&
	       (sched_context_view[sc].budget == SCHED_UNLIMITED || sched_context_ready(sc, arch_now()));
}

/*@
	requires kernel_ok && is_thread(thread) && is_context_word(word);
	terminates \true;
	exits \false;
	assigns thread_view[thread].context, sched_context_view[0 .. SCHED_CONTEXT_VIEW_END - 1];
	ensures thread_view[thread].context == word;
	ensures word != CONTEXT_NONE ==> sched_context_view[word / CONTEXT_UNIT].holder == thread;
	KEEPS_HOLDERS_BUT(thread, word / CONTEXT_UNIT);
	ensures kernel_ok;
*/
static inline void hold(thread_t thread, context_word_t word)
{
	thread_view[thread].context = word;
	if (context_of(word) != SCHED_CONTEXT_NONE)
		sched_context_view[context_of(word)].holder = thread;
	//@ assert threads_numbers_ok;
	//@ assert threads_ready_ok && threads_timer_ok && threads_wait_ok;
	//@ assert threads_cspace_ok && threads_root_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
}

/* A thread that is ready changes what it runs on: the running one goes on if it can. */
/*@
	requires kernel_ok && is_thread(thread) && is_context_word(word);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.changed && cpu.next == THREAD_NONE;
	ensures thread_view[thread].context == word;
	ensures word != CONTEXT_NONE ==> sched_context_view[word / CONTEXT_UNIT].holder == thread;
	KEEPS_HOLDERS_BUT(thread, word / CONTEXT_UNIT);
	KEEPS_RUNNING;
*/
static COLD void use_ready(thread_t thread, context_word_t word)
{
	bool running = sched_is_running(thread);

	if (!running)
		sched_dequeue(thread);
	//@ assert same_origins{Pre, Here};
	hold(thread, word);
	//@ assert same_origins{Pre, Here};
	if (running && has_budget(context_of(word)))
		sched_note_change();
	else
		sched_enqueue(thread, true);
}

void sched_use(thread_t thread, context_word_t word)
{
	if (thread_view[thread].state == THREAD_READY)
		use_ready(thread, word);
	else
		hold(thread, word);
}

/* What is left of a budget may be too little to run on: a thread that was preempted then waits for more. */
/*@
	requires kernel_ok;
	requires is_context(cpu.sched_context) && used <= now < 0x8000000000000000;
	requires sched_context_view[cpu.sched_context].budget != SCHED_UNLIMITED;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	KEEPS_RUNNING;
*/
static COLD void charge_limited(uint64_t used, uint64_t now)
{
	sched_context_t sc = cpu.sched_context;
	thread_t holder = sched_context_view[sc].holder;

	sched_context_charge(sc, used, now);
	//@ assert times_ok;
	//@ assert threads_priorities_ok && threads_vspaces_ok && threads_buffers_ok;
	//@ assert threads_contexts_ok && threads_owns_ok && threads_replies_ok;
	//@ assert threads_ready_ok && threads_timer_ok;
	//@ assert threads_wait_ok && threads_cspace_ok;
	//@ assert threads_root_ok;
	//@ assert endpoints_ok && notifications_ok && replies_ok;
	//@ assert spaces_ok && lines_ok;
	//@ assert slots_ok;
	if (holder == THREAD_NONE || thread_view[holder].queued == 0 || sched_context_ready(sc, now))
		return;
	ready_remove(holder);
	sched_enqueue_ready(holder, false);
}

/* What has been used of the CPU's budget up to now is charged; when it ends is the caller's to set anew. */
/*@
	requires kernel_ok && cpu.started <= now < 0x8000000000000000;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.sched_context == SCHED_CONTEXT_NONE ==> cpu.started == now;
	KEEPS_RUNNING;
*/
static inline void charge(uint64_t now)
{
	uint64_t used = now - cpu.started;

	cpu.started = now;
	//@ assert times_ok;
	//@ assert kernel_ok;
	if (cpu.sched_context == SCHED_CONTEXT_NONE)
		return;
	sched_context_view[cpu.sched_context].consumed += used;
	//@ assert times_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert threads_contexts_ok && threads_owns_ok;
	//@ assert kernel_ok;
	if (sched_context_view[cpu.sched_context].budget != SCHED_UNLIMITED)
		charge_limited(used, now);
}

/*@
	requires is_context(sc) && is_thread(thread);
	terminates \true;
	exits \false;
	assigns sched_context_view[sc].home, sched_context_view[sc].holder;
	ensures sched_context_view[sc].home == thread && sched_context_view[sc].holder == thread;
	KEEPS(threads_numbers_ok);
	KEEPS(threads_ready_ok && threads_timer_ok && threads_wait_ok && threads_cspace_ok);
	KEEPS(threads_root_ok);
	KEEPS(queues_ok);
	KEEPS_OTHERS_OK;
*/
static inline void set_home(sched_context_t sc, thread_t thread)
{
	sched_context_view[sc].home = thread;
	sched_context_view[sc].holder = thread;
}

/*@
	requires is_thread(thread) && is_context_word(word) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(own, word);
	KEEPS(queues_ok);
	KEEPS_OTHERS_OK;
*/
static inline void set_own(thread_t thread, context_word_t word)
{
	thread_view[thread].own = word;
}

/*@
	requires is_thread(thread) && is_context_word(word) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(context, word);
	KEEPS(queues_ok);
	KEEPS_OTHERS_OK;
*/
static inline void set_context(thread_t thread, context_word_t word)
{
	thread_view[thread].context = word;
}

void sched_bind(sched_context_t sc, thread_t thread)
{
	set_home(sc, thread);
	set_own(thread, context_word(sc));
	/* A thread that runs on what was lent to it goes on doing so. */
	if (thread_context(&thread_view[thread]) != SCHED_CONTEXT_NONE)
		return;
	set_context(thread, context_word(sc));
	sched_requeue(thread);
}

/* The CPU uses the context no longer. */
/*@
	requires kernel_ok && is_context(sc);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \old(cpu.sched_context) == sc ==> cpu.sched_context == SCHED_CONTEXT_NONE && cpu.budget_end == NEVER;
	ensures \old(cpu.sched_context) != sc ==> cpu.sched_context == \old(cpu.sched_context);
*/
static void leave(sched_context_t sc)
{
	sched_note_change();
	if (cpu.sched_context == sc) {
		charge(arch_now());
		cpu.sched_context = SCHED_CONTEXT_NONE;
		cpu.budget_end = NEVER;
	}
}

void sched_unbind(sched_context_t sc)
{
	leave(sc);
	if (sched_context_view[sc].home != THREAD_NONE)
		lend_end(sc);
}

void sched_configure(sched_context_t sc, uint64_t budget, uint64_t period)
{
	thread_t holder = sched_context_view[sc].holder;

	leave(sc);
	sched_context_configure(sc, budget, period, arch_now());
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	if (holder != THREAD_NONE && thread_context(&thread_view[holder]) == sc)
		sched_requeue(holder);
}

uint64_t sched_consumed(sched_context_t sc)
{
	uint64_t running = cpu.sched_context == sc ? arch_now() - cpu.started : 0;

	return sched_context_view[sc].consumed + running;
}

void sched_end_budget(uint64_t now)
{
	thread_t holder = sched_context_view[cpu.sched_context].holder;

	charge(now);
	cpu.budget_end = sched_context_end(cpu.sched_context, now);
	//@ assert kernel_ok;
	if (holder == THREAD_NONE || !sched_is_running(holder))
		return;
	/* The end of a time slice, or of one piece of the budget. */
	if (sched_context_ready(cpu.sched_context, now))
		sched_enqueue(holder, false);
	else if (lend_is_used_up(holder))
		lend_give_back(holder);
	else if (!fault_raise_timeout(holder))
		sched_enqueue(holder, false);
}

void sched_use_budget(sched_context_t sc)
{
	if (sc == cpu.sched_context)
		return;
	charge(arch_now());
	cpu.sched_context = sc;
	cpu.budget_end = sc == SCHED_CONTEXT_NONE ? NEVER : sched_context_end(sc, cpu.started);
}
