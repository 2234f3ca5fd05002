/* Contracts of object/thread.h. */
#ifndef PROOF_THREAD_H
#define PROOF_THREAD_H

#define IS_A_THREAD(pointer) (\exists integer handle; is_thread(handle) && (pointer) == &thread_view[handle])

/*@
	requires \valid_read(thread) && is_context_word(thread->context);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == thread->context / CONTEXT_UNIT;
*/
static inline sched_context_t thread_context(const struct thread *thread);
/*@
	requires \valid_read(thread) && is_context_word(thread->own);
	terminates \true; exits \false; assigns \nothing;
	ensures \result == thread->own / CONTEXT_UNIT;
*/
static inline sched_context_t thread_own(const struct thread *thread);
/*@
	requires base < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures \result.object == base / 32 && \result.data == 0;
	ensures \result.word == KAAL_OBJECT_THREAD + 0x100 * 0xf;
*/
static inline struct cap thread_cap(uint64_t base);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures is_thread(\result) && \result == cap.object / 64;
*/
static inline thread_t thread_of(struct cap cap);
/*@
	requires is_thread(thread);
	terminates \true; exits \false;
	assigns thread_view[thread].state, thread_view[thread].context, thread_view[thread].own, thread_view[thread].reply,
		thread_view[thread].wait, thread_view[thread].ready_next, thread_view[thread].ready_previous,
		thread_view[thread].destroy_next;
	ensures thread_view[thread].state == THREAD_STOPPED && thread_view[thread].context == CONTEXT_NONE &&
		thread_view[thread].own == CONTEXT_NONE && thread_view[thread].reply == REPLY_NONE;
	KEEPS_THREADS_OK;
*/
void thread_start(thread_t thread);
/*@
	requires is_thread(thread) && 0 <= which < THREAD_SLOTS;
	terminates \true; exits \false; assigns \nothing;
	ensures \result / 64 == thread;
*/
slot_t thread_slot(thread_t thread, enum thread_slot which);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures is_thread(\result) && \result == slot / 64;
*/
thread_t thread_with_slot(slot_t slot);
/*@
	requires kernel_ok;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void thread_slot_changed(slot_t slot);
/*@
	requires kernel_ok && is_thread(thread);
	requires thread_view[thread].slot[THREAD_SLOT_BUFFER].cap.object * 32 + offset < 0x2000000000;
	terminates \true; exits \false;
	assigns thread_view[thread].buffer;
	ensures thread_view[thread].buffer ==
		(thread_view[thread].slot[THREAD_SLOT_BUFFER].cap.object * 32 + offset) / 512;
	ensures kernel_ok;
*/
void thread_set_buffer(thread_t thread, uint64_t offset);
/*@
	requires kernel_ok && IS_A_THREAD(thread) && OUTSIDE(slot);
	exits \false;
	assigns *slot;
*/
bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot);
/*@
	requires kernel_ok && is_thread(thread) && 0 <= which < THREAD_SLOTS;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
void thread_fill_slot(thread_t thread, enum thread_slot which, slot_t from);
/*@
	requires kernel_ok && IS_A_THREAD(thread) && OUTSIDE(slot) && 0 <= type < 0x80 && rights <= 0xf;
	exits \false;
	assigns *slot;
	ensures \result == KAAL_OK ==> word_type(slot_view[*slot].cap.word) == type &&
		(word_rights(slot_view[*slot].cap.word) & rights) == rights;
*/
uint64_t thread_find_typed_slot(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
				slot_t *slot);
/*@
	requires kernel_ok && IS_A_THREAD(thread) && OUTSIDE(cap) && 0 <= type < 0x80 && rights <= 0xf;
	exits \false;
	assigns *cap;
	ensures \result == KAAL_OK ==> word_type(cap->word) == type && (word_rights(cap->word) & rights) == rights;
	ensures \result == KAAL_OK ==> cap_ok(*cap);
	ensures \result == KAAL_OK ==> \exists integer s; 0 <= s < SLOT_VIEW_END && *cap == slot_view[s].cap;
*/
uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap);

#endif
