/* Contracts of core/sched_queue.h. */
#ifndef PROOF_SCHED_QUEUE_H
#define PROOF_SCHED_QUEUE_H

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures cpu.changed && cpu.next == THREAD_NONE;
	KEEPS_RUNNING;
*/
void sched_note_change(void);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns \nothing;
	ensures \result ==> thread == cpu.current && is_context(thread_view[thread].context / CONTEXT_UNIT);
*/
bool sched_is_running(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
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
	KEEPS_RUNNING;
*/
void sched_dequeue(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	KEEPS_RUNNING;
*/
void sched_requeue(thread_t thread);

#endif
