/*
 * Clients of the example's RTC driver, by their first argument:
 *   checks   asks for all that there is and is not, and waits while the driver is killed; stops the driver at the end
 *   killer   kills the driver half a second after the machine's start, and a client that waits
 *   waiter   waits for a time that does not come
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "../../../examples/drivers/rtc/src/rtc_client.h"
#include "broker_memory.h"

#define BASE 1767323045u /* 2026-01-02 03:04:05, which QEMU is told */
#define MS (kaal_ticks_hz() / 1000)

static struct kaal_service rtc;

static kaal_status_t ask(uint32_t request, uint64_t count, uint64_t word)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {word};

	return kaal_service_request(&rtc, request, count, words, UINT64_MAX);
}

static uint32_t now(void)
{
	uint32_t seconds = 0;

	expect(rtc_read(&rtc, &seconds), KAAL_OK, "reading");
	return seconds;
}

static void check_refusals(void)
{
	expect(ask(RTC_SET, 1, UINT64_C(1) << 32), KAAL_OUT_OF_RANGE, "setting what there is not");
	expect(ask(RTC_WAIT, 1, UINT64_C(1) << 32), KAAL_OUT_OF_RANGE, "waiting for what there is not");
	expect(ask(RTC_SET, 0, 0), KAAL_OUT_OF_RANGE, "setting nothing");
	expect(ask(RTC_WAIT, 0, 0), KAAL_OUT_OF_RANGE, "waiting for nothing");
	expect(ask(RTC_WAIT + 1, 0, 0), KAAL_NOT_SUPPORTED, "another request");
}

/* A second of the clock began at the machine's start. */
static void check_wait(uint32_t seconds, const char *what)
{
	kaal_ticks_t before = kaal_ticks_now(), took;
	uint32_t start = now(), reached = 0;

	expect(rtc_wait(&rtc, start + seconds, UINT64_MAX, &reached), KAAL_OK, what);
	took = kaal_ticks_now() - before;
	if (reached != start + seconds || took > seconds * kaal_ticks_hz() || took < (seconds - 1) * kaal_ticks_hz())
		printf("wrong: %s: %u after %u, %u ms\n", what, (unsigned)reached, (unsigned)start, (unsigned)(took / MS));
	printf("%s: %u s\n", what, (unsigned)(reached - start));
}

static int checks(void)
{
	uint32_t driver, reached;

	printf("%u s after the base\n", (unsigned)(now() - BASE));
	check_refusals();
	expect(rtc_wait(&rtc, now() + 1, kaal_ticks_now() + 10 * MS, &reached), KAAL_TIMEOUT, "not for so long");
	/* The driver is killed meanwhile. */
	check_wait(2, "waited");
	check_wait(1, "waited again");
	expect(rtc_set(&rtc, 0), KAAL_OK, "1970");
	check_wait(3, "waited in 1970");
	expect(kaal_supervisor_find("driver", &driver), KAAL_OK, "the driver");
	expect(kaal_supervisor_stop(driver), KAAL_OK, "stopping it");
	return EXIT_SUCCESS;
}

static int killer(void)
{
	uint32_t driver, waiter;

	kaal_ignore(kaal_sys_thread_sleep(500 * MS));
	expect(kaal_supervisor_find("driver", &driver), KAAL_OK, "the driver");
	expect(kaal_supervisor_find("waiter", &waiter), KAAL_OK, "the waiter");
	expect(kaal_supervisor_kill(waiter), KAAL_OK, "killing the waiter");
	kaal_ignore(kaal_sys_thread_sleep(600 * MS));
	expect(kaal_supervisor_kill(driver), KAAL_OK, "killing the driver");
	return EXIT_SUCCESS;
}

static int waiter(void)
{
	uint32_t reached = 0;

	printf("waits\n");
	expect(rtc_wait(&rtc, UINT32_MAX, UINT64_MAX, &reached), KAAL_CANCELLED, "a wait without reconnect");
	return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
	if (count < 2)
		return EXIT_FAILURE;
	if (strcmp(arguments[1], "killer") == 0)
		return killer();
	expect(kaal_service_open(&rtc, "rtc", UINT64_MAX), KAAL_OK, "the service");
	return strcmp(arguments[1], "checks") == 0 ? checks() : waiter();
}
