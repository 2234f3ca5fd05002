/*
 * A client's side of the protocol. `uart` was opened with kaal_service_open(); calls are made again with the next instance of
 * the driver if the system description says `reconnect`. For the first thread.
 */
#ifndef UART_CLIENT_H
#define UART_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include <kaal/service.h>

#include "protocol.h"

/*
 * Reads at least one and at most `bytes` (1 or more) bytes; *count says how many. Blocks until there is one.
 * Errors: those of kaal_service_call(); CANCELLED, too, if another read of this client took this one's place; NO_MEMORY: too
 * many other clients read; OUT_OF_RANGE for 0 bytes.
 */
kaal_status_t uart_read(struct kaal_service *uart, void *to, size_t bytes, size_t *count);

/*
 * Writes all of the bytes, any number. Blocks while the driver's buffer is full; returns before all is on the line.
 * Errors: those of kaal_service_call(); CANCELLED, too, if another write of this client came between; NO_MEMORY: too many other
 * clients write. What was written before an error stays.
 */
kaal_status_t uart_write(struct kaal_service *uart, const void *from, size_t bytes);

/* Reads the driver's counts, as enum uart_stat says. Errors: those of kaal_service_call(). */
kaal_status_t uart_stats(struct kaal_service *uart, uint64_t stats[UART_STATS_COUNT]);

#endif
