/* A queue of messages: sizes, wrap-around, who is to be woken, and what a hostile other side can write. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "queue_memory.h"
#include "../../qemu/random.h"

#define CAPACITY UINT64_C(4096)
#define MAX (CAPACITY - KAAL_QUEUE_HEAD_BYTES)

static struct queue_memory queue;

static void start(void)
{
	queue_memory_start(&queue, CAPACITY);
}

static void end(void)
{
	queue_memory_end(&queue);
}

TestSuite(queue, .init = start, .fini = end);

#define says(call, status) cr_assert_eq((call), (status), #call)
#define ok(call) says(call, KAAL_OK)

/* The oldest message is this one; it is taken out. Returns whether its producer waits for the room. */
static bool takes(uint64_t number, uint64_t bytes)
{
	const void *message;
	uint64_t got;

	ok(kaal_consumer_peek(&queue.consumer, &message, &got));
	cr_assert_eq(got, bytes, "%lu bytes, not %lu", got, bytes);
	cr_assert_eq((uintptr_t)message % 8, 0);
	cr_assert(queue_bytes_are(message, number, bytes), "message %lu of %lu bytes", number, bytes);
	return kaal_consumer_release(&queue.consumer);
}

static kaal_status_t peek(void)
{
	const void *message;
	uint64_t bytes;

	return kaal_consumer_peek(&queue.consumer, &message, &bytes);
}

static kaal_status_t reserve(uint64_t bytes)
{
	void *message;

	return kaal_producer_reserve(&queue.producer, bytes, &message);
}

static bool puts_message(uint64_t number, uint64_t bytes)
{
	bool wake;

	ok(queue_put(&queue, number, bytes, &wake));
	return wake;
}

/* --- sizes and places ---------------------------------------------------------------------- */

Test(queue, every_size)
{
	cr_assert_eq(kaal_queue_message_max(CAPACITY), MAX);
	for (uint64_t bytes = 0; bytes <= MAX; bytes++) {
		says(peek(), KAAL_WOULD_BLOCK);
		puts_message(bytes, bytes);
		takes(bytes, bytes);
	}
	says(reserve(MAX + 1), KAAL_OUT_OF_RANGE);
	says(reserve(UINT64_MAX), KAAL_OUT_OF_RANGE);
	says(reserve(UINT64_MAX - 7), KAAL_OUT_OF_RANGE);
}

/* The longest, an empty one, and some that lie across the end, from each place there is. */
Test(queue, every_place)
{
	static const uint64_t sizes[] = {0, 1, 8, 9, 1000, MAX / 2, MAX - 8, MAX};

	for (uint64_t place = 0; place < CAPACITY; place += 8) {
		for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			queue_memory_at(&queue, place);
			puts_message(place, sizes[i]);
			takes(place, sizes[i]);
		}
	}
}

/* Counts go through 2^64. */
Test(queue, counts_wrap)
{
	queue_memory_at(&queue, UINT64_MAX - 4 * CAPACITY + 1);
	for (uint64_t i = 0; i < 100; i++) {
		puts_message(i, 100);
		puts_message(i + 1000, 200);
		takes(i, 100);
		takes(i + 1000, 200);
	}
	cr_assert_lt(queue.producer.written, CAPACITY * 16);
}

Test(queue, full_to_the_last_byte)
{
	bool wake;

	for (uint64_t i = 0; i < CAPACITY / 64; i++)
		puts_message(i, 56);
	says(queue_put(&queue, 0, 0, &wake), KAAL_WOULD_BLOCK);
	takes(0, 56);
	says(reserve(57), KAAL_WOULD_BLOCK);
	puts_message(64, 56);
	says(reserve(0), KAAL_WOULD_BLOCK);
	for (uint64_t i = 1; i <= CAPACITY / 64; i++)
		takes(i, 56);
	says(peek(), KAAL_WOULD_BLOCK);
	cr_assert_not(kaal_consumer_release(&queue.consumer), "nothing to release");
	cr_assert_eq(queue.counts.read, queue.counts.written);
}

Test(queue, without_memory)
{
	struct queue_memory none;
	void *message;
	const void *there;
	uint64_t bytes;

	cr_assert_eq(kaal_queue_message_max(0), 0);
	queue_memory_start(&none, 0);
	says(kaal_producer_reserve(&none.producer, 0, &message), KAAL_OUT_OF_RANGE);
	says(kaal_producer_want(&none.producer, 1, &message), KAAL_OUT_OF_RANGE);
	says(kaal_consumer_want(&none.consumer, &there, &bytes), KAAL_WOULD_BLOCK);
	none.counts.written = 8;
	says(kaal_consumer_peek(&none.consumer, &there, &bytes), KAAL_CANCELLED);
	queue_memory_end(&none);
}

Test(queue, reserve_and_commit)
{
	bool wake;
	void *message, *same;

	says(kaal_producer_commit(&queue.producer, 0, &wake), KAAL_OUT_OF_RANGE);
	ok(kaal_producer_reserve(&queue.producer, 100, &message));
	says(kaal_producer_commit(&queue.producer, 105, &wake), KAAL_OUT_OF_RANGE);
	says(kaal_producer_commit(&queue.producer, UINT64_MAX, &wake), KAAL_OUT_OF_RANGE);
	cr_assert_eq(queue.counts.written, 0);
	/* Another one in its place, and less of it. */
	ok(kaal_producer_reserve(&queue.producer, 200, &same));
	cr_assert_eq(message, same);
	ok(kaal_producer_commit(&queue.producer, 3, &wake));
	cr_assert_eq(queue.counts.written, 16);
	says(kaal_producer_commit(&queue.producer, 0, &wake), KAAL_OUT_OF_RANGE);
	/* What could not be reserved cannot be committed either. */
	ok(kaal_producer_reserve(&queue.producer, 8, &message));
	says(reserve(MAX), KAAL_WOULD_BLOCK);
	says(kaal_producer_commit(&queue.producer, 8, &wake), KAAL_OUT_OF_RANGE);
}

/* --- who is to be woken ---------------------------------------------------------------------- */

Test(queue, wakes_a_consumer_once)
{
	const void *message;
	uint64_t bytes;

	cr_assert_not(puts_message(1, 8), "nobody waits");
	takes(1, 8);
	says(kaal_consumer_want(&queue.consumer, &message, &bytes), KAAL_WOULD_BLOCK);
	cr_assert(puts_message(2, 0));
	cr_assert_not(puts_message(3, 8), "it has been woken");
	takes(2, 0);
	takes(3, 8);
	cr_assert_not(puts_message(4, 8), "and does not wait again");
	ok(kaal_consumer_want(&queue.consumer, &message, &bytes));
	cr_assert_not(puts_message(5, 8), "it does not wait: there was one");
}

/* As soon as there is room for what it wants, and not before. */
Test(queue, wakes_a_producer_once)
{
	void *message;

	for (uint64_t i = 0; i < 4; i++)
		puts_message(i, CAPACITY / 4 - 8);
	says(kaal_producer_want(&queue.producer, CAPACITY / 4, &message), KAAL_WOULD_BLOCK);
	cr_assert_not(takes(0, CAPACITY / 4 - 8));
	says(reserve(CAPACITY / 4), KAAL_WOULD_BLOCK);
	cr_assert(takes(1, CAPACITY / 4 - 8));
	ok(reserve(CAPACITY / 4));
	cr_assert_not(takes(2, CAPACITY / 4 - 8));
	ok(kaal_producer_want(&queue.producer, MAX / 2, &message));
	cr_assert_not(takes(3, CAPACITY / 4 - 8), "it did not wait");
}

/* --- hostile ---------------------------------------------------------------------------------- */

#define breaks_consumer(...)                                                              \
	do {                                                                              \
		queue_memory_at(&queue, 800);                                             \
		puts_message(1, 40);                                                      \
		puts_message(2, 40);                                                      \
		takes(1, 40);                                                             \
		takes(2, 40);                                                             \
		__VA_ARGS__;                                                              \
		says(peek(), KAAL_CANCELLED);                                             \
		says(peek(), KAAL_CANCELLED);                                             \
		cr_assert_not(kaal_consumer_release(&queue.consumer));                    \
		queue.counts.written = queue.counts.read + 16;                            \
		*(uint64_t *)(void *)(queue.data + queue.consumer.place) = 8;             \
		says(peek(), KAAL_CANCELLED);                                             \
	} while (0)

static void put_length(uint64_t bytes, uint64_t available)
{
	*(uint64_t *)(void *)(queue.data + queue.consumer.place) = bytes;
	queue.counts.written += available;
}

Test(queue, counts_and_lengths_that_cannot_be)
{
	static const uint64_t lengths[] = {9, 16, 17, CAPACITY, UINT64_MAX, UINT64_MAX - 7, UINT64_MAX - 8, INT64_MAX, UINT64_C(1) << 63};

	breaks_consumer(queue.counts.written += CAPACITY + 8);
	breaks_consumer(queue.counts.written -= 8);
	breaks_consumer(queue.counts.written = 0);
	breaks_consumer(queue.counts.written = UINT64_MAX);
	for (uint64_t few = 1; few < 8; few++)
		breaks_consumer(put_length(0, few));
	for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
		breaks_consumer(put_length(lengths[i], 16));
	breaks_consumer(put_length(MAX + 1, CAPACITY));
	/* A record that would be whole with the bytes up to the next multiple of 8, which are not there. */
	breaks_consumer(put_length(1, 9));
}

Test(queue, reads_of_what_was_never_written)
{
	static const uint64_t reads[] = {848 + 8, 0, 800 - 8, UINT64_MAX, UINT64_C(1) << 63, 848 + CAPACITY};

	for (unsigned i = 0; i < sizeof reads / sizeof reads[0]; i++) {
		queue_memory_at(&queue, 800);
		puts_message(1, 40);
		queue.counts.read = reads[i];
		/* It does not look as long as it has room. */
		ok(reserve(40));
		says(reserve(MAX), KAAL_CANCELLED);
		says(reserve(40), KAAL_CANCELLED);
		queue.counts.read = 848;
		says(reserve(40), KAAL_CANCELLED);
		ok(peek());
	}
}

/* Back to where it had been: what is there now would be overwritten. */
Test(queue, read_goes_back)
{
	puts_message(1, MAX);
	takes(1, MAX);
	puts_message(2, MAX);
	queue.counts.read = 8;
	says(reserve(0), KAAL_CANCELLED);
}

/* A length is read once: what the other side writes while it is looked at changes nothing. */
Test(queue, length_changes)
{
	const void *message;
	uint64_t bytes;

	puts_message(1, 40);
	puts_message(2, 40);
	ok(kaal_consumer_peek(&queue.consumer, &message, &bytes));
	*(uint64_t *)(void *)queue.data = UINT64_MAX;
	queue.counts.written = UINT64_MAX;
	queue.counts.read = 12345;
	takes(1, 40);
	cr_assert_eq(queue.counts.read, 48);
	takes(2, 40);
	says(peek(), KAAL_CANCELLED);
}

/* Whatever is said to be waited for: one signal too many or too few is the other side's own. */
Test(queue, wanted_is_anything)
{
	static const uint64_t anything[] = {0, 1, UINT64_MAX, UINT64_C(1) << 63, CAPACITY};

	for (unsigned i = 0; i < sizeof anything / sizeof anything[0]; i++) {
		queue.counts.wanted = queue.counts.room_wanted = anything[i];
		puts_message(i, 100);
		takes(i, 100);
	}
}

/* --- at random, against a list ---------------------------------------------------------------- */

#define LIST 1024u

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 0);
}

Test(queue, random)
{
	static struct {
		uint64_t number, bytes;
	} list[LIST];
	uint64_t seed = number("KAAL_SEED", 1), steps = number("KAAL_STEPS", 200000), state = seed * 2 + 1, first = 0, last = 0, used = 0;
	bool consumer_waits = false, producer_waits = false;

	printf("# seed %lu\n", seed);
	for (uint64_t i = 0; i < steps; i++) {
		uint64_t choice = next_random(&state), bytes = choice >> 8 & 1 ? choice >> 16 & 63 : (choice >> 16) % (MAX + 1);
		uint64_t record = 8 + (bytes + 7) / 8 * 8, got;
		const void *message;
		void *room;
		bool woken;

		if (choice % 2 == 0) {
			kaal_status_t status = queue_put(&queue, i, bytes, &woken);

			if (status == KAAL_WOULD_BLOCK && kaal_producer_want(&queue.producer, bytes, &room) == KAAL_WOULD_BLOCK)
				producer_waits = true;
			says(status, used + record <= CAPACITY ? KAAL_OK : KAAL_WOULD_BLOCK);
			if (status != KAAL_OK)
				continue;
			cr_assert_eq(woken, consumer_waits);
			consumer_waits = false;
			list[last % LIST].number = i;
			list[last++ % LIST].bytes = bytes;
			used += record;
		} else if (kaal_consumer_want(&queue.consumer, &message, &got) == KAAL_WOULD_BLOCK) {
			cr_assert_eq(used, 0);
			consumer_waits = true;
		} else {
			woken = takes(list[first % LIST].number, list[first % LIST].bytes);
			cr_assert(producer_waits || !woken);
			producer_waits = producer_waits && !woken;
			used -= 8 + (list[first++ % LIST].bytes + 7) / 8 * 8;
			cr_assert(used != 0 || !producer_waits, "an empty queue, and a producer that waits");
		}
	}
	cr_assert_gt(first, steps / 10);
}
