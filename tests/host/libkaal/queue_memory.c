#include "queue_memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *map_twice(uint64_t bytes)
{
	int file = memfd_create("queue", 0);
	uint8_t *there = mmap(NULL, 2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (file < 0 || there == MAP_FAILED || ftruncate(file, (off_t)bytes) != 0 ||
	    mmap(there, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED ||
	    mmap(there + bytes, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED)
		abort();
	close(file);
	return there;
}

void queue_memory_start(struct queue_memory *memory, uint64_t capacity)
{
	memory->capacity = capacity;
	memory->data = capacity == 0 ? NULL : map_twice(capacity);
	queue_memory_at(memory, 0);
}

void queue_memory_end(struct queue_memory *memory)
{
	if (memory->capacity != 0)
		munmap(memory->data, 2 * memory->capacity);
}

void queue_memory_at(struct queue_memory *memory, uint64_t count)
{
	uint64_t place = memory->capacity == 0 ? 0 : count % memory->capacity;

	memory->counts = (struct kaal_queue_counts){.written = count, .read = count, .wanted = count, .room_wanted = count};
	kaal_producer_start(&memory->producer, &memory->counts, memory->data, memory->capacity);
	kaal_consumer_start(&memory->consumer, &memory->counts, memory->data, memory->capacity);
	memory->producer.written = memory->producer.seen = memory->consumer.read = memory->consumer.seen = count;
	memory->producer.place = memory->consumer.place = place;
}

static uint8_t byte_of(uint64_t number, uint64_t at)
{
	return (uint8_t)(number * 31 + at * 7 + (at >> 8));
}

kaal_status_t queue_put(struct queue_memory *memory, uint64_t number, uint64_t bytes, bool *wake)
{
	void *message;
	kaal_status_t status = kaal_producer_reserve(&memory->producer, bytes, &message);

	*wake = false;
	if (status != KAAL_OK)
		return status;
	for (uint64_t i = 0; i < bytes; i++)
		((uint8_t *)message)[i] = byte_of(number, i);
	return kaal_producer_commit(&memory->producer, bytes, wake);
}

bool queue_bytes_are(const void *message, uint64_t number, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++) {
		if (((const uint8_t *)message)[i] != byte_of(number, i))
			return false;
	}
	return true;
}
