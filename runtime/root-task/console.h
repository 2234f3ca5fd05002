/*
 * What components print: their log rings, read line by line, and written to the console by polling, or, while a console driver
 * serves, into its ring.
 */
#ifndef ROOT_TASK_CONSOLE_H
#define ROOT_TASK_CONSOLE_H

#include <stdarg.h>

#include "root.h"

/* A page with a ring of its own for each component: the message buffer of its first thread and of two more, then the ring. */
#define LOG_OFFSET 2032u
#define LOG_BYTES (KAAL_PAGE_BYTES - LOG_OFFSET)

/* A line of the root task's own. */
void console_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes the whole lines that a component's ring holds; with `end`, also what follows the last. */
void console_drain(struct component *component, bool end);

/* The same of all who live. */
void console_drain_all(void);

/*
 * `driver` writes the console from now on. *ring and *notification are slots of the root task's with what it gets:
 * a page that is a struct kaal_log and its text, and the notification that there is something in it.
 * IN_USE: somebody else does. NO_MEMORY and others: nothing has changed.
 */
kaal_status_t console_hand_over(struct component *driver, kaal_cap_t *ring, kaal_cap_t *notification);

/* The component has ended: if it was the driver, the root task writes what is left, and all that follows. */
void console_take_back(const struct component *component);

#endif
