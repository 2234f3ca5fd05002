/*
 * The end of capabilities and of the objects behind them, in bounded steps: a
 * caller repeats a step until it says true, and may take interrupts between two.
 *
 *   DE-1: the worklists hold the CNodes and threads that have no capability left and slots that may not be empty
 */
#ifndef OBJECT_DESTROY_H
#define OBJECT_DESTROY_H

#include "cap.h"

/*
 * Empties a slot (also one that is empty already). What was below it goes one
 * level up. If that ends objects with slots, the slot stays a zombie until those
 * are empty, too, so that nothing new can come into it in between.
 */
bool destroy_slot_step(slot_t slot);

/* Deletes one capability below the slot's. True when there is none left. */
bool destroy_below_step(slot_t slot);

/* Empties one slot of a CNode or thread in the worklists. True when they are empty. */
bool destroy_worklist_step(void);

/* The new capability in `slot` refers to its object: counts it. */
void destroy_count_reference(struct cap cap);

#endif
