#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "line_parts.h"

#define CONTROL(letter) ((uint8_t)(letter) & 0x1f)
#define ESCAPE 0x1b
#define DELETE 0x7f

/* --- text -------------------------------------------------------------------------------- */

/* Room for so many bytes and a NUL. */
static bool make_room(struct line *line, size_t bytes)
{
	size_t room = line->room == 0 ? 128 : line->room;
	char *text;

	if (bytes > LINE_BYTES_MAX)
		return false;
	while (room <= bytes)
		room *= 2;
	if (room == line->room)
		return true;
	text = realloc(line->text, room);
	if (text == NULL)
		return false;
	line->text = text;
	line->room = room;
	return true;
}

bool line_insert(struct line *line, const char *text, size_t bytes)
{
	if (!make_room(line, line->length + bytes))
		return false;
	if (line->cursor != line->length)
		line_changed(line);
	if (line->cursor < line->first)
		line->first += bytes;
	memmove(line->text + line->cursor + bytes, line->text + line->cursor, line->length - line->cursor);
	memcpy(line->text + line->cursor, text, bytes);
	line->length += bytes;
	line->cursor += bytes;
	line->text[line->length] = '\0';
	return true;
}

/* Where a place is when what lies between two others has gone. */
static size_t without(size_t at, size_t from, size_t to)
{
	return at >= to ? at - (to - from) : at > from ? from : at;
}

void line_remove(struct line *line, size_t from, size_t to)
{
	memmove(line->text + from, line->text + to, line->length - to + 1);
	line->length -= to - from;
	line->cursor = without(line->cursor, from, to);
	line->first = without(line->first, from, to);
	line_changed(line);
}

bool line_replace(struct line *line, const char *text)
{
	size_t bytes = strlen(text);

	if (!make_room(line, bytes))
		return false;
	memcpy(line->text, text, bytes + 1);
	line->length = line->cursor = bytes;
	line->first = 0;
	line_changed(line);
	return true;
}

/* Takes out, to be put back by Ctrl-Y. */
static void cut(struct line *line, size_t from, size_t to)
{
	char *copy;

	if (from == to)
		return;
	copy = malloc(to - from + 1);
	if (copy != NULL) {
		memcpy(copy, line->text + from, to - from);
		copy[to - from] = '\0';
		free(line->cut);
		line->cut = copy;
	}
	line_remove(line, from, to);
}

/* --- moving ------------------------------------------------------------------------------ */

static void go_to(struct line *line, size_t at)
{
	if (at != line->cursor)
		line_changed(line);
	line->cursor = at;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static size_t word_before(const struct line *line)
{
	size_t at = line->cursor;

	while (at > 0 && is_blank(line->text[at - 1]))
		at--;
	while (at > 0 && !is_blank(line->text[at - 1]))
		at--;
	return at;
}

static size_t word_behind(const struct line *line)
{
	size_t at = line->cursor;

	while (at < line->length && is_blank(line->text[at]))
		at++;
	while (at < line->length && !is_blank(line->text[at]))
		at++;
	return at;
}

static void go_back(struct line *line)
{
	if (line->cursor > 0)
		go_to(line, line_before(line->text, line->cursor));
}

static void go_forward(struct line *line)
{
	if (line->cursor < line->length)
		go_to(line, line_behind(line->text, line->cursor));
}

static void remove_before(struct line *line)
{
	if (line->cursor > 0)
		line_remove(line, line_before(line->text, line->cursor), line->cursor);
}

static void remove_behind(struct line *line)
{
	if (line->cursor < line->length)
		line_remove(line, line->cursor, line_behind(line->text, line->cursor));
}

/* --- history ----------------------------------------------------------------------------- */

/* What was typed is kept while an older line is shown, and comes back behind the newest. */
static void go_through_history(struct line *line, unsigned back)
{
	const char *other = back == 0 ? line->typed : line->history != NULL ? history_line(line->history, back) : NULL;

	if (other == NULL || back == line->from) {
		line_bell(line);
		return;
	}
	if (line->from == 0) {
		free(line->typed);
		line->typed = strdup(line->text);
		if (line->typed == NULL)
			return;
	}
	if (line_replace(line, other))
		line->from = back;
}

/* --- keys -------------------------------------------------------------------------------- */

static void clear_screen(struct line *line)
{
	line_put(line, "\033[H\033[2J");
	line_changed(line);
}

/* Up to the end of the terminal's line; all that was typed is seen. */
static enum line_event leave(struct line *line, enum line_event event)
{
	line_show(line);
	line_put(line, event == LINE_CANCELLED ? "^C\r\n" : "\r\n");
	return event;
}

/* A key below 0x20, or DELETE. */
static enum line_event control(struct line *line, uint8_t key)
{
	switch (key) {
	case '\r':
	case '\n':
		return leave(line, LINE_DONE);
	case CONTROL('C'):
		return leave(line, LINE_CANCELLED);
	case CONTROL('D'):
		if (line->length == 0)
			return leave(line, LINE_END);
		remove_behind(line);
		break;
	case CONTROL('A'):
		go_to(line, 0);
		break;
	case CONTROL('E'):
		go_to(line, line->length);
		break;
	case CONTROL('B'):
		go_back(line);
		break;
	case CONTROL('F'):
		go_forward(line);
		break;
	case CONTROL('H'):
	case DELETE:
		remove_before(line);
		break;
	case CONTROL('K'):
		cut(line, line->cursor, line->length);
		break;
	case CONTROL('U'):
		cut(line, 0, line->cursor);
		break;
	case CONTROL('W'):
		cut(line, word_before(line), line->cursor);
		break;
	case CONTROL('Y'):
		if (line->cut != NULL && !line_insert(line, line->cut, strlen(line->cut)))
			return LINE_FULL;
		break;
	case CONTROL('L'):
		clear_screen(line);
		break;
	case CONTROL('P'):
		go_through_history(line, line->from + 1);
		break;
	case CONTROL('N'):
		if (line->from > 0)
			go_through_history(line, line->from - 1);
		break;
	case '\t':
		if (line->hooks->complete != NULL)
			line_completed(line);
		else if (!line_insert(line, "\t", 1))
			return LINE_FULL;
		break;
	case ESCAPE:
		line->state = LINE_ESCAPE;
		break;
	default:
		break;
	}
	return LINE_MORE;
}

/* A control sequence's last byte. ECMA-48's cursor keys; VT220's Home, Delete and End by number; xterm's Ctrl with a cursor key. */
static void sequence(struct line *line, uint8_t last)
{
	bool by_word = line->sequence_length == 3 && memcmp(line->sequence, "1;5", 3) == 0;
	char number = line->sequence_length == 1 ? line->sequence[0] : '\0';

	switch (last) {
	case 'A':
		go_through_history(line, line->from + 1);
		break;
	case 'B':
		if (line->from > 0)
			go_through_history(line, line->from - 1);
		break;
	case 'C':
		if (by_word)
			go_to(line, word_behind(line));
		else
			go_forward(line);
		break;
	case 'D':
		if (by_word)
			go_to(line, word_before(line));
		else
			go_back(line);
		break;
	case 'H':
		go_to(line, 0);
		break;
	case 'F':
		go_to(line, line->length);
		break;
	case '~':
		if (number == '1' || number == '7')
			go_to(line, 0);
		else if (number == '4' || number == '8')
			go_to(line, line->length);
		else if (number == '3')
			remove_behind(line);
		break;
	default:
		break;
	}
}

/* What follows an ESC that begins no sequence: Alt with a letter. */
static void alt(struct line *line, uint8_t key)
{
	switch (key) {
	case 'b':
		go_to(line, word_before(line));
		break;
	case 'f':
		go_to(line, word_behind(line));
		break;
	case 'd':
		cut(line, line->cursor, word_behind(line));
		break;
	case DELETE:
		cut(line, word_before(line), line->cursor);
		break;
	default:
		break;
	}
}

/* ECMA-48, 5.4: parameters 0x30..0x3f, intermediate bytes 0x20..0x2f, then one byte 0x40..0x7e. */
static void in_sequence(struct line *line, uint8_t byte)
{
	if (byte >= 0x40 && byte <= 0x7e) {
		line->state = LINE_TEXT;
		sequence(line, byte);
	} else if (byte < 0x20 || byte > 0x7e) {
		line->state = LINE_TEXT;
	} else if (line->sequence_length < sizeof line->sequence) {
		line->sequence[line->sequence_length++] = (char)byte;
	}
}

static void in_escape(struct line *line, uint8_t byte)
{
	line->sequence_length = 0;
	line->state = byte == '[' ? LINE_SEQUENCE : byte == 'O' ? LINE_SINGLE_SHIFT : LINE_TEXT;
	if (line->state == LINE_TEXT)
		alt(line, byte);
}

/* Whether the bytes so far can begin a character (RFC 3629, 4): no overlong forms, surrogates, nor numbers above U+10FFFF. */
static bool can_begin(const char *character, unsigned length)
{
	uint8_t first = (uint8_t)character[0], second = (uint8_t)character[1];

	if (length != 2)
		return true;
	return !(first == 0xe0 && second < 0xa0) && !(first == 0xed && second > 0x9f) && !(first == 0xf0 && second < 0x90) &&
	       !(first == 0xf4 && second > 0x8f);
}

/* A byte of 0x80 or more. What is no character is left out; U+0080..U+009F are control characters. */
static enum line_event in_character(struct line *line, uint8_t byte)
{
	if (line->character_length == 0) {
		line->character_wanted = byte >= 0xc2 && byte <= 0xdf ? 2 : byte >= 0xe0 && byte <= 0xef ? 3 : byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
		if (line->character_wanted == 0)
			return LINE_MORE;
	} else if ((byte & 0xc0) != 0x80) {
		line->character_length = 0;
		return in_character(line, byte);
	}
	line->character[line->character_length++] = (char)byte;
	if (!can_begin(line->character, line->character_length)) {
		line->character_length = 0;
	} else if (line->character_length == line->character_wanted) {
		line->character_length = 0;
		if (line->character_wanted == 2 && (uint8_t)line->character[0] == 0xc2 && (uint8_t)line->character[1] < 0xa0)
			return LINE_MORE;
		if (!line_insert(line, line->character, line->character_wanted))
			return LINE_FULL;
	}
	return LINE_MORE;
}

enum line_event line_key(struct line *line, uint8_t byte)
{
	bool again = line->again;
	enum line_event event = LINE_MORE;

	line->again = false;
	if (byte < 0x80)
		line->character_length = 0;
	/* Ctrl-C and Enter are meant whatever came before. */
	if (byte == CONTROL('C') || byte == '\r' || byte == '\n')
		line->state = LINE_TEXT;
	if (line->state == LINE_SEQUENCE) {
		in_sequence(line, byte);
	} else if (line->state == LINE_SINGLE_SHIFT) {
		line->state = LINE_TEXT;
		sequence(line, byte);
	} else if (line->state == LINE_ESCAPE) {
		in_escape(line, byte);
	} else if (byte >= 0x80) {
		event = in_character(line, byte);
	} else if (byte < 0x20 || byte == DELETE) {
		line->again = again;
		event = control(line, byte);
		line->again = line->again && byte == '\t';
	} else if (!line_insert(line, (const char *)&byte, 1)) {
		event = LINE_FULL;
	}
	return event;
}

void line_start(struct line *line, const struct line_hooks *hooks, struct history *history, const char *prompt)
{
	*line = (struct line){.hooks = hooks, .history = history, .prompt = prompt};
	line_clear(line);
}

void line_clear(struct line *line)
{
	line->length = line->cursor = line->first = line->shown = 0;
	line->from = 0;
	line->again = false;
	free(line->typed);
	line->typed = NULL;
	if (make_room(line, 0))
		line->text[0] = '\0';
}

void line_stop(struct line *line)
{
	free(line->text);
	free(line->typed);
	free(line->cut);
	*line = (struct line){0};
}
