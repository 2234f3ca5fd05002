/*
 * What the root task has to say, on its way from the console's ring (<kaal/supervisor.h>) to the line. Only the root task
 * writes that ring, and it is trusted: it has started this driver.
 *
 * CONSOLE-1: a line is taken out of that ring when all of it has been given to the device, and not before: what the
 *            driver has not sent
 *            when it ends, the root task prints.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/log.h>

#include "ring.h"

#define CONSOLE_LINES 64u /* in the output and not sent, at most */

struct console {
	struct kaal_log *log; /* mapped readable and writable */
	uint32_t dropped;     /* bytes that the root task had no room for, as far as that has been told */
	uint32_t put;         /* bytes of the root task's that were put into the output, as `read` of the ring counts them */
	struct {
		uint64_t end; /* of the line: bytes that the device has been given by then, since the driver's start */
		uint32_t put;
	} lines[CONSOLE_LINES];   /* those that are being sent, from `first` on, modulo their number */
	uint32_t first, count;
};

/* The root task's ring, from where it is. */
void console_start(struct console *console, struct kaal_log *log);

/* Bytes of the next line, its end included; 0: there is none. */
uint32_t console_next(const struct console *console);

/*
 * Puts the next line into `output`, from a line's beginning on: `open` says that another one has begun there. `sent`:
 * bytes that the device has been given so far. False: there is no line, or no room for all of it, and nothing has
 * changed.
 */
bool console_put(struct console *console, struct ring *output, uint64_t sent, bool open);

/* Takes out of the root task's ring what has been sent by now; and tells it whether the last line that was has no end yet. */
void console_acknowledge(struct console *console, uint64_t sent, bool open);

#endif
