/*
 * The PL011's registers: 32 bits wide, at multiples of 4 from the device's base.
 * Source: Arm PrimeCell UART (PL011) Technical Reference Manual, DDI 0183, revision
 * r1p5; its section stands behind each. The SBSA Generic UART (DEN 0029, appendix B)
 * has the ones marked S, and the line is set up by firmware.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

enum pl011_register {
	PL011_DR = 0x00,    /* S 3.3.1  read: a received character with its errors; write: one to send */
	PL011_ECR = 0x04,   /* S 3.3.2  write: clears the errors */
	PL011_FR = 0x18,    /* S 3.3.3  read only: flags */
	PL011_IBRD = 0x24,  /*   3.3.5  divisor of the clock, 1..65535; taken over when LCR_H is written, as is the next */
	PL011_FBRD = 0x28,  /*   3.3.6  64ths of it */
	PL011_LCR_H = 0x2c, /*   3.3.7  line control */
	PL011_CR = 0x30,    /*   3.3.8  control */
	PL011_IFLS = 0x34,  /*   3.3.9  FIFO levels that interrupt */
	PL011_IMSC = 0x38,  /* S 3.3.10 1: the interrupt reaches the line */
	PL011_RIS = 0x3c,   /* S 3.3.11 read only: interrupts before the mask */
	PL011_ICR = 0x44,   /* S 3.3.13 write only: clears interrupts */
	PL011_DMACR = 0x48, /*   3.3.14 DMA control */
};

/* DR, 3.3.1 */
#define PL011_DR_FRAMING (1u << 8) /* no stop bit */
#define PL011_DR_PARITY (1u << 9)
#define PL011_DR_BREAK (1u << 10)  /* the line was low for longer than a character */
#define PL011_DR_OVERRUN (1u << 11) /* characters came while the FIFO was full, and are lost */

/* FR, 3.3.3 */
#define PL011_FR_BUSY (1u << 3)             /* a character is on its way out */
#define PL011_FR_RECEIVE_EMPTY (1u << 4)    /* RXFE */
#define PL011_FR_TRANSMIT_FULL (1u << 5)    /* TXFF */
#define PL011_FR_TRANSMIT_EMPTY (1u << 7)   /* TXFE */

/* LCR_H, 3.3.7 */
#define PL011_LCR_H_BREAK (1u << 0)         /* BRK: a break is sent */
#define PL011_LCR_H_PARITY (1u << 1)        /* PEN */
#define PL011_LCR_H_EVEN (1u << 2)          /* EPS */
#define PL011_LCR_H_TWO_STOPS (1u << 3)     /* STP2 */
#define PL011_LCR_H_FIFOS (1u << 4)         /* FEN */
#define PL011_LCR_H_BITS(bits) (((bits) - 5u) << 5) /* WLEN: data bits, 5..8 */

/* CR, 3.3.8 */
#define PL011_CR_ENABLE (1u << 0)           /* UARTEN */
#define PL011_CR_INFRARED (1u << 1 | 1u << 2) /* SIREN, SIRLP */
#define PL011_CR_LOOPBACK (1u << 7)         /* LBE */
#define PL011_CR_TRANSMIT (1u << 8)         /* TXE */
#define PL011_CR_RECEIVE (1u << 9)          /* RXE */
#define PL011_CR_REQUEST_TO_SEND (1u << 14) /* RTSEn: the sender is stopped while the receive FIFO is full, if the wire is there */

/* IFLS, 3.3.9: interrupt when the transmit FIFO is down to 1/8, the receive FIFO up to 1/2 */
#define PL011_IFLS_LEVELS (0u << 0 | 2u << 3)

/* IMSC, RIS, ICR, 3.3.10 to 3.3.13 */
#define PL011_INT_RECEIVE (1u << 4)         /* the receive FIFO is up to its level */
#define PL011_INT_TRANSMIT (1u << 5)        /* the transmit FIFO is down to its level */
#define PL011_INT_TIMEOUT (1u << 6)         /* characters wait, and for 32 bits' time none came */
#define PL011_INT_ALL 0x7ffu

/* Reads or writes a register of the device whose registers are mapped at `base`. A test has its own. */
uint32_t pl011_read(uintptr_t base, enum pl011_register offset);
void pl011_write(uintptr_t base, enum pl011_register offset, uint32_t value);

#endif
