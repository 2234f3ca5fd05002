/* How the shell divides a command line. */
#include <criterion/criterion.h>

#include <string.h>

#include "words.h"

static char text[256];
static struct words words;

static const char *split(const char *line)
{
	cr_assert(strlen(line) < sizeof text);
	strcpy(text, line);
	return words_split(text, &words);
}

/* The words, each in brackets. */
static void expect(const char *line, const char *all)
{
	char joined[256] = "";
	const char *what = split(line);

	cr_assert_null(what, "'%s': %s", line, what);
	for (unsigned i = 0; i < words.count; i++) {
		strcat(joined, "[");
		strcat(joined, words.word[i]);
		strcat(joined, "]");
	}
	cr_assert_str_eq(joined, all, "'%s' is '%s', expected '%s'", line, joined, all);
	cr_assert_null(words.word[words.count]);
}

Test(shell_words, blanks_divide)
{
	expect("", "");
	expect("  \t ", "");
	expect("ls", "[ls]");
	expect("  ls   -l\tnotes  ", "[ls][-l][notes]");
}

Test(shell_words, quotes_keep_what_they_contain)
{
	expect("echo 'a  b' \"c > d\" e\\ f", "[echo][a  b][c > d][e f]");
	expect("echo a'b c'd\"e\"", "[echo][ab cde]");
	expect("echo '' \"\"", "[echo][][]");
	expect("echo 'it'\\''s' \"a\\\"b\\\\c\\d\"", "[echo][it's][a\"b\\c\\d]");
	expect("echo '#' \\# \\& '&' a#b", "[echo][#][#][&][&][a#b]");
}

Test(shell_words, comments_are_no_words)
{
	expect("# all of it", "");
	expect("ls # the rest 'of it", "[ls]");
}

Test(shell_words, output_and_background_are_no_words)
{
	expect("echo hello >notes", "[echo][hello]");
	cr_assert_str_eq(words.output, "notes");
	cr_assert_not(words.append);
	expect("echo a>>'my notes' b", "[echo][a][b]");
	cr_assert_str_eq(words.output, "my notes");
	cr_assert(words.append);
	expect("> notes echo a", "[echo][a]");
	cr_assert_str_eq(words.output, "notes");
	expect("run clock&", "[run][clock]");
	cr_assert(words.background);
	expect("run clock >n & # later", "[run][clock]");
	cr_assert(words.background);
	cr_assert_str_eq(words.output, "n");
}

Test(shell_words, what_is_wrong_is_said)
{
	cr_assert_str_eq(split("echo 'a"), "a quote has no end");
	cr_assert_str_eq(split("echo \"a\\"), "a quote has no end");
	cr_assert_str_eq(split("echo a\\"), "nothing follows the \\");
	cr_assert_str_eq(split("echo >"), "a name must follow >");
	cr_assert_str_eq(split("echo > > a"), "a name must follow >");
	cr_assert_str_eq(split("echo >a >b"), "the output goes to one file only");
	cr_assert_str_eq(split("run a & b"), "nothing may follow &");
	cr_assert_str_eq(split("&"), "there is no command");
	cr_assert_str_eq(split(">notes"), "there is no command");
}

Test(shell_words, there_are_only_so_many)
{
	memset(text, 0, sizeof text);
	for (unsigned i = 0; i <= WORDS_MAX; i++)
		strcat(text, "a ");
	cr_assert_str_eq(words_split(text, &words), "too many words");
	text[0] = '\0';
	for (unsigned i = 0; i < WORDS_MAX; i++)
		strcat(text, "a ");
	cr_assert_null(words_split(text, &words));
	cr_assert_eq(words.count, WORDS_MAX);
}
