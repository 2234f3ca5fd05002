/* Lines that were entered, the newest first; as many as fit. */
#ifndef HISTORY_H
#define HISTORY_H

#define HISTORY_LINES 64u
#define HISTORY_BYTES 16384u /* of all lines together */

/* All zero is an empty one. */
struct history {
	char *line[HISTORY_LINES]; /* oldest first; malloc()ed */
	unsigned count;
	unsigned bytes;
};

/* Adds a line that is neither empty nor the newest one again. One that is too long, or for which there is no memory, is left out. */
void history_add(struct history *history, const char *line);

/* The line so many back, from 1 on; NULL: there are not so many. Valid until the next is added. */
const char *history_line(const struct history *history, unsigned back);

#endif
