/*
 * Interrupt lines, one slot a line in a table that boot makes. Whoever holds
 * a line's handler binds it to a notification: that capability's copy lies in
 * the line's slot, so revoking what it was copied from unbinds the line.
 *
 *   IQ-1: a line's slot is empty or holds a notification's capability; without a handler it is empty
 *   IQ-2: a line without a handler is masked; one with a handler is, from when it fires or is bound until its ack
 *   IQ-3: only lines IRQ_FIRST and up have handlers, and not the kernel's timer's
 */
#ifndef OBJECT_IRQ_H
#define OBJECT_IRQ_H

#include <stdbool.h>

#include "cap.h"

#define IRQ_FIRST 16u      /* those before are for signals between CPUs */
#define IRQ_LINES_MAX 1020u

typedef uint32_t irq_t; /* number of a line, as the interrupt controller counts */

/* The lines that there are. Changed by irq.c, and through irq_count(). */
struct irq_table {
	slot_t first; /* line 0's slot */
	uint32_t lines;
	uint32_t handlers[IRQ_LINES_MAX]; /* capabilities to each line's handler */
};

extern struct irq_table irq_table;

/* Uses `table`, empty slots for `lines` lines at most. Boot only. */
void irq_start(slot_t table, uint32_t lines);

/* Whether a line can have a handler, and whether it has none. */
bool irq_line_ok(uint64_t line);
bool irq_is_free(irq_t line);

/* The first capability to the handler of a free line, not counted yet; the line is masked. */
struct cap irq_handler_start(irq_t line, bool edge);

/* The line that a handler's capability names. */
irq_t irq_of(struct cap cap);
uint32_t *irq_count(irq_t line);

/* The slot for the line's binding. */
slot_t irq_slot(irq_t line);

/* The line, whose slot is empty, tells the notification whose capability lies in `from`; it is masked. */
void irq_bind(irq_t line, slot_t from);

/* The last capability is gone: the line is masked. The slot is the caller's to empty. */
void irq_end(irq_t line);

/* The line's interrupt has been claimed: it is masked, and whoever it is bound to told. Any line. */
void irq_fire(irq_t line);

#endif
