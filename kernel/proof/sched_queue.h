/* Contracts of core/sched_queue.h. */
#ifndef PROOF_SCHED_QUEUE_H
#define PROOF_SCHED_QUEUE_H

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.changed && cpu.next == THREAD_NONE;
	KEEPS_HOLDERS;
	// Nobody was about to run: no thread changes.
	ensures \old(cpu.next) == THREAD_NONE ==> same_states{Pre, Post} && same_ranks{Pre, Post} && same_queued_but{Pre, Post}(-1) &&
		same_firsts_but{Pre, Post}(-1) && same_lasts_but{Pre, Post}(-1);
	KEEPS_RUNNING;
*/
void sched_note_change(void);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures \result ==> thread == cpu.current && is_context(thread_view[thread].context / CONTEXT_UNIT);
	// TH-1: it has the CPU, is in neither queue, and has a context with budget.
	ensures \result <==> thread == cpu.current && thread_view[thread].state == THREAD_READY && thread_view[thread].queued == 0 &&
		thread_view[thread].timer.rank == 0 && thread_view[thread].context != CONTEXT_NONE &&
		sched_context_view[thread_view[thread].context / CONTEXT_UNIT].budget != 0;
*/
bool sched_is_running(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.changed && cpu.next == THREAD_NONE;
	KEEPS_HOLDERS;
	KEEPS_RUNNING;
*/
void sched_enqueue(thread_t thread, bool first);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	KEEPS_RUNNING;
*/
void sched_enqueue_ready(thread_t thread, bool first);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.changed && cpu.next == THREAD_NONE;
	// It is in no queue that this is about any more.
	ensures thread_view[thread].timer.rank == 0 && thread_view[thread].queued == 0;
	KEEPS_HOLDERS;
	KEEPS_RUNNING;
*/
void sched_dequeue(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures \old(thread_view[thread].state) == THREAD_READY ==> cpu.changed && cpu.next == THREAD_NONE;
	// Who is not ready is in no queue that this is about.
	ensures \old(thread_view[thread].state) != THREAD_READY ==> same_states{Pre, Post} && same_ranks{Pre, Post} &&
		same_queued_but{Pre, Post}(-1) && same_homes{Pre, Post};
	KEEPS_RUNNING;
*/
void sched_requeue(thread_t thread);

#endif
