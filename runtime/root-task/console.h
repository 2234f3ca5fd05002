/* The console: written by polling, or, while a console driver serves, into its ring. */
#ifndef ROOT_TASK_CONSOLE_H
#define ROOT_TASK_CONSOLE_H

#include <stdarg.h>

#include "root.h"

#define CONSOLE_LINE_BYTES 256u

/* A line of the root task's own. */
void console_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line of `bytes` characters, of which at most CONSOLE_LINE_BYTES are written, with who says it before it. */
void console_text(const char *name, const char *text, uint32_t bytes);

/*
 * `driver` writes the console from now on. *ring and *notification are slots of the root task's with what it gets:
 * a page that is a struct kaal_log and its text, and the notification that there is something in it.
 * IN_USE: somebody else does. NO_MEMORY and others: nothing has changed.
 */
kaal_status_t console_hand_over(struct component *driver, kaal_cap_t *ring, kaal_cap_t *notification);

/* The component has ended: if it was the driver, the root task writes what is left, and all that follows. */
void console_take_back(const struct component *component);

#endif
