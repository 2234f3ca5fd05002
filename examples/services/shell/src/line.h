/*
 * A line that a person types at a terminal, edited as terminals' users expect (Emacs' keys). Knows no system call: bytes come in, what the
 * terminal is to show goes out by a function.
 *
 * The terminal understands the few sequences of ECMA-48 (VT100) that are used: CR, BS, `ESC [ K`, `ESC [ n C`, `ESC [ H ESC [ 2 J`. A line
 * that is wider than the terminal is shown through a window that moves along.
 *
 * LINE-1: cursor <= length <= LINE_BYTES_MAX, and both lie between two characters.
 * LINE-2: text is valid UTF-8 of printable characters, or TAB, which is pasted text's: whatever else comes is not taken.
 * LINE-3: what the terminal shows is the line as of the last line_show(), and its cursor is there.
 */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

#define LINE_BYTES_MAX (128u * 1024u)
#define LINE_COLUMNS 80u
#define LINE_COLUMNS_FREE 3u /* at the right edge: the last one, where terminals wrap, and two for "^C" */
#define LINE_CANDIDATES_MAX 64u

enum line_event {
	LINE_MORE,      /* nothing has happened that is the caller's matter */
	LINE_DONE,      /* Enter: text is the line */
	LINE_CANCELLED, /* Ctrl-C */
	LINE_END,       /* Ctrl-D on an empty line */
	LINE_FULL,      /* there is no room, or no memory, for what was typed; it was not taken */
};

/* What may stand for a word that is begun: whole words, in any order. */
struct line_candidates {
	char *word[LINE_CANDIDATES_MAX]; /* malloc()ed; line_completed() frees them */
	unsigned count;
	bool more; /* there are more than these */
};

/* What the editor needs from others. `context` goes to each. */
struct line_hooks {
	void (*show)(void *context, const char *text, size_t bytes);
	/* Candidates for the word that begins at `start` and ends at the cursor; NULL: Tab is a character like others. */
	void (*complete)(void *context, const char *text, size_t start, size_t cursor, struct line_candidates *candidates);
	void *context;
};

enum line_decoder_state { LINE_TEXT, LINE_ESCAPE, LINE_SEQUENCE, LINE_SINGLE_SHIFT };

struct line {
	const struct line_hooks *hooks;
	struct history *history; /* NULL: there is none */
	const char *prompt;      /* printable ASCII */
	char *text;              /* length bytes and a NUL; malloc()ed */
	size_t length, cursor, room;
	char *cut;               /* what Ctrl-K, Ctrl-U or Ctrl-W took last; NULL: nothing */
	unsigned from;           /* of the history: how many lines back; 0: the line itself */
	char *typed;             /* the line itself while another one is shown */
	bool again;              /* the last key was a Tab that could not decide */
	/* decoder of keys */
	enum line_decoder_state state;
	char sequence[8];        /* parameters of a control sequence, as many as matter */
	unsigned sequence_length;
	char character[4];       /* a UTF-8 character that is not complete */
	unsigned character_length, character_wanted;
	/* terminal */
	size_t first;            /* of text, at the left edge of the window */
	size_t shown;            /* LINE-3: all up to here is shown, if only that was appended since; SIZE_MAX: show all again */
};

/* Makes it empty. hooks, history and prompt stay the caller's, as long as the line is used. */
void line_start(struct line *line, const struct line_hooks *hooks, struct history *history, const char *prompt);

/* Shows prompt and what is there already, on a new line of the terminal. */
void line_prompt(struct line *line);

/* Takes one byte that was typed. After DONE, CANCELLED and END the terminal is on a new line. */
enum line_event line_key(struct line *line, uint8_t byte);

/* Brings the terminal up to date: when there is nothing left to take at once. */
void line_show(struct line *line);

/* Empties it for the next one. */
void line_clear(struct line *line);

/* Frees what it holds. */
void line_stop(struct line *line);

#endif
