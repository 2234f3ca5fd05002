/* The clock's driver against a model of the device: clients read, set and wait, while time goes on between any two accesses. */
#include <criterion/criterion.h>

#include "pl031_model.h"
#include "rtc.h"
#include "server_world.h"

#define NOW 1000000000u

static struct kaal_server server;
static struct rtc rtc;

static void start(void)
{
	model_reset();
	rtc = (struct rtc){.may_set = true};
	server_begin(&server, rtc_methods, RTC_METHODS, RTC_CLIENTS_MAX, &rtc);
	cr_assert(pl031_start(&rtc.device, BASE));
}

TestSuite(rtc, .init = start);

static unsigned set(uint64_t seconds)
{
	return calls(&server, client(99, 0), RTC_SET, 1, &seconds);
}

static unsigned wait_of(uint64_t badge, uint64_t seconds)
{
	return calls(&server, badge, RTC_WAIT, 1, &seconds);
}

static void expect_time(uint64_t seconds)
{
	expect_answer(calls(&server, client(98, 0), RTC_READ, 0, NULL), KAAL_OK, seconds);
}

/* Seconds pass, and the driver hears of each interrupt. */
static void pass(uint32_t seconds)
{
	for (; seconds > 0; seconds--) {
		model_tick(1);
		if (model_interrupts())
			rtc_progress(&server);
		cr_assert(!model_interrupts(), "it interrupts for ever");
	}
}

Test(rtc, start_takes_the_device_as_it_is)
{
	cr_assert_eq(model.mask, 0);
	expect_time(NOW);
	pass(2);
	expect_time(NOW + 2);
	/* One that nobody has started. */
	model.control = 0;
	model_tick(1);
	expect_time(NOW + 2);
	cr_assert(pl031_start(&rtc.device, BASE));
	model_tick(1);
	expect_time(NOW + 3);
}

Test(rtc, another_device_is_not_touched)
{
	model_reset();
	model.id = 0x1061;
	cr_assert(!pl031_start(&rtc.device, BASE));
	model.id = 0x0031;
	cr_assert(!pl031_start(&rtc.device, BASE));
	cr_assert(model.mask == PL031_INT_MATCH && model.match == NOW + 1);
}

Test(rtc, waits_end_at_their_times_in_any_order)
{
	unsigned third = wait_of(client(1, 0), NOW + 30), first = wait_of(client(2, 0), NOW + 10), second = wait_of(client(3, 0), NOW + 20),
		 also = wait_of(client(4, 0), NOW + 20);

	expect_answer(wait_of(client(5, 0), NOW), KAAL_OK, NOW);
	expect_answer(wait_of(client(5, 0), 0), KAAL_OK, NOW);
	pass(9);
	expect_none(first);
	pass(1);
	expect_answer(first, KAAL_OK, NOW + 10);
	expect_none(second);
	pass(10);
	expect_answer(second, KAAL_OK, NOW + 20);
	expect_answer(also, KAAL_OK, NOW + 20);
	pass(10);
	expect_answer(third, KAAL_OK, NOW + 30);
	cr_assert_eq(model.mask, 0, "nobody waits");
	cr_assert_eq(calls_waiting(), 0);
}

/* Wherever a second ends while the driver arms the device, nobody waits for the count to come round. */
Test(rtc, a_second_that_ends_meanwhile_is_not_missed)
{
	for (unsigned at = 1; at < 20; at++) {
		unsigned first;

		start();
		model.accesses = 0;
		model.tick_at = at;
		first = wait_of(client(1, 0), NOW + 1);
		model_tick(model.accesses < at);
		model.tick_at = 0;
		if (model_interrupts())
			rtc_progress(&server);
		expect_answer(first, KAAL_OK, NOW + 1);
		first = wait_of(client(1, 0), NOW + 2);
		pass(1);
		expect_answer(first, KAAL_OK, NOW + 2);
	}
}

Test(rtc, an_interrupt_without_cause_does_nothing)
{
	unsigned wait = wait_of(client(1, 0), NOW + 5);

	rtc_progress(&server);
	rtc_progress(&server);
	expect_none(wait);
	pass(5);
	expect_answer(wait, KAAL_OK, NOW + 5);
	rtc_progress(&server);
	expect_answer(wait, KAAL_OK, NOW + 5);
}

Test(rtc, a_client_has_one_wait_and_ends_with_it)
{
	unsigned first = wait_of(client(1, 0), NOW + 5), second = wait_of(client(1, 0), NOW + 6), other = wait_of(client(2, 0), NOW + 7), third;

	expect_answer(first, KAAL_CANCELLED, 0);
	expect_none(second);
	/* Its next start, before the driver is told of its end; that does not end the new one's. */
	third = wait_of(client(1, 1), NOW + 8);
	expect_answer(second, KAAL_CANCELLED, 0);
	rtc_ended(&server, client(1, 0));
	expect_none(third);
	rtc_ended(&server, client(1, 1));
	expect_answer(third, KAAL_CANCELLED, 0);
	expect_none(other);
	cr_assert_eq(model.match, NOW + 7);
	rtc_ended(&server, client(2, 3));
	cr_assert_eq(calls_waiting(), 0);
	cr_assert_eq(model.mask, 0);
}

Test(rtc, places_are_bounded_and_a_client_that_gave_up_keeps_none)
{
	unsigned first = wait_of(client(1, 0), NOW + 5);

	answers[first].given_up = true;
	for (uint32_t i = 2; i <= RTC_CLIENTS_MAX; i++)
		expect_none(wait_of(client(i, 0), NOW + 5 + i));
	expect_answer(wait_of(client(RTC_CLIENTS_MAX + 1, 0), NOW + 9), KAAL_NO_MEMORY, 0);
	expect_none(wait_of(client(1, 0), NOW + 6));
	rtc_ended(&server, client(2, 0));
	expect_none(wait_of(client(RTC_CLIENTS_MAX + 1, 0), NOW + 9));
	pass(100);
	cr_assert_eq(calls_waiting(), 0);
}

/* --- setting ------------------------------------------------------------------------------- */

Test(rtc, only_who_was_told_to_allow_it_lets_clients_set_the_time)
{
	rtc.may_set = false;
	expect_answer(set(5), KAAL_NO_RIGHT, 0);
	expect_answer(set(UINT64_C(1) << 32), KAAL_NO_RIGHT, 0);
	expect_time(NOW);
	rtc.may_set = true;
	expect_answer(set(5), KAAL_OK, 0);
	expect_time(5);
}

Test(rtc, times_that_there_are_not_are_refused)
{
	static const uint64_t wrong[] = {UINT64_C(1) << 32, (UINT64_C(1) << 32) + NOW, UINT64_MAX};

	for (unsigned i = 0; i < 3; i++) {
		expect_answer(set(wrong[i]), KAAL_OUT_OF_RANGE, 0);
		expect_answer(wait_of(client(1, 0), wrong[i]), KAAL_OUT_OF_RANGE, 0);
	}
	expect_time(NOW);
	cr_assert_eq(model.mask, 0);
}

Test(rtc, who_waits_is_answered_when_the_time_is_set_beyond)
{
	unsigned first = wait_of(client(1, 0), NOW + 5), second = wait_of(client(2, 0), NOW + 500);

	expect_answer(set(NOW + 100), KAAL_OK, 0);
	expect_answer(first, KAAL_OK, NOW + 100);
	expect_none(second);
	expect_answer(set(NOW - 10), KAAL_OK, 0);
	pass(509);
	expect_none(second);
	pass(1);
	expect_answer(second, KAAL_OK, NOW + 500);
}

/* What had come before the time was set back is answered, also what the device was not armed for yet. */
Test(rtc, setting_back_forgets_no_wait_and_answers_none_too_early)
{
	unsigned first = wait_of(client(1, 0), NOW + 5), other = wait_of(client(2, 0), NOW + 6), second;

	model_tick(6);
	expect_answer(set(NOW), KAAL_OK, 0);
	expect_answer(first, KAAL_OK, NOW + 6);
	expect_answer(other, KAAL_OK, NOW + 6);
	second = wait_of(client(1, 0), NOW + 5);
	rtc_progress(&server);
	expect_none(second);
	pass(5);
	expect_answer(second, KAAL_OK, NOW + 5);
	/* To the very time that is waited for. */
	second = wait_of(client(1, 0), NOW + 9);
	expect_answer(set(NOW + 9), KAAL_OK, 0);
	expect_answer(second, KAAL_OK, NOW + 9);
}

/* --- 2106 ---------------------------------------------------------------------------------- */

Test(rtc, the_last_second_comes_and_then_the_first)
{
	unsigned last;

	expect_answer(set(UINT32_MAX - 1), KAAL_OK, 0);
	last = wait_of(client(1, 0), UINT32_MAX);
	pass(1);
	expect_answer(last, KAAL_OK, UINT32_MAX);
	expect_time(UINT32_MAX);
	pass(1);
	expect_time(0);
}

/* The driver is so late that the count has begun anew. */
Test(rtc, who_waits_for_the_last_second_is_answered_after_it)
{
	unsigned last;

	expect_answer(set(UINT32_MAX - 1), KAAL_OK, 0);
	last = wait_of(client(1, 0), UINT32_MAX);
	model_tick(3);
	cr_assert(model_interrupts());
	rtc_progress(&server);
	expect_answer(last, KAAL_OK, UINT32_MAX);
	expect_time(1);
}
