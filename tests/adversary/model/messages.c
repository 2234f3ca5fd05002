#include "model.h"

#include <stddef.h>
#include <string.h>

#define RESERVED_BITS (KAAL_MESSAGE_LABEL_UNIT - 1 - 0xffff)

/* A thread's message buffer. */
static struct kaal_message_buffer *buffer_of(const struct m_thread *thread)
{
	return (struct kaal_message_buffer *)(void *)(model.memory + thread->buffer);
}

/* --- capabilities in messages --------------------------------------------------------------------- */

/* What capability `i` of the sender's message is; a status. */
static uint64_t find_sent(const struct m_thread *sender, unsigned i, struct m_slot **slot, bool *move)
{
	const struct kaal_message_buffer *buffer = buffer_of(sender);
	unsigned rights = 0;

	*move = (buffer->move >> i & 1) != 0;
	*slot = model_look_up(sender, buffer->caps[i], &rights);
	if (*slot == NULL)
		return KAAL_INVALID_CAP;
	if ((rights & (*move ? KAAL_RIGHT_WRITE : KAAL_RIGHT_READ)) == 0)
		return KAAL_NO_RIGHT;
	if (model_is_empty(*slot) || (*slot)->cap.type == M_RESERVED)
		return KAAL_SLOT_EMPTY;
	if (!*move)
		return model_can_be_copied((*slot)->cap) ? KAAL_OK : KAAL_NOT_COPYABLE;
	return (*slot)->child == NULL ? KAAL_OK : KAAL_HAS_CHILDREN;
}

uint64_t model_check_message(const struct m_thread *sender, uint64_t message, bool may_grant)
{
	uint64_t words = kaal_message_words(message), caps = kaal_message_caps(message), status = KAAL_OK;

	if ((message & RESERVED_BITS) != 0 || words > KAAL_MESSAGE_WORDS_MAX || caps > KAAL_MESSAGE_CAPS_MAX)
		return KAAL_OUT_OF_RANGE;
	if ((words > KAAL_MESSAGE_REGISTERS || caps != 0) && sender->buffer == 0)
		return KAAL_NO_BUFFER;
	if (caps != 0 && !may_grant)
		return KAAL_NO_RIGHT;
	for (unsigned i = 0; i < caps && status == KAAL_OK; i++) {
		struct m_slot *slot;
		bool move;

		status = find_sent(sender, i, &slot, &move);
	}
	return status;
}

/* The empty slot that the receiver wants capability `i` in, or NULL. */
static struct m_slot *find_wanted(const struct m_thread *receiver, uint64_t i)
{
	const struct kaal_message_buffer *buffer = buffer_of(receiver);
	uint64_t first = buffer->receive_slot;
	unsigned rights;
	struct m_slot *cnode = model_look_up(receiver, buffer->receive_cnode, &rights), *slot;

	if (cnode == NULL || cnode->cap.type != KAAL_OBJECT_CNODE || (cnode->cap.rights & KAAL_RIGHT_WRITE) == 0)
		return NULL;
	if (first == 0 || first >> cnode->cap.object->size_bits != 0 || (first + i) >> cnode->cap.object->size_bits != 0)
		return NULL;
	slot = model_slot(cnode->cap.object, first + i);
	return model_is_empty(slot) ? slot : NULL;
}

/* Up to the first that cannot be sent, or finds no place: how many came. */
static uint64_t transfer_caps(struct m_thread *sender, struct m_thread *receiver, uint64_t caps)
{
	for (unsigned i = 0; i < caps; i++) {
		struct m_slot *from, *to;
		bool move;

		if (sender->buffer == 0 || receiver->buffer == 0 || find_sent(sender, i, &from, &move) != KAAL_OK)
			return i;
		to = find_wanted(receiver, i);
		if (to == NULL)
			return i;
		if (move)
			model_move(to, from);
		else
			model_put(to, from, from->cap);
	}
	return caps;
}

/* --- words ------------------------------------------------------------------------------------------ */

static uint64_t transfer_words(const struct m_thread *sender, struct m_thread *receiver, uint64_t words)
{
	memcpy(receiver->word, sender->word, sizeof receiver->word);
	if (words <= KAAL_MESSAGE_REGISTERS)
		return words;
	if (sender->buffer == 0 || receiver->buffer == 0)
		return KAAL_MESSAGE_REGISTERS;
	for (unsigned i = 0; i + KAAL_MESSAGE_REGISTERS < words; i++)
		buffer_of(receiver)->words[i] = buffer_of(sender)->words[i];
	return words;
}

/* The receiver's call ends with the sender's message, or with the news of its fault. */
static void transfer(struct m_thread *sender, struct m_thread *receiver, uint64_t badge, bool may_grant)
{
	uint64_t message = sender->argument[1], words = kaal_message_words(message), came, caps;

	if (sender->fault != KAAL_FAULT_NONE) {
		const uint64_t news[KAAL_MESSAGE_REGISTERS] = {sender->fault, sender->fault_address, sender->pc, sender->fault_syndrome, sender->sp};

		memcpy(receiver->word, news, sizeof news);
		message = KAAL_FAULT_WORDS | KAAL_MESSAGE_FAULT;
	} else {
		came = transfer_words(sender, receiver, words);
		caps = may_grant ? transfer_caps(sender, receiver, kaal_message_caps(message)) : 0;
		message = kaal_message(came, caps, kaal_message_label(message)) | (came < words ? KAAL_MESSAGE_TRUNCATED : 0);
	}
	receiver->argument[0] = KAAL_OK;
	receiver->argument[1] = message;
	receiver->argument[2] = badge;
}

/* --- who meets ---------------------------------------------------------------------------------------- */

static struct m_thread *first_that(const struct m_object *endpoint, bool receives)
{
	struct m_thread *first = endpoint->waiting.first;

	return first != NULL && (first->state == M_RECEIVING) == receives ? first : NULL;
}

/* Out of the endpoint's queue; its state stays for the moment. */
static void leave(struct m_object *endpoint, struct m_thread *thread)
{
	struct m_thread **at = &endpoint->waiting.first;

	while (*at != thread)
		at = &(*at)->next;
	*at = thread->next;
	thread->next = NULL;
}

static void wait(struct m_thread *thread, enum m_state state, struct m_object *endpoint, uint64_t until)
{
	if (until != MODEL_AT_ONCE) {
		model_block(thread, state, endpoint, until);
		return;
	}
	thread->argument[0] = KAAL_WOULD_BLOCK;
	thread->argument[1] = thread->argument[2] = 0;
}

/* The caller, whose message has been received, waits for the answer; where there can be none, its call ends. */
static void await_reply(struct m_thread *caller, struct m_thread *receiver, uint64_t until)
{
	if (receiver->reply == NULL && caller->fault != KAAL_FAULT_NONE) {
		caller->state = M_STOPPED;
		model_fault_unhandled(caller);
	} else if (receiver->reply == NULL) {
		caller->argument[0] = KAAL_NO_REPLY;
		caller->argument[1] = 0;
		if (caller->state != M_READY)
			model_ready(caller, false);
	} else {
		model_block(caller, M_AWAITING_REPLY, receiver->reply, until);
		receiver->reply->caller = caller;
		model_lend(caller, receiver);
	}
}

void model_send(struct m_thread *sender, struct m_object *endpoint, bool call, uint64_t until)
{
	struct m_thread *receiver = first_that(endpoint, true);

	if (receiver == NULL) {
		wait(sender, call ? M_CALLING : M_SENDING, endpoint, until);
		return;
	}
	leave(endpoint, receiver);
	transfer(sender, receiver, sender->badge, sender->may_grant);
	if (call)
		await_reply(sender, receiver, until);
	else
		sender->argument[0] = KAAL_OK;
	model_ready(receiver, true);
}

/* Flags instead of a message. */
static void give_flags(struct m_thread *thread, uint64_t flags)
{
	thread->argument[0] = KAAL_OK;
	thread->argument[1] = KAAL_MESSAGE_NOTIFICATION;
	thread->argument[2] = flags;
}

void model_receive(struct m_thread *receiver, struct m_object *endpoint, struct m_object *reply, uint64_t until)
{
	struct m_object *bound = receiver->slot[M_NOTIFICATION].cap.object;
	struct m_thread *sender = first_that(endpoint, false);

	model_give_back(receiver);
	if (receiver->reply != reply)
		model_set_receiver(reply, receiver);
	if (bound != NULL && bound->flags != 0) {
		give_flags(receiver, model_take_flags(bound));
		return;
	}
	if (sender == NULL) {
		wait(receiver, M_RECEIVING, endpoint, until);
		return;
	}
	leave(endpoint, sender);
	transfer(sender, receiver, sender->badge, sender->may_grant);
	if (sender->state == M_CALLING) {
		await_reply(sender, receiver, MODEL_FOREVER);
		return;
	}
	sender->argument[0] = KAAL_OK;
	model_ready(sender, false);
}

/* A handler's answer. False: the thread stays stopped. */
static bool goes_on(struct m_thread *thread, const struct m_thread *handler)
{
	if (kaal_message_label(handler->argument[1]) != KAAL_FAULT_RESUME)
		return false;
	if (kaal_message_words(handler->argument[1]) != 0)
		thread->pc = handler->word[0];
	return true;
}

void model_reply(struct m_thread *replier, struct m_object *reply, bool may_grant)
{
	struct m_thread *caller = reply->caller;

	if (caller == NULL)
		return;
	if (caller->fault == KAAL_FAULT_NONE) {
		transfer(replier, caller, 0, may_grant);
	} else if (!goes_on(caller, replier)) {
		model_stop(caller);
		return;
	}
	caller->fault = KAAL_FAULT_NONE;
	model_take_back(caller);
	reply->caller = NULL;
	model_ready(caller, true);
}

void model_set_receiver(struct m_object *reply, struct m_thread *receiver)
{
	struct m_object *before = receiver == NULL ? NULL : receiver->reply;

	if (before == reply)
		return;
	if (before != NULL)
		before->receiver = NULL;
	if (receiver != NULL)
		receiver->reply = reply;
	if (reply == NULL)
		return;
	if (reply->receiver != NULL)
		reply->receiver->reply = NULL;
	reply->receiver = receiver;
}

void model_end_reply(struct m_object *reply)
{
	if (reply->caller != NULL)
		model_cancel(reply->caller);
	model_set_receiver(reply, NULL);
}

/* --- notifications, faults, interrupts ------------------------------------------------------------------ */

uint64_t model_take_flags(struct m_object *notification)
{
	uint64_t flags = notification->flags;

	notification->flags = 0;
	return flags;
}

void model_signal(struct m_object *notification, uint64_t flags)
{
	struct m_thread *first = notification->waiting.first, *bound = notification->bound;

	notification->flags |= flags;
	if (notification->flags == 0)
		return;
	if (first != NULL) {
		leave(notification, first);
		first->argument[0] = KAAL_OK;
		first->argument[1] = model_take_flags(notification);
		model_ready(first, false);
	} else if (bound != NULL && bound->state == M_RECEIVING) {
		leave(bound->waiting_for, bound);
		give_flags(bound, model_take_flags(notification));
		model_ready(bound, false);
	}
}

void model_fault_unhandled(struct m_thread *thread)
{
	model_stop(thread);
	thread->fault = KAAL_FAULT_NONE;
}

void model_fault(unsigned kind, uint64_t address, uint64_t syndrome)
{
	struct m_thread *thread = model.current;
	struct m_cap handler = thread->slot[M_FAULTS].cap;

	thread->fault = kind;
	thread->fault_address = address;
	thread->fault_syndrome = syndrome;
	if (handler.type != KAAL_OBJECT_ENDPOINT) {
		model_fault_unhandled(thread);
		return;
	}
	thread->badge = handler.data;
	thread->may_grant = false;
	model_send(thread, handler.object, true, MODEL_FOREVER);
}

void model_fire(unsigned line)
{
	struct m_cap cap = model.binding[line].cap;

	model.unmasked[line] = false;
	if (cap.type == KAAL_OBJECT_NOTIFICATION)
		model_signal(cap.object, cap.data != 0 ? cap.data : 1);
}
