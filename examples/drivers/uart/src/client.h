/* A client: a small dialogue over the driver, which knows the driver's endpoint and nothing of the device. */
#ifndef CLIENT_H
#define CLIENT_H

#include <kaal/status.h>

/* Its capabilities, and all that it has; indices in its CSpace. */
enum client_slot {
	CLIENT_UART = 1,    /* WRITE: the driver's endpoint */
	CLIENT_CONTEXT = 2, /* READ: its own scheduling context */
	CLIENT_SLOT_BITS = 2,
};

/*
 * Reads lines and answers them until it is told `end`; returns KAAL_OK then, or
 * the status of the call to the driver that failed. One thread of a program.
 *
 *   end         ends it
 *   stats       tells the driver's counts, how long driver and client ran, and how long ago the machine was reset
 *   take N      takes the next N bytes as they are, and tells their number and CRC-32
 *   later N     the same, after it has not read anything for a quarter of a second
 *   anything else  is told back
 */
kaal_status_t client_run(void);

#endif
