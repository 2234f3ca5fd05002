/* The driver's thread: what it is given, and its loop. */
#ifndef DRIVER_H
#define DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/status.h>

/* Its capabilities, and all that it has; indices in its CSpace. */
enum uart_driver_slot {
	UART_DRIVER_ENDPOINT = 1, /* READ: clients call it */
	UART_DRIVER_HANDLER = 2,  /* WRITE: the device's interrupt line, bound to a notification that is bound to the thread */
	UART_DRIVER_CONTEXT = 3,  /* READ: the scheduling context it runs on between calls, to tell how long that was */
	UART_DRIVER_FRAME = 4,    /* the device's registers, mapped readable and writable */
	UART_DRIVER_REPLIES = 5,  /* WRITE: UART_DRIVER_REPLY_COUNT reply objects, this index and the next ones */
	UART_DRIVER_SLOT_BITS = 4, /* log2 of the slots that it needs */
};

#define UART_DRIVER_REPLY_COUNT 3u /* a read that waits, a write that waits, and the call that is looked at */

struct uart_device {
	uintptr_t registers; /* where they are mapped */
	bool line_control;   /* a PL011, not the SBSA subset of one */
};

/*
 * Serves the device and its clients, in one loop. Returns only if it cannot go on, with the status of
 * the call that failed: its endpoint or its line was taken away. One thread of a program.
 */
kaal_status_t uart_driver_run(const struct uart_device *device);

#endif
