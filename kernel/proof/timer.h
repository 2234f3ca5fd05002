/* Contracts of core/timer.h. */
#ifndef PROOF_TIMER_H
#define PROOF_TIMER_H

/*@
	predicate same_times{K, L} =
		\forall integer t; is_thread(t) ==> \at(thread_view[t].timer.time, L) == \at(thread_view[t].timer.time, K);
	// TQ-1: of two heaps' tops, the one that is on top of both.
	logic integer earlier{L}(integer a, integer b) =
		a == THREAD_NONE ? b : b == THREAD_NONE ? a : thread_view[b].timer.time < thread_view[a].timer.time ? b : a;
*/
/* The heap's links change, and nothing else of any thread. */
#define KEEPS_TIMES                                                                                                  \
	ensures same_times{Pre, Post};                                                                               \
	ensures same_queued_but{Pre, Post}(-1);                                                                      \
	ensures same_states{Pre, Post}

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
	// The earliest is the first: who was so, or this one.
	ensures thread_view[thread].timer.time == time;
	ensures timer_queue_root == (\old(timer_queue_root) != THREAD_NONE &&
		\old(thread_view[timer_queue_root].timer.time) <= time ? \old(timer_queue_root) : thread);
	ensures \forall integer t; is_thread(t) && t != thread ==> thread_view[t].timer.time == \old(thread_view[t].timer.time);
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_words_but{Pre, Post}(-1);
	ensures same_owns{Pre, Post};
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
	// Only its first one leaves the queue another first one: the earlier of those below it.
	ensures \old(thread_view[thread].timer.rank == 0 || thread_view[thread].timer.parent != THREAD_NONE) ==>
		timer_queue_root == \old(timer_queue_root);
	ensures \old(thread_view[thread].timer.rank != 0 && thread_view[thread].timer.parent == THREAD_NONE) ==>
		timer_queue_root == \old(earlier(thread_view[thread].timer.left, thread_view[thread].timer.right));
	KEEPS_TIMES;
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
