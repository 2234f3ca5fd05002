#include "queue.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_before(const struct queue_entry *one, const struct queue_entry *other)
{
	return one->deadline < other->deadline;
}

static void set(struct queue *queue, uint32_t place, struct queue_entry *entry)
{
	queue->entries[place] = entry;
	entry->place = place;
}

/* Entries above `place` that are due later than this one go down; it takes the last one's place. */
static void rise(struct queue *queue, uint32_t place, struct queue_entry *entry)
{
	for (; place > 1 && is_before(entry, queue->entries[place / 2]); place /= 2)
		set(queue, place, queue->entries[place / 2]);
	set(queue, place, entry);
}

/* Entries below `place` that are due earlier go up. */
static void sink(struct queue *queue, uint32_t place, struct queue_entry *entry)
{
	for (uint32_t next = 2 * place; next <= queue->count; next = 2 * place) {
		if (next < queue->count && is_before(queue->entries[next + 1], queue->entries[next]))
			next++;
		if (!is_before(queue->entries[next], entry))
			break;
		set(queue, place, queue->entries[next]);
		place = next;
	}
	rise(queue, place, entry);
}

void queue_put(struct queue *queue, struct queue_entry *entry)
{
	rise(queue, ++queue->count, entry);
}

/* The last entry fills the gap, and goes where it belongs: down, or up in another branch. */
void queue_take(struct queue *queue, struct queue_entry *entry)
{
	uint32_t place = entry->place;
	struct queue_entry *last = queue->entries[queue->count];

	if (place == 0)
		return;
	queue->count--;
	if (last != entry)
		sink(queue, place, last);
	entry->place = 0;
}

struct queue_entry *queue_first(const struct queue *queue)
{
	return queue->count == 0 ? NULL : queue->entries[1];
}
