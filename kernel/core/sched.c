#include "sched.h"

#include <stddef.h>

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/destroy.h>
#include <object/vspace.h>

#include "cpu.h"
#include "fault.h"
#include "interrupt.h"
#include "lend.h"
#include "ready.h"
#include "timer.h"
#include "waiting.h"

struct cpu cpu;

/* Not part of the functions that call it, so that these need no stack for what is rare. */
#define COLD __attribute__((noinline))

#define NEVER UINT64_MAX
/* Of those whose time has come, one interrupt wakes no more, so that others wait no longer for theirs. */
#define EXPIRE_MAX 8u
/* cpu.armed between the timer's interrupt and its next setting: a time that nobody waits for. */
#define FIRED 0u

/*
 * Every change of a queue, of what runs or of a budget is told here; without any, the running thread goes on.
 * One that was to run next is a ready one among others from now on.
 */
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.changed && cpu.next == THREAD_NONE;
*/
static void note_change(void)
{
	thread_t next = cpu.next;

	cpu.changed = true;
	//@ assert kernel_ok;
	if (next != THREAD_NONE) {
		cpu.next = THREAD_NONE;
		//@ assert kernel_ok;
		ready_add_last(next);
		//@ assert kernel_ok;
	}
}

void sched_start(void)
{
	cpu.changed = true;
	cpu.current = THREAD_NONE;
	cpu.next = THREAD_NONE;
	cpu.loaded = THREAD_NONE;
	cpu.sched_context = SCHED_CONTEXT_NONE;
	cpu.budget_end = NEVER;
	cpu.armed = NEVER;
	ready_start();
	timer_queue_start();
}

/*
 * Whether a thread that has become ready may take the CPU with no way through its ready queue: it preempts the running
 * one, or is handed over to and more urgent than all others that are ready. choose() looks at the latter once more.
 */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
*/
static inline bool takes_over(thread_t thread, bool preempts, bool first)
{
	sched_context_t sc = thread_context(&thread_view[thread]);

	return (preempts || (first && cpu.next == THREAD_NONE && (int32_t)thread_view[thread].priority > cpu.ready_top)) &&
	       sc != SCHED_CONTEXT_NONE && sched_context_view[sc].budget == SCHED_UNLIMITED;
}

/* Nothing has changed since the running thread was chosen, so it is the most urgent one but for this. */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures \result ==> is_thread(cpu.current);
*/
static inline bool is_preempted_by(thread_t thread)
{
	return !cpu.changed && thread_view[thread].priority > thread_view[cpu.current].priority;
}

/*
 * A thread in state READY that does not run: into its ready queue, before its equals or behind them, or until its budget
 * comes into the timer queue.
 */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static COLD void queue_at(thread_t thread, bool first)
{
	sched_context_t sc = thread_context(&thread_view[thread]);

	note_change();
	if (sc == SCHED_CONTEXT_NONE || sched_context_view[sc].budget == 0)
		return;
	if (sched_context_view[sc].budget != SCHED_UNLIMITED && !sched_context_ready(sc, arch_now()))
		timer_queue_add(thread, sched_context_next(sc));
	else if (first)
		ready_add_first(thread);
	else
		ready_add_last(thread);
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void queue(thread_t thread)
{
	queue_at(thread, false);
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static inline void unqueue(thread_t thread)
{
	note_change();
	if (thread_view[thread].queued != 0)
		ready_remove(thread);
	if (timer_queue_has(thread))
		timer_queue_remove(thread);
}

/* Whether it is ready and holds the CPU, so that it is in no queue. */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures \result ==> thread == cpu.current && is_context(thread_view[thread].context / CONTEXT_UNIT);
*/
static inline bool is_running(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	//@ assert is_context_word(t->context);
	return thread == cpu.current && t->state == THREAD_READY && t->queued == 0 && t->timer.rank == 0 &&
	       thread_context(t) != SCHED_CONTEXT_NONE && sched_context_view[thread_context(t)].budget != 0;
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static COLD void queue_ready(thread_t thread, bool first)
{
	const struct thread *t = &thread_view[thread];

	/* Its answer may have brought back a lent context whose budget is used up; its own is there for that. */
	if (t->own != CONTEXT_NONE && t->own != t->context && lend_is_used_up(thread))
		lend_give_back(thread);
	else
		queue_at(thread, first);
}

/* It waits for nothing any more, and is in no queue. */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static inline void go_on(thread_t thread, bool first)
{
	bool preempts = is_preempted_by(thread);

	thread_view[thread].state = THREAD_READY;
	if (takes_over(thread, preempts, first)) {
		cpu.changed = true;
		cpu.next = thread;
		cpu.next_preempts = preempts;
	} else {
		queue_ready(thread, first);
	}
}

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static inline void make_ready(thread_t thread, bool first)
{
	kernel_assert(thread_view[thread].state != THREAD_READY);
	if (timer_queue_has(thread))
		timer_queue_remove(thread);
	go_on(thread, first);
}

void sched_ready(thread_t thread)
{
	make_ready(thread, false);
}

void sched_hand_over(thread_t thread)
{
	make_ready(thread, true);
}

void sched_stop(thread_t thread)
{
	unqueue(thread);
	/* What it waited for is not waited for again: the call has ended when it is resumed. */
	waiting_end(thread, KAAL_CANCELLED);
	thread_view[thread].state = THREAD_STOPPED;
}

void sched_sleep(thread_t thread, uint64_t deadline)
{
	kernel_assert(thread_view[thread].state == THREAD_READY);
	unqueue(thread);
	thread_view[thread].state = THREAD_SLEEPING;
	//@ assert threads_priorities_ok && threads_vspaces_ok && threads_buffers_ok;
	//@ assert threads_contexts_ok && threads_owns_ok;
	//@ assert threads_replies_ok;
	//@ assert threads_ready_ok;
	//@ assert threads_timer_ok;
	//@ assert threads_wait_ok;
	//@ assert threads_cspace_ok;
	//@ assert threads_root_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	timer_queue_add(thread, deadline);
}

/*@
	requires is_thread(thread) && threads_ok && (state == THREAD_AWAITING_REPLY ==> object != REPLY_NONE);
	terminates \true;
	exits \false;
	assigns thread_view[thread].state, thread_view[thread].waiting_for;
	ENSURES_THREADS_OK;
	KEEPS(queues_ok);
	KEEPS_OTHERS_OK;
*/
static inline void set_wait(thread_t thread, enum thread_state state, uint32_t object)
{
	thread_view[thread].state = state;
	thread_view[thread].waiting_for = object;
}

void sched_block(thread_t thread, enum thread_state state, uint32_t object)
{
	kernel_assert(state >= THREAD_WAITING);
	/* Who runs is in no queue, and whoever is to run next still is. */
	if (thread == cpu.current && thread_view[thread].queued == 0 && !timer_queue_has(thread)) {
		cpu.changed = true;
		cpu.next_preempts = false;
		//@ assert kernel_ok;
	} else if (thread_view[thread].state == THREAD_READY) {
		unqueue(thread);
	}
	//@ assert kernel_ok;
	set_wait(thread, state, object);
}

void sched_wait_until(thread_t thread, uint64_t deadline)
{
	kernel_assert(thread_view[thread].state >= THREAD_WAITING);
	timer_queue_add(thread, deadline);
}

/* Whether who runs can go on, on this context. */
/*@
	requires kernel_ok && (is_context(sc) || sc == SCHED_CONTEXT_NONE);
	exits \false;
	assigns \nothing;
	ensures \result ==> is_context(sc);
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
	ensures \forall integer c; is_context(c) && c != word / CONTEXT_UNIT ==>
		sched_context_view[c].holder == \old(sched_context_view[c].holder);
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
*/
static COLD void use_ready(thread_t thread, context_word_t word)
{
	bool running = is_running(thread);

	if (!running)
		unqueue(thread);
	hold(thread, word);
	if (running && has_budget(context_of(word)))
		note_change();
	else
		queue_at(thread, true);
}

void sched_use(thread_t thread, context_word_t word)
{
	if (thread_view[thread].state == THREAD_READY)
		use_ready(thread, word);
	else
		hold(thread, word);
}

void sched_give_way(thread_t thread)
{
	kernel_assert(thread == cpu.current && thread_view[thread].queued == 0);
	note_change();
	ready_add_last(thread);
}

void sched_set_priority(thread_t thread, uint32_t priority)
{
	bool queued;

	kernel_assert(priority < PRIORITIES);
	note_change();
	queued = thread_view[thread].queued != 0;
	ready_remove(thread);
	waiting_leave_queue(thread);
	thread_view[thread].priority = priority;
	//@ assert threads_priorities_ok;
	//@ assert threads_vspaces_ok && threads_buffers_ok;
	//@ assert threads_contexts_ok;
	//@ assert threads_owns_ok;
	//@ assert threads_replies_ok;
	//@ assert threads_ready_ok && threads_timer_ok;
	//@ assert threads_wait_ok && threads_cspace_ok;
	//@ assert threads_root_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert queues_ok;
	//@ assert kernel_ok;
	if (queued)
		ready_add_last(thread);
	waiting_enter_queue(thread);
}

/* What is left of a budget may be too little to run on: a thread that was preempted then waits for more. */
/*@
	requires kernel_ok;
	requires is_context(cpu.sched_context) && used <= now < 0x8000000000000000;
	requires sched_context_view[cpu.sched_context].budget != SCHED_UNLIMITED;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
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
	queue_ready(holder, false);
}

/* What has been used of the CPU's budget up to now is charged; when it ends is the caller's to set anew. */
/*@
	requires kernel_ok && cpu.started <= now < 0x8000000000000000;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
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

/* A ready thread is queued anew, after its context or that context's budget has changed. */
/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void requeue(thread_t thread)
{
	if (thread_view[thread].state != THREAD_READY)
		return;
	unqueue(thread);
	queue(thread);
}

/*@
	requires is_context(sc) && is_thread(thread);
	terminates \true;
	exits \false;
	assigns sched_context_view[sc].home, sched_context_view[sc].holder;
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
	assigns thread_view[thread].own;
	ENSURES_THREADS_OK;
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
	assigns thread_view[thread].context;
	ENSURES_THREADS_OK;
	KEEPS(queues_ok);
	KEEPS_OTHERS_OK;
*/
static inline void set_context(thread_t thread, context_word_t word)
{
	thread_view[thread].context = word;
}

void sched_bind(sched_context_t sc, thread_t thread)
{
	kernel_assert(sched_context_view[sc].home == THREAD_NONE && thread_view[thread].own == CONTEXT_NONE);
	set_home(sc, thread);
	set_own(thread, context_word(sc));
	/* A thread that runs on what was lent to it goes on doing so. */
	if (thread_context(&thread_view[thread]) != SCHED_CONTEXT_NONE)
		return;
	set_context(thread, context_word(sc));
	requeue(thread);
}

/* The CPU uses the context no longer. */
/*@
	requires kernel_ok && is_context(sc);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void leave(sched_context_t sc)
{
	note_change();
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
		requeue(holder);
}

uint64_t sched_consumed(sched_context_t sc)
{
	uint64_t running = cpu.sched_context == sc ? arch_now() - cpu.started : 0;

	return sched_context_view[sc].consumed + running;
}

void sched_forget(thread_t thread)
{
	sched_stop(thread);
	waiting_end_served(thread);
	if (thread_view[thread].own != CONTEXT_NONE)
		sched_unbind(thread_own(&thread_view[thread]));
	if (cpu.loaded == thread) {
		arch_thread_switch(cpu.loaded, THREAD_NONE);
		cpu.loaded = THREAD_NONE;
	}
	arch_thread_forget(thread);
	if (cpu.current == thread)
		cpu.current = THREAD_NONE;
}

void sched_space_changed(thread_t thread)
{
	if (cpu.loaded == thread)
		arch_space_use(vspace_word(thread_view[thread].vspace));
}

/* The context in use has used up its budget: its thread waits for the next, or goes behind its equals. */
/*@
	requires kernel_ok && is_context(cpu.sched_context) && cpu.started <= now < 0x8000000000000000;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void end_budget(uint64_t now)
{
	thread_t holder = sched_context_view[cpu.sched_context].holder;

	charge(now);
	cpu.budget_end = sched_context_end(cpu.sched_context, now);
	if (holder == THREAD_NONE || !is_running(holder))
		return;
	/* The end of a time slice, or of one piece of the budget. */
	if (sched_context_ready(cpu.sched_context, now))
		queue(holder);
	else if (lend_is_used_up(holder))
		lend_give_back(holder);
	else if (!fault_raise_timeout(holder))
		queue(holder);
}

void sched_expire(void)
{
	uint64_t now = arch_now();
	thread_t thread;

	/* First what has been used: a context that a deadline brings back has no budget left that has ended. */
	if (cpu.budget_end <= now)
		end_budget(now);
	//@ loop invariant kernel_ok && i <= EXPIRE_MAX; loop assigns i, thread, KERNEL_STATE; loop variant EXPIRE_MAX - i;
	for (uint32_t i = 0; i < EXPIRE_MAX; i++) {
		thread = timer_queue_first();
		if (thread == THREAD_NONE || thread_view[thread].timer.time > now)
			break;
		timer_queue_remove(thread);
		if (thread_view[thread].state >= THREAD_WAITING)
			waiting_end(thread, KAAL_TIMEOUT);
		go_on(thread, false);
	}
	/* On the way out the timer is set anew, or switched off: it asks at once again only if there is more to do. */
	cpu.changed = true;
	cpu.armed = FIRED;
}

/*@
	requires kernel_ok;
	exits \false;
	assigns cpu.armed;
	ensures kernel_ok;
*/
static void arm_timer(void)
{
	thread_t first = timer_queue_first();
	uint64_t deadline = cpu.budget_end;

	if (first != THREAD_NONE && thread_view[first].timer.time < deadline)
		deadline = thread_view[first].timer.time;
	if (deadline == cpu.armed)
		return;
	cpu.armed = deadline;
	if (deadline == NEVER)
		arch_timer_disarm();
	else
		arch_timer_arm(deadline);
}

/* The most urgent of the running thread and the ready ones, out of the queues; THREAD_NONE if there is none. */
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures is_thread_or_none(\result);
*/
static thread_t choose(void)
{
	thread_t current = cpu.current;
	thread_t next = cpu.next;

	if (next != THREAD_NONE && cpu.next_preempts) {
		cpu.next = THREAD_NONE;
		//@ assert kernel_ok;
		ready_add_first(current);
		//@ assert kernel_ok;
		return next;
	}
	if (current != THREAD_NONE && is_running(current)) {
		int32_t top = next != THREAD_NONE ? (int32_t)thread_view[next].priority : cpu.ready_top;

		if (top <= (int32_t)thread_view[current].priority) {
			note_change();
			return current;
		}
		/* Preempted, not done: it comes before its equals. */
		ready_add_first(current);
		//@ assert kernel_ok;
	}
	//@ assert kernel_ok;
	if (next != THREAD_NONE) {
		cpu.next = THREAD_NONE;
		//@ assert cpu_ok;
		//@ assert ready_words_ok;
		//@ assert ready_names_ok;
		//@ assert ready_most_ok && ready_ends_ok;
		//@ assert contexts_handles_ok && contexts_counts_ok;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_periods_ok && contexts_slices_ok;
		//@ assert times_ok;
		//@ assert threads_ok;
		//@ assert endpoints_ok && replies_ok;
		//@ assert spaces_ok && tables_ok && lines_ok;
		//@ assert slots_ok;
		return next;
	}
	return cpu.ready_top >= 0 ? ready_pop() : THREAD_NONE;
}

/* The budget in use is that of `sc` from now on; SCHED_CONTEXT_NONE: nobody's. */
/*@
	requires kernel_ok && (is_context(sc) || sc == SCHED_CONTEXT_NONE);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void use_budget(sched_context_t sc)
{
	if (sc == cpu.sched_context)
		return;
	charge(arch_now());
	cpu.sched_context = sc;
	cpu.budget_end = sc == SCHED_CONTEXT_NONE ? NEVER : sched_context_end(sc, cpu.started);
}

/* What a thread was deleting when it was stopped or ended itself is deleted here, or by the next that deletes anything. */
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static COLD void idle(void)
{
	if (!arch_irq_pending() && !destroy_worklist_step())
		return;
	arch_wait_for_interrupt();
	interrupt_handle();
}

struct arch_frame *sched_next(void)
{
	thread_t next;

	if (!cpu.changed)
		return &thread_view[cpu.current].frame;
	//@ loop invariant kernel_ok; loop assigns next, KERNEL_STATE;
	while ((next = choose()) == THREAD_NONE) {
		cpu.current = THREAD_NONE;
		use_budget(SCHED_CONTEXT_NONE);
		arm_timer();
		idle();
	}
	cpu.changed = false;
	cpu.current = next;
	use_budget(thread_context(&thread_view[next]));
	arm_timer();
	if (next != cpu.loaded) {
		arch_thread_switch(cpu.loaded, next);
		cpu.loaded = next;
	}
	return &thread_view[next].frame;
}
