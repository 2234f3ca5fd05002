/* Plain contracts of what core/ calls of object/ and that has no file of its own yet. */
#ifndef PROOF_OBJECT_H
#define PROOF_OBJECT_H

/*@ requires \valid_read(thread) && is_context_word(thread->context);
    exits \false; assigns \nothing;
    ensures \result == thread->context / CONTEXT_UNIT; */
static inline sched_context_t thread_context(const struct thread *thread);
/*@ requires \valid_read(thread) && is_context_word(thread->own);
    exits \false; assigns \nothing;
    ensures \result == thread->own / CONTEXT_UNIT; */
static inline sched_context_t thread_own(const struct thread *thread);
/*@ exits \false; assigns \nothing;
    ensures is_thread(\result); */
static inline thread_t thread_of(struct cap cap);
/*@ requires kernel_ok && (\exists integer t; is_thread(t) && thread == &thread_view[t]) && \valid(cap) && 0 <= type < 0x80 && rights <= 0xf;
    exits \false; assigns *cap;
    ensures \result == KAAL_OK ==> word_type(cap->word) == type && cap_ok(*cap); */
uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights, struct cap *cap);
/*@ requires kernel_ok && (\exists integer t; is_thread(t) && thread == &thread_view[t]) && \valid(slot) && 0 <= type < 0x80 && rights <= 0xf;
    exits \false; assigns *slot;
    ensures \result == KAAL_OK ==> word_type(slot_view[*slot].cap.word) == type; */
uint64_t thread_find_typed_slot(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights, slot_t *slot);
/*@ requires kernel_ok && (\exists integer t; is_thread(t) && thread == &thread_view[t]) && \valid(slot);
    exits \false; assigns *slot; */
bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot);
/*@ requires kernel_ok && is_thread(thread) && 0 <= which < THREAD_SLOTS;
    exits \false; assigns \nothing; */
slot_t thread_slot(thread_t thread, enum thread_slot which);
/*@ requires kernel_ok && is_thread(thread) && 0 <= which < THREAD_SLOTS;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
void thread_fill_slot(thread_t thread, enum thread_slot which, slot_t from);
/*@ requires kernel_ok && is_thread(thread);
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
void thread_set_buffer(thread_t thread, uint64_t offset);
/*@ requires kernel_ok;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
bool destroy_slot_step(slot_t slot);
/*@ requires kernel_ok;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
bool destroy_below_step(slot_t slot);
/*@ requires kernel_ok;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
bool destroy_worklist_step(void);

#endif
