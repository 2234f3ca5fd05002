/*
 * The shell's line editor on a terminal of one row that does what ECMA-48 says of the few sequences used: keys one by one, and random ones, against
 * what the row must show. KAAL_SEED, KAAL_STEPS: another run.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "../../qemu/random.h"
#include "../campaign.h"
#include "line.h"

#define PROMPT "$ "
#define WIDTH (LINE_COLUMNS - LINE_COLUMNS_FREE - 2) /* of text beside the prompt */

unsigned memory_fails_in;

/* The row that the cursor is on; a character is its last byte. */
static struct {
	char row[LINE_COLUMNS + 1];
	unsigned column;
	unsigned rows, bells;
	char escape[16];
	unsigned escape_length;
	unsigned long sent;
} terminal;

static void blank(unsigned from)
{
	memset(terminal.row + from, ' ', LINE_COLUMNS - from);
}

static void do_escape(char last)
{
	unsigned number = 0;

	cr_assert_eq(terminal.escape[1], '[', "a control sequence");
	for (unsigned i = 2; i < terminal.escape_length - 1; i++)
		number = number * 10 + (unsigned)(terminal.escape[i] - '0');
	if (last == 'K')
		blank(terminal.column);
	else if (last == 'C')
		terminal.column += number == 0 ? 1 : number;
	else if (last == 'J')
		blank(0);
	else if (last == 'H')
		terminal.column = 0;
	else
		cr_assert(false, "sequence %c is not one of those", last);
	cr_assert(terminal.column < LINE_COLUMNS, "the cursor stays on the row");
}

static void show_byte(char byte)
{
	if (terminal.escape_length > 0) {
		cr_assert(terminal.escape_length < sizeof terminal.escape);
		terminal.escape[terminal.escape_length++] = byte;
		if (terminal.escape_length > 2 && byte >= 0x40) {
			do_escape(byte);
			terminal.escape_length = 0;
		}
	} else if (byte == '\033') {
		terminal.escape[terminal.escape_length++] = byte;
	} else if (byte == '\r') {
		terminal.column = 0;
	} else if (byte == '\n') {
		blank(0);
		terminal.rows++;
	} else if (byte == '\a') {
		terminal.bells++;
	} else if (((unsigned char)byte & 0xc0) == 0x80) {
		terminal.row[terminal.column - 1] = byte;
	} else {
		cr_assert(byte >= ' ' || byte < 0, "byte %d is not for a terminal", byte);
		cr_assert(terminal.column < LINE_COLUMNS - 1, "the last column stays free: it would make a new row");
		terminal.row[terminal.column++] = byte;
	}
}

static void show(void *context, const char *text, size_t bytes)
{
	(void)context;
	terminal.sent += bytes;
	for (size_t i = 0; i < bytes; i++)
		show_byte(text[i]);
}

static const char *words[] = {"cat", "caps", "notes/", "other", NULL};

static void complete(void *context, const char *text, size_t start, size_t cursor, struct line_candidates *candidates)
{
	(void)context;
	for (const char **word = words; *word != NULL; word++) {
		if (strncmp(*word, text + start, cursor - start) == 0)
			candidates->word[candidates->count++] = strdup(*word);
	}
}

static const struct line_hooks hooks = {.show = show, .complete = complete};
static struct history history;
static struct line line;

static void start(void)
{
	memset(&terminal, 0, sizeof terminal);
	blank(0);
	line_start(&line, &hooks, &history, PROMPT);
	line_prompt(&line);
}

static enum line_event keys(const char *typed)
{
	enum line_event event = LINE_MORE;

	for (; *typed != '\0'; typed++)
		event = line_key(&line, (uint8_t)*typed);
	if (event == LINE_MORE)
		line_show(&line);
	return event;
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* LINE-3, by another way than the editor goes: last bytes of characters, from the window's first on. */
static void check_row(void)
{
	char expected[LINE_COLUMNS + 1];
	unsigned column = (unsigned)strlen(PROMPT), cursor = column;

	memset(expected, ' ', sizeof expected);
	memcpy(expected, PROMPT, column);
	for (size_t at = line.first; at < line.length; at++) {
		if (!continues(line.text[at]) && column - strlen(PROMPT) == WIDTH)
			break;
		column += !continues(line.text[at]);
		expected[column - 1] = line.text[at] == '\t' ? ' ' : line.text[at];
		cursor += at < line.cursor && !continues(line.text[at]);
	}
	cr_assert(memcmp(expected, terminal.row, LINE_COLUMNS) == 0, "the row is '%.80s', expected '%.80s'", terminal.row, expected);
	cr_assert_eq(terminal.column, cursor, "the cursor is in column %u, expected %u", terminal.column, cursor);
	cr_assert(line.cursor >= line.first, "the cursor is in the window");
}

static void expect(const char *typed, const char *text)
{
	start();
	cr_assert_eq(keys(typed), LINE_MORE, "'%s'", typed);
	cr_assert_str_eq(line.text, text);
	check_row();
	line_stop(&line);
}

Test(shell_line, plain_typing_is_sent_back_once)
{
	start();
	for (const char *key = "hello"; *key != '\0'; key++) {
		(void)line_key(&line, (uint8_t)*key);
		line_show(&line);
	}
	cr_assert_eq(terminal.sent, strlen(PROMPT "hello"));
	cr_assert_eq(keys("\r"), LINE_DONE);
	cr_assert_str_eq(line.text, "hello");
	line_stop(&line);
}

Test(shell_line, each_key_edits_as_users_expect)
{
	expect("abc\x02" "X", "abXc");
	expect("abc\x01" "X", "Xabc");
	expect("abc\x01\x06" "X", "aXbc");
	expect("abc\x01\x05" "X", "abcX");
	expect("abc\x7f", "ab");
	expect("abc\x08", "ab");
	expect("abc\x01\x04", "bc");
	expect("abc\x02\x0b", "ab");
	expect("abc\x02\x15", "c");
	expect("one two  \x17", "one ");
	expect("one two\x17\x01\x19 ", "two one ");
	expect("abc\x01\x02\x7f\x0bX", "X");
}

Test(shell_line, sequences_of_terminals_are_keys)
{
	expect("abc\033[DX", "abXc");
	expect("abc\033ODX", "abXc");
	expect("abc\033[HX\033[FY", "XabcY");
	expect("abc\033[1~X\033[4~Y", "XabcY");
	expect("abc\033[D\033[3~", "ab");
	expect("one two\033[1;5DX\033[1;5CY", "one XtwoY");
	expect("one two\033b\033bX\033fY", "XoneY two");
	expect("one two\033b\033d", "one ");
	expect("one two\033\x7f", "one ");
	expect("abc\033[99;99;99;99;99~\033[zX", "abcX");
}

Test(shell_line, what_is_no_text_is_not_taken)
{
	expect("a\x80\xff\xc0\xaf" "b", "ab");
	expect("a\xe0\x80\x80" "b", "ab");
	expect("a\xed\xa0\x80" "b", "ab");
	expect("a\xf4\x90\x80\x80" "b", "ab");
	expect("a\xc3" "b", "ab");
	expect("a\xc3\xc3\xa9", "a\xc3\xa9");
	expect("a\xc2\x9b" "b", "ab");
	expect("\xe2\x82\xac\xf0\x9f\x98\x80\x02X", "\xe2\x82\xacX\xf0\x9f\x98\x80");
	expect("\xc3\xa9" "b\x02\x7f", "b");
}

Test(shell_line, ends_come_whatever_was_typed_before)
{
	start();
	cr_assert_eq(keys("abc\033[12\x03"), LINE_CANCELLED);
	line_clear(&line);
	cr_assert_eq(keys("\xe2\x82\x03"), LINE_CANCELLED);
	line_clear(&line);
	cr_assert_eq(keys("\x04"), LINE_END);
	line_clear(&line);
	cr_assert_eq(keys("a\x04"), LINE_MORE);
	cr_assert_eq(keys("\033\r"), LINE_DONE);
	cr_assert_str_eq(line.text, "a");
	line_stop(&line);
}

Test(shell_line, history_goes_back_and_forth)
{
	start();
	history_add(&history, "first");
	history_add(&history, "second");
	history_add(&history, "second");
	history_add(&history, "");
	(void)keys("typed\033[A");
	cr_assert_str_eq(line.text, "second");
	(void)keys("\033[A");
	cr_assert_str_eq(line.text, "first");
	(void)keys("\x10");
	cr_assert_str_eq(line.text, "first");
	cr_assert_eq(terminal.bells, 1, "there is nothing before the first");
	(void)keys("X\x0e");
	cr_assert_str_eq(line.text, "second");
	(void)keys("\033[B");
	cr_assert_str_eq(line.text, "typed");
	(void)keys("\033[B");
	cr_assert_str_eq(line.text, "typed");
	check_row();
	line_stop(&line);
}

Test(shell_line, history_keeps_the_newest)
{
	static struct history many;
	char text[2048];

	for (unsigned i = 0; i < 3 * HISTORY_LINES; i++) {
		snprintf(text, sizeof text, "%u", i);
		history_add(&many, text);
	}
	cr_assert_eq(many.count, HISTORY_LINES);
	cr_assert_str_eq(history_line(&many, 1), text);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (unsigned i = 0; i < HISTORY_BYTES / sizeof text + 2; i++) {
		text[0] = (char)('a' + i);
		history_add(&many, text);
	}
	cr_assert(many.bytes <= HISTORY_BYTES && many.count == HISTORY_BYTES / sizeof text);
	cr_assert_null(history_line(&many, many.count + 1));
	cr_assert_null(history_line(&many, 0));
}

Test(shell_line, tab_completes_as_far_as_it_is_clear)
{
	expect("ot\t", "other ");
	expect("x ot\t", "x other ");
	expect("not\t", "notes/");
	expect("c\t", "ca");
	expect("zz\t", "zz");
	expect("\t", "");
	start();
	(void)keys("ca\t");
	cr_assert_eq(terminal.rows, 0, "one Tab only asks for more");
	(void)keys("\t");
	cr_assert_eq(terminal.rows, 2, "two list what there is");
	check_row();
	line_stop(&line);
}

Test(shell_line, a_long_line_moves_through_a_window)
{
	char typed[301];

	memset(typed, 'y', sizeof typed - 1);
	typed[sizeof typed - 1] = '\0';
	start();
	(void)keys(typed);
	check_row();
	cr_assert_eq(line.length, 300);
	for (unsigned i = 0; i < 310; i++) {
		(void)keys("\x02");
		check_row();
	}
	cr_assert_eq(line.cursor, 0);
	(void)keys("\x05");
	check_row();
	line_stop(&line);
}

/* What is pasted is sent back once and a bit, however long its line is: the window moves by halves. */
Test(shell_line, a_long_paste_costs_no_more_than_three_times_its_length)
{
	start();
	for (unsigned i = 0; i < 20000; i++) {
		cr_assert_eq(line_key(&line, 'p'), LINE_MORE);
		if (i % 56 == 55)
			line_show(&line);
	}
	cr_assert(terminal.sent < 3 * 20000, "%lu bytes", terminal.sent);
	line_stop(&line);
}

Test(shell_line, a_line_has_an_end)
{
	start();
	for (unsigned i = 0; i < LINE_BYTES_MAX; i++)
		cr_assert_eq(line_key(&line, 'f'), LINE_MORE);
	cr_assert_eq(line_key(&line, 'f'), LINE_FULL);
	cr_assert_eq(line_key(&line, 0xc3), LINE_MORE);
	cr_assert_eq(line_key(&line, 0xa9), LINE_FULL);
	cr_assert_eq(line.length, LINE_BYTES_MAX);
	cr_assert_eq(keys("\x7f"), LINE_MORE);
	cr_assert_eq(line_key(&line, 'f'), LINE_MORE);
	line_stop(&line);
}

static bool is_utf8(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes;) {
		unsigned char first = (unsigned char)text[i];
		size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

		if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || i + length > bytes || (first < 0x20 && first != '\t') || first == 0x7f)
			return false;
		for (size_t part = 1; part < length; part++) {
			if (!continues(text[i + part]))
				return false;
		}
		i += length;
	}
	return true;
}

Test(shell_line, random_keys)
{
	static const char *const pieces[] = {"a", "word ", "\xc3\xa9", "\xe2\x82\xac", "\033[D", "\033[C", "\033[A", "\033[B", "\033[3~", "\x01", "\x05", "\x7f",
					     "\x17", "\x0b", "\x19", "\t", "\033b", "\033f", "\x0c", "long long long long long long long text "};
	unsigned long steps = 200000;
	uint64_t state = campaign_start(7, &steps);

	start();
	for (unsigned long i = 0; i < steps; i++) {
		uint64_t random = next_random(&state);
		enum line_event event = LINE_MORE;

		memory_fails_in = random >> 40 & 15;
		if ((random & 7) == 0)
			event = line_key(&line, (uint8_t)(random >> 8));
		else
			for (const char *key = pieces[(random >> 8) % (sizeof pieces / sizeof pieces[0])]; *key != '\0'; key++)
				event = line_key(&line, (uint8_t)*key);
		if (event != LINE_MORE && event != LINE_FULL) {
			history_add(&history, line.text);
			memory_fails_in = 0;
			line_clear(&line);
			line_prompt(&line);
		}
		memory_fails_in = 0;
		if ((random >> 16 & 3) == 0) {
			line_show(&line);
			check_row();
		}
		cr_assert(line.cursor <= line.length && (line.cursor == 0 || !continues(line.text[line.cursor])), "LINE-1");
		cr_assert(is_utf8(line.text, line.length), "LINE-2");
	}
	line_stop(&line);
}
