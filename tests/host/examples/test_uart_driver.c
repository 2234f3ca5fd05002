/*
 * The UART driver's loop against a model of the device, and in a world (uart_world.h) where what happens is the test's to say.
 */
#include <criterion/criterion.h>

#include <string.h>

#include <kaal/serial_protocol.h>
#include <kaal/supervisor.h>

#include "console.h"
#include "driver.h"
#include "pl011_model.h"
#include "uart_world.h"

/* --- what tests say ------------------------------------------------------------------------ */

static struct step call(unsigned number, uint32_t label, uint64_t words, uint64_t first)
{
	return (struct step){.kind = CALL, .call = number, .message = kaal_message(words, 0, label), .words = {first}};
}

static struct step read_up_to(unsigned number, uint64_t bytes)
{
	return call(number, KAAL_SERIAL_READ, 1, bytes);
}

/* Of KAAL_SERIAL_BYTES_MAX bytes, each of them the call's number. */
static struct step write_of(unsigned number)
{
	struct step step = call(number, KAAL_SERIAL_WRITE, KAAL_MESSAGE_REGISTERS, KAAL_SERIAL_BYTES_MAX);

	memset(&step.words[1], (int)number, KAAL_SERIAL_BYTES_MAX);
	return step;
}

static struct step stats(unsigned number)
{
	return call(number, KAAL_SERIAL_STATS, 0, 0);
}

static struct step type(const char *text)
{
	return (struct step){.kind = TYPE, .text = text};
}

static struct step vanishes(unsigned number)
{
	return (struct step){.kind = VANISH, .call = number};
}

/* The same of another client; all others are one client's. */
static struct step from(uint64_t badge, struct step step)
{
	step.badge = badge;
	return step;
}

static struct step says(const char *text)
{
	return (struct step){.kind = LINE, .text = text};
}

static struct step just(enum kind kind)
{
	return (struct step){.kind = kind};
}

static struct uart_driver_setup setup = {BASE, true, 24000000, &console_page.log, SERVICE, {ENDPOINT}, {HANDLER}, {CONTEXT}, REPLIES};

/* Runs the driver until nothing happens any more and its endpoint is taken away. */
static void run(const struct step *steps, unsigned count)
{
	kernel.steps = steps;
	kernel.count = count;
	cr_assert_eq(uart_driver_run(&setup), KAAL_CANCELLED);
	cr_assert_eq(kernel.done, count);
}

#define RUN(...)                                                                                                     \
	do {                                                                                                         \
		const struct step steps[] = {__VA_ARGS__};                                                           \
                                                                                                                     \
		run(steps, sizeof steps / sizeof steps[0]);                                                          \
	} while (0)

static void start(void)
{
	model_reset();
	kernel.acks_left = UINT32_MAX;
}

TestSuite(uart_driver, .init = start);

static void expect_label(unsigned number, kaal_status_t label)
{
	cr_assert_eq(kernel.answer[number].times, 1, "call %u was answered %u times", number, kernel.answer[number].times);
	cr_assert_eq(kaal_message_label(kernel.answer[number].message), label, "call %u", number);
}

/* A read was answered after so many steps, with this text. */
static void expect_read(unsigned number, unsigned after, const char *text)
{
	expect_label(number, KAAL_OK);
	cr_assert_eq(kernel.answer[number].after, after, "call %u was answered after %u steps", number, kernel.answer[number].after);
	cr_assert_eq(kernel.answer[number].words[0], strlen(text));
	cr_assert_eq(kaal_message_words(kernel.answer[number].message), KAAL_SERIAL_WORDS(strlen(text)));
	cr_assert_eq(memcmp(&kernel.answer[number].words[1], text, strlen(text)), 0);
}

static void expect_nothing(unsigned number)
{
	cr_assert_eq(kernel.answer[number].times, 0, "call %u was answered", number);
}

/* Of the line: the bytes of these writes, one after the other. */
static void expect_written(const unsigned *numbers, unsigned count)
{
	cr_assert_eq(model.out_count, count * KAAL_SERIAL_BYTES_MAX, "%u bytes", model.out_count);
	for (unsigned i = 0; i < model.out_count; i++)
		cr_assert_eq(model.out[i], (char)numbers[i / KAAL_SERIAL_BYTES_MAX], "byte %u", i);
}

/* --- reads --------------------------------------------------------------------------------- */

Test(uart_driver, a_read_waits_for_the_first_bytes_and_gets_no_more_than_it_wants)
{
	RUN(read_up_to(1, 3), type("hello"), read_up_to(2, KAAL_SERIAL_BYTES_MAX), read_up_to(3, 1));
	expect_read(1, 2, "hel");
	expect_read(2, 3, "lo");
	expect_nothing(3);
}

Test(uart_driver, a_later_read_takes_the_place_of_one_that_waits)
{
	RUN(read_up_to(1, 56), read_up_to(2, 56), read_up_to(3, 56), read_up_to(4, 56), type("x"));
	for (unsigned i = 1; i <= 3; i++) {
		expect_label(i, KAAL_CANCELLED);
		cr_assert_eq(kernel.answer[i].after, i + 1, "as soon as the next came");
	}
	expect_read(4, 5, "x");
}

Test(uart_driver, what_a_vanished_reader_did_not_get_is_the_next_ones)
{
	RUN(read_up_to(1, 56), vanishes(1), type("abc"), read_up_to(2, 2), read_up_to(3, 2));
	expect_nothing(1);
	expect_read(2, 4, "ab");
	expect_read(3, 5, "c");
}

/* More of them than there are reply objects. */
Test(uart_driver, readers_that_vanish_leave_nothing_behind)
{
	RUN(read_up_to(1, 56), vanishes(1), read_up_to(2, 56), vanishes(2), read_up_to(3, 56), vanishes(3), read_up_to(4, 56), vanishes(4),
	    type("a"), read_up_to(5, 56), read_up_to(6, 56), type("b"));
	expect_read(5, 10, "a");
	expect_read(6, 12, "b");
}

Test(uart_driver, errors_on_the_line_answer_no_read_and_are_counted)
{
	RUN(read_up_to(1, 56), just(BREAK), just(BREAK), type("y"), type("0123456789abcdefXY"), stats(2), read_up_to(3, 56));
	expect_read(1, 4, "y");
	expect_label(2, KAAL_OK);
	cr_assert_eq(kaal_message_words(kernel.answer[2].message), KAAL_SERIAL_STATS_COUNT);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_RECEIVED], 17);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_SENT], 0);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_WAKE_UPS], 4);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_OVERRUNS], 1);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_FRAMING], 0, "a break is no framing error");
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_PARITY], 0);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_BREAKS], 2);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_RAN], RAN);
	expect_read(3, 7, "0123456789abcdef");
}

/* --- writes -------------------------------------------------------------------------------- */

/* So many writes as fit, then `last`. Returns how many steps. */
static unsigned fill_then(struct step steps[CALLS], const struct step *last, unsigned count)
{
	for (unsigned i = 0; i < FULL; i++)
		steps[i] = write_of(i + 1);
	memcpy(&steps[FULL], last, count * sizeof *last);
	return FULL + count;
}

/* The writes that fit, and then `last`, are all that comes out. */
static void expect_written_after_full(unsigned last)
{
	unsigned numbers[FULL + 1];

	for (unsigned i = 0; i < FULL; i++) {
		numbers[i] = i + 1;
		expect_label(i + 1, KAAL_OK);
		cr_assert_eq(kernel.answer[i + 1].after, i + 1, "write %u waited", i + 1);
	}
	numbers[FULL] = last;
	expect_label(last, KAAL_OK);
	expect_written(numbers, FULL + 1);
}

Test(uart_driver, a_write_waits_for_room_for_all_of_it)
{
	const struct step last[] = {write_of(FULL + 1), stats(FULL + 2), just(FLOW)};
	struct step steps[CALLS];

	run(steps, fill_then(steps, last, 3));
	cr_assert_eq(kernel.answer[FULL + 1].after, FULL + 3, "it waited for the line");
	cr_assert_eq(kernel.answer[FULL + 2].words[KAAL_SERIAL_STAT_SENT], FIFO);
	expect_written_after_full(FULL + 1);
}

Test(uart_driver, a_superseded_write_has_had_no_effect)
{
	const struct step last[] = {write_of(FULL + 1), write_of(FULL + 2), just(FLOW)};
	struct step steps[CALLS];

	run(steps, fill_then(steps, last, 3));
	expect_label(FULL + 1, KAAL_CANCELLED);
	cr_assert_eq(kernel.answer[FULL + 1].after, FULL + 2);
	expect_written_after_full(FULL + 2);
}

Test(uart_driver, a_vanished_write_has_had_no_effect)
{
	const struct step last[] = {write_of(FULL + 1), vanishes(FULL + 1), just(FLOW), write_of(FULL + 2)};
	struct step steps[CALLS];

	run(steps, fill_then(steps, last, 4));
	expect_nothing(FULL + 1);
	expect_written_after_full(FULL + 2);
}

/* All reply objects are in use then. */
Test(uart_driver, a_read_and_a_write_wait_while_another_call_is_answered)
{
	const struct step last[] = {write_of(FULL + 1), read_up_to(FULL + 2, 56), stats(FULL + 3), read_up_to(FULL + 4, 56), type("z"),
				    just(FLOW)};
	struct step steps[CALLS];

	run(steps, fill_then(steps, last, 6));
	cr_assert_eq(kernel.answer[FULL + 3].after, FULL + 3);
	expect_label(FULL + 2, KAAL_CANCELLED);
	expect_read(FULL + 4, FULL + 5, "z");
	expect_written_after_full(FULL + 1);
}

/* --- several clients ----------------------------------------------------------------------- */

#define CLIENT(number) (UINT64_C(0x10000) * (number))

Test(uart_driver, readers_of_several_clients_are_served_in_turn)
{
	RUN(from(CLIENT(1), read_up_to(1, 2)), from(CLIENT(2), read_up_to(2, 2)), from(CLIENT(3), read_up_to(3, 2)), type("abc"),
	    from(CLIENT(1), read_up_to(4, 2)), type("de"));
	expect_read(1, 4, "ab");
	expect_read(2, 4, "c");
	expect_read(3, 6, "de");
	expect_nothing(4);
}

Test(uart_driver, a_read_takes_the_place_of_one_of_the_same_client_only)
{
	RUN(from(CLIENT(1), read_up_to(1, 1)), from(CLIENT(2), read_up_to(2, 1)), from(CLIENT(1), read_up_to(3, 1)), type("ab"));
	expect_label(1, KAAL_CANCELLED);
	expect_read(2, 4, "a");
	expect_read(3, 4, "b");
}

/* Its old call waits for nobody: more restarts than there is room for clients. */
Test(uart_driver, a_client_that_was_restarted_takes_its_own_place)
{
	struct step steps[3 * CLIENTS_MAX];

	for (unsigned i = 0; i < 2 * CLIENTS_MAX; i++)
		steps[i] = from(CLIENT(1) + ((uint64_t)i << 32), read_up_to(i + 1, 1));
	for (unsigned i = 0; i + 1 < CLIENTS_MAX; i++)
		steps[2 * CLIENTS_MAX + i] = from(CLIENT(i + 2), read_up_to(40 + i, 1));
	steps[3 * CLIENTS_MAX - 1] = type("x");
	run(steps, 3 * CLIENTS_MAX);
	expect_read(2 * CLIENTS_MAX, 3 * CLIENTS_MAX, "x");
	for (unsigned i = 0; i + 1 < CLIENTS_MAX; i++)
		expect_nothing(40 + i);
}

Test(uart_driver, one_client_too_many_is_told_so_and_nobody_loses_a_call)
{
	struct step steps[CLIENTS_MAX + 3];

	for (unsigned i = 0; i <= CLIENTS_MAX; i++)
		steps[i] = from(CLIENT(i + 1), read_up_to(i + 1, 1));
	steps[CLIENTS_MAX + 1] = type("123456789");
	steps[CLIENTS_MAX + 2] = from(CLIENT(CLIENTS_MAX + 1), read_up_to(CLIENTS_MAX + 2, 1));
	run(steps, CLIENTS_MAX + 3);
	expect_label(CLIENTS_MAX + 1, KAAL_NO_MEMORY);
	cr_assert_eq(kaal_message_words(kernel.answer[CLIENTS_MAX + 1].message), 0);
	for (unsigned i = 1; i <= CLIENTS_MAX; i++)
		expect_read(i, CLIENTS_MAX + 2, (const char[]){(char)('0' + i), '\0'});
	expect_read(CLIENTS_MAX + 2, CLIENTS_MAX + 3, "9");
}

/* More than the broker tells of at once; one of them waits no more, one is at its next start. */
Test(uart_driver, clients_that_have_ended_give_their_places_to_others)
{
	struct step steps[2 * CLIENTS_MAX + 1];
	unsigned count = 0;

	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		steps[count++] = from(CLIENT(i + 1) + (i == 1 ? UINT64_C(1) << 32 : 0), read_up_to(i + 1, 1));
	for (unsigned i = 0; i + 1 < CLIENTS_MAX; i++)
		steps[count++] = from(CLIENT(20 + i), read_up_to(20 + i, 1));
	steps[count++] = from(CLIENT(99), read_up_to(99, 1));
	steps[count++] = type("ab");
	/* First come those that have never waited. */
	for (unsigned i = 0; i < KAAL_BROKER_BADGES; i++)
		ended[ended_count++] = CLIENT(50 + i);
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		ended[ended_count++] = CLIENT(i + 1);
	run(steps, count);
	expect_label(1, KAAL_CANCELLED);
	expect_read(2, count, "a");
	for (unsigned i = 2; i < CLIENTS_MAX; i++)
		expect_label(i + 1, KAAL_CANCELLED);
	expect_read(20, count, "b");
	expect_label(99, KAAL_NO_MEMORY);
}

Test(uart_driver, writes_of_several_clients_wait_in_turn)
{
	const struct step last[] = {from(CLIENT(1), write_of(FULL + 1)), from(CLIENT(2), write_of(FULL + 2)),
				    from(CLIENT(1), write_of(FULL + 3)), just(FLOW)};
	const unsigned order[] = {FULL + 2, FULL + 3};
	struct step steps[CALLS];
	unsigned numbers[FULL + 2];

	run(steps, fill_then(steps, last, 4));
	expect_label(FULL + 1, KAAL_CANCELLED);
	for (unsigned i = 0; i < FULL; i++)
		numbers[i] = i + 1;
	memcpy(&numbers[FULL], order, sizeof order);
	expect_written(numbers, FULL + 2);
}

/* --- the console --------------------------------------------------------------------------- */

static struct step write_text(unsigned number, const char *text)
{
	struct step step = call(number, KAAL_SERIAL_WRITE, KAAL_SERIAL_WORDS(strlen(text)), strlen(text));

	memcpy(&step.words[1], text, strlen(text));
	return step;
}

static void expect_output(const char *text)
{
	cr_assert_eq(model.out_count, strlen(text), "%.*s", (int)model.out_count, model.out);
	cr_assert_eq(memcmp(model.out, text, strlen(text)), 0, "%.*s", (int)model.out_count, model.out);
}

Test(uart_driver, what_the_root_task_says_comes_in_whole_lines)
{
	RUN(just(FLOW), says("root-task: a\n"), says("root-"), says("task: b\nroot-task: c\n"), write_text(1, "x\r\n"), stats(2));
	expect_output("root-task: a\r\nroot-task: b\r\nroot-task: c\r\nx\r\n");
	cr_assert_eq(console_page.log.read, console_page.log.written);
	cr_assert_eq(kernel.answer[2].words[KAAL_SERIAL_STAT_WAKE_UPS], kernel.wake_ups, "interrupts alone are counted");
}

Test(uart_driver, an_open_line_is_ended_first_and_the_root_task_knows_of_it)
{
	RUN(just(FLOW), write_text(1, "> "), says("a\n"), says("b\n"), write_text(2, "c"));
	expect_output("> \r\na\r\nb\r\nc");
	cr_assert_eq(console_page.log.open, 1);
}

Test(uart_driver, what_was_said_before_it_started_comes_first)
{
	console_page.log.written = console_page.log.read = UINT32_MAX - 3;
	put_console("early\n");
	kernel.said = false;
	RUN(just(FLOW), write_text(1, "x\r\n"));
	expect_output("early\r\nx\r\n");
	cr_assert_eq(console_page.log.open, 0);
}

/* On a line that carries nothing away beyond what the FIFO holds: the root task would print the rest. */
Test(uart_driver, what_is_not_sent_stays_in_the_root_tasks_ring)
{
	RUN(says("12345\n"), says("and more\n"), says("and more\n"));
	cr_assert_eq(model.out_count, FIFO);
	cr_assert_eq(console_page.log.read, 6, "the first line");
	cr_assert_eq(console_page.log.open, 1, "the second has begun");
}

Test(uart_driver, what_has_been_sent_leaves_the_root_tasks_ring)
{
	RUN(says("12345\n"), says("and more\n"), just(FLOW), write_text(1, "x"), says("last\n"));
	expect_output("12345\r\nand more\r\nx\r\nlast\r\n");
	cr_assert_eq(console_page.log.read, console_page.log.written);
	cr_assert_eq(console_page.log.open, 0);
}

/* More of them than the driver can have on their way. */
Test(uart_driver, many_short_lines_come_out_whole)
{
	static char text[3 * CONSOLE_LINES + 1], expected[4 * CONSOLE_LINES * 3];
	unsigned length = 0;

	for (unsigned i = 0; i < CONSOLE_LINES + 20; i++) {
		text[2 * i] = expected[length++] = (char)('a' + i % 26);
		text[2 * i + 1] = '\n';
		expected[length++] = '\r';
		expected[length++] = '\n';
	}
	RUN(says(text), stats(1), just(FLOW));
	cr_assert_eq(kernel.answer[1].words[KAAL_SERIAL_STAT_SENT], FIFO);
	expect_output(expected);
	cr_assert_eq(console_page.log.read, console_page.log.written);
}

Test(uart_driver, lines_that_were_dropped_are_told)
{
	console_page.log.dropped = 77;
	RUN(just(FLOW), says("a\n"), says("b\n"));
	expect_output("a\r\nuart: 77 bytes of output dropped\r\nb\r\n");
}

/* More than there is room for when FULL writes have been taken. */
#define LONG "a line of the root task that is not a short one"

/* Who is next waits for its room; the other does not get ahead for ever. */
Test(uart_driver, console_and_clients_take_turns_when_there_is_no_room)
{
	const struct step last[] = {from(CLIENT(1), write_of(FULL + 1)), says(LONG "\n"), says("two\n"), just(FLOW),
				    from(CLIENT(1), write_of(FULL + 2))};
	struct step steps[CALLS];
	const char *end;

	run(steps, fill_then(steps, last, 5));
	end = model.out + FULL * KAAL_SERIAL_BYTES_MAX;
	cr_assert_eq(memcmp(end, "\r\n" LONG "\r\n", sizeof LONG + 3), 0, "the console's turn");
	end += sizeof LONG + 3;
	cr_assert_eq(*end, (char)(FULL + 1), "then the client's");
	cr_assert_eq(memcmp(end + KAAL_SERIAL_BYTES_MAX, "\r\ntwo\r\n", 7), 0, "then the console's");
	expect_label(FULL + 2, KAAL_OK);
}

/* --- rate and format ----------------------------------------------------------------------- */

static struct step set_line(unsigned number, uint64_t rate, uint64_t data_bits, uint64_t parity, uint64_t stop_bits)
{
	struct step step = call(number, KAAL_SERIAL_SET_LINE, 4, rate);

	step.words[1] = data_bits;
	step.words[2] = parity;
	step.words[3] = stop_bits;
	return step;
}

Test(uart_driver, the_line_changes_when_all_is_sent)
{
	RUN(write_text(1, "12345678901234567890"), set_line(2, 115200, 7, KAAL_SERIAL_PARITY_EVEN, 2), just(FLOW),
	    set_line(3, 115200, 7, KAAL_SERIAL_PARITY_EVEN, 2), set_line(4, 0, 8, 0, 1), set_line(5, 9600, 9, 0, 1),
	    call(6, KAAL_SERIAL_SET_LINE, 3, 9600));
	expect_label(2, KAAL_WOULD_BLOCK);
	expect_label(3, KAAL_OK);
	cr_assert_eq(kernel.answer[3].words[0], 115246);
	cr_assert_eq(model.divisor, 833);
	cr_assert_eq(model.line, 0x4e | PL011_LCR_H_FIFOS);
	for (unsigned i = 4; i <= 6; i++)
		expect_label(i, KAAL_OUT_OF_RANGE);
	cr_assert_eq(model.changed_while_enabled, 0);
}

Test(uart_driver, who_was_not_told_to_allow_it_changes_no_line)
{
	setup.clock = 0;
	RUN(set_line(1, 9600, 8, 0, 1));
	expect_label(1, KAAL_NO_RIGHT);
	cr_assert_eq(model.divisor, 0);
}

/* --- breaks -------------------------------------------------------------------------------- */

static struct step pass(unsigned ms)
{
	return (struct step){.kind = PASS, .call = ms};
}

Test(uart_driver, a_break_is_as_long_as_it_should_be_and_what_is_written_comes_after_it)
{
	RUN(just(FLOW), write_text(1, "before"), call(2, KAAL_SERIAL_BREAK, 1, 10), call(4, KAAL_SERIAL_BREAK, 1, 10),
	    set_line(5, 9600, 8, 0, 1), write_text(3, "after"), says("root-task: x\n"), pass(9), read_up_to(6, 56), type("typed"), stats(7));
	expect_label(2, KAAL_OK);
	expect_label(3, KAAL_OK);
	expect_label(4, KAAL_WOULD_BLOCK);
	expect_label(5, KAAL_WOULD_BLOCK);
	expect_read(6, 10, "typed");
	cr_assert_eq(kernel.answer[7].words[KAAL_SERIAL_STAT_SENT], 6);
	cr_assert_neq(model.line & PL011_LCR_H_BREAK, 0);
	expect_output("before");
	cr_assert_eq(console_page.log.read, 0, "the root task's line has not been sent");
}

Test(uart_driver, a_break_ends)
{
	RUN(just(FLOW), call(1, KAAL_SERIAL_BREAK, 1, 10), write_text(2, "after"), pass(9), stats(3), pass(1), write_text(4, "more"),
	    call(5, KAAL_SERIAL_BREAK, 1, KAAL_SERIAL_BREAK_MS_MAX), pass(KAAL_SERIAL_BREAK_MS_MAX));
	cr_assert_eq(kernel.answer[3].words[KAAL_SERIAL_STAT_SENT], 0);
	expect_output("aftermore");
	expect_label(5, KAAL_OK);
	cr_assert_eq(model.line & PL011_LCR_H_BREAK, 0);
	cr_assert_eq(model.changed_while_enabled, 0);
}

/* Requests and interrupts do not keep it from ending. */
Test(uart_driver, a_break_ends_among_requests)
{
	RUN(just(FLOW), call(1, KAAL_SERIAL_BREAK, 1, 1), write_text(2, "after"), pass(5), stats(3), stats(4));
	cr_assert_eq(kernel.answer[4].words[KAAL_SERIAL_STAT_SENT], 5);
	expect_output("after");
}

Test(uart_driver, breaks_that_are_wrong_or_not_allowed_are_refused)
{
	RUN(call(1, KAAL_SERIAL_BREAK, 1, 0), call(2, KAAL_SERIAL_BREAK, 1, KAAL_SERIAL_BREAK_MS_MAX + 1),
	    call(3, KAAL_SERIAL_BREAK, 2, 1), call(4, KAAL_SERIAL_BREAK, 1, UINT64_MAX));
	for (unsigned i = 1; i <= 4; i++)
		expect_label(i, KAAL_OUT_OF_RANGE);
	setup.clock = 0;
	memset(&kernel.answer, 0, sizeof kernel.answer);
	kernel.done = 0;
	RUN(call(1, KAAL_SERIAL_BREAK, 1, 1));
	expect_label(1, KAAL_NO_RIGHT);
	cr_assert_eq(model.line & PL011_LCR_H_BREAK, 0);
}

/* --- what is refused, and the end ---------------------------------------------------------- */

Test(uart_driver, requests_that_are_wrong_are_refused_and_disturb_nobody)
{
	RUN(read_up_to(1, 56), read_up_to(2, 0), read_up_to(3, 57), call(4, KAAL_SERIAL_READ, 2, 1), call(5, KAAL_SERIAL_READ, 0, 1),
	    call(6, KAAL_SERIAL_WRITE, 1, 0), call(7, KAAL_SERIAL_WRITE, 8, 57), call(8, KAAL_SERIAL_WRITE, 2, 9), call(9, KAAL_SERIAL_WRITE, 3, 8),
	    call(10, KAAL_SERIAL_WRITE, 2, UINT64_MAX), call(11, KAAL_SERIAL_STATS, 1, 0), call(12, 0, 0, 0), call(13, KAAL_SERIAL_STATS + 1, 1, 1),
	    call(14, KAAL_SERIAL_READ, 64, 1), type("q"));
	for (unsigned i = 2; i <= 14; i++) {
		expect_label(i, KAAL_OUT_OF_RANGE);
		cr_assert_eq(kaal_message_words(kernel.answer[i].message), 0);
		cr_assert_eq(kernel.answer[i].after, i);
	}
	expect_read(1, 15, "q");
	cr_assert_eq(model.out_count, 0);
}

Test(uart_driver, it_ends_when_its_line_is_taken_away)
{
	const struct step steps[] = {read_up_to(1, 56), type("a"), read_up_to(2, 56)};

	kernel.steps = steps;
	kernel.count = 3;
	kernel.acks_left = 1;
	cr_assert_eq(uart_driver_run(&setup), KAAL_INVALID_CAP);
	expect_read(1, 2, "a");
	cr_assert_eq(kernel.done, 2);
}
