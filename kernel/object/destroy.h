/*
 * The end of capabilities and of the objects behind them, in bounded steps: a
 * caller repeats a step until it says true, and may take interrupts between two.
 *
 *   DE-1: the worklists hold the CNodes and threads that have no capability left and slots that may not be empty
 */
#ifndef OBJECT_DESTROY_H
#define OBJECT_DESTROY_H

#include "cap.h"
#include "endpoint.h"
#include "notification.h"
#include "thread.h"

/* Objects that have ended, and are still to be emptied: the first of each kind, THREAD_NONE or 0 for none. */
struct destroy_worklists {
	slot_t cnode; /* linked by cnode_worklist_next() */
	thread_t thread;             /* by destroy_next */
	notification_t notification; /* by their flags, which nobody takes any more */
	endpoint_t endpoint;         /* by destroy_next */
};

/* Changed by destroy.c only. */
extern struct destroy_worklists destroy_worklists;

/*
 * Empties a slot (also one that is empty already). What was below it goes one
 * level up. If that ends objects with slots, the slot stays a zombie until those
 * are empty, too, so that nothing new can come into it in between.
 */
bool destroy_slot_step(slot_t slot);

/*
 * Deletes one capability below the slot's, or brings one nearer to it from below another, which is a zombie from then on: nobody
 * else revokes that one, or uses its memory, as if nothing came from it. True when there is none left.
 */
bool destroy_below_step(slot_t slot);

/* Empties one slot of a CNode or thread in the worklists. True when they are empty. */
bool destroy_worklist_step(void);

/* The new capability in `slot` refers to its object: counts it. */
void destroy_count_reference(struct cap cap);

#endif
