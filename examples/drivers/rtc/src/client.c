/*
 * A client: tells the time, sets it, waits for a time, and goes to the end of what 32 bits can count. Then it stops the
 * driver, so that nobody is left, and ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <kaal/status_text.h>
#include <kaal/supervisor.h>
#include <kaal/object.h>
#include <kaal/time.h>

#include "client-requires.h"
#include "rtc_client.h"

#define DRIVER "rtc" /* the driver's component */
#define A_DAY_IN_2030 1900000000u
#define LAST UINT32_MAX

static struct kaal_service rtc;

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

static void tell(const char *what, uint32_t seconds)
{
	time_t when = seconds;
	struct tm parts;
	char text[32];

	(void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime_r(&when, &parts));
	printf("%s %s\n", what, text);
}

static void tell_time(const char *what)
{
	uint32_t seconds = 0;

	must("read", rtc_read(&rtc, &seconds));
	tell(what, seconds);
}

static void wait_until(uint32_t until)
{
	uint32_t seconds = 0;

	must("wait", rtc_wait(&rtc, until, UINT64_MAX, &seconds));
	tell("waited until", seconds);
}

int main(void)
{
	uint32_t driver;

	must("rtc", kaal_service_open(&rtc, "rtc", UINT64_MAX));
	tell_time("it is");
	must("set", rtc_set(&rtc, A_DAY_IN_2030));
	tell_time("set to");
	wait_until(A_DAY_IN_2030 + 2);
	must("set", rtc_set(&rtc, LAST - 1));
	tell_time("set to");
	wait_until(LAST);
	kaal_ignore(kaal_thread_sleep(kaal_ticks_now() + kaal_ticks_hz()));
	tell_time("and then it is");
	must("driver", kaal_supervisor_find(DRIVER, &driver));
	must("driver", kaal_supervisor_stop(driver));
	return EXIT_SUCCESS;
}
