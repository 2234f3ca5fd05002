/* What is in a message, and how it comes from one thread to another. */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include <stdbool.h>

#include <kaal/message.h>
#include <kaal/registers.h>
#include <kaal/status.h>

#include <object/thread.h>

/*
 * Whether the thread can send what its message word says: KAAL_OK, or
 * OUT_OF_RANGE, NO_BUFFER, NO_RIGHT (capabilities without `may_grant`), and, of
 * a capability to be sent, INVALID_CAP, SLOT_EMPTY, NOT_COPYABLE, HAS_CHILDREN.
 */
uint64_t message_check_long(thread_t sender, uint64_t message, bool may_grant);

static inline uint64_t message_check(thread_t sender, uint64_t message, bool may_grant)
{
	/* No capabilities, and words for which registers are enough: most are so. */
	return message % KAAL_MESSAGE_LABEL_UNIT <= KAAL_MESSAGE_REGISTERS ? KAAL_OK : message_check_long(sender, message, may_grant);
}

/*
 * The sender's message, or the news of its fault, becomes what the receiver's
 * call returns: KAAL_OK, message word, badge, words. The sender's call has been
 * checked; what has changed since (a buffer or capability that is gone) is left out.
 * Capabilities end at the first that cannot be sent, or has no empty slot to come to.
 */
void message_transfer(thread_t sender, thread_t receiver, uint64_t badge, bool may_grant);

/* A thread's registers into the first words of a message buffer, and out of it. */
void message_put_registers(buffer_t buffer, const struct kaal_registers *registers);
void message_get_registers(buffer_t buffer, struct kaal_registers *registers);

#endif
