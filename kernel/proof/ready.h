/* Contracts of core/ready.h. */
#ifndef PROOF_READY_H
#define PROOF_READY_H

/*@
	// RQ-1: of one priority, and of the most urgent.
	predicate ready_bit_ok{L}(integer p) =
		has_bit(cpu.ready[p / 64], p % 64) <==> cpu.ready_first[p] != THREAD_NONE;
	predicate ready_bits_ok{L} = \forall integer p; 0 <= p < PRIORITIES ==> ready_bit_ok(p);
	predicate ready_top_ok{L} =
		(cpu.ready_top >= 0 ==> cpu.ready_first[cpu.ready_top] != THREAD_NONE) &&
		(\forall integer p; cpu.ready_top < p < PRIORITIES ==> cpu.ready_first[p] == THREAD_NONE);
	// The same as queues_ok, but for one queue that has become empty.
	predicate ready_names_but{L}(integer q) = \forall integer p; 0 <= p < PRIORITIES && p != q ==> ready_named_ok(p);
	predicate ready_most_but{L}(integer q) =
		-1 <= cpu.ready_top < PRIORITIES &&
		(cpu.ready_top >= 0 && cpu.ready_top != q ==> cpu.ready_first[cpu.ready_top] != THREAD_NONE);
	predicate queues_but{L}(integer q) = ready_words_ok && ready_ends_ok && ready_names_but(q) && ready_most_but(q);
	// Threads are what they were, but for the ready queues that they are in.
	predicate same_states{K, L} =
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].state, L) == \at(thread_view[t].state, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].waiting_for, L) == \at(thread_view[t].waiting_for, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].priority, L) == \at(thread_view[t].priority, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].context, L) == \at(thread_view[t].context, K)) &&
		(\forall integer t; is_thread(t) ==> \at(thread_view[t].own, L) == \at(thread_view[t].own, K));
	predicate same_ranks{K, L} =
		\forall integer t; is_thread(t) ==> \at(thread_view[t].timer.rank, L) == \at(thread_view[t].timer.rank, K);
	predicate same_queued_but{K, L}(integer thread) =
		\forall integer t; is_thread(t) && t != thread ==> \at(thread_view[t].queued, L) == \at(thread_view[t].queued, K);
	// The queues of other priorities begin and end with the same threads.
	predicate same_firsts_but{K, L}(integer q) =
		\forall integer p; 0 <= p < PRIORITIES && p != q ==> \at(cpu.ready_first[p], L) == \at(cpu.ready_first[p], K);
	predicate same_lasts_but{K, L}(integer q) =
		\forall integer p; 0 <= p < PRIORITIES && p != q ==> \at(cpu.ready_last[p], L) == \at(cpu.ready_last[p], K);
*/
/* One by one, which provers find easier. */
#define ENSURES_QUEUES_OK                                                                                            \
	ensures ready_words_ok;                                                                                      \
	ensures ready_names_ok;                                                                                      \
	ensures ready_most_ok;                                                                                       \
	ensures ready_ends_ok
#define ENSURES_QUEUES_BUT(priority)                                                                                 \
	ensures ready_words_ok;                                                                                      \
	ensures ready_ends_ok;                                                                                       \
	ensures ready_names_but(priority);                                                                           \
	ensures ready_most_but(priority)
#define READY_BITMAP cpu.ready[0 .. READY_WORDS - 1], cpu.ready_summary, cpu.ready_top
#define READY_STATE READY_BITMAP, cpu.ready_first[0 .. PRIORITIES - 1], cpu.ready_last[0 .. PRIORITIES - 1]

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
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
	// It is the last of its priority, behind who was last.
	ensures thread_view[thread].queued == 1;
	ensures cpu.ready_last[thread_view[thread].priority] == thread;
	ensures \old(cpu.ready_first[thread_view[thread].priority]) == THREAD_NONE ==>
		cpu.ready_first[thread_view[thread].priority] == thread && thread_view[thread].ready_previous == THREAD_NONE;
	ensures \old(cpu.ready_first[thread_view[thread].priority]) != THREAD_NONE ==>
		cpu.ready_first[thread_view[thread].priority] == \old(cpu.ready_first[thread_view[thread].priority]) &&
		thread_view[thread].ready_previous == \old(cpu.ready_last[thread_view[thread].priority]) &&
		thread_view[thread_view[thread].ready_previous].ready_next == thread;
	ensures same_queued_but{Pre, Post}(thread);
	ensures same_firsts_but{Pre, Post}(\old(thread_view[thread].priority));
	ensures same_lasts_but{Pre, Post}(\old(thread_view[thread].priority));
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
void ready_add_last(thread_t thread);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
	// It is the first of its priority, before who was first.
	ensures thread_view[thread].queued == 1;
	ensures cpu.ready_first[thread_view[thread].priority] == thread;
	ensures thread_view[thread].ready_next == \old(cpu.ready_first[thread_view[thread].priority]);
	ensures thread_view[thread].ready_previous == THREAD_NONE || thread_view[thread].ready_next == thread;
	ensures \old(cpu.ready_first[thread_view[thread].priority]) == THREAD_NONE ==>
		cpu.ready_last[thread_view[thread].priority] == thread;
	ensures same_queued_but{Pre, Post}(thread);
	ensures same_firsts_but{Pre, Post}(\old(thread_view[thread].priority));
	ensures same_lasts_but{Pre, Post}(\old(thread_view[thread].priority));
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
void ready_add_first(thread_t thread);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
	// Who is in no queue is left alone; otherwise who was before it, or its queue, names who was behind it.
	ensures thread_view[thread].queued == 0;
	ensures same_queued_but{Pre, Post}(thread);
	ensures \old(thread_view[thread].queued) != 0 && \old(thread_view[thread].ready_previous) == THREAD_NONE ==>
		cpu.ready_first[\old(thread_view[thread].priority)] == \old(thread_view[thread].ready_next);
	ensures \old(thread_view[thread].queued) != 0 && \old(thread_view[thread].ready_next) == THREAD_NONE ==>
		cpu.ready_last[\old(thread_view[thread].priority)] == \old(thread_view[thread].ready_previous);
	ensures \old(thread_view[thread].queued) != 0 && \old(thread_view[thread].ready_previous) != THREAD_NONE ==>
		thread_view[\old(thread_view[thread].ready_previous)].ready_next == \old(thread_view[thread].ready_next);
	ensures \old(thread_view[thread].queued) != 0 && \old(thread_view[thread].ready_next) != THREAD_NONE ==>
		thread_view[\old(thread_view[thread].ready_next)].ready_previous == \old(thread_view[thread].ready_previous);
	ensures \old(thread_view[thread].queued) == 0 ==> same_firsts_but{Pre, Post}(-1) && same_lasts_but{Pre, Post}(-1);
	ensures same_firsts_but{Pre, Post}(\old(thread_view[thread].priority));
	ensures same_lasts_but{Pre, Post}(\old(thread_view[thread].priority));
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
void ready_remove(thread_t thread);

/*@
	requires cpu.ready_top >= 0 && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
	// The first of the most urgent queue, which the next one in it heads now.
	ensures is_thread(\result) && \result == \old(cpu.ready_first[cpu.ready_top]);
	ensures thread_view[\result].queued == 0;
	ensures cpu.ready_first[\old(cpu.ready_top)] == \old(thread_view[cpu.ready_first[cpu.ready_top]].ready_next);
	ensures cpu.ready_first[\old(cpu.ready_top)] != THREAD_NONE ==>
		thread_view[cpu.ready_first[\old(cpu.ready_top)]].ready_previous == THREAD_NONE;
	ensures same_queued_but{Pre, Post}(\result);
	ensures same_firsts_but{Pre, Post}(\old(cpu.ready_top));
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
thread_t ready_pop(void);

#endif
