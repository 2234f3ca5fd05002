/* The typed functions of those system calls. */
#ifndef KAAL_OBJECT_H
#define KAAL_OBJECT_H

#include <kaal/object_types.h>
#include <kaal/syscall.h>

static inline kaal_status_t kaal_endpoint_recv(kaal_endpoint_t ep, kaal_reply_t reply, uint64_t *words, uint64_t *received, uint64_t *badge)
{
	return kaal_sys_endpoint_recv(ep.slot, reply.slot, words, received, badge);
}

static inline kaal_status_t kaal_endpoint_reply_recv(kaal_endpoint_t ep, uint64_t message, kaal_reply_t reply, uint64_t *words,
						     uint64_t *received, uint64_t *badge)
{
	return kaal_sys_endpoint_reply_recv(ep.slot, message, reply.slot, words, received, badge);
}

static inline kaal_status_t kaal_endpoint_recv_until(kaal_endpoint_t ep, kaal_reply_t reply, uint64_t deadline, uint64_t *words,
						     uint64_t *received, uint64_t *badge)
{
	return kaal_sys_endpoint_recv_until(ep.slot, reply.slot, deadline, words, received, badge);
}

static inline kaal_status_t kaal_reply_send(kaal_reply_t reply, uint64_t message, const uint64_t *words)
{
	return kaal_sys_reply_send(reply.slot, message, words);
}

static inline kaal_status_t kaal_irq_ack(kaal_irq_handler_t handler)
{
	return kaal_sys_irq_ack(handler.slot);
}

static inline kaal_status_t kaal_sched_consumed(kaal_sched_context_t context, uint64_t *ticks)
{
	return kaal_sys_sched_consumed(context.slot, ticks);
}

static inline kaal_status_t kaal_cap_identify(kaal_cap_t cap, uint64_t *type, uint64_t *rights, uint64_t *size_bits)
{
	return kaal_sys_cap_identify(cap, type, rights, size_bits);
}

static inline kaal_status_t kaal_cap_move(kaal_cnode_t to, uint64_t to_slot, kaal_cnode_t from, uint64_t from_slot)
{
	return kaal_sys_cap_move(to.slot, to_slot, from.slot, from_slot);
}

static inline kaal_status_t kaal_cap_delete(kaal_cnode_t from, uint64_t slot)
{
	return kaal_sys_cap_delete(from.slot, slot);
}

static inline kaal_status_t kaal_notification_signal(kaal_notification_t notification)
{
	return kaal_sys_notification_signal(notification.slot);
}

#endif
