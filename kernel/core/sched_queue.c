#include "sched_queue.h"

#include <arch/arch.h>

#include "cpu.h"
#include "lend.h"
#include "ready.h"
#include "timer.h"

void sched_note_change(void)
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

COLD void sched_enqueue(thread_t thread, bool first)
{
	sched_context_t sc = thread_context(&thread_view[thread]);

	sched_note_change();
	if (sc == SCHED_CONTEXT_NONE || sched_context_view[sc].budget == 0)
		return;
	if (sched_context_view[sc].budget != SCHED_UNLIMITED && !sched_context_ready(sc, arch_now()))
		timer_queue_add(thread, sched_context_next(sc));
	else if (first)
		ready_add_first(thread);
	else
		ready_add_last(thread);
}

inline void sched_dequeue(thread_t thread)
{
	sched_note_change();
	if (thread_view[thread].queued != 0)
		ready_remove(thread);
	if (timer_queue_has(thread))
		timer_queue_remove(thread);
}

inline bool sched_is_running(thread_t thread)
{
	const struct thread *t = &thread_view[thread];

	//@ assert is_context_word(t->context);
	return thread == cpu.current && t->state == THREAD_READY && t->queued == 0 && t->timer.rank == 0 &&
	       thread_context(t) != SCHED_CONTEXT_NONE && sched_context_view[thread_context(t)].budget != 0;
}

COLD void sched_enqueue_ready(thread_t thread, bool first)
{
	const struct thread *t = &thread_view[thread];

	/* Its answer may have brought back a lent context whose budget is used up; its own is there for that. */
	if (t->own != CONTEXT_NONE && t->own != t->context && lend_is_used_up(thread))
		lend_give_back(thread);
	else
		sched_enqueue(thread, first);
}

void sched_requeue(thread_t thread)
{
	if (thread_view[thread].state != THREAD_READY)
		return;
	sched_dequeue(thread);
	sched_enqueue(thread, false);
}
