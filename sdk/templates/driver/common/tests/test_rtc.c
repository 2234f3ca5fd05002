/* src/rtc.c, which knows no system call, on this machine, with a model of the device's registers instead of a device. */
#include <stdio.h>
#include <stdlib.h>

#include "../src/registers.h"
#include "../src/rtc.h"

#define BASE 0x1000u

static struct {
	uint32_t now, match, counts, enabled, raised;
	uint32_t passes; /* so many seconds pass when the match is written */
} model;

static void second_begins(void)
{
	model.now++;
	model.raised |= model.now == model.match;
}

uint32_t rtc_read(uintptr_t base, enum rtc_register offset)
{
	if (base == BASE && offset == RTC_DR)
		return model.now;
	if (base == BASE && offset == RTC_MIS)
		return model.raised & model.enabled;
	printf("read of what rtc.c has no business with: %#x\n", (unsigned)offset);
	exit(EXIT_FAILURE);
}

void rtc_write(uintptr_t base, enum rtc_register offset, uint32_t value)
{
	if (base == BASE && offset == RTC_MR) {
		model.match = value;
		for (; model.passes > 0; model.passes--)
			second_begins();
	} else if (base == BASE && offset == RTC_CR) {
		model.counts = value & 1;
	} else if (base == BASE && offset == RTC_IMSC) {
		model.enabled = value & 1;
	} else if (base == BASE && offset == RTC_ICR) {
		model.raised &= ~value;
	} else {
		printf("write of what rtc.c has no business with: %#x\n", (unsigned)offset);
		exit(EXIT_FAILURE);
	}
}

static void check(const char *what, bool holds)
{
	static int number;

	printf("%s %d - %s\n", holds ? "ok" : "not ok", ++number, what);
	if (!holds)
		exit(EXIT_FAILURE);
}

static bool interrupts(void)
{
	return rtc_read(BASE, RTC_MIS) != 0;
}

int main(void)
{
	model.now = 100;
	model.enabled = model.raised = 1;
	rtc_start(BASE);
	check("it counts, and what was left of an alarm is gone", model.counts == 1 && !interrupts());
	check("it tells the time", rtc_now(BASE) == 100);

	check("an alarm that is still to come", rtc_alarm(BASE, 102));
	second_begins();
	check("does not come early", !interrupts());
	second_begins();
	check("comes at its second", interrupts());
	rtc_interrupted(BASE);
	check("comes once", !interrupts());

	check("a second that has come is no alarm", !rtc_alarm(BASE, 102) && !interrupts() && model.enabled == 0);
	model.passes = 1;
	check("so is one that comes while it is set", !rtc_alarm(BASE, 103) && !interrupts() && model.enabled == 0);
	check("an alarm that is taken back", rtc_alarm(BASE, 104));
	rtc_quiet(BASE);
	second_begins();
	check("does not come", !interrupts());
	printf("1..10\n");
	return EXIT_SUCCESS;
}
