#include "fastpath.h"

#include <arch/arch.h>
#include <arch_fast.h>
#include <kaal/message.h>
#include <kaal/syscall_numbers.h>

#include <object/endpoint.h>
#include <object/notification.h>
#include <object/reply.h>
#include <object/sched_context.h>
#include <object/vspace.h>

#include "cpu.h"

/* An index that names no slot is cut short and added all the same: the fast path looks later, and reads nothing before. */
#define SLOT_NUMBERS (UINT64_C(1) << 32)

/* Part of the function that it is written in. */
#define FAST static inline __attribute__((always_inline))

/*@ terminates \true; exits \false; assigns \nothing; ensures \result == message % 0x100000000; */
/* Without capabilities, the low half of the message word is the number of words. */
FAST uint32_t words_of(uint64_t message)
{
	return (uint32_t)(message % (UINT64_C(1) << 32));
}

/*@
	requires \valid_read(from) && \valid_read(to);
	terminates \true; exits \false; assigns \nothing;
	ensures \result ==> message % 0x100000000 <= KAAL_MESSAGE_WORDS_MAX;
*/
/* Whether there are no capabilities, and both have what the words need. */
FAST bool can_copy(const struct thread *from, const struct thread *to, uint64_t message)
{
	return words_of(message) <= KAAL_MESSAGE_REGISTERS ||
	       (words_of(message) <= KAAL_MESSAGE_WORDS_MAX && from->buffer != 0 && to->buffer != 0);
}

/*@
	requires \valid_read(from) && \valid_read(to) && from->buffer < BUFFER_VIEW_END && to->buffer < BUFFER_VIEW_END && kernel_ok;
	requires message % 0x100000000 <= KAAL_MESSAGE_WORDS_MAX;
	requires \separated(from, &buffer_view[0 .. BUFFER_VIEW_END - 1]) && \separated(to, &buffer_view[0 .. BUFFER_VIEW_END - 1]);
	terminates \true; exits \false;
	assigns buffer_view[0 .. BUFFER_VIEW_END - 1];
	ENSURES_STATE_OK;
*/
/* What registers do not hold. */
FAST void copy_words(const struct thread *from, const struct thread *to, uint64_t message)
{
	uint32_t words = words_of(message);

	/*@
		loop invariant 0 <= i <= KAAL_MESSAGE_WORDS_MAX;
		loop assigns i, buffer_view[0 .. BUFFER_VIEW_END - 1];
		loop variant KAAL_MESSAGE_WORDS_MAX - i;
	*/
	for (uint32_t i = 0; i + KAAL_MESSAGE_REGISTERS < words; i++)
		buffer_view[to->buffer].words[i] = buffer_view[from->buffer].words[i];
}

/*@
	requires \valid_read(this) && \valid_read(to) && to->priority < PRIORITIES;
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> to->priority >= this->ready_top && space != 0;
*/
/* Nobody who is ready is more urgent, and there is an address space to run in. */
FAST bool can_run(const struct cpu *this, const struct thread *to, uint64_t space)
{
	return (int32_t)to->priority >= this->ready_top && space != 0;
}

/*@
	requires this == &cpu && is_thread(thread) && kernel_ok;
	terminates \true; exits \false;
	assigns this->current, this->loaded;
	ensures this->current == thread && this->loaded == thread;
	ENSURES_STATE_OK;
*/
FAST void run(struct cpu *this, thread_t thread)
{
	this->current = thread;
	this->loaded = thread;
}

/*@
	requires (\exists integer e; 0 <= e < ENDPOINT_VIEW_END && endpoint == &endpoint_view[e]) && is_thread(thread) && kernel_ok;
	terminates \true; exits \false;
	assigns endpoint->state, endpoint->waiting.first;
	ensures endpoint->state == ENDPOINT_ONE_RECEIVER && endpoint->waiting.first == thread;
	ENSURES_STATE_OK;
*/
FAST void set_receiver(struct endpoint *endpoint, thread_t thread)
{
	endpoint->state = ENDPOINT_ONE_RECEIVER;
	endpoint->waiting.first = thread;
}

/*@
	requires (\exists integer r; 0 <= r < REPLY_VIEW_END && reply == &reply_view[r]) && is_thread_or_none(caller) && kernel_ok;
	terminates \true; exits \false;
	assigns reply->caller;
	ensures reply->caller == caller;
	ENSURES_STATE_OK;
*/
FAST void set_caller(struct reply *reply, thread_t caller)
{
	reply->caller = caller;
}

/*@
	requires IS_OF_THREAD(thread) && (state == THREAD_AWAITING_REPLY ==> object != REPLY_NONE) && kernel_ok;
	terminates \true; exits \false;
	assigns thread->state, thread->waiting_for;
	ensures thread->state == state && thread->waiting_for == object;
	ENSURES_STATE_OK;
*/
FAST void set_wait(struct thread *thread, enum thread_state state, uint32_t object)
{
	thread->state = state;
	thread->waiting_for = object;
}

/*@
	requires IS_OF_THREAD(thread) && kernel_ok;
	terminates \true; exits \false;
	assigns thread->state;
	ensures thread->state == THREAD_READY;
	ENSURES_STATE_OK;
*/
FAST void set_ready(struct thread *thread)
{
	thread->state = THREAD_READY;
	/*@ assert \forall integer t; is_thread(t) ==>
		thread_view[t].slot[THREAD_SLOT_CSPACE].cap == \at(thread_view[t].slot[THREAD_SLOT_CSPACE].cap, Pre); */
	//@ assert threads_root_ok;
}

/*@
	requires IS_OF_THREAD(thread) && is_context_word(context) && kernel_ok;
	terminates \true; exits \false;
	assigns thread->context;
	ensures thread->context == context;
	ENSURES_STATE_OK;
*/
FAST void set_context(struct thread *thread, context_word_t context)
{
	thread->context = context;
}

/*@
	requires (\exists integer c; is_context(c) && sc == &sched_context_view[c]) && is_thread(holder) && kernel_ok;
	terminates \true; exits \false;
	assigns sc->holder;
	ensures sc->holder == holder;
	ENSURES_STATE_OK;
*/
FAST void set_holder(struct sched_context *sc, thread_t holder)
{
	sc->holder = holder;
}

void fastpath_call(uint64_t index, uint64_t message, uint64_t unused, struct thread *self)
{
	const struct slot *slot = &slot_view[self->cspace_first + (slot_t)(index % SLOT_NUMBERS)];
	context_word_t context = self->context;
	struct sched_context *sc = &sched_context_view[context_of(context)];
	struct cpu *this = &cpu;
	struct endpoint *endpoint;
	struct reply *reply;
	struct thread *to;
	uint64_t receiver, reply_handle, space;

	arch_fast_keep(slot);
	arch_fast_keep(sc);
	if (index >= self->cspace_slots || !cap_word_is(slot->cap.word, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE))
		goto slow;
	endpoint = &endpoint_view[(uint64_t)slot->cap.object];
	arch_fast_keep(endpoint);
	if (endpoint->state != ENDPOINT_ONE_RECEIVER)
		goto slow;
	//@ assert \exists integer e; 0 <= e < ENDPOINT_VIEW_END && endpoint == &endpoint_view[e];
	receiver = endpoint->waiting.first;
	//@ assert is_thread(receiver);
	arch_fast_keep(receiver);
	to = &thread_view[receiver];
	//@ assert IS_OF_THREAD(to) && \valid(to) && \valid(self);
	arch_fast_keep(to);
	reply_handle = to->reply;
	//@ assert reply_handle < REPLY_NONE;
	arch_fast_keep(reply_handle);
	reply = &reply_view[reply_handle];
	//@ assert \exists integer r; 0 <= r < REPLY_VIEW_END && reply == &reply_view[r];
	arch_fast_keep(reply);
	arch_fast_keep(this);
	space = this->space_word[to->vspace];
	if (!can_run(this, to, space) || (context & CONTEXT_LENT_MAX) != 0 || !can_copy(self, to, message))
		goto slow;
	//@ assert is_context_word(context) && context != CONTEXT_NONE && (context & 0x40) == 0;
	//@ assert is_context_word(context + 1);
	//@ assert \exists integer c; is_context(c) && sc == &sched_context_view[c];
	copy_words(self, to, message);
	endpoint->state = ENDPOINT_IDLE;
	endpoint->waiting.first = THREAD_NONE;
	//@ assert threads_ok;
	//@ assert endpoints_ok;
	//@ assert notifications_ok && replies_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok && contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok && cpu_ok;
	//@ assert queues_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
	set_wait(self, THREAD_AWAITING_REPLY, (reply_t)reply_handle);
	set_caller(reply, arch_thread_handle(self));
	set_ready(to);
	set_context(to, context + 1);
	set_holder(sc, (thread_t)receiver);
	run(this, (thread_t)receiver);
	arch_fast_switch(self, to, space, message, slot->cap.data, this->fp_allowed);
	return;
slow:
	arch_fast_leave(self, KAAL_SYS_ENDPOINT_CALL, index, message, unused);
}

void fastpath_reply_recv(uint64_t index, uint64_t message, uint64_t reply_index, struct thread *self)
{
	const struct slot *slot = &slot_view[self->cspace_first + (slot_t)(index % SLOT_NUMBERS)];
	const struct slot *reply_slot = &slot_view[self->cspace_first + (slot_t)(reply_index % SLOT_NUMBERS)];
	struct cpu *this = &cpu;
	struct sched_context *sc;
	struct endpoint *endpoint;
	struct reply *reply;
	struct thread *to;
	uint64_t object, reply_handle, caller, space;
	context_word_t context;

	arch_fast_keep(slot);
	arch_fast_keep(reply_slot);
	if (index >= self->cspace_slots || !cap_word_is(slot->cap.word, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ))
		goto slow;
	if (reply_index >= self->cspace_slots || !cap_word_is(reply_slot->cap.word, KAAL_OBJECT_REPLY, KAAL_RIGHT_WRITE))
		goto slow;
	object = slot->cap.object;
	reply_handle = reply_slot->cap.object;
	arch_fast_keep(object);
	arch_fast_keep(reply_handle);
	endpoint = &endpoint_view[object];
	reply = &reply_view[reply_handle];
	arch_fast_keep(endpoint);
	arch_fast_keep(reply);
	if (endpoint->state != ENDPOINT_IDLE || self->reply != (reply_t)reply_handle || reply->caller == THREAD_NONE)
		goto slow;
	caller = reply->caller;
	//@ assert is_thread(caller);
	arch_fast_keep(caller);
	to = &thread_view[caller];
	//@ assert IS_OF_THREAD(to) && \valid(to) && \valid(self);
	arch_fast_keep(to);
	context = to->context;
	//@ assert is_context_word(context);
	sc = &sched_context_view[context_of(context)];
	arch_fast_keep(sc);
	arch_fast_keep(this);
	space = this->space_word[to->vspace];
	if (self->context != context + 1 || !can_run(this, to, space) || !can_copy(self, to, message))
		goto slow;
	//@ assert is_context(context / CONTEXT_UNIT);
	//@ assert \exists integer c; is_context(c) && sc == &sched_context_view[c];
	if (self->notification != 0 && notification_view[self->notification].flags != 0)
		goto slow;
	copy_words(self, to, message);
	set_caller(reply, THREAD_NONE);
	set_receiver(endpoint, arch_thread_handle(self));
	set_wait(self, THREAD_RECEIVING, (endpoint_t)object);
	set_context(self, self->own);
	set_ready(to);
	set_holder(sc, (thread_t)caller);
	run(this, (thread_t)caller);
	arch_fast_switch(self, to, space, message, 0, this->fp_allowed);
	return;
slow:
	arch_fast_leave(self, KAAL_SYS_ENDPOINT_REPLY_RECV, index, message, reply_index);
}
