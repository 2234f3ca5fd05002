/*
 * A PL011 that works by interrupts: characters go between its FIFOs and two
 * rings. Knows the device and no system call.
 *
 * PL011-1: while there is room in `input`, the receive interrupts are on, and the receive FIFO was empty
 *          when they were switched on or when it was looked at last.
 * PL011-2: without room they are off, and characters wait in the FIFO.
 * PL011-3: the transmit interrupt is on if and only if `output` holds something and no break is being sent; the FIFO was full then.
 */
#ifndef PL011_H
#define PL011_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.h"

struct pl011 {
	uintptr_t base;      /* where its registers are mapped */
	uint32_t interrupts; /* what IMSC was set to */
	uint64_t received;   /* characters put into `input` */
	uint64_t sent;       /* characters written to the FIFO */
	uint8_t last;        /* the last one of these; a line's end before the first */
	uint64_t overruns;   /* times that characters were lost before they were read */
	uint64_t framing;    /* characters with a framing error, not put into `input`; so the next two */
	uint64_t parity;
	uint64_t breaks;
	bool breaking;       /* a break is being sent */
	struct ring input;
	struct ring output;
};

/*
 * Takes over the device whose registers are mapped at `base`, from firmware or from a driver that has ended anywhere. Baud rate and format stay
 * as firmware has set them; what was received before is kept as far as there is room.
 * line_control: it is a whole PL011 and not the SBSA subset, whose FIFOs and
 * control are firmware's.
 */
void pl011_start(struct pl011 *uart, uintptr_t base, bool line_control);

/*
 * Changes rate and format of the line (format.h), for what is sent and received from now on. False, and nothing has
 * changed: something is still being sent. What has been received stays. Not for the SBSA subset.
 */
bool pl011_set_line(struct pl011 *uart, uint32_t divisor, uint32_t line);

/*
 * Begins to hold the line low; what is in `output` waits until pl011_end_break(). False, and nothing has changed: something
 * is still being sent, or a break. Not for the SBSA subset.
 */
bool pl011_begin_break(struct pl011 *uart);
void pl011_end_break(struct pl011 *uart);

/*
 * Moves what can be moved, both ways. To be called after an interrupt, after
 * something was put into `output`, and after something was taken out of `input`.
 * Reads and writes at most RING_BYTES characters of each.
 */
void pl011_service(struct pl011 *uart);

#endif
