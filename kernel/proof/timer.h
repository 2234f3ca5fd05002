/* Contracts of core/timer.h. */
#ifndef PROOF_TIMER_H
#define PROOF_TIMER_H

#define KEEPS_ALL_BUT_THREADS                                                                                        \
	KEEPS(queues_ok);                                                                                            \
	KEEPS_OTHERS_OK
#define IS_LINKS(pointer) (\exists integer handle; is_thread(handle) && (pointer) == &thread_view[handle].timer)
#define TIMER_STATE timer_queue_root, thread_view[0 .. THREAD_VIEW_END - 1]

/*@
	requires threads_ok && is_thread_or_none(timer_queue_root) && is_thread(thread);
	exits \false;
	assigns TIMER_STATE;
	ENSURES_THREADS_OK;
	ensures is_thread_or_none(timer_queue_root);
	KEEPS_ALL_BUT_THREADS;
*/
void timer_queue_add(thread_t thread, uint64_t time);

/*@
	requires is_thread(thread);
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures \result <==> thread_view[thread].timer.rank != 0;
*/
static inline bool timer_queue_has(thread_t thread);

/*@
	requires threads_ok && is_thread_or_none(timer_queue_root) && is_thread(thread);
	exits \false;
	assigns TIMER_STATE;
	ENSURES_THREADS_OK;
	ensures is_thread_or_none(timer_queue_root) && thread_view[thread].timer.rank == 0;
	KEEPS_ALL_BUT_THREADS;
*/
void timer_queue_remove(thread_t thread);

/*@
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures \result == timer_queue_root;
*/
thread_t timer_queue_first(void);

/*@
	terminates \true;
	exits \false;
	assigns timer_queue_root;
	ensures timer_queue_root == THREAD_NONE;
*/
void timer_queue_start(void);

#endif
