/* The line on the terminal: as little as possible is sent, for what is typed or pasted comes back over a serial line. */
#include <stdio.h>
#include <string.h>

#include "line_parts.h"

void line_put(struct line *line, const char *text)
{
	line->hooks->show(line->hooks->context, text, strlen(text));
}

/* Columns that characters between two places take: each takes one. */
static size_t columns(const char *text, size_t from, size_t to)
{
	size_t count = 0;

	for (; from < to; from++)
		count += !line_continues(text[from]);
	return count;
}

static size_t window(const struct line *line)
{
	return LINE_COLUMNS - LINE_COLUMNS_FREE - strlen(line->prompt);
}

/* The place so many characters behind another, or the end. */
static size_t go_on(const struct line *line, size_t at, size_t characters)
{
	while (characters-- > 0 && at < line->length)
		at = line_behind(line->text, at);
	return at;
}

/* Tabs are one blank wide here, as all characters are. */
static void put_text(struct line *line, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		if (line->text[at] != '\t')
			continue;
		line->hooks->show(line->hooks->context, line->text + from, at - from);
		line_put(line, " ");
		from = at + 1;
	}
	line->hooks->show(line->hooks->context, line->text + from, to - from);
}

/* Moves the window so that the cursor is in it, half a window at a time, so that it does not move with each character. */
static void move_window(struct line *line)
{
	if (line->cursor < line->first || columns(line->text, line->first, line->cursor) > window(line)) {
		size_t at = line->cursor;

		for (size_t left = window(line) / 2; left > 0 && at > 0; left--)
			at = line_before(line->text, at);
		line->first = at;
	}
}

static void show_all(struct line *line)
{
	char forward[24];
	size_t end;

	move_window(line);
	end = go_on(line, line->first, window(line));
	line_put(line, "\r");
	line_put(line, line->prompt);
	put_text(line, line->first, end);
	line_put(line, "\033[K\r");
	(void)snprintf(forward, sizeof forward, "\033[%uC", (unsigned)(strlen(line->prompt) + columns(line->text, line->first, line->cursor)));
	if (line->prompt[0] != '\0' || line->cursor != line->first)
		line_put(line, forward);
	line->shown = line->length;
}

void line_show(struct line *line)
{
	/* Only appended, and it fits. */
	if (line->shown <= line->length && line->cursor == line->length &&
	    columns(line->text, line->first, line->length) <= window(line)) {
		put_text(line, line->shown, line->length);
		line->shown = line->length;
		return;
	}
	show_all(line);
}

void line_prompt(struct line *line)
{
	line_put(line, line->prompt);
	line->first = 0;
	line->shown = 0;
	if (line->length != 0)
		show_all(line);
}
