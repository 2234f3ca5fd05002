#include "sched.h"

#include <stddef.h>

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/destroy.h>
#include <object/vspace.h>

#include "cpu.h"
#include "interrupt.h"
#include "ready.h"
#include "sched_budget.h"
#include "sched_queue.h"
#include "timer.h"
#include "waiting.h"

struct cpu cpu;

/* Of those whose time has come, one interrupt wakes no more, so that others wait no longer for theirs. */
#define EXPIRE_MAX 8u
/* cpu.armed between the timer's interrupt and its next setting: a time that nobody waits for. */
#define FIRED 0u

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
		sched_enqueue_ready(thread, first);
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
	sched_dequeue(thread);
	/* What it waited for is not waited for again: the call has ended when it is resumed. */
	waiting_end(thread, KAAL_CANCELLED);
	thread_view[thread].state = THREAD_STOPPED;
}

void sched_sleep(thread_t thread, uint64_t deadline)
{
	kernel_assert(thread_view[thread].state == THREAD_READY);
	sched_dequeue(thread);
	thread_view[thread].state = THREAD_SLEEPING;
	//@ assert threads_priorities_ok;
	//@ assert threads_vspaces_ok;
	//@ assert threads_buffers_ok;
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
	ensures thread_view[thread].state == state && thread_view[thread].waiting_for == object;
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
		sched_dequeue(thread);
	}
	//@ assert kernel_ok;
	set_wait(thread, state, object);
}

void sched_wait_until(thread_t thread, uint64_t deadline)
{
	kernel_assert(thread_view[thread].state >= THREAD_WAITING);
	timer_queue_add(thread, deadline);
}

void sched_give_way(thread_t thread)
{
	kernel_assert(thread == cpu.current && thread_view[thread].queued == 0);
	sched_note_change();
	ready_add_last(thread);
}

void sched_set_priority(thread_t thread, uint32_t priority)
{
	bool queued;

	kernel_assert(priority < PRIORITIES);
	sched_note_change();
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

/* Who stops is preempted no more. */
/*@
	requires kernel_ok;
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> cpu.changed && (cpu.next == THREAD_NONE || !cpu.next_preempts);
*/
static inline bool nobody_preempts(void)
{
	return cpu.changed && (cpu.next == THREAD_NONE || !cpu.next_preempts);
}

void sched_forget(thread_t thread)
{
	sched_stop(thread);
	waiting_end_served(thread);
	if (thread_view[thread].own != CONTEXT_NONE)
		sched_unbind(thread_own(&thread_view[thread]));
	if (cpu.loaded == thread) {
		arch_thread_switch(cpu.loaded, THREAD_NONE);
		//@ assert kernel_ok;
		cpu.loaded = THREAD_NONE;
		//@ assert cpu_ok;
		//@ assert queues_ok;
		//@ assert threads_ok;
		//@ assert contexts_handles_ok && contexts_counts_ok;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_periods_ok && contexts_slices_ok;
		//@ assert times_ok;
		//@ assert endpoints_ok && notifications_ok && replies_ok;
		//@ assert spaces_ok && tables_ok && lines_ok;
		//@ assert slots_ok;
	}
	//@ assert kernel_ok;
	arch_thread_forget(thread);
	//@ assert kernel_ok;
	if (cpu.current == thread) {
		kernel_assert(nobody_preempts());
		cpu.current = THREAD_NONE;
		//@ assert cpu_ok;
		//@ assert queues_ok;
		//@ assert threads_ok;
		//@ assert contexts_handles_ok && contexts_counts_ok;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_periods_ok && contexts_slices_ok;
		//@ assert times_ok;
		//@ assert endpoints_ok && notifications_ok && replies_ok;
		//@ assert spaces_ok && tables_ok && lines_ok;
		//@ assert slots_ok;
	}
}

void sched_space_changed(thread_t thread)
{
	if (cpu.loaded == thread)
		arch_space_use(vspace_word(thread_view[thread].vspace));
}

void sched_expire(void)
{
	uint64_t now = arch_now();
	thread_t thread;

	/* First what has been used: a context that a deadline brings back has no budget left that has ended. */
	if (cpu.budget_end <= now)
		sched_end_budget(now);
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
	ensures \result == THREAD_NONE ==> cpu.next == THREAD_NONE;
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
	if (current != THREAD_NONE && sched_is_running(current)) {
		int32_t top = next != THREAD_NONE ? (int32_t)thread_view[next].priority : cpu.ready_top;

		if (top <= (int32_t)thread_view[current].priority) {
			sched_note_change();
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

/* What a thread was deleting when it was stopped or ended itself is deleted here, or by the next that deletes anything. */
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void idle(void)
{
	if (!arch_irq_pending() && !destroy_worklist_step())
		return;
	arch_wait_for_interrupt();
	interrupt_handle();
}

/* Nobody has the CPU until the next interrupt, or until something is deleted. */
/*@
	requires kernel_ok && cpu.next == THREAD_NONE;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static COLD void wait_for_change(void)
{
	cpu.changed = true;
	cpu.current = THREAD_NONE;
	//@ assert kernel_ok;
	sched_use_budget(SCHED_CONTEXT_NONE);
	arm_timer();
	idle();
}

struct arch_frame *sched_next(void)
{
	thread_t next;

	if (!cpu.changed)
		return &thread_view[cpu.current].frame;
	//@ loop invariant kernel_ok; loop assigns next, KERNEL_STATE;
	while ((next = choose()) == THREAD_NONE)
		wait_for_change();
	cpu.changed = false;
	cpu.current = next;
	//@ assert kernel_ok;
	sched_use_budget(thread_context(&thread_view[next]));
	arm_timer();
	if (next != cpu.loaded) {
		arch_thread_switch(cpu.loaded, next);
		//@ assert kernel_ok;
		cpu.loaded = next;
		//@ assert kernel_ok;
	}
	//@ assert kernel_ok;
	return &thread_view[next].frame;
}
