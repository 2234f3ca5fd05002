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
*/
void ready_add_last(thread_t thread);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
*/
void ready_add_first(thread_t thread);

/*@
	requires is_thread(thread) && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
*/
void ready_remove(thread_t thread);

/*@
	requires cpu.ready_top >= 0 && threads_ok && queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
	ensures is_thread(\result);
*/
thread_t ready_pop(void);

#endif
