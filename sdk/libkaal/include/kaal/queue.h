/*
 * One way of a channel (<kaal/channel.h>): messages in memory that two programs share, one of which puts them in while the other takes them
 * out. Neither trusts the other. Nothing here makes a system call or waits; who is to be woken is told to the caller.
 *
 *   QUEUE-1: written - read <= capacity; both count bytes modulo 2^64, and only up
 *   QUEUE-2: bytes read..written - 1 are records: 8 bytes that tell how many bytes the message has, the message, bytes up to the
 *            next multiple of 8. A byte's place is its number modulo the capacity
 *   QUEUE-3: what a side decides by is its own: its count, its place, and `seen`, the other's count when it last looked, which is one that
 *            QUEUE-1 allows. Shared memory holds copies for the other side and is never read back
 *   QUEUE-4: what the other side has written is read once and checked before it is used; if it cannot be, the queue is broken, for good
 *   QUEUE-5: who is going to wait says for which count, and then looks again; who has changed a count looks then whether somebody waits for
 *            it. There is a full barrier between the two, on both sides: one of them sees the other
 *
 * The data lie twice, one behind the other, so that each record lies in one piece: `data` and `data + capacity` are the same memory.
 * The other side may change what it has put in while it is looked at: copy first, then check, then use.
 */
#ifndef KAAL_QUEUE_H
#define KAAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kaal/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_QUEUE_HEAD_BYTES 8u /* before each message; messages begin at multiples of it */

/* In shared memory, zero at the start; docs/channels.md. A line each, so that the sides do not take it from each other. */
struct kaal_queue_counts {
	uint64_t written;     /* producer: bytes ever put in */
	uint64_t room_wanted; /* producer: it waits until `read` has come here */
	uint64_t producer[6];
	uint64_t read;    /* consumer: bytes ever taken out */
	uint64_t wanted;  /* consumer: it waits until `written` has come here */
	uint64_t consumer[6];
};

/* The side that puts in; the fields are the library's. */
struct kaal_producer {
	struct kaal_queue_counts *counts;
	uint8_t *data;
	uint64_t capacity, written, seen;
	uint64_t place;    /* of byte `written` */
	uint64_t reserved; /* bytes of the message that there is room for */
	bool broken;
};

/* The side that takes out; the fields are the library's. */
struct kaal_consumer {
	struct kaal_queue_counts *counts;
	const uint8_t *data;
	uint64_t capacity, read, seen;
	uint64_t place;  /* of byte `read` */
	uint64_t record; /* bytes of the record that is looked at; 0: none is */
	uint64_t bytes;  /* of the message in it */
	bool broken;
};

/*
 * For all functions: capacity is a multiple of 8 below 2^63, or 0, and then no message fits. Rights: none. Blocks: never. Ownership:
 * shared memory stays the caller's, who keeps it mapped. One thread at a time a side. Barriers: `written` and `read` are stored with release and
 * loaded with acquire.
 */

/* Both sides start with counts that are zero and have not been used. */
void kaal_producer_start(struct kaal_producer *producer, struct kaal_queue_counts *counts, void *data, uint64_t capacity);
void kaal_consumer_start(struct kaal_consumer *consumer, struct kaal_queue_counts *counts, const void *data, uint64_t capacity);

/* Bytes of the longest message that fits, when the queue is empty. */
static inline uint64_t kaal_queue_message_max(uint64_t capacity)
{
	return capacity < KAAL_QUEUE_HEAD_BYTES ? 0 : capacity - KAAL_QUEUE_HEAD_BYTES;
}

/*
 * Finds room for a message of at most `bytes`: *message, aligned to 8, is to be filled in. OUT_OF_RANGE: it never fits. WOULD_BLOCK: not
 * now. CANCELLED: the queue is broken. What was reserved before is not any more.
 */
KAAL_MUST_CHECK kaal_status_t kaal_producer_reserve(struct kaal_producer *producer, uint64_t bytes, void **message);

/*
 * The message that there was room for is complete, and has so many bytes. *wake: the consumer waits for it: signal it.
 * OUT_OF_RANGE: more than was reserved, or nothing was; nothing has changed.
 */
KAAL_MUST_CHECK kaal_status_t kaal_producer_commit(struct kaal_producer *producer, uint64_t bytes, bool *wake);

/*
 * Says that the producer waits for room for `bytes`, and looks again: errors as kaal_producer_reserve(). With WOULD_BLOCK the consumer will
 * have it woken, once.
 */
KAAL_MUST_CHECK kaal_status_t kaal_producer_want(struct kaal_producer *producer, uint64_t bytes, void **message);

/*
 * Looks at the oldest message, which stays where it is until it is released; the same one again until then. *message is aligned to 8.
 * WOULD_BLOCK: there is none. CANCELLED: the queue is broken; messages before that have been taken out.
 */
KAAL_MUST_CHECK kaal_status_t kaal_consumer_peek(struct kaal_consumer *consumer, const void **message, uint64_t *bytes);

/* The message that was looked at is taken out. Returns whether the producer waits for its room: signal it. Without one nothing happens. */
bool kaal_consumer_release(struct kaal_consumer *consumer);

/* Says that the consumer waits for a message, and looks again: as kaal_consumer_peek(). With WOULD_BLOCK the producer will have it woken, once. */
KAAL_MUST_CHECK kaal_status_t kaal_consumer_want(struct kaal_consumer *consumer, const void **message, uint64_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
