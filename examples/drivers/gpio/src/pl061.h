/*
 * A PL061: eight lines. Knows the device and no system call; `lines` are sets of bits, as in the registers.
 *
 * PL061-1: what interrupts is dealt with by pl061_take(), so that the device's line goes low: an edge is cleared, a
 *          level masked.
 */
#ifndef PL061_H
#define PL061_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

/*
 * Takes over the device whose registers are mapped at `base`, from firmware or from a driver that has ended anywhere:
 * no line interrupts, all else stays. False: it is no PL061, and nothing was written to it.
 */
bool pl061_start(uintptr_t base);

/* Takes lines from other devices that may drive them (AFSEL). */
void pl061_claim(uintptr_t base, uint32_t lines);

/* Makes lines inputs or, with these levels, outputs. The lines interrupt no more. */
void pl061_direct(uintptr_t base, uint32_t lines, uint32_t outputs, uint32_t levels);

/* Which lines are outputs; levels of lines, others are 0. */
uint32_t pl061_outputs(uintptr_t base);
uint32_t pl061_levels(uintptr_t base, uint32_t lines);

/* Drives outputs. Other lines stay. */
void pl061_drive(uintptr_t base, uint32_t lines, uint32_t levels);

/* Lets inputs interrupt, or not; what has happened on them before is forgotten. */
void pl061_watch(uintptr_t base, uint32_t lines, enum gpio_watch what);

/* On which lines it has happened; an edge interrupts again when the next one comes, a level after pl061_watch_again(). */
uint32_t pl061_take(uintptr_t base);
void pl061_watch_again(uintptr_t base, uint32_t lines);

#endif
