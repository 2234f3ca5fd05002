/*
 * Timers that run, by deadline: a heap in which each knows its place, so that one starts or stops in log2(n) steps.
 *
 * QUEUE-1: no entry is due before the one at half its place.
 * QUEUE-2: the entry at place p has `place` p; one that is not in the queue has 0.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdint.h>

#define QUEUE_MAX 512u

struct queue_entry {
	uint64_t deadline; /* not to be changed while it is in */
	uint32_t place;
};

/* All zero: empty. */
struct queue {
	struct queue_entry *entries[QUEUE_MAX + 1]; /* from 1 on */
	uint32_t count;
};

/* Puts in an entry that is not in; there must be room. */
void queue_put(struct queue *queue, struct queue_entry *entry);

/* Takes an entry out, if it is in. */
void queue_take(struct queue *queue, struct queue_entry *entry);

/* The one that is due first; NULL: there is none. */
struct queue_entry *queue_first(const struct queue *queue);

#endif
