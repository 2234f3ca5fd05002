/*
 * A client's side of the protocol, which says what `lines` and levels are, and the errors of each request; those of
 * kaal_service_request() come besides. `gpio` was opened with kaal_service_open(). After a restart of the driver
 * nothing is claimed, and so requests end with NO_RIGHT. Blocks: for the answer. One thread at a time.
 */
#ifndef GPIO_CLIENT_H
#define GPIO_CLIENT_H

#include <kaal/service.h>

#include "protocol.h"

kaal_status_t gpio_claim(struct kaal_service *gpio, uint32_t lines);
kaal_status_t gpio_release(struct kaal_service *gpio, uint32_t lines);
kaal_status_t gpio_direct(struct kaal_service *gpio, uint32_t lines, uint32_t outputs, uint32_t levels);
kaal_status_t gpio_read(struct kaal_service *gpio, uint32_t lines, uint32_t *levels);
kaal_status_t gpio_write(struct kaal_service *gpio, uint32_t lines, uint32_t levels);
kaal_status_t gpio_watch(struct kaal_service *gpio, uint32_t lines, enum gpio_watch what);

/*
 * Waits until it has happened on one of the lines, but not beyond a deadline (counter ticks, absolute; UINT64_MAX:
 * none), then TIMEOUT; what happens later is told to the next wait.
 *   *happened  on which lines; *levels: of all of `lines`, then. Either may be NULL
 */
kaal_status_t gpio_wait(struct kaal_service *gpio, uint32_t lines, uint64_t deadline, uint32_t *happened, uint32_t *levels);

#endif
