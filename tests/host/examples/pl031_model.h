/*
 * A model of a PL031 (DDI 0224), behind pl031_read() and pl031_write(): the count, the match, the interrupt and its
 * mask. Time goes on when a test says so, or between two accesses.
 */
#ifndef PL031_MODEL_H
#define PL031_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "registers.h"

#define BASE 0x1000u

extern struct pl031_model {
	uint32_t count, match, control, mask, raw;
	uint32_t id; /* PERIPH_ID1 and PERIPH_ID0 */
	unsigned accesses;
	unsigned tick_at; /* a second passes before this access; 0: none does */
} model;

/* A device that has counted since 2001, and whose last driver left its interrupt on. */
void model_reset(void);

/* Seconds pass. */
void model_tick(uint32_t seconds);

/* Whether it interrupts. */
bool model_interrupts(void);

#endif
