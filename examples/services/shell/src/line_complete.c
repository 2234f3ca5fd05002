/* Tab: the word before the cursor is completed as far as all candidates agree; a second Tab lists them. */
#include <stdlib.h>
#include <string.h>

#include "line_parts.h"

static size_t word_start(const struct line *line)
{
	size_t at = line->cursor;

	while (at > 0 && line->text[at - 1] != ' ' && line->text[at - 1] != '\t' && line->text[at - 1] != '>')
		at--;
	return at;
}

/* Bytes that all candidates begin with. */
static size_t agreed(const struct line_candidates *candidates)
{
	size_t length = strlen(candidates->word[0]);

	for (unsigned i = 1; i < candidates->count; i++) {
		size_t same = 0;

		while (same < length && candidates->word[i][same] == candidates->word[0][same])
			same++;
		length = same;
	}
	return length;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* In columns, below the line; the line comes again. What is before the last '/' is the same for all. */
static void list(struct line *line, struct line_candidates *candidates, size_t start)
{
	static const char blanks[] = "                ";
	size_t typed = line->cursor - start, column = 0;

	qsort(candidates->word, candidates->count, sizeof candidates->word[0], compare);
	while (typed > 0 && line->text[start + typed - 1] != '/')
		typed--;
	for (unsigned i = 0; i < candidates->count; i++) {
		const char *word = candidates->word[i] + typed;
		size_t width = strlen(word), gap = sizeof blanks - 1 - column % (sizeof blanks - 1);

		if (column == 0 || column + gap + width >= LINE_COLUMNS) {
			line_put(line, "\r\n");
			column = 0;
		} else {
			line->hooks->show(line->hooks->context, blanks, gap);
			column += gap;
		}
		line_put(line, word);
		column += width;
	}
	line_put(line, "\r\n");
	if (candidates->more)
		line_put(line, "...\r\n");
	line_changed(line);
}

/* The only one: a blank follows, unless it goes on behind a '/'. */
static void take(struct line *line, const char *word, size_t start)
{
	size_t length = strlen(word), typed = line->cursor - start;

	if (!line_insert(line, word + typed, length - typed) || (word[length - 1] != '/' && !line_insert(line, " ", 1)))
		line_bell(line);
}

/* Some: what they have in common, and then the person has to say more. */
static void take_agreed(struct line *line, struct line_candidates *candidates, size_t start)
{
	size_t length = agreed(candidates), typed = line->cursor - start;

	if (length > typed && !candidates->more) {
		if (!line_insert(line, candidates->word[0] + typed, length - typed))
			line_bell(line);
	} else if (line->again) {
		list(line, candidates, start);
	} else {
		line_bell(line);
	}
	line->again = true;
}

void line_completed(struct line *line)
{
	struct line_candidates candidates = {.count = 0};
	size_t start = word_start(line);

	/* Pasted text that is indented is no question. */
	if (line->cursor == 0)
		return;
	line->hooks->complete(line->hooks->context, line->text, start, line->cursor, &candidates);
	if (candidates.count == 0)
		line_bell(line);
	else if (candidates.count == 1 && !candidates.more)
		take(line, candidates.word[0], start);
	else
		take_agreed(line, &candidates, start);
	for (unsigned i = 0; i < candidates.count; i++)
		free(candidates.word[i]);
}
