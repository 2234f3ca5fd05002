/*
 * What the root task has to say, on its way from the console's ring (<kaal/supervisor.h>) to the line. Only the root task
 * writes that ring, and it is trusted: it has started this driver.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/log.h>

#include "ring.h"

struct console {
	struct kaal_log *log; /* mapped readable and writable */
	uint32_t dropped;     /* bytes that the root task had no room for, as far as that has been told */
};

/* Bytes of the next line, its end included; 0: there is none. */
uint32_t console_next(const struct console *console);

/*
 * Puts the next line into `output`, from a line's beginning on: `open` says that another one has begun there. False: there is no
 * line, or no room for all of it, and nothing has changed.
 */
bool console_put(struct console *console, struct ring *output, bool open);

/* Tells the root task whether the last line on the console has no end yet. */
void console_tell(const struct console *console, bool open);

#endif
