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
	requires \valid_read(from) && \valid_read(to) && from->buffer < BUFFER_VIEW_END && to->buffer < BUFFER_VIEW_END;
	requires message % 0x100000000 <= KAAL_MESSAGE_WORDS_MAX;
	requires \separated(from, &buffer_view[0 .. BUFFER_VIEW_END - 1]) && \separated(to, &buffer_view[0 .. BUFFER_VIEW_END - 1]);
	terminates \true; exits \false;
	assigns buffer_view[0 .. BUFFER_VIEW_END - 1];
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
	requires \valid(this);
	terminates \true; exits \false;
	assigns this->current, this->loaded;
	ensures this->current == thread && this->loaded == thread;
*/
FAST void run(struct cpu *this, thread_t thread)
{
	this->current = thread;
	this->loaded = thread;
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
	receiver = endpoint->waiting.first;
	arch_fast_keep(receiver);
	to = &thread_view[receiver];
	arch_fast_keep(to);
	reply_handle = to->reply;
	arch_fast_keep(reply_handle);
	reply = &reply_view[reply_handle];
	arch_fast_keep(reply);
	arch_fast_keep(this);
	space = this->space_word[to->vspace];
	if (!can_run(this, to, space) || (context & CONTEXT_LENT_MAX) != 0 || !can_copy(self, to, message))
		goto slow;
	copy_words(self, to, message);
	endpoint->state = ENDPOINT_IDLE;
	endpoint->waiting.first = THREAD_NONE;
	//@ assert endpoints_ok;
	self->state = THREAD_AWAITING_REPLY;
	self->waiting_for = (reply_t)reply_handle;
	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	reply->caller = arch_thread_handle(self);
	//@ assert replies_ok;
	to->state = THREAD_READY;
	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	to->context = context + 1;
	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	sc->holder = (thread_t)receiver;
	//@ assert contexts_ok;
	//@ assert threads_ok;
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
	arch_fast_keep(caller);
	to = &thread_view[caller];
	arch_fast_keep(to);
	context = to->context;
	sc = &sched_context_view[context_of(context)];
	arch_fast_keep(sc);
	arch_fast_keep(this);
	space = this->space_word[to->vspace];
	if (self->context != context + 1 || !can_run(this, to, space) || !can_copy(self, to, message))
		goto slow;
	if (self->notification != 0 && notification_view[self->notification].flags != 0)
		goto slow;
	copy_words(self, to, message);
	reply->caller = THREAD_NONE;
	//@ assert replies_ok;
	endpoint->state = ENDPOINT_ONE_RECEIVER;
	endpoint->waiting.first = arch_thread_handle(self);
	//@ assert endpoints_ok;
	self->state = THREAD_RECEIVING;
	self->waiting_for = (endpoint_t)object;
	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	self->context = self->own;
	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	to->state = THREAD_READY;
	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	sc->holder = (thread_t)caller;
	//@ assert contexts_ok;
	//@ assert threads_ok;
	run(this, (thread_t)caller);
	arch_fast_switch(self, to, space, message, 0, this->fp_allowed);
	return;
slow:
	arch_fast_leave(self, KAAL_SYS_ENDPOINT_REPLY_RECV, index, message, reply_index);
}
