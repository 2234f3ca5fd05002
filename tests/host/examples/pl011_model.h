/*
 * A model of a PL011 (DDI 0183), behind pl011_read() and pl011_write(): FIFOs of 16 characters
 * with errors, levels, the receive timeout, and interrupts that a transmit FIFO
 * raises only on its way down. QEMU's device does none of these.
 */
#ifndef PL011_MODEL_H
#define PL011_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "registers.h"
#include "ring.h"

#define BASE 0x1000u
#define FIFO 16u

extern struct pl011_model {
	uint32_t mask, raw, control, line, level, dma, integer, fraction;
	uint32_t divisor; /* in 64ths, since LCR_H was written last */
	uint16_t in[FIFO]; /* characters with their errors */
	unsigned in_count;
	uint32_t overrun; /* PL011_DR_OVERRUN until there is room again */
	char out[3 * RING_BYTES];
	unsigned out_count, out_waiting; /* all that was written; of these, not on the line yet */
	unsigned busy;                   /* reads of FR until the last character is out */
	uint16_t late;                   /* comes right after the next write of ICR */
	const char *meanwhile;           /* comes while it is busy, a character with every fourth read of FR; or NULL */
	unsigned changed_while_enabled, switched_off;
	bool broken; /* breaks come without end */
} model;

/* As firmware leaves it. */
void model_reset(void);

/* A character comes, with its errors; characters come, and then nothing for 32 bits' time; or only that. */
void model_arrive(uint16_t character);
void model_arrive_text(const char *text);
void model_pause(void);

/* The line carries up to `count` characters away. */
void model_carry(unsigned count);

/* Which interrupts reach the line. */
uint32_t model_interrupts(void);

#endif
