/* The driver's loop, and what it is given: one thread serves interrupts, clients and the console's ring. */
#ifndef DRIVER_H
#define DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/log.h>
#include <kaal/object_types.h>
#include <kaal/status.h>

/* Flags of the notification that is bound to the thread. */
#define UART_FLAG_CONSOLE 0u   /* the root task has something to say */
#define UART_FLAG_INTERRUPT 1u /* the device's line */

struct uart_driver_setup {
	uintptr_t registers;      /* the device's, mapped readable and writable */
	bool line_control;        /* a PL011, not the SBSA subset of one */
	uint64_t clock;           /* of a PL011, Hz; 0: clients may not change the line's rate and format */
	struct kaal_log *console; /* the console's ring, mapped */
	uint64_t service;         /* the broker's number of what it serves */
	kaal_endpoint_t endpoint;      /* READ: clients call it */
	kaal_irq_handler_t handler;       /* WRITE: the device's interrupt line, bound to that notification */
	kaal_sched_context_t context;       /* READ: the scheduling context it runs on between calls, to tell how long that was */
	kaal_cap_t replies;       /* WRITE: CALLS_REPLY_COUNT reply objects, this slot and the next ones */
};

/*
 * Serves the device and its clients. Returns only if it cannot go on, with the status of
 * the call that failed: its endpoint or its line was taken away. Once in a program.
 */
kaal_status_t uart_driver_run(const struct uart_driver_setup *setup);

#endif
