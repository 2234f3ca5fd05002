/*
 * A command line in words, as POSIX shells have it, as far as this one goes: blanks divide; 'quotes', "quotes" and \ keep what they
 * contain; > and >> say where the output goes, & at the end that nobody waits, # begins a comment. There are no variables, patterns or pipes.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>

#define WORDS_MAX 64u

struct words {
	char *word[WORDS_MAX + 1]; /* count of them, and NULL; they lie in the line */
	unsigned count;
	char *output;              /* NULL: the terminal */
	bool append;               /* >> */
	bool background;           /* & */
};

/* Splits a line in place. Returns NULL, or what is wrong with it: a constant. */
const char *words_split(char *line, struct words *words);

#endif
