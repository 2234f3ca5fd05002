#include "words.h"

#include <stddef.h>
#include <string.h>

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool ends_word(char byte)
{
	return byte == '\0' || is_blank(byte) || byte == '>' || byte == '&';
}

/* What is inside quotes, without them; NULL: the line ends before they do. */
static char *take_quoted(char **to, char *from, char quote)
{
	for (; *from != quote; from++) {
		/* Between double quotes \ keeps what would mean something there. */
		if (quote == '"' && *from == '\\' && (from[1] == '"' || from[1] == '\\'))
			from++;
		if (*from == '\0')
			return NULL;
		*(*to)++ = *from;
	}
	return from + 1;
}

/*
 * One word from *at on, whose quotes are taken out, so that it gets no longer; *at: behind it, and *end what stood there, for the word's NUL takes
 * that place. NULL: something is wrong with it, *what.
 */
static char *take_word(char **at, char *end, const char **what)
{
	char *word = *at, *to = word, *from = word;

	while (!ends_word(*from)) {
		char byte = *from++;

		if (byte == '\'' || byte == '"') {
			from = take_quoted(&to, from, byte);
			if (from == NULL)
				*what = "a quote has no end";
		} else if (byte == '\\' && *from == '\0') {
			from = NULL;
			*what = "nothing follows the \\";
		} else {
			*to++ = byte == '\\' ? *from++ : byte;
		}
		if (from == NULL)
			return NULL;
	}
	*end = *from;
	*to = '\0';
	*at = from;
	return word;
}

/* The name behind > or >>; *at is behind the first >. */
static const char *take_output(char **at, char *end, struct words *words)
{
	const char *what = NULL;

	if (words->output != NULL)
		return "the output goes to one file only";
	words->append = *end == '>';
	*at += words->append;
	while (is_blank(**at))
		++*at;
	if (ends_word(**at))
		return "a name must follow >";
	words->output = take_word(at, end, &what);
	return words->output == NULL ? what : NULL;
}

const char *words_split(char *line, struct words *words)
{
	char *at = line, next = *line;
	const char *what = NULL;

	*words = (struct words){.count = 0};
	/* `next` is what stood at `at`, which may be a word's NUL by now. */
	while (next != '\0' && what == NULL) {
		if (next == '#')
			break;
		if (is_blank(next)) {
			next = *++at;
		} else if (words->background) {
			what = "nothing may follow &";
		} else if (next == '&') {
			words->background = true;
			next = *++at;
		} else if (next == '>') {
			next = *++at;
			what = take_output(&at, &next, words);
		} else if (words->count == WORDS_MAX) {
			return "too many words";
		} else {
			*at = next;
			words->word[words->count] = take_word(&at, &next, &what);
			words->count += words->word[words->count] != NULL;
		}
	}
	words->word[words->count] = NULL;
	if (what == NULL && words->count == 0 && (words->output != NULL || words->background))
		what = "there is no command";
	return what;
}
