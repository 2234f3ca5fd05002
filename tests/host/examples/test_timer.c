/* The timer service against a clock of the test's own, whose ticks are not whole nanoseconds and which wakes it late, as far as the test says. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <kaal/syscall.h>

#include "../../qemu/random.h"
#include "clock.h"
#include "server_world.h"
#include "timers.h"

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)
#define BEGIN (UINT64_C(77) * SECOND)
#define A client(1, 0)
#define B client(2, 0)
#define SIGNALS 1000u

static struct kaal_server server;
static struct timers timers;

/* --- what is below ------------------------------------------------------------------------- */

static uint64_t now, wake;
static unsigned signalled[TIMER_CLIENTS_MAX];
static bool held[TIMER_CLIENTS_MAX]; /* a notification lies in this slot */
static uint64_t came_type, came_rights;

uint64_t clock_now(void)
{
	return now;
}

uint64_t clock_hz(void)
{
	return 62500000;
}

void clock_wake_at(struct kaal_server *self, uint64_t ns)
{
	cr_assert_eq(self, &server);
	wake = ns;
}

kaal_status_t kaal_sys_cap_identify(kaal_cap_t cap, uint64_t *type, uint64_t *rights, uint64_t *size_bits)
{
	cr_assert_eq(cap, CAME);
	*type = came_type;
	*rights = came_rights;
	*size_bits = 0;
	return KAAL_OK;
}

static bool *slot(uint64_t index)
{
	cr_assert(index >= SIGNALS && index < SIGNALS + TIMER_CLIENTS_MAX);
	return &held[index - SIGNALS];
}

kaal_status_t kaal_sys_cap_move(kaal_cap_t to, uint64_t to_slot, kaal_cap_t from, uint64_t from_slot)
{
	(void)to;
	(void)from;
	cr_assert_eq(from_slot, CAME);
	if (*slot(to_slot))
		return KAAL_SLOT_OCCUPIED;
	*slot(to_slot) = true;
	return KAAL_OK;
}

kaal_status_t kaal_sys_cap_delete(kaal_cap_t from, uint64_t index)
{
	(void)from;
	*slot(index) = false;
	return KAAL_OK;
}

kaal_status_t kaal_sys_notification_signal(kaal_cap_t notification)
{
	if (!*slot(notification))
		return KAAL_WRONG_TYPE;
	signalled[notification - SIGNALS]++;
	return KAAL_OK;
}

/* --- what clients do ----------------------------------------------------------------------- */

static void start(void)
{
	memset(&timers, 0, sizeof timers);
	memset(held, 0, sizeof held);
	memset(signalled, 0, sizeof signalled);
	timers.signals = SIGNALS;
	now = BEGIN;
	wake = CLOCK_NEVER;
	came_type = KAAL_OBJECT_NOTIFICATION;
	came_rights = KAAL_RIGHT_WRITE;
	server_begin(&server, timer_methods, TIMER_METHODS, TIMER_CLIENTS_MAX, &timers);
}

TestSuite(timer, .init = start);

#define ask(badge, request, ...) \
	calls(&server, (badge), (request), sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (const uint64_t[]){__VA_ARGS__})

static void says(unsigned call, kaal_status_t status)
{
	cr_assert_eq(answers[call].times, 1, "call %u was answered %u times", call, answers[call].times);
	cr_assert_eq(answers[call].status, status, "call %u: %u", call, (unsigned)answers[call].status);
}

/* A timer that is to expire at this time; it says so. */
static void at(uint64_t badge, uint64_t timer, uint64_t when, uint64_t period)
{
	expect_answer(ask(badge, TIMER_START, timer, when, period, 0), KAAL_OK, when);
}

static void expect_told(unsigned call, uint64_t timer, uint64_t deadline, uint64_t times)
{
	expect_answer(call, KAAL_OK, timer);
	cr_assert_eq(answers[call].words[1], deadline, "deadline %llu", (unsigned long long)answers[call].words[1]);
	cr_assert_eq(answers[call].words[2], times, "%llu times", (unsigned long long)answers[call].words[2]);
	cr_assert_leq(answers[call].words[3], now);
}

/* Time passes until then; the service is woken when it wants to be, `late` ns later. */
static void pass_until(uint64_t until, uint64_t late)
{
	while (wake != CLOCK_NEVER && wake + late <= until) {
		if (now < wake + late)
			now = wake + late;
		timers_progress(&server);
		cr_assert_gt(wake, now, "it is woken for ever");
	}
	now = until;
}

/* --- requests ------------------------------------------------------------------------------ */

Test(timer, it_tells_the_time)
{
	unsigned call = calls(&server, A, TIMER_NOW, 0, NULL);

	expect_answer(call, KAAL_OK, BEGIN);
	cr_assert_eq(answers[call].words[1], 62500000);
}

Test(timer, timers_expire_in_their_order_and_not_before)
{
	unsigned wait;

	at(A, 0, BEGIN + 30, 0);
	at(A, 1, BEGIN + 10, 0);
	expect_answer(ask(A, TIMER_START, 2, 20, 0, TIMER_RELATIVE), KAAL_OK, BEGIN + 20);
	cr_assert_eq(wake, BEGIN + 10);
	wait = ask(A, TIMER_WAIT, 0);
	pass_until(BEGIN + 9, 0);
	expect_none(wait);
	pass_until(BEGIN + 10, 0);
	expect_told(wait, 1, BEGIN + 10, 1);
	cr_assert_eq(answers[wait].words[3], BEGIN + 10);
	pass_until(BEGIN + 40, 5);
	expect_told(ask(A, TIMER_WAIT, 0), 2, BEGIN + 20, 1);
	expect_told(ask(A, TIMER_WAIT, 0), 0, BEGIN + 30, 1);
	says(ask(A, TIMER_WAIT, 0), KAAL_NOT_BOUND);
	cr_assert_eq(wake, CLOCK_NEVER);
}

Test(timer, a_time_that_has_passed_expires_at_once)
{
	unsigned wait;

	at(B, 0, BEGIN + SECOND, 0);
	wait = ask(B, TIMER_WAIT, 0);
	at(A, 3, 0, 0);
	expect_told(ask(A, TIMER_WAIT, 0), 3, 0, 1);
	at(A, 3, BEGIN, 0);
	expect_told(ask(A, TIMER_WAIT, TIMER_POLL), 3, BEGIN, 1);
	/* One that has come before the service is woken. */
	at(A, 3, BEGIN + 5, 0);
	now = BEGIN + 5;
	expect_told(ask(A, TIMER_WAIT, TIMER_POLL), 3, BEGIN + 5, 1);
	expect_none(wait);
}

Test(timer, what_there_is_not_is_refused_and_changes_nothing)
{
	at(A, 0, BEGIN + 100, 0);
	says(ask(A, TIMER_START, TIMER_COUNT, 1, 0, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, UINT64_MAX, 1, 0, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, 0, 1, 0, 2), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, 0, UINT64_MAX, 0, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, 0, UINT64_MAX, 0, TIMER_RELATIVE), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, 0, UINT64_MAX - BEGIN + 1, 0, TIMER_RELATIVE), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, 0, 1, SECOND / TIMER_RATE_MAX - 1, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_START, 0, 1, 1, 0), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_STOP, TIMER_COUNT), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_WAIT, 2), KAAL_OUT_OF_RANGE);
	says(ask(A, TIMER_WAIT, TIMER_POLL), KAAL_WOULD_BLOCK);
	says(ask(B, TIMER_WAIT, 0), KAAL_NOT_BOUND);
	says(ask(B, TIMER_STOP, 0), KAAL_OK);
	pass_until(BEGIN + 100, 0);
	expect_told(ask(A, TIMER_WAIT, 0), 0, BEGIN + 100, 1);
}

Test(timer, a_timer_that_is_stopped_or_begins_anew_tells_nothing_of_before)
{
	at(A, 0, BEGIN + 10, 0);
	at(A, 1, BEGIN + 10, 0);
	at(A, 2, BEGIN + 50, MS);
	at(A, 3, BEGIN + 5, 0);
	says(ask(A, TIMER_STOP, 3), KAAL_OK);
	cr_assert_eq(wake, BEGIN + 10, "it is not woken for what was stopped");
	says(ask(A, TIMER_STOP, 0), KAAL_OK);
	pass_until(BEGIN + 60, 0);
	cr_assert_eq(wake, BEGIN + 50 + MS);
	at(A, 1, BEGIN + 70, 0);
	says(ask(A, TIMER_STOP, 2), KAAL_OK);
	cr_assert_eq(wake, BEGIN + 70);
	says(ask(A, TIMER_WAIT, TIMER_POLL), KAAL_WOULD_BLOCK);
	pass_until(BEGIN + SECOND, 0);
	expect_told(ask(A, TIMER_WAIT, 0), 1, BEGIN + 70, 1);
	says(ask(A, TIMER_WAIT, 0), KAAL_NOT_BOUND);
}

/* --- periodic ------------------------------------------------------------------------------ */

/* However late it is woken each time: not a nanosecond of it is left in the next deadline. */
Test(timer, periodic_timers_do_not_drift)
{
	uint64_t period = 333333, first = BEGIN + 17, told = 0;

	at(A, 0, first, period);
	for (unsigned i = 0; i < 10000; i++) {
		unsigned wait = ask(A, TIMER_WAIT, 0);

		pass_until(now + 2 * period, i * 7919 % 300000);
		told += answers[wait].words[2];
		expect_told(wait, 0, first + (told - 1) * period, answers[wait].words[2]);
	}
	cr_assert_geq(told, 19990);
}

Test(timer, periods_that_pass_meanwhile_are_counted)
{
	at(A, 0, BEGIN + MS, MS);
	pass_until(BEGIN + MS / 2, 0);
	now = BEGIN + 10 * MS + 1;
	timers_progress(&server);
	cr_assert_eq(wake, BEGIN + 11 * MS);
	pass_until(BEGIN + 12 * MS, 0);
	expect_told(ask(A, TIMER_WAIT, 0), 0, BEGIN + 12 * MS, 12);
	/* To the end of time: the last deadline that there is, and no more. */
	at(A, 0, UINT64_MAX - MS, MS / 10 * 9);
	now = UINT64_MAX - 1;
	timers_progress(&server);
	expect_told(ask(A, TIMER_WAIT, 0), 0, UINT64_MAX - MS / 10, 2);
	says(ask(A, TIMER_WAIT, 0), KAAL_NOT_BOUND);
}

Test(timer, a_clients_periods_have_a_share)
{
	uint64_t shortest = SECOND / TIMER_RATE_MAX;

	at(A, 0, BEGIN, 2 * shortest);
	at(A, 1, BEGIN, 2 * shortest);
	says(ask(A, TIMER_START, 2, BEGIN, 1000 * SECOND, 0), KAAL_NO_MEMORY);
	says(ask(A, TIMER_START, 0, BEGIN, shortest, 0), KAAL_NO_MEMORY);
	at(A, 0, BEGIN, 2 * shortest);
	at(A, 2, BEGIN, 0);
	at(B, 0, BEGIN, shortest);
	says(ask(A, TIMER_STOP, 1), KAAL_OK);
	at(A, 2, BEGIN, 4 * shortest);
	at(A, 3, BEGIN, 4 * shortest);
	says(ask(A, TIMER_START, 4, BEGIN, UINT64_MAX, 0), KAAL_NO_MEMORY);
	says(ask(A, TIMER_STOP, 0), KAAL_OK);
	at(A, 0, BEGIN + 5, UINT64_MAX);
}

/* --- clients ------------------------------------------------------------------------------- */

Test(timer, a_client_has_one_wait)
{
	unsigned first, second;

	at(A, 0, BEGIN + 10, 0);
	first = ask(A, TIMER_WAIT, 0);
	second = ask(A, TIMER_WAIT, 0);
	says(first, KAAL_CANCELLED);
	answers[second].given_up = true;
	pass_until(BEGIN + 20, 0);
	/* Nobody was told; so the next one is. */
	expect_told(ask(A, TIMER_WAIT, 0), 0, BEGIN + 10, 1);
	cr_assert_eq(calls_waiting(), 0);
}

Test(timer, an_ended_client_is_forgotten)
{
	unsigned wait, other;

	at(A, 0, BEGIN + 10, 0);
	at(A, 1, BEGIN + 10, MS);
	at(B, 0, BEGIN + 50, 0);
	says(calls(&server, A, TIMER_SIGNAL, 0, NULL), KAAL_OK);
	wait = ask(A, TIMER_WAIT, 0);
	other = ask(B, TIMER_WAIT, 0);
	timers_ended(&server, A);
	says(wait, KAAL_CANCELLED);
	cr_assert_eq(timers.queue.count, 1);
	cr_assert_eq(wake, BEGIN + 50);
	cr_assert(!held[0]);
	says(ask(A, TIMER_WAIT, 0), KAAL_NOT_BOUND);
	pass_until(BEGIN + 60, 0);
	expect_told(other, 0, BEGIN + 50, 1);
}

/* It comes before the service hears of the end of the one before. */
Test(timer, a_clients_next_start_has_nothing_of_the_last)
{
	unsigned wait;

	at(A, 0, BEGIN + 10, 0);
	wait = ask(A, TIMER_WAIT, 0);
	says(ask(client(1, 1), TIMER_WAIT, 0), KAAL_NOT_BOUND);
	at(client(1, 1), 1, BEGIN + 20, 0);
	says(wait, KAAL_CANCELLED);
	timers_ended(&server, A);
	pass_until(BEGIN + 30, 0);
	expect_told(ask(client(1, 1), TIMER_WAIT, 0), 1, BEGIN + 20, 1);
}

Test(timer, clients_are_bounded)
{
	for (uint32_t i = 1; i <= TIMER_CLIENTS_MAX; i++) {
		for (uint64_t timer = 0; timer < TIMER_COUNT; timer++)
			at(client(i, 0), timer, BEGIN + SECOND, 0);
	}
	says(ask(client(99, 0), TIMER_START, 0, BEGIN, 0, 0), KAAL_NO_MEMORY);
	says(calls(&server, client(99, 0), TIMER_SIGNAL, 0, NULL), KAAL_NO_MEMORY);
	timers_ended(&server, client(7, 0));
	at(client(99, 0), 0, BEGIN + SECOND, 0);
	at(client(8, 0), 0, BEGIN + SECOND, 0);
}

/* --- signals ------------------------------------------------------------------------------- */

Test(timer, who_does_not_wait_is_signalled)
{
	unsigned wait;

	says(calls(&server, A, TIMER_SIGNAL, 0, NULL), KAAL_OK);
	at(A, 0, BEGIN + 10, 0);
	at(A, 1, BEGIN + 20, 0);
	pass_until(BEGIN + 15, 0);
	cr_assert_eq(signalled[0], 1);
	expect_told(ask(A, TIMER_WAIT, TIMER_POLL), 0, BEGIN + 10, 1);
	wait = ask(A, TIMER_WAIT, 0);
	pass_until(BEGIN + 25, 0);
	expect_told(wait, 1, BEGIN + 20, 1);
	cr_assert_eq(signalled[0], 1, "it was told");
	/* One who has given up. */
	at(A, 0, BEGIN + 30, 0);
	wait = ask(A, TIMER_WAIT, 0);
	answers[wait].given_up = true;
	pass_until(BEGIN + 35, 0);
	cr_assert_eq(signalled[0], 2);
	/* A new one, at once: there is something to tell. */
	says(calls(&server, A, TIMER_SIGNAL, 0, NULL), KAAL_OK);
	cr_assert_eq(signalled[0], 3);
	/* The notification goes, and nothing else. */
	held[0] = false;
	at(A, 0, BEGIN + 40, 0);
	pass_until(BEGIN + 45, 0);
	expect_told(ask(A, TIMER_WAIT, 0), 0, BEGIN + 40, 1);
}

Test(timer, only_a_notification_is_taken)
{
	came_type = KAAL_OBJECT_ENDPOINT;
	says(calls(&server, A, TIMER_SIGNAL, 0, NULL), KAAL_WRONG_TYPE);
	came_type = KAAL_OBJECT_NOTIFICATION;
	came_rights = KAAL_RIGHT_READ;
	says(calls(&server, A, TIMER_SIGNAL, 0, NULL), KAAL_NO_RIGHT);
	cr_assert(!held[0] && timers.clients[0].badge == 0);
}

/* --- many ---------------------------------------------------------------------------------- */

#define LATE 3000u /* ns, at most, that the service is woken late */

/* What clients know of their timers. */
static struct {
	uint64_t deadline, period; /* the next; CLOCK_NEVER: none */
} known[TIMER_CLIENTS_MAX][TIMER_COUNT];
static unsigned waits[TIMER_CLIENTS_MAX];
static uint64_t seed, told_count;

static uint64_t below(uint64_t limit)
{
	return next_random(&seed) % limit;
}

/* It was to expire next, and has not been told of for longer than the service was late. */
static void check_told(uint32_t index, uint64_t *last)
{
	const uint64_t *words = answers[waits[index]].words;
	uint64_t period = known[index][words[0]].period;

	cr_assert_lt(words[0], TIMER_COUNT);
	cr_assert_eq(words[1], known[index][words[0]].deadline + (words[2] - 1) * period, "client %u, timer %u", index, (unsigned)words[0]);
	cr_assert(words[1] <= now && now <= words[1] + LATE, "%llu ns late", (unsigned long long)(now - words[1]));
	cr_assert_geq(words[1], *last, "client %u is told in order", index);
	*last = words[1];
	known[index][words[0]].deadline = period == 0 ? CLOCK_NEVER : words[1] + period;
	told_count++;
}

/* A client hears of all that there is, until it waits or has nothing to wait for. */
static void hear(uint32_t index)
{
	uint64_t last = 0;

	for (;;) {
		if (waits[index] == 0)
			waits[index] = ask(client(index + 1, 0), TIMER_WAIT, 0);
		if (answers[waits[index]].times == 0)
			break;
		if (answers[waits[index]].status != KAAL_OK) {
			says(waits[index], KAAL_NOT_BOUND);
			waits[index] = 0;
			break;
		}
		check_told(index, &last);
		waits[index] = 0;
	}
	for (uint32_t timer = 0; timer < TIMER_COUNT; timer++)
		cr_assert_gt(known[index][timer].deadline, now, "client %u was not told of timer %u", index, timer);
}

static void start_or_stop(uint32_t index)
{
	uint64_t timer = below(TIMER_COUNT), badge = client(index + 1, 0);

	known[index][timer].deadline = CLOCK_NEVER;
	known[index][timer].period = 0;
	if (below(8) == 0) {
		says(ask(badge, TIMER_STOP, timer), KAAL_OK);
		return;
	}
	known[index][timer].deadline = now + 1 + below(5 * MS);
	if (below(3) == 0)
		known[index][timer].period = SECOND * TIMER_COUNT / TIMER_RATE_MAX + below(10 * MS);
	at(badge, timer, known[index][timer].deadline, known[index][timer].period);
	hear(index);
}

/* 64 clients with 8 timers each, which they start and stop at random; each waits whenever something runs. */
Test(timer, sixty_four_clients)
{
	const char *text = getenv("KAAL_SEED");

	seed = text != NULL ? strtoull(text, NULL, 0) : 1;
	cr_log_info("seed %llu", (unsigned long long)seed);
	memset(known, 0xff, sizeof known);
	for (unsigned step = 0; step < 5000; step++) {
		uint64_t until = now + below(50000);

		start_or_stop((uint32_t)below(TIMER_CLIENTS_MAX));
		while (wake < until) {
			now = wake + below(LATE);
			timers_progress(&server);
			for (uint32_t i = 0; i < TIMER_CLIENTS_MAX; i++)
				hear(i);
		}
		now = now < until ? until : now;
		/* Time has gone on to where something may be due. */
		timers_progress(&server);
		for (uint32_t i = 0; i < TIMER_CLIENTS_MAX; i++)
			hear(i);
	}
	cr_assert_gt(told_count, 5000, "%llu were told", (unsigned long long)told_count);
	cr_assert_gt(timers.queue.count, 100, "of 512 timers %u run", timers.queue.count);
}
