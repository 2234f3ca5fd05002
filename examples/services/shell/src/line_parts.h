/* What the line editor's files share. */
#ifndef LINE_PARTS_H
#define LINE_PARTS_H

#include "line.h"

static inline bool line_continues(char byte)
{
	return ((uint8_t)byte & 0xc0) == 0x80;
}

/* The place of the character before or behind `at`, which is not at that end. */
static inline size_t line_before(const char *text, size_t at)
{
	do
		at--;
	while (at > 0 && line_continues(text[at]));
	return at;
}

static inline size_t line_behind(const char *text, size_t at)
{
	do
		at++;
	while (line_continues(text[at]));
	return at;
}

/* Puts text in at the cursor, which is behind it then. False: no room, or no memory; nothing has changed. */
bool line_insert(struct line *line, const char *text, size_t bytes);

/* Takes out what lies between two places. */
void line_remove(struct line *line, size_t from, size_t to);

/* Another text in place of the line's, the cursor at its end. False: no memory. */
bool line_replace(struct line *line, const char *text);

/* All is to be shown again. */
static inline void line_changed(struct line *line)
{
	line->shown = SIZE_MAX;
}

void line_put(struct line *line, const char *text);

/* Tab, with hooks->complete. */
void line_completed(struct line *line);

/* One that cannot be done. */
static inline void line_bell(struct line *line)
{
	line_put(line, "\a");
}

#endif
