/*
 * The PL031's registers: 32 bits wide, at multiples of 4 from the device's base. Source: Arm PrimeCell Real Time Clock (PL031) Technical
 * Reference Manual, DDI 0224, revision r1p3; its section stands behind each.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

enum rtc_register {
	RTC_DR = 0x00,   /* 3.3.1 read only: seconds */
	RTC_MR = 0x04,   /* 3.3.2 second that interrupts */
	RTC_CR = 0x0c,   /* 3.3.4 bit 0: it counts */
	RTC_IMSC = 0x10, /* 3.3.5 bit 0: the interrupt reaches the line */
	RTC_MIS = 0x18,  /* 3.3.7 read only, bit 0: it does so now */
	RTC_ICR = 0x1c,  /* 3.3.8 write only, bit 0: clears it */
};

/* Reads or writes a register of the device that is mapped at `base`. The test on the host has its own. */
uint32_t rtc_read(uintptr_t base, enum rtc_register offset);
void rtc_write(uintptr_t base, enum rtc_register offset, uint32_t value);

#endif
