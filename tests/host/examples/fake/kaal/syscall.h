/* System calls that examples make, on the host: the test behaves as the kernel. Stubs of these names exist; both are built. */
#ifndef KAAL_SYSCALL_H
#define KAAL_SYSCALL_H

#include <kaal/status.h>
#include <kaal/types.h>

kaal_status_t kaal_endpoint_recv(kaal_cap_t ep, kaal_cap_t reply, uint64_t *words, uint64_t *received, uint64_t *badge);
kaal_status_t kaal_endpoint_reply_recv(kaal_cap_t ep, uint64_t message, kaal_cap_t reply, uint64_t *words, uint64_t *received,
				       uint64_t *badge);
kaal_status_t kaal_reply_send(kaal_cap_t reply, uint64_t message, const uint64_t *words);
kaal_status_t kaal_irq_ack(kaal_cap_t handler);
kaal_status_t kaal_sched_consumed(kaal_cap_t context, uint64_t *ticks);

#endif
