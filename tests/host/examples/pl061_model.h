/*
 * A model of a PL061 (DDI 0190), behind pl061_read() and pl061_write(): masked data addresses, directions, interrupts
 * by edge and level. Pins change when a test says so, or between two accesses. Unlike QEMU's, an input keeps the level
 * that was written for when it becomes an output, if `keeps`.
 */
#ifndef PL061_MODEL_H
#define PL061_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "registers.h"

#define BASE 0x1000u

extern struct pl061_model {
	uint32_t out, dir, is, ibe, iev, ie, edges, afsel;
	uint32_t pins; /* what is outside, of inputs */
	uint32_t id;   /* PERIPH_ID1 and PERIPH_ID0 */
	bool keeps;
	unsigned accesses;
	unsigned pins_at; /* `pins_then` are outside before this access; 0: nothing changes */
	uint32_t pins_then;
	uint32_t driven[64]; /* outputs (times 256) and their levels, each time that they have changed */
	unsigned driven_count;
} model;

/* A device whose last driver left all interrupts on, and another device some lines. */
void model_reset(void);

/* Levels outside. */
void model_pins(uint32_t pins);

/* The device's line. */
bool model_interrupts(void);

#endif
