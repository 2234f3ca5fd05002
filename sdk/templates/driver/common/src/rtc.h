/* The device: a PL031, which counts seconds and interrupts at one of them. Knows no system call, so it is tested on any machine. */
#ifndef RTC_H
#define RTC_H

#include <stdbool.h>
#include <stdint.h>

/* Makes it count, without an alarm, whatever state it is in. base: where its registers are mapped. */
void rtc_start(uintptr_t base);

/* Seconds since 1970, as far as firmware has set it; from 2106 on they begin at 0 again. */
uint32_t rtc_now(uintptr_t base);

/* Has it interrupt at this second. False: that has come already, and there is no alarm. */
bool rtc_alarm(uintptr_t base, uint32_t second);

/* No alarm. */
void rtc_quiet(uintptr_t base);

/* Its line has interrupted: takes that back. */
void rtc_interrupted(uintptr_t base);

#endif
