/*
 * What the kernel's state is like between any two functions, in terms of types
 * that C does not have: a handle names memory that there is, or is "none"; a
 * number stays below what it is used to index. kernel_ok is all of it: almost
 * every function of core/ requires and ensures it.
 *
 * Zeroed memory is like that, too, which is why retype may call it an object.
 */
#ifndef PROOF_STATE_H
#define PROOF_STATE_H

/* What is_budget() of core/syscall_thread.c admits. */
#define PERIOD_MAX 0x1000000000000

/*@
	predicate is_thread(integer t) = 0 <= t < THREAD_VIEW_END;
	predicate is_thread_or_none(integer t) = is_thread(t) || t == THREAD_NONE;
	// The words of messages in all threads' registers.
	predicate same_words{K, L} =
		\forall integer t, w; is_thread(t) && 0 <= w < 8 ==>
			\at(thread_view[t].frame.word[w], L) == \at(thread_view[t].frame.word[w], K);
	predicate is_context(integer c) = 0 <= c < SCHED_CONTEXT_VIEW_END;
	predicate is_context_word(integer w) =
		0 <= w && (is_context(w / CONTEXT_UNIT) ? w % CONTEXT_UNIT <= CONTEXT_LENT_MAX : w == CONTEXT_NONE);
	predicate is_reply_or_none(integer r) = 0 <= r <= REPLY_NONE;

	predicate thread_ready_ok{L}(integer t) =
		is_thread_or_none(thread_view[t].ready_next) &&
		is_thread_or_none(thread_view[t].ready_previous) &&
		is_thread_or_none(thread_view[t].destroy_next);
	predicate thread_timer_ok{L}(integer t) =
		is_thread_or_none(thread_view[t].timer.parent) &&
		is_thread_or_none(thread_view[t].timer.left) &&
		is_thread_or_none(thread_view[t].timer.right);
	predicate thread_wait_ok{L}(integer t) =
		is_thread_or_none(thread_view[t].wait.next) &&
		is_thread_or_none(thread_view[t].wait.previous) &&
		is_thread_or_none(thread_view[t].wait.level_next) &&
		is_thread_or_none(thread_view[t].wait.level_previous) &&
		is_thread_or_none(thread_view[t].wait.level_last);
	predicate threads_priorities_ok{L} = \forall integer t; is_thread(t) ==> thread_view[t].priority < PRIORITIES;
	predicate threads_vspaces_ok{L} = \forall integer t; is_thread(t) ==> thread_view[t].vspace < VSPACES_MAX;
	predicate threads_buffers_ok{L} = \forall integer t; is_thread(t) ==> thread_view[t].buffer < BUFFER_VIEW_END;
	predicate threads_contexts_ok{L} = \forall integer t; is_thread(t) ==> is_context_word(thread_view[t].context);
	predicate threads_owns_ok{L} = \forall integer t; is_thread(t) ==> is_context_word(thread_view[t].own);
	predicate threads_replies_ok{L} =
		\forall integer t; is_thread(t) && thread_view[t].state == THREAD_AWAITING_REPLY ==>
			thread_view[t].waiting_for != REPLY_NONE;
	predicate threads_numbers_ok{L} =
		threads_priorities_ok && threads_vspaces_ok && threads_buffers_ok && threads_contexts_ok && threads_owns_ok &&
		threads_replies_ok;
	// TH-5: what is looked up without a walk are slots that there are; and the capability that walks begin at.
	predicate thread_cspace_ok{L}(integer t) =
		thread_view[t].cspace_first + thread_view[t].cspace_slots <= SLOT_VIEW_END;
	predicate thread_root_ok{L}(integer t) = cap_ok(thread_view[t].slot[THREAD_SLOT_CSPACE].cap);
	predicate threads_ready_ok{L} = \forall integer t; is_thread(t) ==> thread_ready_ok(t);
	predicate threads_timer_ok{L} = \forall integer t; is_thread(t) ==> thread_timer_ok(t);
	predicate threads_wait_ok{L} = \forall integer t; is_thread(t) ==> thread_wait_ok(t);
	predicate threads_cspace_ok{L} = \forall integer t; is_thread(t) ==> thread_cspace_ok(t);
	predicate threads_root_ok{L} = \forall integer t; is_thread(t) ==> thread_root_ok(t);
	predicate threads_ok{L} =
		threads_numbers_ok && threads_ready_ok && threads_timer_ok && threads_wait_ok && threads_cspace_ok && threads_root_ok;

	predicate endpoints_ok{L} =
		\forall integer e; 0 <= e < ENDPOINT_VIEW_END ==> is_thread_or_none(endpoint_view[e].waiting.first);
	predicate notifications_ok{L} =
		\forall integer n; 0 <= n < NOTIFICATION_VIEW_END ==>
			is_thread_or_none(notification_view[n].waiting.first) && is_thread_or_none(notification_view[n].bound);
	predicate replies_ok{L} =
		\forall integer r; 0 <= r < REPLY_VIEW_END ==>
			is_thread_or_none(reply_view[r].caller) && is_thread_or_none(reply_view[r].slow_caller) &&
			is_thread_or_none(reply_view[r].receiver);
	// SC-2: the refills' amounts add up to the budget.
	logic integer piece{L}(struct sched_context *s, integer i) = i < s->refill_count ? s->refill[i].amount : 0;
	logic integer amounts{L}(struct sched_context *s) = piece(s, 0) + piece(s, 1) + piece(s, 2) + piece(s, 3);
	predicate contexts_handles_ok{L} =
		\forall integer c; is_context(c) ==>
			is_thread_or_none(sched_context_view[c].home) && is_thread_or_none(sched_context_view[c].holder);
	predicate contexts_counts_ok{L} =
		\forall integer c; is_context(c) ==> sched_context_view[c].refill_count <= SCHED_REFILLS_MAX;
	predicate contexts_amounts_ok{L} =
		\forall integer c; is_context(c) ==> amounts(&sched_context_view[c]) == sched_context_view[c].budget;
	predicate contexts_periods_ok{L} =
		\forall integer c; is_context(c) ==> sched_context_view[c].budget == SCHED_UNLIMITED ||
			sched_context_view[c].budget <= sched_context_view[c].period <= PERIOD_MAX;
	// A budget as long as its period is what is left of a slice, and the next.
	predicate contexts_slices_ok{L} =
		\forall integer c; is_context(c) && sched_context_view[c].budget != SCHED_UNLIMITED &&
			sched_context_view[c].budget == sched_context_view[c].period ==> sched_context_view[c].refill_count <= 2;
	predicate contexts_ok{L} =
		contexts_handles_ok && contexts_counts_ok && contexts_amounts_ok && contexts_periods_ok && contexts_slices_ok;
	// No more has been used than the time that there was.
	predicate times_ok{L} =
		\forall integer c; is_context(c) ==> sched_context_view[c].consumed <= cpu.started;

	predicate has_bit(integer word, integer n) = (word & (1 << n)) != 0;
	// RQ-1, in part: what the summary, the bitmap and the top name is there; all of a word's is in the summary.
	predicate ready_word_ok{L}(integer w) = has_bit(cpu.ready_summary, w) <==> w < READY_WORDS && cpu.ready[w] != 0;
	predicate ready_words_ok{L} = \forall integer w; 0 <= w < 64 ==> ready_word_ok(w);
	predicate ready_named_ok{L}(integer p) = has_bit(cpu.ready[p / 64], p % 64) ==> cpu.ready_first[p] != THREAD_NONE;
	predicate ready_names_ok{L} = \forall integer p; 0 <= p < PRIORITIES ==> ready_named_ok(p);
	predicate ready_most_ok{L} =
		-1 <= cpu.ready_top < PRIORITIES && (cpu.ready_top >= 0 ==> cpu.ready_first[cpu.ready_top] != THREAD_NONE);
	predicate ready_ends_ok{L} =
		\forall integer p; 0 <= p < PRIORITIES ==>
			is_thread_or_none(cpu.ready_first[p]) && is_thread_or_none(cpu.ready_last[p]) &&
			(cpu.ready_first[p] != THREAD_NONE ==> cpu.ready_last[p] != THREAD_NONE);
	predicate queues_ok{L} = ready_words_ok && ready_names_ok && ready_most_ok && ready_ends_ok;

	predicate cpu_ok{L} =
		is_thread_or_none(cpu.current) && is_thread_or_none(cpu.loaded) && is_thread_or_none(cpu.next) &&
		(is_context(cpu.sched_context) || cpu.sched_context == SCHED_CONTEXT_NONE) &&
		is_thread_or_none(timer_queue_root) && is_thread_or_none(destroy_worklists.thread) &&
		(!cpu.changed ==> is_thread(cpu.current)) &&
		(cpu.next != THREAD_NONE && cpu.next_preempts ==> is_thread(cpu.current)) &&
		(cpu.sched_context == SCHED_CONTEXT_NONE ==> cpu.budget_end == UINT64_MAX) &&
		cpu.started < 0x8000000000000000;
	predicate spaces_ok{L} =
		vspaces.last_number < VSPACES_MAX && vspaces.last_asid < ARCH_ASIDS &&
		(\forall integer a; 0 <= a < ARCH_ASIDS ==> vspace_asid_owner[a] < VSPACES_MAX) &&
		(\forall integer v; 0 <= v < VSPACES_MAX ==> vspaces.space[v].table < TABLE_VIEW_END) &&
		(\forall integer v; 0 <= v < VSPACES_MAX ==> vspaces.space[v].generation < 0x2000000);
	// The address in a translation entry, bits 12..47, is one that handles can name (VS-3, and CAP-3 for frames).
	predicate entry_ok(integer e) = e % 0x1000000000000 < 0x2000000000;
	predicate tables_ok{L} =
		\forall integer t, i; 0 <= t < TABLE_VIEW_END && 0 <= i < 512 ==> entry_ok(table_view[t].entry[i]);
	predicate lines_ok{L} =
		irq_table.lines <= IRQ_LINES_MAX && irq_table.first + irq_table.lines <= SLOT_VIEW_END;

	predicate kernel_ok{L} =
		threads_ok && endpoints_ok && notifications_ok && replies_ok && contexts_ok && times_ok && queues_ok &&
		cpu_ok && spaces_ok && tables_ok && lines_ok && slots_ok;
*/

/* All of threads_ok, one by one, which provers find easier; and each as far as it held before. */
#define ENSURES_THREADS_OK                                                                                           \
	ensures threads_priorities_ok;                                                                               \
	ensures threads_vspaces_ok;                                                                                  \
	ensures threads_buffers_ok;                                                                                  \
	ensures threads_contexts_ok;                                                                                 \
	ensures threads_owns_ok;                                                                                     \
	ensures threads_replies_ok;                                                                                  \
	ensures threads_ready_ok;                                                                                    \
	ensures threads_timer_ok;                                                                                    \
	ensures threads_wait_ok;                                                                                     \
	ensures threads_cspace_ok;                                                                                   \
	ensures threads_root_ok
/* Of a function that sets one field of a thread: all threads are in order still. (No \true here: it would be stdbool.h's.) */
#define SETS_THREAD(field, value)                                                                                    \
	assigns thread_view[thread].field;                                                                           \
	ENSURES_THREADS_OK;                                                                                          \
	ensures thread_view[thread].field == value
#define KEEPS(predicate) ensures \old(predicate) ==> predicate
/* Who has the CPU, and whose budget is in use. */
#define KEEPS_RUNNING                                                                                                \
	ensures cpu.current == \old(cpu.current);                                                                    \
	ensures cpu.sched_context == \old(cpu.sched_context)
#define KEEPS_THREADS_OK                                                                                             \
	KEEPS(threads_priorities_ok);                                                                                \
	KEEPS(threads_vspaces_ok);                                                                                   \
	KEEPS(threads_buffers_ok);                                                                                   \
	KEEPS(threads_contexts_ok);                                                                                  \
	KEEPS(threads_owns_ok);                                                                                      \
	KEEPS(threads_replies_ok);                                                                                   \
	KEEPS(threads_ready_ok);                                                                                     \
	KEEPS(threads_timer_ok);                                                                                     \
	KEEPS(threads_wait_ok);                                                                                      \
	KEEPS(threads_cspace_ok);                                                                                    \
	KEEPS(threads_root_ok)
/* The same of what is neither threads nor ready queues. */
#define KEEPS_OTHERS_OK                                                                                              \
	KEEPS(cpu_ok);                                                                                               \
	KEEPS(times_ok);                                                                                             \
	KEEPS(contexts_handles_ok && contexts_counts_ok);                                                            \
	KEEPS(contexts_amounts_ok);                                                                                  \
	KEEPS(contexts_periods_ok);                                                                                  \
	KEEPS(contexts_slices_ok);                                                                                   \
	KEEPS(endpoints_ok && notifications_ok && replies_ok);                                                       \
	KEEPS(spaces_ok && tables_ok && lines_ok);                                                                   \
	KEEPS(slots_ok)

/* A local variable of the caller's: writing it changes nothing of the kernel's state. */
#define OUTSIDE_STATE(p)                                                                                             \
	\separated(p, &thread_view[0 .. THREAD_VIEW_END - 1], &endpoint_view[0 .. ENDPOINT_VIEW_END - 1],            \
		   &notification_view[0 .. NOTIFICATION_VIEW_END - 1], &reply_view[0 .. REPLY_VIEW_END - 1],         \
		   &sched_context_view[0 .. SCHED_CONTEXT_VIEW_END - 1], &slot_view[0 .. SLOT_VIEW_END - 1],         \
		   &table_view[0 .. TABLE_VIEW_END - 1], &buffer_view[0 .. BUFFER_VIEW_END - 1], &cpu,               \
		   &timer_queue_root, &destroy_worklists, &vspaces, &vspace_asid_owner[0 .. ARCH_ASIDS - 1], &irq_table)

/* What a result is written to is none of the kernel's objects. */
#define OUTSIDE(pointer) (\valid(pointer) && OUTSIDE_STATE(pointer))

/* What the interrupt controller has been told of each line: contracts in arch.h say by whom. */
extern uint8_t line_is_masked[0x100000000], line_is_edge[0x100000000];
#define LINES line_is_masked[0 .. 0xffffffff], line_is_edge[0 .. 0xffffffff]

/* All that any function of the kernel changes, for those whose contract is kernel_ok alone. */
#define KERNEL_STATE                                                                                                 \
	thread_view[0 .. THREAD_VIEW_END - 1], endpoint_view[0 .. ENDPOINT_VIEW_END - 1],                            \
	notification_view[0 .. NOTIFICATION_VIEW_END - 1], reply_view[0 .. REPLY_VIEW_END - 1],                      \
	sched_context_view[0 .. SCHED_CONTEXT_VIEW_END - 1], slot_view[0 .. SLOT_VIEW_END - 1],                      \
	table_view[0 .. TABLE_VIEW_END - 1], buffer_view[0 .. BUFFER_VIEW_END - 1],                                  \
	cpu, timer_queue_root, destroy_worklists, vspaces, vspace_asid_owner[0 .. ARCH_ASIDS - 1],                    \
	irq_table.handlers[0 .. IRQ_LINES_MAX - 1], LINES

#endif
