#include "rtc.h"

#include "registers.h"

#define BIT 1u /* the only one that CR, IMSC and ICR have */

void rtc_start(uintptr_t base)
{
	rtc_quiet(base);
	rtc_write(base, RTC_CR, BIT);
}

uint32_t rtc_now(uintptr_t base)
{
	return rtc_read(base, RTC_DR);
}

/* The match is set before the clock is looked at: a second that begins between the two interrupts. */
bool rtc_alarm(uintptr_t base, uint32_t second)
{
	rtc_write(base, RTC_MR, second);
	rtc_write(base, RTC_IMSC, BIT);
	if (rtc_now(base) < second)
		return true;
	rtc_quiet(base);
	return false;
}

void rtc_quiet(uintptr_t base)
{
	rtc_write(base, RTC_IMSC, 0);
	rtc_write(base, RTC_ICR, BIT);
}

void rtc_interrupted(uintptr_t base)
{
	rtc_write(base, RTC_ICR, BIT);
}
