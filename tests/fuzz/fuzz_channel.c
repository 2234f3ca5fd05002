/*
 * A channel's end whose other side writes anything: the input is what this end does and what the other one writes where, meanwhile. Whatever that is,
 * this end touches nothing but the queues (the sanitizer sees it), does what it was told in a bounded time, and decides by its own numbers.
 *
 * The first byte: log2 of the capacity. Then operations of 4 bytes, and of 12 if a number is written: what, place, size; number.
 */
#include "fuzz.h"

#include <kaal/queue.h>
#include <string.h>

enum { RESERVE, WANT_ROOM, COMMIT, PEEK, WANT, RELEASE, WRITE_COUNT, WRITE_DATA, OPERATIONS };

struct end {
	struct kaal_queue_counts *counts; /* two: out, in */
	uint8_t *out, *in;                /* twice the capacity each */
	uint64_t capacity;
	struct kaal_producer producer;
	struct kaal_consumer consumer;
	uint64_t room;                    /* bytes that were reserved and not committed */
};

static void reserve(struct end *end, uint64_t bytes, int want)
{
	void *message = NULL;
	kaal_status_t status = want ? kaal_producer_want(&end->producer, bytes, &message) : kaal_producer_reserve(&end->producer, bytes, &message);

	end->room = 0;
	PROMISE(status == KAAL_OK || status == KAAL_OUT_OF_RANGE || status == KAAL_WOULD_BLOCK || status == KAAL_CANCELLED);
	PROMISE((status == KAAL_OUT_OF_RANGE) == (bytes > kaal_queue_message_max(end->capacity)));
	if (status != KAAL_OK)
		return;
	PROMISE((uint8_t *)message >= end->out + KAAL_QUEUE_HEAD_BYTES && (uintptr_t)message % 8 == 0);
	PROMISE((uint8_t *)message + bytes <= end->out + 2 * end->capacity);
	memset(message, 0xa5, bytes);
	end->room = bytes + 1;
}

static void commit(struct end *end, uint64_t bytes)
{
	uint64_t before = end->producer.written;
	bool wake;
	kaal_status_t status = kaal_producer_commit(&end->producer, bytes, &wake);

	if (bytes < end->room)
		PROMISE(status == KAAL_OK && end->producer.written - before == KAAL_QUEUE_HEAD_BYTES + (bytes + 7) / 8 * 8);
	else if (end->room == 0)
		PROMISE(status == KAAL_OUT_OF_RANGE && end->producer.written == before);
	if (status == KAAL_OK) {
		PROMISE(end->counts[0].written == end->producer.written);
		end->room = 0;
	}
}

static void look(struct end *end, int want)
{
	const void *message = NULL;
	uint64_t bytes, sum = 0;
	kaal_status_t status = want ? kaal_consumer_want(&end->consumer, &message, &bytes) : kaal_consumer_peek(&end->consumer, &message, &bytes);

	PROMISE(status == KAAL_OK || status == KAAL_WOULD_BLOCK || status == KAAL_CANCELLED);
	if (status != KAAL_OK)
		return;
	PROMISE(bytes <= kaal_queue_message_max(end->capacity));
	PROMISE((const uint8_t *)message >= end->in + KAAL_QUEUE_HEAD_BYTES && (const uint8_t *)message + bytes <= end->in + 2 * end->capacity);
	for (uint64_t i = 0; i < bytes; i++)
		sum += ((const uint8_t *)message)[i];
	PROMISE(sum <= bytes * 255);
}

static void release(struct end *end)
{
	uint64_t before = end->consumer.read, record = end->consumer.record;

	(void)kaal_consumer_release(&end->consumer);
	PROMISE(end->consumer.read - before == record);
	PROMISE(record == 0 || end->counts[1].read == end->consumer.read);
}

/* What this end decides by keeps its invariants (QUEUE-1, QUEUE-3), whatever lies in shared memory. */
static void check(const struct end *end)
{
	const struct kaal_producer *producer = &end->producer;
	const struct kaal_consumer *consumer = &end->consumer;

	PROMISE(producer->written - producer->seen <= end->capacity && consumer->seen - consumer->read <= end->capacity);
	PROMISE(producer->place == producer->written % end->capacity && consumer->place == consumer->read % end->capacity);
	PROMISE(consumer->record <= consumer->seen - consumer->read);
}

/* One operation; returns how many bytes of the input it took. */
static size_t step(struct end *end, const uint8_t *data, size_t bytes)
{
	unsigned what = data[0] % OPERATIONS;
	uint16_t place, size;
	uint64_t number;
	size_t taken = 4;

	memcpy(&size, data + 2, sizeof size);
	place = (uint16_t)(data[1] | (data[0] & 0xf8) << 5);
	if (what >= WRITE_COUNT) {
		if (bytes < 12)
			return bytes;
		memcpy(&number, data + 4, sizeof number);
		taken = 12;
	}
	switch (what) {
	case RESERVE:
	case WANT_ROOM:
		reserve(end, size, what == WANT_ROOM);
		break;
	case COMMIT:
		commit(end, size);
		break;
	case PEEK:
	case WANT:
		look(end, what == WANT);
		break;
	case RELEASE:
		release(end);
		break;
	case WRITE_COUNT:
		/* Near what this end has there, or anything. */
		((uint64_t *)end->counts)[place % (2 * sizeof *end->counts / 8)] =
			(size & 1) != 0 ? number : ((size & 2) != 0 ? end->consumer.read : end->producer.written) + (uint64_t)(int8_t)number * 8;
		break;
	default:
		/* Both copies, as memory that lies there twice. */
		memcpy(end->in + place % (end->capacity / 8) * 8, &number, 8);
		memcpy(end->in + end->capacity + place % (end->capacity / 8) * 8, &number, 8);
		break;
	}
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct end end = {.capacity = 8};
	size_t at = 1;

	if (bytes == 0)
		return 0;
	end.capacity <<= data[0] % 10;
	/* Not a byte more, so that the sanitizer sees what is touched beyond. */
	end.counts = calloc(2, sizeof *end.counts);
	end.out = calloc(2, end.capacity);
	end.in = calloc(2, end.capacity);
	kaal_producer_start(&end.producer, &end.counts[0], end.out, end.capacity);
	kaal_consumer_start(&end.consumer, &end.counts[1], end.in, end.capacity);
	while (bytes - at >= 4) {
		at += step(&end, data + at, bytes - at);
		check(&end);
	}
	free(end.counts);
	free(end.out);
	free(end.in);
	return 0;
}
