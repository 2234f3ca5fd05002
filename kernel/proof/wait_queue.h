/* Contracts of core/wait_queue.h. */
#ifndef PROOF_WAIT_QUEUE_H
#define PROOF_WAIT_QUEUE_H

/*@
	// It is in an endpoint or a notification.
	predicate is_wait_queue(struct wait_queue *queue) =
		\valid(queue) &&
		\separated(queue, &thread_view[0 .. THREAD_VIEW_END - 1], &reply_view[0 .. REPLY_VIEW_END - 1],
			   &sched_context_view[0 .. SCHED_CONTEXT_VIEW_END - 1], &slot_view[0 .. SLOT_VIEW_END - 1],
			   &table_view[0 .. TABLE_VIEW_END - 1], &cpu, &timer_queue_root, &destroy_worklists, &vspaces,
			   &vspace_asid_owner[0 .. ARCH_ASIDS - 1], &irq_table);
	// What each thread waits for, and what it fails with.
	predicate same_waits{K, L} =
		\forall integer t; is_thread(t) ==>
			\at(thread_view[t].state, L) == \at(thread_view[t].state, K) &&
			\at(thread_view[t].waiting_for, L) == \at(thread_view[t].waiting_for, K) &&
			\at(thread_view[t].fault, L) == \at(thread_view[t].fault, K) &&
			\at(thread_view[t].frame.argument[1], L) == \at(thread_view[t].frame.argument[1], K);
*/
#define WAIT_STATE(queue) (queue)->first, thread_view[0 .. THREAD_VIEW_END - 1]

/* What is written are links of threads that wait, and who is the first: all else is in order still. */
#define KEPT(field) ensures \forall integer t; is_thread(t) ==> thread_view[t].field == \old(thread_view[t].field)
#define LINKS_ONLY                                                                                                   \
	KEEPS_THREADS_OK;                                                                                            \
	KEEPS(ready_words_ok);                                                                                       \
	KEEPS(ready_names_ok);                                                                                       \
	KEEPS(ready_most_ok);                                                                                        \
	KEEPS(ready_ends_ok);                                                                                        \
	KEEPS(cpu_ok);                                                                                               \
	KEEPS(times_ok);                                                                                             \
	KEEPS(contexts_handles_ok);                                                                                  \
	KEEPS(contexts_counts_ok);                                                                                   \
	KEEPS(contexts_amounts_ok);                                                                                  \
	KEEPS(contexts_periods_ok);                                                                                  \
	KEEPS(contexts_slices_ok);                                                                                   \
	KEEPS(replies_ok);                                                                                           \
	KEEPS(spaces_ok && tables_ok && lines_ok);                                                                   \
	KEEPS(slots_ok);                                                                                             \
	ensures same_waits{Pre, Post}
#define SETS_LINK(field, value)                                                                                      \
	assigns thread_view[thread].wait.field;                                                                      \
	ensures thread_view[thread].wait.field == value;                                                             \
	LINKS_ONLY

/*@
	requires \valid(queue);
	terminates \true;
	exits \false;
	assigns queue->first;
	ensures queue->first == THREAD_NONE;
*/
void wait_queue_start(struct wait_queue *queue);

/*@
	requires is_thread(thread);
	terminates \true;
	exits \false;
	assigns thread_view[thread].wait;
	LINKS_ONLY;
*/
void wait_links_start(thread_t thread);

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first) && threads_ok;
	LINKS_ONLY;
*/
void wait_queue_add(struct wait_queue *queue, thread_t thread);

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first) && threads_ok;
	LINKS_ONLY;
	KEPT(fault);
	KEPT(frame.argument[1]);
*/
void wait_queue_remove(struct wait_queue *queue, thread_t thread);

/*@
	requires \valid(queue) && is_thread(thread);
	terminates \true;
	exits \false;
	assigns queue->first;
	ensures queue->first == thread;
*/
static inline void wait_queue_add_alone(struct wait_queue *queue, thread_t thread);

#endif
