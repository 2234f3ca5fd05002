/* System calls that examples make, on the host: the test behaves as the kernel. Stubs of these names exist; both are built. */
#ifndef KAAL_SYSCALL_H
#define KAAL_SYSCALL_H

#include <kaal/status.h>
#include <kaal/types.h>

kaal_status_t kaal_sys_endpoint_recv(kaal_cap_t ep, kaal_cap_t reply, uint64_t *words, uint64_t *received, uint64_t *badge);
kaal_status_t kaal_sys_endpoint_recv_until(kaal_cap_t ep, kaal_cap_t reply, uint64_t deadline, uint64_t *words, uint64_t *received,
					   uint64_t *badge);
kaal_status_t kaal_sys_endpoint_reply_recv(kaal_cap_t ep, uint64_t message, kaal_cap_t reply, uint64_t *words, uint64_t *received,
				       uint64_t *badge);
kaal_status_t kaal_sys_reply_send(kaal_cap_t reply, uint64_t message, const uint64_t *words);
kaal_status_t kaal_sys_irq_ack(kaal_cap_t handler);
kaal_status_t kaal_sys_sched_consumed(kaal_cap_t context, uint64_t *ticks);
kaal_status_t kaal_sys_cap_identify(kaal_cap_t cap, uint64_t *type, uint64_t *rights, uint64_t *size_bits);
kaal_status_t kaal_sys_cap_move(kaal_cap_t to, uint64_t to_slot, kaal_cap_t from, uint64_t from_slot);
kaal_status_t kaal_sys_cap_delete(kaal_cap_t from, uint64_t slot);
kaal_status_t kaal_sys_notification_signal(kaal_cap_t ntfn);

#endif
