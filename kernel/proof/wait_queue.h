/* Contracts of core/wait_queue.h. */
#ifndef PROOF_WAIT_QUEUE_H
#define PROOF_WAIT_QUEUE_H

/*@
	predicate is_wait_queue(struct wait_queue *queue) =
		\valid(queue) && \separated(queue, &thread_view[0 .. THREAD_VIEW_END - 1]);
*/
#define WAIT_STATE(queue) (queue)->first, thread_view[0 .. THREAD_VIEW_END - 1]

/* What is written are links of threads that wait. */
#define KEPT(field) ensures \forall integer t; is_thread(t) ==> thread_view[t].field == \old(thread_view[t].field)
#define LINKS_ONLY                                                                                                   \
	KEEPS(threads_ready_ok);                                                                                     \
	KEEPS(threads_timer_ok);                                                                                     \
	KEEPS(threads_wait_ok);                                                                                      \
	KEPT(priority);                                                                                              \
	KEPT(vspace);                                                                                                \
	KEPT(buffer);                                                                                                \
	KEPT(context);                                                                                               \
	KEPT(own);                                                                                                   \
	KEPT(state);                                                                                                 \
	KEPT(waiting_for);                                                                                           \
	KEPT(cspace_first);                                                                                          \
	KEPT(cspace_slots);                                                                                          \
	KEPT(slot[THREAD_SLOT_CSPACE].cap.object);                                                                   \
	KEPT(slot[THREAD_SLOT_CSPACE].cap.word);                                                                     \
	KEPT(slot[THREAD_SLOT_CSPACE].cap.data)

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
	ensures threads_wait_ok{Pre} ==> threads_wait_ok;
*/
void wait_links_start(thread_t thread);

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first) && threads_ok;
*/
void wait_queue_add(struct wait_queue *queue, thread_t thread);

/*@
	requires is_wait_queue(queue) && is_thread_or_none(queue->first) && is_thread(thread) && threads_ok;
	exits \false;
	assigns WAIT_STATE(queue);
	ensures is_thread_or_none(queue->first) && threads_ok;
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
