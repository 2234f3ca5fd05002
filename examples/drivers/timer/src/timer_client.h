/*
 * A client's side of the protocol, which says what the times are, and the errors of each request; those of
 * kaal_service_request() come besides. `service` was opened with kaal_service_open(). After a restart of the service no
 * timer runs. Blocks: for the answer. One thread at a time.
 */
#ifndef TIMER_CLIENT_H
#define TIMER_CLIENT_H

#include <stdbool.h>

#include <kaal/service.h>

#include "protocol.h"

kaal_status_t timer_now(struct kaal_service *service, uint64_t *ns);

/* Starts a timer at a time (`flags` 0) or after one (TIMER_RELATIVE); period 0: once. *first, or NULL: when it expires first. */
kaal_status_t timer_start(struct kaal_service *service, uint32_t timer, uint64_t ns, uint64_t period_ns, uint32_t flags,
			  uint64_t *first);
kaal_status_t timer_stop(struct kaal_service *service, uint32_t timer);

struct timer_told {
	uint32_t timer;
	uint64_t deadline; /* when it was to expire last */
	uint64_t times;    /* how often it has expired since it was told of last, this once included */
	uint64_t now;      /* when that was said */
};

/*
 * Waits until a timer has expired, but not beyond a deadline (counter ticks, absolute; UINT64_MAX: none), then TIMEOUT;
 * or does not wait.
 */
kaal_status_t timer_wait(struct kaal_service *service, uint64_t deadline, struct timer_told *told);
kaal_status_t timer_poll(struct kaal_service *service, struct timer_told *told);

/*
 * Has a notification signalled: a capability (WRITE) with the badge that says which flags. It stays the caller's; the
 * service gets a copy.
 */
kaal_status_t timer_signal(struct kaal_service *service, kaal_notification_t notification);

#endif
