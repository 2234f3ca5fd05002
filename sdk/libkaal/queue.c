#include <kaal/queue.h>

#include "shared.h"

/* A record with a message of so many bytes, which are at most the capacity. */
static uint64_t record_bytes(uint64_t bytes)
{
	return KAAL_QUEUE_HEAD_BYTES + ((bytes + KAAL_QUEUE_HEAD_BYTES - 1) & ~(uint64_t)(KAAL_QUEUE_HEAD_BYTES - 1));
}

/* Whether a count that went from `before` to `after` has come to `wanted`, modulo 2^64. */
static bool has_come(uint64_t before, uint64_t after, uint64_t wanted)
{
	return wanted - before - 1 < after - before;
}

static uint64_t advance(uint64_t place, uint64_t bytes, uint64_t capacity)
{
	place += bytes;
	return place < capacity ? place : place - capacity;
}

/* --- producer ---------------------------------------------------------------------------- */

void kaal_producer_start(struct kaal_producer *producer, struct kaal_queue_counts *counts, void *data, uint64_t capacity)
{
	*producer = (struct kaal_producer){.counts = counts, .data = data, .capacity = capacity};
}

/* Looks how far the consumer is: not before where it was, nor beyond what there is (QUEUE-1). */
static void see_read(struct kaal_producer *producer)
{
	/* Pairs with the release in kaal_consumer_release(): what was read is not read any more. */
	uint64_t read = shared_load_acquire(&producer->counts->read);

	if (read - producer->seen > producer->written - producer->seen)
		producer->broken = true;
	else
		producer->seen = read;
}

kaal_status_t kaal_producer_reserve(struct kaal_producer *producer, uint64_t bytes, void **message)
{
	uint64_t record;

	producer->reserved = 0;
	if (bytes > kaal_queue_message_max(producer->capacity) || producer->capacity == 0)
		return KAAL_OUT_OF_RANGE;
	record = record_bytes(bytes);
	if (!producer->broken && producer->capacity - (producer->written - producer->seen) < record)
		see_read(producer);
	if (producer->broken)
		return KAAL_CANCELLED;
	if (producer->capacity - (producer->written - producer->seen) < record)
		return KAAL_WOULD_BLOCK;
	producer->reserved = record;
	*message = producer->data + producer->place + KAAL_QUEUE_HEAD_BYTES;
	return KAAL_OK;
}

kaal_status_t kaal_producer_commit(struct kaal_producer *producer, uint64_t bytes, bool *wake)
{
	uint64_t before = producer->written;

	if (bytes > producer->capacity || record_bytes(bytes) > producer->reserved)
		return KAAL_OUT_OF_RANGE;
	shared_store((uint64_t *)(void *)(producer->data + producer->place), bytes);
	producer->written += record_bytes(bytes);
	producer->place = advance(producer->place, record_bytes(bytes), producer->capacity);
	producer->reserved = 0;
	/* Pairs with the acquire in see_written(): the record is there before its count. */
	shared_store_release(&producer->counts->written, producer->written);
	shared_barrier(); /* QUEUE-5 */
	*wake = has_come(before, producer->written, shared_load(&producer->counts->wanted));
	return KAAL_OK;
}

kaal_status_t kaal_producer_want(struct kaal_producer *producer, uint64_t bytes, void **message)
{
	kaal_status_t status = kaal_producer_reserve(producer, bytes, message);

	if (status != KAAL_WOULD_BLOCK)
		return status;
	shared_store(&producer->counts->room_wanted, producer->written + record_bytes(bytes) - producer->capacity);
	shared_barrier(); /* QUEUE-5 */
	return kaal_producer_reserve(producer, bytes, message);
}

/* --- consumer ---------------------------------------------------------------------------- */

void kaal_consumer_start(struct kaal_consumer *consumer, struct kaal_queue_counts *counts, const void *data, uint64_t capacity)
{
	*consumer = (struct kaal_consumer){.counts = counts, .data = data, .capacity = capacity};
}

/* Looks how far the producer is: only when all that was there has been taken out, so any count is ahead of what was seen (QUEUE-1). */
static void see_written(struct kaal_consumer *consumer)
{
	/* Pairs with the release in kaal_producer_commit(): the records are there. */
	uint64_t written = shared_load_acquire(&consumer->counts->written);

	if (written - consumer->read > consumer->capacity)
		consumer->broken = true;
	else
		consumer->seen = written;
}

/* The record's length, read once (QUEUE-4): it ends where the records that are there end, or before. */
static void see_record(struct kaal_consumer *consumer)
{
	uint64_t available = consumer->seen - consumer->read, bytes;

	if (available >= KAAL_QUEUE_HEAD_BYTES) {
		bytes = shared_load((const uint64_t *)(const void *)(consumer->data + consumer->place));
		if (bytes <= available - KAAL_QUEUE_HEAD_BYTES && record_bytes(bytes) <= available) {
			consumer->bytes = bytes;
			consumer->record = record_bytes(bytes);
			return;
		}
	}
	consumer->broken = true;
}

kaal_status_t kaal_consumer_peek(struct kaal_consumer *consumer, const void **message, uint64_t *bytes)
{
	if (consumer->record == 0 && !consumer->broken) {
		if (consumer->seen == consumer->read)
			see_written(consumer);
		if (consumer->seen != consumer->read)
			see_record(consumer);
	}
	if (consumer->broken)
		return KAAL_CANCELLED;
	if (consumer->record == 0)
		return KAAL_WOULD_BLOCK;
	*message = consumer->data + consumer->place + KAAL_QUEUE_HEAD_BYTES;
	*bytes = consumer->bytes;
	return KAAL_OK;
}

bool kaal_consumer_release(struct kaal_consumer *consumer)
{
	uint64_t before = consumer->read;

	if (consumer->record == 0)
		return false;
	consumer->read += consumer->record;
	consumer->place = advance(consumer->place, consumer->record, consumer->capacity);
	consumer->record = 0;
	/* Pairs with the acquire in see_read(). */
	shared_store_release(&consumer->counts->read, consumer->read);
	shared_barrier(); /* QUEUE-5 */
	return has_come(before, consumer->read, shared_load(&consumer->counts->room_wanted));
}

kaal_status_t kaal_consumer_want(struct kaal_consumer *consumer, const void **message, uint64_t *bytes)
{
	kaal_status_t status = kaal_consumer_peek(consumer, message, bytes);

	if (status != KAAL_WOULD_BLOCK)
		return status;
	shared_store(&consumer->counts->wanted, consumer->read + 1);
	shared_barrier(); /* QUEUE-5 */
	return kaal_consumer_peek(consumer, message, bytes);
}
