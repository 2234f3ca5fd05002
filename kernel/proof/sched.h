/* Contracts of core/sched.h. */
#ifndef PROOF_SCHED_H
#define PROOF_SCHED_H

/*@
	predicate runs{L}(integer t) = t == cpu.current && thread_view[t].queued == 0 && thread_view[t].timer.rank == 0;
*/

/*@
	requires queues_ok;
	exits \false;
	assigns cpu, timer_queue_root;
	ensures queues_ok && cpu.current == THREAD_NONE && cpu.loaded == THREAD_NONE && cpu.next == THREAD_NONE &&
		cpu.sched_context == SCHED_CONTEXT_NONE && timer_queue_root == THREAD_NONE;
*/
void sched_start(void);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_ready(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_hand_over(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_stop(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_give_way(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_sleep(thread_t thread, uint64_t deadline);

/*@
	requires kernel_ok && is_thread(thread) && (state == THREAD_AWAITING_REPLY ==> object != REPLY_NONE);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures thread_view[thread].state == state && thread_view[thread].waiting_for == object;
	// Who runs takes nobody along.
	ensures \old(runs(thread)) ==> same_contexts{Pre, Post} && same_callers{Pre, Post};
	ensures \old(runs(thread)) ==>
		\forall integer t; is_thread(t) && t != thread ==> thread_view[t].state == \old(thread_view[t].state);
*/
void sched_block(thread_t thread, enum thread_state state, uint32_t object);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_wait_until(thread_t thread, uint64_t deadline);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_set_priority(thread_t thread, uint32_t priority);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_forget(thread_t thread);

/*@
	requires kernel_ok && is_thread(thread);
	exits \false;
	assigns cpu.space_word[0 .. VSPACES_MAX - 1], vspaces, vspace_asid_owner[0 .. ARCH_ASIDS - 1];
	ensures kernel_ok;
*/
void sched_space_changed(thread_t thread);

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void sched_expire(void);

/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok && is_thread(cpu.current) && \result == &thread_view[cpu.current].frame;
*/
struct arch_frame *sched_next(void);

#endif
