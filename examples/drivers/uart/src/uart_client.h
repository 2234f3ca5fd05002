/* A client's side of the protocol. `uart` is the driver's endpoint: a capability with WRITE, in the caller's CSpace. */
#ifndef UART_CLIENT_H
#define UART_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include <kaal/types.h>
#include <kaal/status.h>

#include "protocol.h"

/*
 * Reads at least one and at most `bytes` (1 or more) bytes; *count says how many. Blocks until there is one.
 * Errors: those of endpoint_call; CANCELLED, too, if another read took this one's place; OUT_OF_RANGE for 0 bytes.
 */
kaal_status_t uart_read(kaal_cap_t uart, void *to, size_t bytes, size_t *count);

/*
 * Writes all of the bytes, any number. Blocks while the driver's buffer is full; returns before all is on the line.
 * Errors: those of endpoint_call; CANCELLED, too, if another write came between. What was written before an error stays.
 */
kaal_status_t uart_write(kaal_cap_t uart, const void *from, size_t bytes);

/* Reads the driver's counts, as enum uart_stat says. Errors: those of endpoint_call. */
kaal_status_t uart_stats(kaal_cap_t uart, uint64_t stats[UART_STATS_COUNT]);

#endif
