/*
 * A client's side of the protocol. `rtc` was opened with kaal_service_open(); requests are made again with the next
 * instance of the driver if the system description says `reconnect`. One thread at a time.
 */
#ifndef RTC_CLIENT_H
#define RTC_CLIENT_H

#include <kaal/service.h>

#include "protocol.h"

/* The time, in seconds as protocol.h says. Blocks: for the answer. Errors: those of kaal_service_request(). */
kaal_status_t rtc_read(struct kaal_service *rtc, uint32_t *seconds);

/* Sets the time. Blocks: for the answer. Errors: NO_RIGHT, and those of kaal_service_request(). */
kaal_status_t rtc_set(struct kaal_service *rtc, uint32_t seconds);

/*
 * Waits until a time, but not beyond a deadline (counter ticks, absolute; UINT64_MAX: none). *seconds: the time then.
 * If somebody sets the time meanwhile, what counts is the new one. Errors: those of kaal_service_request(), TIMEOUT
 * among them; CANCELLED, too, if another wait of this client took this one's place; NO_MEMORY: too many others wait.
 */
kaal_status_t rtc_wait(struct kaal_service *rtc, uint32_t until, uint64_t deadline, uint32_t *seconds);

#endif
