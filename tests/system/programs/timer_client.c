/*
 * Clients of the example's timer service, by their first argument:
 *   steady N  waits for N expirations of a periodic timer, and tells how late the latest was
 *   busy N    N times starts all its timers at random, and hears of them in order
 *   hostile   asks for what there is not; ends with timers that run
 *   checks    after a second kills the service while it waits, and stops it at the end
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/signals.h>
#include <kaal/supervisor.h>
#include <kaal/time.h>

#include "../../../examples/drivers/timer/src/timer_client.h"
#include "../../qemu/random.h"
#include "broker_memory.h"

#define MS UINT64_C(1000000)

static struct kaal_service timer;

static struct timer_told wait_for_one(void)
{
	struct timer_told told;

	expect(timer_wait(&timer, UINT64_MAX, &told), KAAL_OK, "waiting");
	return told;
}

static int steady(uint64_t count)
{
	uint64_t first, times = 0, late = 0;

	expect(timer_start(&timer, 0, MS, MS, TIMER_RELATIVE, &first), KAAL_OK, "starting");
	while (times < count) {
		struct timer_told told = wait_for_one();

		times += told.times;
		if (told.timer != 0 || told.deadline != first + (times - 1) * MS)
			printf("wrong: it has drifted\n");
		if (told.now - told.deadline > late)
			late = told.now - told.deadline;
	}
	printf("%llu periods, late by %llu ns at most\n", (unsigned long long)times, (unsigned long long)late);
	return EXIT_SUCCESS;
}

/* Timers at random within 2 ms; they come in the order of their deadlines, and none before. */
static int busy(uint64_t count)
{
	uint64_t state = kaal_startup()->component + 1, late = 0;

	for (uint64_t round = 0; round < count; round++) {
		uint64_t last = 0;

		for (uint32_t i = 0; i < TIMER_COUNT; i++)
			expect(timer_start(&timer, i, MS + next_random(&state) % MS, 0, TIMER_RELATIVE, NULL), KAAL_OK, "starting");
		for (uint32_t i = 0; i < TIMER_COUNT; i++) {
			uint64_t before = kaal_ticks_to_ns(kaal_ticks_now(), kaal_ticks_hz());
			struct timer_told told = wait_for_one();

			if (told.deadline < last || told.times != 1 || told.now < told.deadline)
				printf("wrong: timer %u came out of order\n", (unsigned)told.timer);
			last = told.deadline;
			/* Where this client came late itself, it was not the service. */
			if (before < last && told.now - last > late)
				late = told.now - last;
		}
	}
	printf("%llu timers, late by %llu ns at most\n", (unsigned long long)(count * TIMER_COUNT), (unsigned long long)late);
	return EXIT_SUCCESS;
}

/* --- what there is not --------------------------------------------------------------------- */

static void check_signals(void)
{
	struct kaal_signals signals;
	kaal_cap_t signal;
	uint64_t came;

	expect(timer_signal(&timer, kaal_notification_at(KAAL_SLOT_BROKER)), KAAL_WRONG_TYPE, "a signal to an endpoint");
	expect(kaal_signals_start(&signals), KAAL_OK, "signals");
	expect(kaal_slot_take(2, &signal), KAAL_OK, "slots");
	expect(kaal_sys_cap_mint(KAAL_SLOT_CNODE, signal, KAAL_SLOT_CNODE, signals.notification.first, KAAL_RIGHT_READ, 1), KAAL_OK, "a flag");
	expect(timer_signal(&timer, kaal_notification_at(signal)), KAAL_NO_RIGHT, "a signal without the right");
	signals.taken = 2;
	expect(kaal_sys_cap_mint(KAAL_SLOT_CNODE, signal + 1, KAAL_SLOT_CNODE, signals.notification.first, KAAL_RIGHT_WRITE, 2), KAAL_OK, "a flag");
	for (unsigned i = 0; i < 3; i++)
		expect(timer_signal(&timer, kaal_notification_at(signal + 1)), KAAL_OK, "a signal");
	expect(timer_start(&timer, 1, MS, 0, TIMER_RELATIVE, NULL), KAAL_OK, "starting");
	expect(kaal_signals_wait(&signals, 2, UINT64_MAX, &came), KAAL_OK, "the signal");
	/* It goes, and the service does not mind. */
	expect(kaal_signals_end(&signals), KAAL_OK, "no signals");
	expect(timer_start(&timer, 1, MS, 0, TIMER_RELATIVE, NULL), KAAL_OK, "starting");
	(void)wait_for_one();
}

static int hostile(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	struct timer_told told;

	expect(timer_wait(&timer, UINT64_MAX, &told), KAAL_NOT_BOUND, "waiting for nothing");
	expect(timer_start(&timer, TIMER_COUNT, MS, 0, 0, NULL), KAAL_OUT_OF_RANGE, "a timer that there is not");
	expect(timer_start(&timer, 0, MS, 1, 0, NULL), KAAL_OUT_OF_RANGE, "each nanosecond");
	expect(timer_start(&timer, 0, MS, 0, 2, NULL), KAAL_OUT_OF_RANGE, "a flag that there is not");
	expect(timer_start(&timer, 0, UINT64_MAX, 0, TIMER_RELATIVE, NULL), KAAL_OUT_OF_RANGE, "never");
	expect(timer_stop(&timer, UINT32_MAX), KAAL_OUT_OF_RANGE, "stopping what there is not");
	expect(kaal_service_request(&timer, TIMER_START, 3, words, UINT64_MAX), KAAL_OUT_OF_RANGE, "too few words");
	expect(kaal_service_request(&timer, TIMER_SIGNAL, 0, words, UINT64_MAX), KAAL_OUT_OF_RANGE, "no capability");
	expect(kaal_service_request(&timer, TIMER_SIGNAL + 1, 0, words, UINT64_MAX), KAAL_NOT_SUPPORTED, "another request");
	check_signals();
	expect(timer_start(&timer, 0, MS, MS / 10, TIMER_RELATIVE, NULL), KAAL_OK, "all of its share");
	expect(timer_start(&timer, 1, MS, MS, TIMER_RELATIVE, NULL), KAAL_NO_MEMORY, "more than its share");
	for (uint32_t i = 1; i < TIMER_COUNT; i++)
		expect(timer_start(&timer, i, UINT64_MAX - 1, 0, 0, NULL), KAAL_OK, "the end of time");
	(void)wait_for_one();
	printf("leaves eight timers\n");
	return EXIT_SUCCESS;
}

/* --- the service's end --------------------------------------------------------------------- */

static int checks(void)
{
	struct timer_told told;
	uint32_t service;

	expect(kaal_supervisor_find("service", &service), KAAL_OK, "the service");
	expect(timer_start(&timer, 0, 1000 * MS, 0, TIMER_RELATIVE, NULL), KAAL_OK, "starting");
	expect(timer_start(&timer, 1, 9000 * MS, 0, TIMER_RELATIVE, NULL), KAAL_OK, "starting another");
	expect(timer_wait(&timer, kaal_ticks_now() + kaal_ticks_hz() / 1000, &told), KAAL_TIMEOUT, "not for so long");
	expect(timer_poll(&timer, &told), KAAL_WOULD_BLOCK, "not yet");
	printf("timer %u\n", (unsigned)wait_for_one().timer);
	expect(kaal_supervisor_kill(service), KAAL_OK, "killing it");
	expect(timer_wait(&timer, UINT64_MAX, &told), KAAL_NOT_BOUND, "nothing runs after its restart");
	expect(timer_start(&timer, 2, MS, 0, TIMER_RELATIVE, NULL), KAAL_OK, "starting again");
	printf("timer %u\n", (unsigned)wait_for_one().timer);
	expect(kaal_supervisor_stop(service), KAAL_OK, "stopping it");
	return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
	const char *what = count > 1 ? arguments[1] : "";
	uint64_t number = count > 2 ? strtoull(arguments[2], NULL, 10) : 0;

	expect(kaal_service_open(&timer, "timer", UINT64_MAX), KAAL_OK, "the service");
	if (strcmp(what, "steady") == 0)
		return steady(number);
	if (strcmp(what, "busy") == 0)
		return busy(number);
	return strcmp(what, "hostile") == 0 ? hostile() : checks();
}
