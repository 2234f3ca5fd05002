#include "ready.h"

#include <arch/arch.h>

#include "cpu.h"

#define WORD_BITS 64u

void ready_start(void)
{
	/*@
		loop invariant word <= READY_WORDS && \forall integer w; 0 <= w < word ==> cpu.ready[w] == 0;
		loop assigns word, cpu.ready[0 .. READY_WORDS - 1];
		loop variant READY_WORDS - word;
	*/
	for (uint32_t word = 0; word < READY_WORDS; word++)
		cpu.ready[word] = 0;
	cpu.ready_summary = 0;
	cpu.ready_top = -1;
	/*@
		loop invariant priority <= PRIORITIES;
		loop invariant \forall integer p; 0 <= p < priority ==> cpu.ready_first[p] == THREAD_NONE;
		loop assigns priority, cpu.ready_first[0 .. PRIORITIES - 1];
		loop variant PRIORITIES - priority;
	*/
	for (uint32_t priority = 0; priority < PRIORITIES; priority++)
		cpu.ready_first[priority] = THREAD_NONE;
}

/*@
	terminates \true; exits \false; assigns \nothing; ensures \result == (1 << priority % 64);
*/
static uint64_t bit(uint32_t priority)
{
	return UINT64_C(1) << priority % WORD_BITS;
}

/*@
	requires priority < PRIORITIES && cpu.ready_first[priority] != THREAD_NONE;
	requires queues_ok;
	terminates \true;
	exits \false;
	assigns READY_BITMAP;
	ENSURES_QUEUES_OK;
	ensures cpu.ready_top == \max(\old(cpu.ready_top), priority);
	ensures has_bit(cpu.ready[priority / 64], priority % 64);
	behavior exact:
		assumes \forall integer p; 0 <= p < PRIORITIES && p != priority ==> ready_bit_ok(p);
		assumes \forall integer p; cpu.ready_top < p < PRIORITIES && p != priority ==> cpu.ready_first[p] == THREAD_NONE;
		ensures ready_bits_ok;
		ensures ready_top_ok;
*/
static void mark(uint32_t priority)
{
	cpu.ready[priority / WORD_BITS] |= bit(priority);
	/*@ assert \forall integer n; 0 <= n < 64 ==>
		(has_bit(cpu.ready[priority / 64], n) <==> n == priority % 64 || has_bit(\at(cpu.ready[priority / 64], Pre), n)); */
	cpu.ready_summary |= bit(priority / WORD_BITS);
	/*@ assert \forall integer n; 0 <= n < 64 ==>
		(has_bit(cpu.ready_summary, n) <==> n == priority / 64 || has_bit(\at(cpu.ready_summary, Pre), n)); */
	if (cpu.ready_top < (int32_t)priority)
		cpu.ready_top = (int32_t)priority;
}

/* The most urgent priority in a word of the bitmap that is not 0. */
/*@
	requires word < READY_WORDS && cpu.ready[word] != 0;
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures 64 * word <= \result < 64 * word + 64 && has_bit(cpu.ready[word], \result % 64);
	ensures \forall integer n; \result % 64 < n < 64 ==> !has_bit(cpu.ready[word], n);
	ensures ready_names_ok ==> cpu.ready_first[\result] != THREAD_NONE;
	behavior exact:
		assumes ready_bits_ok;
		ensures cpu.ready_first[\result] != THREAD_NONE;
		ensures \forall integer p; \result < p < 64 * word + 64 ==> cpu.ready_first[p] == THREAD_NONE;
*/
static int32_t top_of(uint32_t word)
{
	return (int32_t)(word * WORD_BITS + arch_highest_bit(cpu.ready[word]));
}

/* The queue of this priority, the most urgent one that was not empty, has become so. */
/*@
	requires priority < PRIORITIES && cpu.ready_first[priority] == THREAD_NONE;
	requires queues_but(priority);
	terminates \true;
	exits \false;
	assigns READY_BITMAP;
	ENSURES_QUEUES_OK;
	ensures !has_bit(cpu.ready[priority / 64], priority % 64);
	behavior exact:
		assumes \forall integer p; 0 <= p < PRIORITIES && p != priority ==> ready_bit_ok(p);
		assumes \forall integer p; priority < p < PRIORITIES ==> cpu.ready_first[p] == THREAD_NONE;
		ensures ready_bits_ok;
		ensures ready_top_ok;
*/
static inline void unmark_top(uint32_t priority)
{
	uint32_t word = priority / WORD_BITS;

	cpu.ready[word] &= ~bit(priority);
	/*@ assert \forall integer n; 0 <= n < 64 ==>
		(has_bit(cpu.ready[word], n) <==> n != priority % 64 && has_bit(\at(cpu.ready[priority / 64], Pre), n)); */
	//@ assert ready_names_ok;
	if (cpu.ready[word] != 0) {
		//@ assert ready_words_ok;
		//@ for exact: assert ready_bits_ok;
		cpu.ready_top = top_of(word);
		//@ for exact: assert \forall integer p; 64 * word + 64 <= p < PRIORITIES ==> cpu.ready_first[p] == THREAD_NONE;
		//@ for exact: assert ready_top_ok;
		return;
	}
	//@ for exact: assert \forall integer p; 0 <= p < PRIORITIES && p / 64 == word && p != priority ==> !has_bit(cpu.ready[word], p % 64);
	//@ for exact: assert \forall integer p; 0 <= p < PRIORITIES && p / 64 == word ==> cpu.ready_first[p] == THREAD_NONE;
	//@ for exact: assert ready_bits_ok;
	cpu.ready_summary &= ~bit(word);
	/*@ assert \forall integer n; 0 <= n < 64 ==>
		(has_bit(cpu.ready_summary, n) <==> n != word && has_bit(\at(cpu.ready_summary, Pre), n)); */
	//@ assert ready_words_ok;
	//@ assert ready_names_ok;
	//@ for exact: assert ready_bits_ok;
	//@ for exact: assert \forall integer p; 0 <= p < PRIORITIES && cpu.ready[p / 64] == 0 ==> cpu.ready_first[p] == THREAD_NONE;
	cpu.ready_top = cpu.ready_summary == 0 ? -1 : top_of(arch_highest_bit(cpu.ready_summary));
	//@ for exact: assert cpu.ready_summary == 0 ==> \forall integer w; 0 <= w < READY_WORDS ==> !has_bit(cpu.ready_summary, w);
	//@ for exact: assert cpu.ready_summary == 0 ==> \forall integer w; 0 <= w < READY_WORDS ==> cpu.ready[w] == 0;
	//@ for exact: assert \forall integer w; cpu.ready_top / 64 < w < READY_WORDS && cpu.ready_top >= 0 ==> cpu.ready[w] == 0;
	//@ for exact: assert \forall integer p; cpu.ready_top < p < PRIORITIES && cpu.ready_top / 64 < p / 64 ==> cpu.ready_first[p] == THREAD_NONE;
	//@ for exact: assert cpu.ready_summary == 0 ==> ready_top_ok;
	//@ for exact: assert ready_top_ok;
}

/* The same of any priority. */
/*@
	requires priority < PRIORITIES && cpu.ready_first[priority] == THREAD_NONE;
	requires queues_but(priority);
	terminates \true;
	exits \false;
	assigns READY_BITMAP;
	ENSURES_QUEUES_OK;
	ensures !has_bit(cpu.ready[priority / 64], priority % 64);
	behavior exact:
		assumes \forall integer p; 0 <= p < PRIORITIES && p != priority ==> ready_bit_ok(p);
		assumes \forall integer p; cpu.ready_top < p < PRIORITIES ==> cpu.ready_first[p] == THREAD_NONE;
		ensures ready_bits_ok;
		ensures ready_top_ok;
*/
static void unmark(uint32_t priority)
{
	uint32_t word = priority / WORD_BITS;

	if (cpu.ready_top == (int32_t)priority) {
		unmark_top(priority);
		return;
	}
	cpu.ready[word] &= ~bit(priority);
	/*@ assert \forall integer n; 0 <= n < 64 ==>
		(has_bit(cpu.ready[word], n) <==> n != priority % 64 && has_bit(\at(cpu.ready[priority / 64], Pre), n)); */
	//@ for exact: assert ready_bits_ok;
	if (cpu.ready[word] == 0)
		cpu.ready_summary &= ~bit(word);
	/*@ assert \forall integer n; 0 <= n < 64 ==> (has_bit(cpu.ready_summary, n) <==>
		(n != word || cpu.ready[word] != 0) && has_bit(\at(cpu.ready_summary, Pre), n)); */
}

/*@
	requires priority < PRIORITIES;
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> cpu.ready_first[priority] == THREAD_NONE;
*/
static bool is_empty(uint32_t priority)
{
	return cpu.ready_first[priority] == THREAD_NONE;
}

/* What follows changes one thread, and says of all that they are in order still. */
/*@
	requires is_thread(thread) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(queued, queued);
	ensures same_queued_but{Pre, Post}(thread);
	ensures same_states{Pre, Post} && same_ranks{Pre, Post};
*/
static inline void set_queued(thread_t thread, uint32_t queued)
{
	thread_view[thread].queued = queued;
}

/*@
	requires is_thread(thread) && is_thread_or_none(next) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(ready_next, next);
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_states{Pre, Post} && same_ranks{Pre, Post};
*/
static inline __attribute__((always_inline)) void set_next(thread_t thread, thread_t next)
{
	thread_view[thread].ready_next = next;
}

/*@
	requires is_thread(thread) && is_thread_or_none(previous) && threads_ok;
	terminates \true;
	exits \false;
	SETS_THREAD(ready_previous, previous);
	ensures same_queued_but{Pre, Post}(-1);
	ensures same_states{Pre, Post} && same_ranks{Pre, Post};
*/
static inline __attribute__((always_inline)) void set_previous(thread_t thread, thread_t previous)
{
	thread_view[thread].ready_previous = previous;
}

/* Into its queue, which is empty. */
/*@
	requires is_thread(thread);
	requires threads_ok;
	requires queues_ok;
	exits \false;
	assigns READY_STATE, thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_OK;
	KEEPS_OTHERS_OK;
	ensures cpu.ready_first[thread_view[thread].priority] == thread && cpu.ready_last[thread_view[thread].priority] == thread;
	ensures thread_view[thread].ready_next == THREAD_NONE && thread_view[thread].ready_previous == THREAD_NONE;
	ensures thread_view[thread].queued == \old(thread_view[thread].queued);
	ensures same_queued_but{Pre, Post}(thread);
	ensures same_firsts_but{Pre, Post}(thread_view[thread].priority);
	ensures same_lasts_but{Pre, Post}(thread_view[thread].priority);
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
static void add_only(thread_t thread)
{
	struct thread *t = &thread_view[thread];

	set_next(thread, THREAD_NONE);
	set_previous(thread, THREAD_NONE);
	cpu.ready_first[t->priority] = thread;
	cpu.ready_last[t->priority] = thread;
	//@ assert ready_words_ok;
	//@ assert ready_names_ok;
	//@ assert ready_most_ok;
	//@ assert ready_ends_ok;
	mark(t->priority);
}

void ready_add_last(thread_t thread)
{
	struct thread *t = &thread_view[thread];
	uint32_t priority = t->priority;

	kernel_assert(t->queued == 0);
	set_queued(thread, 1);
	if (is_empty(priority)) {
		add_only(thread);
		return;
	}
	set_next(thread, THREAD_NONE);
	set_previous(thread, cpu.ready_last[priority]);
	//@ assert \at(contexts_amounts_ok, Pre) ==> contexts_amounts_ok;
	//@ assert same_states{Pre, Here};
	set_next(t->ready_previous, thread);
	//@ assert same_states{Pre, Here};
	//@ assert same_ranks{Pre, Here};
	//@ assert \at(contexts_handles_ok, Pre) ==> contexts_handles_ok;
	//@ assert \at(contexts_counts_ok, Pre) ==> contexts_counts_ok;
	//@ assert \at(contexts_amounts_ok, Pre) ==> contexts_amounts_ok;
	//@ assert \at(contexts_periods_ok, Pre) ==> contexts_periods_ok;
	//@ assert \at(contexts_slices_ok, Pre) ==> contexts_slices_ok;
	cpu.ready_last[priority] = thread;
}

void ready_add_first(thread_t thread)
{
	struct thread *t = &thread_view[thread];
	uint32_t priority = t->priority;

	kernel_assert(t->queued == 0);
	set_queued(thread, 1);
	if (is_empty(priority)) {
		add_only(thread);
		return;
	}
	set_previous(thread, THREAD_NONE);
	set_next(thread, cpu.ready_first[priority]);
	//@ assert same_states{Pre, Here};
	set_previous(t->ready_next, thread);
	//@ assert same_queued_but{Pre, Here}(thread);
	//@ assert same_states{Pre, Here};
	//@ assert same_ranks{Pre, Here};
	//@ assert \at(contexts_handles_ok, Pre) ==> contexts_handles_ok;
	//@ assert \at(contexts_counts_ok, Pre) ==> contexts_counts_ok;
	//@ assert \at(contexts_amounts_ok, Pre) ==> contexts_amounts_ok;
	//@ assert \at(contexts_periods_ok, Pre) ==> contexts_periods_ok;
	//@ assert \at(contexts_slices_ok, Pre) ==> contexts_slices_ok;
	cpu.ready_first[priority] = thread;
}

/* Whoever is before it, or its queue, names who is behind it. */
/*@
	requires is_thread(thread) && priority < PRIORITIES;
	requires threads_ok;
	requires queues_but(priority);
	exits \false;
	assigns cpu.ready_first[0 .. PRIORITIES - 1], thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_BUT(priority);
	KEEPS_OTHERS_OK;
	ensures \old(thread_view[thread].ready_previous) == THREAD_NONE ==> cpu.ready_first[priority] == \old(thread_view[thread].ready_next);
	ensures \old(thread_view[thread].ready_previous) != THREAD_NONE ==>
		cpu.ready_first[priority] == \old(cpu.ready_first[priority]) &&
		thread_view[\old(thread_view[thread].ready_previous)].ready_next == \old(thread_view[thread].ready_next);
	ensures thread_view[thread].ready_next == \old(thread_view[thread].ready_next);
	ensures thread_view[thread].ready_previous == \old(thread_view[thread].ready_previous);
	ensures thread_view[thread].queued == \old(thread_view[thread].queued);
	ensures same_queued_but{Pre, Post}(thread);
	ensures same_firsts_but{Pre, Post}(priority);
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
static inline __attribute__((always_inline)) void close_before(thread_t thread, uint32_t priority)
{
	const struct thread *t = &thread_view[thread];

	if (t->ready_previous == THREAD_NONE) {
		kernel_assert(cpu.ready_first[priority] == thread);
		cpu.ready_first[priority] = t->ready_next;
	} else {
		set_next(t->ready_previous, t->ready_next);
	}
}

/* Whoever is behind it, or its queue, names who is before it. */
/*@
	requires is_thread(thread) && priority < PRIORITIES;
	requires threads_ok;
	requires queues_but(priority);
	requires thread_view[thread].ready_next == THREAD_NONE && thread_view[thread].ready_previous == THREAD_NONE ==>
		cpu.ready_first[priority] == THREAD_NONE;
	exits \false;
	assigns cpu.ready_last[0 .. PRIORITIES - 1], thread_view[0 .. THREAD_VIEW_END - 1];
	ENSURES_THREADS_OK;
	ENSURES_QUEUES_BUT(priority);
	KEEPS_OTHERS_OK;
	ensures \old(thread_view[thread].ready_next) == THREAD_NONE ==> cpu.ready_last[priority] == \old(thread_view[thread].ready_previous);
	ensures \old(thread_view[thread].ready_next) != THREAD_NONE ==>
		cpu.ready_last[priority] == \old(cpu.ready_last[priority]) &&
		thread_view[\old(thread_view[thread].ready_next)].ready_previous == \old(thread_view[thread].ready_previous);
	ensures \forall integer t; is_thread(t) ==> thread_view[t].ready_next == \old(thread_view[t].ready_next);
	ensures thread_view[thread].queued == \old(thread_view[thread].queued);
	ensures same_queued_but{Pre, Post}(thread);
	ensures same_lasts_but{Pre, Post}(priority);
	ensures same_states{Pre, Post};
	ensures same_ranks{Pre, Post};
*/
static inline __attribute__((always_inline)) void close_behind(thread_t thread, uint32_t priority)
{
	const struct thread *t = &thread_view[thread];

	if (t->ready_next == THREAD_NONE)
		cpu.ready_last[priority] = t->ready_previous;
	else
		set_previous(t->ready_next, t->ready_previous);
}

void ready_remove(thread_t thread)
{
	struct thread *t = &thread_view[thread];
	uint32_t priority = t->priority;

	if (t->queued == 0)
		return;
	set_queued(thread, 0);
	close_before(thread, priority);
	close_behind(thread, priority);
	if (cpu.ready_first[priority] == THREAD_NONE)
		unmark(priority);
}

thread_t ready_pop(void)
{
	uint32_t priority = (uint32_t)cpu.ready_top;
	thread_t thread = cpu.ready_first[priority];
	thread_t next = thread_view[thread].ready_next;

	set_queued(thread, 0);
	cpu.ready_first[priority] = next;
	//@ assert ready_words_ok;
	//@ assert ready_ends_ok;
	//@ assert ready_names_but(priority);
	//@ assert queues_but(priority);
	if (next == THREAD_NONE)
		unmark_top(priority);
	else
		set_previous(next, THREAD_NONE);
	return thread;
}
