/* Contracts of core/ready.h. */
#ifndef PROOF_READY_H
#define PROOF_READY_H

#define READY_STATE                                                                                                  \
	cpu.ready[0 .. READY_WORDS - 1], cpu.ready_summary, cpu.ready_top, cpu.ready_first[0 .. PRIORITIES - 1],    \
	cpu.ready_last[0 .. PRIORITIES - 1]

/*@
	requires queues_ok;
	exits \false;
	assigns READY_STATE;
	ensures queues_ok && cpu.ready_top == -1 && \forall integer p; 0 <= p < PRIORITIES ==> cpu.ready_first[p] == THREAD_NONE;
*/
void ready_start(void);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures threads_ok && queues_ok;
*/
void ready_add_last(thread_t thread);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures threads_ok && queues_ok;
*/
void ready_add_first(thread_t thread);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures threads_ok && queues_ok;
*/
void ready_remove(thread_t thread);

/*@
	requires cpu.ready_top >= 0 && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures threads_ok && queues_ok && is_thread(\result);
*/
thread_t ready_pop(void);

#endif
