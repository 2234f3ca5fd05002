/*
 * The PL031's registers: 32 bits wide, at multiples of 4 from the device's base.
 * Source: Arm PrimeCell Real Time Clock (PL031) Technical Reference Manual, DDI 0224, revision r1p3; its section stands
 * behind each.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

enum pl031_register {
	PL031_DR = 0x000,         /* 3.3.1  read only: the count of seconds */
	PL031_MR = 0x004,         /* 3.3.2  the count at which it interrupts */
	PL031_LR = 0x008,         /* 3.3.3  write: the count goes on from here */
	PL031_CR = 0x00c,         /* 3.3.4  control */
	PL031_IMSC = 0x010,       /* 3.3.5  1: the interrupt reaches the line */
	PL031_RIS = 0x014,        /* 3.3.6  read only: interrupt before the mask */
	PL031_ICR = 0x01c,        /* 3.3.8  write only: clears the interrupt */
	PL031_PERIPH_ID0 = 0xfe0, /* 3.3.9  lower 8 bits of the part number */
	PL031_PERIPH_ID1 = 0xfe4, /*        bits 3:0: its upper 4; bits 7:4: lower 4 of the designer */
};

#define PL031_CR_START (1u << 0) /* it counts; stays until reset */
#define PL031_INT_MATCH (1u << 0)

#define PL031_ID0 0x31u
#define PL031_ID1 0x10u

/* Reads or writes a register of the device whose registers are mapped at `base`. A test has its own. */
uint32_t pl031_read(uintptr_t base, enum pl031_register offset);
void pl031_write(uintptr_t base, enum pl031_register offset, uint32_t value);

#endif
