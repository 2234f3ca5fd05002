/* A queue's shared memory on the host, its data twice as on the target, and both sides of it. */
#ifndef QUEUE_MEMORY_H
#define QUEUE_MEMORY_H

#include <kaal/queue.h>

struct queue_memory {
	struct kaal_queue_counts counts;
	uint8_t *data; /* `capacity` bytes, and the same again */
	uint64_t capacity;
	struct kaal_producer producer;
	struct kaal_consumer consumer;
};

/* A new queue; capacity is a multiple of 4096, or 0. */
void queue_memory_start(struct queue_memory *memory, uint64_t capacity);
void queue_memory_end(struct queue_memory *memory);

/* Both sides afresh, as if so many bytes had gone through. */
void queue_memory_at(struct queue_memory *memory, uint64_t count);

/* Puts a message in, whose bytes follow from `number`; *wake as kaal_producer_commit(). */
kaal_status_t queue_put(struct queue_memory *memory, uint64_t number, uint64_t bytes, bool *wake);

/* Whether these are the bytes. */
bool queue_bytes_are(const void *message, uint64_t number, uint64_t bytes);

#endif
