/*
 * The PL061's registers: 8 bits, a bit a line, at multiples of 4 from the device's base. Source: Arm PrimeCell General
 * Purpose Input/Output (PL061) Technical Reference Manual, DDI 0190, revision r1p0; its section stands behind each.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

enum pl061_register {
	PL061_DATA = 0x000,       /* 3.3.1  levels; see pl061_data() */
	PL061_DIR = 0x400,        /* 3.3.2  1: output */
	PL061_IS = 0x404,         /* 3.3.3  1: interrupt by level, 0: by edge */
	PL061_IBE = 0x408,        /* 3.3.4  1: by both edges, whatever IEV says */
	PL061_IEV = 0x40c,        /* 3.3.5  1: by rising edge or high level, 0: by falling edge or low level */
	PL061_IE = 0x410,         /* 3.3.6  1: the interrupt reaches the device's line */
	PL061_RIS = 0x414,        /* 3.3.7  read only: interrupts before the mask */
	PL061_MIS = 0x418,        /* 3.3.8  read only: after it */
	PL061_IC = 0x41c,         /* 3.3.9  write only: clears interrupts by edge */
	PL061_AFSEL = 0x420,      /* 3.3.10 1: the line is another device's */
	PL061_PERIPH_ID0 = 0xfe0, /* 3.3.11 lower 8 bits of the part number */
	PL061_PERIPH_ID1 = 0xfe4, /*        bits 3:0: its upper 4; bits 7:4: lower 4 of the designer */
};

#define PL061_LINES 0xffu

#define PL061_ID0 0x61u
#define PL061_ID1 0x10u

/* DATA stands at 256 addresses: address bits 9:2 say which lines are read, others are 0, or written, others stay (3.3.1). */
static inline enum pl061_register pl061_data(uint32_t lines)
{
	return (enum pl061_register)(PL061_DATA + lines * 4);
}

/* Reads or writes a register of the device whose registers are mapped at `base`. A test has its own. */
uint32_t pl061_read(uintptr_t base, enum pl061_register offset);
void pl061_write(uintptr_t base, enum pl061_register offset, uint32_t value);

#endif
