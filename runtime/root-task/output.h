/*
 * What components print: each has a log ring (<kaal/log.h>), which is read line by line, each line with the component's name before it.
 *
 * The root task is the most urgent and its budget has no end, so printing is bounded by time of the component's own:
 *
 *   OUT-1: a component has credit, ticks that its output may still take, of which every wake-up and every line of its takes (OUT-4)
 *   OUT-2: credit grows by an eighth of the time that passes, divided by the number of components, up to 100 ms divided by that number
 *   OUT-3: a component without credit is held: no capability to its log flag exists but the root task's, and its ring is read when it has
 *          some again, or ends
 *   OUT-4: a line or a wake-up takes of the credit what it has taken of the time, but at most twice what so many characters have taken of
 *          late, which is followed, up to double with each line: a halt of the machine itself, under a hypervisor or an emulator, is not
 *          the component's, and a device that is slower than thought is known after a few lines
 *
 * So all components together take an eighth of the time at most, and 100 ms at once, whatever they do. What they print in the
 * meantime stays in the ring, the newest of it, and is printed in any case when they end.
 */
#ifndef ROOT_TASK_OUTPUT_H
#define ROOT_TASK_OUTPUT_H

#include "root.h"

/* A page with a ring of its own for each component: the message buffer of its first thread and of two more, start page, then the ring. */
#define LOG_OFFSET 2032u
#define LOG_BYTES (KAAL_PAGE_BYTES - LOG_OFFSET)

/* Makes the component's log flag, in a slot of its own for good, and gives it all the credit that it may have. Fatal if it cannot. */
void output_prepare(struct component *component);

/* The component begins anew, with an empty ring and its log flag in KAAL_SLOT_LOG. */
void output_start(struct component *component);

/* These flags of the root task's notification have come: whoever they belong to and has credit is printed. */
void output_heard(uint64_t flags);

/* Those who are held and have credit again are printed. Returns when the next one will; UINT64_MAX: nobody is held. */
kaal_ticks_t output_release(void);

/* The component does not run any more: all that its ring holds is printed, also what follows the last line end. */
void output_end(struct component *component);

#endif
