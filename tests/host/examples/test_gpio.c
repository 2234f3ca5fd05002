/* The GPIO driver against a model of the device: clients claim lines, drive, read and wait, while pins change between any two accesses. */
#include <criterion/criterion.h>

#include "gpio.h"
#include "pl061.h"
#include "pl061_model.h"
#include "server_world.h"

#define A client(1, 0)
#define B client(2, 0)

static struct kaal_server server;
static struct gpio gpio;

static void start(void)
{
	model_reset();
	gpio = (struct gpio){.base = BASE, .may_drive = 0xff};
	server_begin(&server, gpio_methods, GPIO_METHODS, GPIO_LINES, &gpio);
	cr_assert(pl061_start(BASE));
}

TestSuite(gpio, .init = start);

#define ask(badge, request, ...) \
	calls(&server, (badge), (request), sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (const uint64_t[]){__VA_ARGS__})
#define ok(call) expect_answer((call), KAAL_OK, 0)
#define says(call, status) expect_answer((call), (status), 0)

/* A request whose first word comes back if it says no other. */
static void done(unsigned call, kaal_status_t status)
{
	cr_assert_eq(answers[call].times, 1);
	cr_assert_eq(answers[call].status, status, "%u", (unsigned)answers[call].status);
}

/* Pins change, and the driver hears of it. */
static void pins(uint32_t levels)
{
	model_pins(levels);
	if (model_interrupts())
		gpio_progress(&server);
	cr_assert(!model_interrupts(), "it interrupts for ever");
}

static void expect_told(unsigned call, uint32_t lines, uint32_t levels)
{
	expect_answer(call, KAAL_OK, lines);
	cr_assert_eq(answers[call].words[1], levels, "levels %llx", (unsigned long long)answers[call].words[1]);
}

/* --- lines --------------------------------------------------------------------------------- */

Test(gpio, start_masks_interrupts_and_leaves_the_lines_as_they_are)
{
	model_reset();
	model.dir = 0x0f;
	model.out = 0x05;
	cr_assert(pl061_start(BASE));
	cr_assert_eq(model.ie, 0);
	cr_assert_eq(model.edges, 0);
	cr_assert(model.dir == 0x0f && model.out == 0x05 && model.afsel == 0x81);
}

Test(gpio, another_device_is_not_touched)
{
	model_reset();
	model.id = 0x1031;
	cr_assert(!pl061_start(BASE));
	model.id = 0x0061;
	cr_assert(!pl061_start(BASE));
	cr_assert_eq(model.ie, 0xff);
}

Test(gpio, a_line_is_one_clients)
{
	ok(ask(A, GPIO_CLAIM, 0x03));
	ok(ask(A, GPIO_CLAIM, 0x06));
	says(ask(B, GPIO_CLAIM, 0x0c), KAAL_IN_USE);
	/* Nothing of that was claimed. */
	says(ask(B, GPIO_READ, 0x08), KAAL_NO_RIGHT);
	ok(ask(B, GPIO_CLAIM, 0x88));
	cr_assert_eq(model.afsel, 0x00, "both lines of the other device have been claimed");
	ok(ask(A, GPIO_RELEASE, 0x04));
	ok(ask(B, GPIO_CLAIM, 0x04));
	says(ask(A, GPIO_RELEASE, 0x06), KAAL_NO_RIGHT);
	says(ask(A, GPIO_CLAIM, 0x04), KAAL_IN_USE);
}

Test(gpio, what_is_not_claimed_is_nobodys_to_use)
{
	ok(ask(A, GPIO_CLAIM, 0x01));
	model_pins(0xff);
	for (uint64_t lines = 2; lines <= 3; lines++) {
		says(ask(A, GPIO_READ, lines), KAAL_NO_RIGHT);
		says(ask(A, GPIO_WRITE, lines, 0), KAAL_NO_RIGHT);
		says(ask(A, GPIO_DIRECT, lines, lines, 0), KAAL_NO_RIGHT);
		says(ask(A, GPIO_WATCH, lines, GPIO_WATCH_EDGES), KAAL_NO_RIGHT);
		says(ask(A, GPIO_WAIT, lines), KAAL_NO_RIGHT);
		says(ask(A, GPIO_RELEASE, lines), KAAL_NO_RIGHT);
	}
	cr_assert(model.dir == 0 && model.ie == 0);
}

Test(gpio, words_that_mean_nothing_are_refused)
{
	static const uint64_t wrong[] = {0, 0x100, 0x101, UINT64_MAX, UINT64_C(1) << 32};

	ok(ask(A, GPIO_CLAIM, 0xff));
	for (unsigned i = 0; i < 5; i++) {
		for (uint32_t request = GPIO_CLAIM; request <= GPIO_WAIT; request++)
			says(ask(A, request, wrong[i], 0, 0), KAAL_OUT_OF_RANGE);
	}
	says(ask(A, GPIO_DIRECT, 0x03, 0x07, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, GPIO_DIRECT, 0x03, 0x03, 0x04), KAAL_OUT_OF_RANGE);
	says(ask(A, GPIO_DIRECT, 0x03, 0x01, 0x02), KAAL_OUT_OF_RANGE);
	says(ask(A, GPIO_WRITE, 0x01, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, GPIO_WATCH, 0x01, GPIO_WATCH_LOW + 1), KAAL_OUT_OF_RANGE);
	says(ask(A, GPIO_WATCH, 0x01, UINT64_C(1) << 32), KAAL_OUT_OF_RANGE);
	ok(ask(A, GPIO_DIRECT, 0x01, 0x01, 0));
	says(ask(A, GPIO_WRITE, 0x01, 0x02), KAAL_OUT_OF_RANGE);
	says(ask(A, GPIO_WATCH, 0x03, GPIO_WATCH_EDGES), KAAL_OUT_OF_RANGE);
	cr_assert(model.dir == 0x01 && model.out == 0 && model.ie == 0);
}

Test(gpio, only_lines_that_the_system_names_are_driven)
{
	gpio.may_drive = 0x02;
	ok(ask(A, GPIO_CLAIM, 0xff));
	says(ask(A, GPIO_DIRECT, 0x03, 0x03, 0x03), KAAL_NO_RIGHT);
	cr_assert_eq(model.dir, 0);
	ok(ask(A, GPIO_DIRECT, 0x03, 0x02, 0x02));
	cr_assert(model.dir == 0x02 && model.out == 0x02);
	ok(ask(A, GPIO_DIRECT, 0xff, 0, 0));
	cr_assert_eq(model.dir, 0);
}

/* On devices that keep a level for an input, and on those that do not. */
Test(gpio, outputs_are_driven_and_others_stay)
{
	for (int keeps = 0; keeps < 2; keeps++) {
		start();
		model.keeps = keeps != 0;
		model_pins(0xf0);
		ok(ask(A, GPIO_CLAIM, 0x1f));
		ok(ask(A, GPIO_DIRECT, 0x1f, 0x0f, 0x05));
		expect_answer(ask(A, GPIO_READ, 0x1f), KAAL_OK, 0x15);
		ok(ask(A, GPIO_WRITE, 0x06, 0x02));
		expect_answer(ask(A, GPIO_READ, 0x1f), KAAL_OK, 0x13);
		expect_answer(ask(A, GPIO_READ, 0x02), KAAL_OK, 0x02);
		cr_assert_eq(model.out & model.dir, 0x03);
		ok(ask(A, GPIO_RELEASE, 0x1f));
		cr_assert_eq(model.dir, 0);
	}
}

/* A line that becomes an output is never driven with another level than the one that was asked for. */
Test(gpio, no_level_comes_in_between)
{
	ok(ask(A, GPIO_CLAIM, 0x03));
	ok(ask(A, GPIO_DIRECT, 0x03, 0x03, 0x00));
	ok(ask(A, GPIO_DIRECT, 0x03, 0x00, 0x00));
	model.driven_count = 0;
	ok(ask(A, GPIO_DIRECT, 0x03, 0x03, 0x03));
	cr_assert_eq(model.driven[model.driven_count - 1], 0x303);
	for (unsigned i = 0; i < model.driven_count; i++)
		cr_assert(model.driven[i] == 0 || model.driven[i] == 0x303, "%x", model.driven[i]);
}

/* --- what happens -------------------------------------------------------------------------- */

/* Each way to watch, what a line does, and whether that is told. */
Test(gpio, edges_and_levels_are_told)
{
	static const struct {
		enum gpio_watch what;
		uint32_t before, after;
		bool told;
	} cases[] = {
		{GPIO_WATCH_RISING, 0, 1, true}, {GPIO_WATCH_RISING, 1, 0, false}, {GPIO_WATCH_RISING, 1, 1, false},
		{GPIO_WATCH_FALLING, 0, 1, false}, {GPIO_WATCH_FALLING, 1, 0, true}, {GPIO_WATCH_FALLING, 0, 0, false},
		{GPIO_WATCH_EDGES, 0, 1, true}, {GPIO_WATCH_EDGES, 1, 0, true}, {GPIO_WATCH_EDGES, 1, 1, false},
		{GPIO_WATCH_HIGH, 0, 1, true}, {GPIO_WATCH_HIGH, 0, 0, false}, {GPIO_WATCH_HIGH, 1, 1, true},
		{GPIO_WATCH_LOW, 1, 0, true}, {GPIO_WATCH_LOW, 1, 1, false}, {GPIO_WATCH_LOW, 0, 0, true},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned wait;

		start();
		pins(cases[i].before << 5);
		ok(ask(A, GPIO_CLAIM, 0x30));
		ok(ask(A, GPIO_WATCH, 0x20, cases[i].what));
		wait = ask(A, GPIO_WAIT, 0x30);
		/* The other line is not watched. */
		pins(cases[i].before << 5 | 0x10);
		pins(cases[i].after << 5 | 0x80);
		if (!cases[i].told) {
			expect_none(wait);
			continue;
		}
		expect_answer(wait, KAAL_OK, 0x20);
		cr_assert_eq(answers[wait].words[1] & 0x20, cases[i].after << 5);
	}
}

Test(gpio, what_happens_between_waits_is_kept_and_told_once)
{
	unsigned wait;

	ok(ask(A, GPIO_CLAIM, 0x07));
	ok(ask(A, GPIO_WATCH, 0x03, GPIO_WATCH_RISING));
	pins(0x01);
	pins(0x00);
	pins(0x03);
	expect_told(ask(A, GPIO_WAIT, 0x01), 0x01, 0x01);
	expect_told(ask(A, GPIO_WAIT, 0x07), 0x02, 0x03);
	wait = ask(A, GPIO_WAIT, 0x03);
	expect_none(wait);
	pins(0x00);
	expect_none(wait);
	pins(0x01);
	expect_told(wait, 0x01, 0x01);
}

Test(gpio, a_level_is_told_once_a_wait)
{
	unsigned wait;

	ok(ask(A, GPIO_CLAIM, 0x01));
	ok(ask(A, GPIO_WATCH, 0x01, GPIO_WATCH_HIGH));
	wait = ask(A, GPIO_WAIT, 0x01);
	pins(0x01);
	expect_told(wait, 0x01, 0x01);
	cr_assert_eq(model.ie, 0, "it would interrupt for ever");
	expect_told(ask(A, GPIO_WAIT, 0x01), 0x01, 0x01);
	pins(0x00);
	expect_none(ask(A, GPIO_WAIT, 0x01));
}

/* Wherever an edge comes while the last one is dealt with: it is told, or the levels that are told are later than it. */
Test(gpio, an_edge_that_comes_meanwhile_is_not_missed)
{
	for (unsigned at = 1; at < 30; at++) {
		unsigned wait;

		start();
		ok(ask(A, GPIO_CLAIM, 0x03));
		ok(ask(A, GPIO_WATCH, 0x03, GPIO_WATCH_EDGES));
		wait = ask(A, GPIO_WAIT, 0x03);
		model_pins(0x01);
		model.accesses = 0;
		model.pins_at = at;
		model.pins_then = 0x02;
		gpio_progress(&server);
		cr_assert_eq(answers[wait].times, 1);
		if (model.accesses < at)
			continue;
		if (answers[wait].words[1] != 0x02) {
			wait = ask(A, GPIO_WAIT, 0x03);
			if (model_interrupts())
				gpio_progress(&server);
			cr_assert_eq(answers[wait].times, 1, "access %u", at);
		}
		cr_assert_eq(answers[wait].words[1], 0x02);
	}
}

/* An edge that was there before, or that changing the way of interrupting looks like. */
Test(gpio, watching_tells_nothing_of_before)
{
	ok(ask(A, GPIO_CLAIM, 0x01));
	for (uint64_t what = GPIO_WATCH_RISING; what <= GPIO_WATCH_EDGES; what++) {
		ok(ask(A, GPIO_WATCH, 0x01, GPIO_WATCH_EDGES));
		model_pins(0x01);
		model_pins(0x00);
		ok(ask(A, GPIO_WATCH, 0x01, what));
		cr_assert(!model_interrupts());
		expect_none(ask(A, GPIO_WAIT, 0x01));
	}
	pins(0x01);
	ok(ask(A, GPIO_WATCH, 0x01, GPIO_WATCH_NOTHING));
	says(ask(A, GPIO_WAIT, 0x01), KAAL_NOT_BOUND);
	pins(0x00);
	cr_assert_eq(model.ie, 0);
	cr_assert_eq(gpio.happened, 0);
}

Test(gpio, changes_of_one_line_leave_another_clients_alone)
{
	unsigned wait;

	ok(ask(A, GPIO_CLAIM, 0x01));
	ok(ask(B, GPIO_CLAIM, 0x02));
	ok(ask(A, GPIO_WATCH, 0x01, GPIO_WATCH_HIGH));
	wait = ask(A, GPIO_WAIT, 0x01);
	ok(ask(B, GPIO_WATCH, 0x02, GPIO_WATCH_FALLING));
	ok(ask(B, GPIO_DIRECT, 0x02, 0x02, 0x02));
	ok(ask(B, GPIO_DIRECT, 0x02, 0x00, 0x00));
	ok(ask(B, GPIO_WATCH, 0x02, GPIO_WATCH_LOW));
	/* B's interrupt is on its way when A's line changes, too. */
	model_pins(0x01);
	ok(ask(B, GPIO_RELEASE, 0x02));
	gpio_progress(&server);
	expect_told(wait, 0x01, 0x01);
}

/* --- waits, and ends ----------------------------------------------------------------------- */

Test(gpio, a_client_has_one_wait)
{
	unsigned first, second, other;

	ok(ask(A, GPIO_CLAIM, 0x03));
	ok(ask(A, GPIO_WATCH, 0x03, GPIO_WATCH_EDGES));
	ok(ask(B, GPIO_CLAIM, 0x04));
	ok(ask(B, GPIO_WATCH, 0x04, GPIO_WATCH_EDGES));
	other = ask(B, GPIO_WAIT, 0x04);
	first = ask(A, GPIO_WAIT, 0x01);
	second = ask(A, GPIO_WAIT, 0x02);
	done(first, KAAL_CANCELLED);
	pins(0x01);
	expect_none(second);
	pins(0x02);
	expect_told(second, 0x02, 0x02);
	expect_none(other);
	/* Released, directed, watched anew: nobody waits for that any more. */
	for (uint32_t request = GPIO_RELEASE; request <= GPIO_WATCH; request++) {
		if (request == GPIO_READ || request == GPIO_WRITE)
			continue;
		ok(ask(A, GPIO_CLAIM, 0x03));
		ok(ask(A, GPIO_WATCH, 0x03, GPIO_WATCH_EDGES));
		first = ask(A, GPIO_WAIT, 0x03);
		ok(ask(A, request, 0x01, 0, 0));
		done(first, KAAL_CANCELLED);
		if (request != GPIO_RELEASE)
			says(ask(A, GPIO_WAIT, 0x01), KAAL_NOT_BOUND);
	}
	cr_assert_eq(calls_waiting(), 1);
}

Test(gpio, who_gave_up_is_not_told_and_the_next_wait_is)
{
	unsigned wait;

	ok(ask(A, GPIO_CLAIM, 0x01));
	ok(ask(A, GPIO_WATCH, 0x01, GPIO_WATCH_RISING));
	wait = ask(A, GPIO_WAIT, 0x01);
	answers[wait].given_up = true;
	pins(0x01);
	pins(0x00);
	expect_told(ask(A, GPIO_WAIT, 0x01), 0x01, 0x00);
}

Test(gpio, an_ended_clients_lines_are_inputs_and_nobodys)
{
	unsigned wait;

	ok(ask(A, GPIO_CLAIM, 0x0f));
	ok(ask(A, GPIO_DIRECT, 0x03, 0x03, 0x03));
	ok(ask(A, GPIO_WATCH, 0x04, GPIO_WATCH_HIGH));
	wait = ask(A, GPIO_WAIT, 0x04);
	gpio_ended(&server, client(2, 0));
	expect_none(wait);
	gpio_ended(&server, A);
	done(wait, KAAL_CANCELLED);
	cr_assert(model.dir == 0 && model.ie == 0 && gpio.watched == 0 && gpio.happened == 0);
	cr_assert_eq(calls_waiting(), 0);
	ok(ask(B, GPIO_CLAIM, 0x0f));
	says(ask(A, GPIO_READ, 0x01), KAAL_NO_RIGHT);
}

/* It comes before the driver is told of the end of the one before; that is told later, and ends nothing of the new one. */
Test(gpio, a_clients_next_start_gets_the_lines_of_the_last)
{
	unsigned wait;

	ok(ask(A, GPIO_CLAIM, 0x0f));
	ok(ask(A, GPIO_WATCH, 0x0f, GPIO_WATCH_EDGES));
	wait = ask(A, GPIO_WAIT, 0x0f);
	says(ask(client(1, 2), GPIO_READ, 0x01), KAAL_NO_RIGHT);
	ok(ask(client(1, 2), GPIO_CLAIM, 0x01));
	done(wait, KAAL_CANCELLED);
	ok(ask(B, GPIO_CLAIM, 0x0e));
	gpio_ended(&server, client(1, 1));
	expect_answer(ask(client(1, 2), GPIO_READ, 0x01), KAAL_OK, 0);
}

/* Eight clients with a line each. */
Test(gpio, everybody_can_wait)
{
	unsigned waits[GPIO_LINES];

	for (uint32_t i = 0; i < GPIO_LINES; i++) {
		ok(ask(client(i + 1, 0), GPIO_CLAIM, 1u << i));
		ok(ask(client(i + 1, 0), GPIO_WATCH, 1u << i, GPIO_WATCH_RISING));
		waits[i] = ask(client(i + 1, 0), GPIO_WAIT, 1u << i);
	}
	pins(0xff);
	for (uint32_t i = 0; i < GPIO_LINES; i++)
		expect_told(waits[i], 1u << i, 1u << i);
	cr_assert_eq(calls_waiting(), 0);
}
