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

/* Part of the function that it is written in. */
#define FAST static inline __attribute__((always_inline))

/* The bits of a capability's word that say what it is and whether it has a right, compared at once. */
#define CAP_KIND(type, right) ((uint32_t)(type) + (right) * CAP_RIGHTS_UNIT)

FAST bool is_kind(const struct slot *slot, enum kaal_object_type type, uint32_t right)
{
	return (slot->cap.word & (CAP_RIGHTS_UNIT - 1 + right * CAP_RIGHTS_UNIT)) == CAP_KIND(type, right);
}

/* Words, and no capability: the low half of the message word is their number. */
FAST uint32_t words_of(uint64_t message)
{
	return (uint32_t)message;
}

/* Whether both have what the message needs. */
FAST bool can_copy(const struct thread *from, const struct thread *to, uint64_t message)
{
	return words_of(message) <= KAAL_MESSAGE_REGISTERS || (from->buffer != 0 && to->buffer != 0);
}

/* What registers do not hold. */
FAST void copy_words(const struct thread *from, const struct thread *to, uint64_t message)
{
	uint32_t words = words_of(message);

	for (uint32_t i = 0; i + KAAL_MESSAGE_REGISTERS < words; i++)
		buffer_view[to->buffer].words[i] = buffer_view[from->buffer].words[i];
}

/* Nobody who is ready is more urgent, and there is an address space to run in. */
FAST bool can_run(const struct thread *to, uint64_t space)
{
	return (int32_t)to->priority >= cpu.ready_top && space != 0;
}

FAST void run(thread_t thread)
{
	cpu.current = thread;
	cpu.loaded = thread;
}

void fastpath_call(uint64_t index, uint64_t message, struct thread *self)
{
	const struct slot *slot = &slot_view[self->cspace_first + (slot_t)index];
	struct endpoint *endpoint;
	struct thread *to;
	thread_t receiver;
	context_word_t context;
	reply_t reply;
	uint64_t space;

	if (words_of(message) > KAAL_MESSAGE_WORDS_MAX || index >= self->cspace_slots)
		goto slow;
	if (!is_kind(slot, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE))
		goto slow;
	endpoint = &endpoint_view[slot->cap.object];
	if (endpoint->state != ENDPOINT_ONE_RECEIVER)
		goto slow;
	receiver = endpoint->waiting.first;
	to = &thread_view[receiver];
	space = vspace_words[to->vspace];
	context = self->context;
	if (!can_run(to, space) || (context & CONTEXT_LENT_ONCE * CONTEXT_LENT_MAX) != 0 || !can_copy(self, to, message))
		goto slow;
	copy_words(self, to, message);
	reply = to->reply;
	endpoint->state = ENDPOINT_IDLE;
	endpoint->waiting.first = THREAD_NONE;
	self->state = THREAD_AWAITING_REPLY;
	self->waiting_for = reply;
	reply_view[reply].caller = arch_thread_handle(self);
	to->state = THREAD_READY;
	to->context = context + CONTEXT_LENT_ONCE;
	sched_context_view[context_of(context)].holder = receiver;
	run(receiver);
	arch_fast_switch(self, to, space, message, slot->cap.data);
	return;
slow:
	arch_fast_leave(self, KAAL_SYS_ENDPOINT_CALL);
}

void fastpath_reply_recv(uint64_t index, uint64_t message, uint64_t reply_index, struct thread *self)
{
	const struct slot *slot = &slot_view[self->cspace_first + (slot_t)index];
	const struct slot *reply_slot = &slot_view[self->cspace_first + (slot_t)reply_index];
	struct endpoint *endpoint;
	struct reply *reply;
	struct thread *to;
	thread_t caller;
	context_word_t context;
	uint64_t space;

	if (words_of(message) > KAAL_MESSAGE_WORDS_MAX || index >= self->cspace_slots || reply_index >= self->cspace_slots)
		goto slow;
	if (!is_kind(slot, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_READ) || !is_kind(reply_slot, KAAL_OBJECT_REPLY, KAAL_RIGHT_WRITE))
		goto slow;
	endpoint = &endpoint_view[slot->cap.object];
	reply = &reply_view[reply_slot->cap.object];
	caller = reply->caller;
	if (endpoint->state != ENDPOINT_IDLE || self->reply != reply_slot->cap.object || caller == THREAD_NONE)
		goto slow;
	to = &thread_view[caller];
	space = vspace_words[to->vspace];
	context = to->context;
	if (self->context != context + CONTEXT_LENT_ONCE || !can_run(to, space) || !can_copy(self, to, message))
		goto slow;
	if (self->notification != 0 && notification_view[self->notification].flags != 0)
		goto slow;
	copy_words(self, to, message);
	reply->caller = THREAD_NONE;
	endpoint->state = ENDPOINT_ONE_RECEIVER;
	endpoint->waiting.first = arch_thread_handle(self);
	self->state = THREAD_RECEIVING;
	self->waiting_for = slot->cap.object;
	self->context = self->own;
	to->state = THREAD_READY;
	sched_context_view[context_of(context)].holder = caller;
	run(caller);
	arch_fast_switch(self, to, space, message, 0);
	return;
slow:
	arch_fast_leave(self, KAAL_SYS_ENDPOINT_REPLY_RECV);
}
