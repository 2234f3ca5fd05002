/*
 * A client: starts timers in another order than they expire in, waits for them, follows one that is periodic, and hears
 * of one by a notification. Then it stops the service, so that nobody is left, and ends.
 */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/signals.h>
#include <kaal/slot.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>
#include <kaal/object.h>

#include "client-requires.h"
#include "timer_client.h"

#define SERVICE "timer" /* its component */
#define MS UINT64_C(1000000)
#define ROUNDS 5u

static struct kaal_service timer;

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

static struct timer_told wait_for_one(void)
{
	struct timer_told told;

	must("wait", timer_wait(&timer, UINT64_MAX, &told));
	return told;
}

static void once(void)
{
	uint64_t base;

	must("now", timer_now(&timer, &base));
	must("start", timer_start(&timer, 0, base + 30 * MS, 0, 0, NULL));
	must("start", timer_start(&timer, 1, base + 10 * MS, 0, 0, NULL));
	must("start", timer_start(&timer, 2, base + 20 * MS, 0, 0, NULL));
	must("start", timer_start(&timer, 3, base + 15 * MS, 0, 0, NULL));
	must("stop", timer_stop(&timer, 3));
	for (unsigned i = 0; i < 3; i++) {
		struct timer_told told = wait_for_one();

		printf("timer %u, after %llu ms\n", (unsigned)told.timer, (unsigned long long)((told.deadline - base) / MS));
	}
}

/* It does not drift: each deadline is a whole number of periods after the first. */
static void periodic(void)
{
	struct timer_told told;
	uint64_t first, times = 0;

	must("start", timer_start(&timer, 0, MS, MS, TIMER_RELATIVE, &first));
	while (times < ROUNDS) {
		told = wait_for_one();
		times += told.times;
		if (told.deadline != first + (times - 1) * MS)
			printf("it has drifted\n");
	}
	must("stop", timer_stop(&timer, 0));
	printf("%llu periods of 1 ms, to the nanosecond\n", (unsigned long long)times);
}

static void by_signal(void)
{
	struct kaal_signals signals;
	struct timer_told told;
	uint64_t came;
	kaal_cap_t signal;
	uint32_t flag;

	must("signals", kaal_signals_start(&signals));
	must("flag", kaal_signals_take(&signals, &flag));
	must("slot", kaal_slot_take(1, &signal));
	must("flag", kaal_cap_mint(kaal_own_cnode(), signal, kaal_own_cnode(), signals.notification.first, KAAL_RIGHT_WRITE,
				   UINT64_C(1) << flag));
	must("signal", timer_signal(&timer, kaal_notification_at(signal)));
	must("start", timer_start(&timer, 7, 5 * MS, 0, TIMER_RELATIVE, NULL));
	must("wait", kaal_signals_wait(&signals, UINT64_C(1) << flag, UINT64_MAX, &came));
	must("poll", timer_poll(&timer, &told));
	printf("a signal: timer %u\n", (unsigned)told.timer);
}

int main(void)
{
	uint32_t service;

	must("timer", kaal_service_open(&timer, "timer", UINT64_MAX));
	once();
	periodic();
	by_signal();
	must("service", kaal_supervisor_find(SERVICE, &service));
	must("service", kaal_supervisor_stop(service));
	return EXIT_SUCCESS;
}
