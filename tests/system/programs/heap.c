/* Memory of a component: malloc() to the end of what it may have, and back; pieces of pages; several threads at once. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/memory.h>
#include <kaal/slot.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>

#include "../../qemu/random.h"

#define BLOCKS_MAX 4096
#define OTHERS 3

static unsigned failures;
/* Through pointers: clang takes it that these functions leave errno alone. */
static void *(*volatile allocate)(size_t) = malloc;
static void *(*volatile reallocate)(void *, size_t) = realloc;
static void *block[BLOCKS_MAX];

static void check(int good, const char *what)
{
	if (good)
		return;
	failures++;
	printf("not ok: %s\n", what);
}

static uint64_t used(void)
{
	struct kaal_broker_account account;

	check(kaal_broker_account(&account) == KAAL_OK, "account");
	return account.memory_used;
}

/* As much in blocks of a size as there is; returns the bytes. */
static size_t fill(size_t bytes)
{
	size_t count = 0, all = 0;

	while (count < BLOCKS_MAX && (block[count] = allocate(bytes)) != NULL) {
		memset(block[count], (int)count, bytes);
		all += bytes;
		count++;
	}
	check(count == BLOCKS_MAX || errno == ENOMEM, "what ends is ENOMEM");
	for (size_t i = 0; i < count; i++) {
		const unsigned char *bytes_of = block[i];

		check(bytes_of[0] == (unsigned char)i && bytes_of[bytes - 1] == (unsigned char)i, "each has its own");
		free(block[i]);
	}
	return all;
}

/* A frame of the program's own: it keeps what is in it. */
static void check_frames(void)
{
	struct kaal_broker_held held;
	kaal_cap_t frame = 0;
	uint64_t address = 0, other, made, before = used();

	check(kaal_broker_memory(KAAL_PAGE_BITS, &held) == KAAL_OK && kaal_slot_take(1, &frame) == KAAL_OK, "memory and a slot");
	check(kaal_memory_map(kaal_frame_at(frame), 1, &address) == KAAL_SLOT_EMPTY || kaal_memory_map(kaal_frame_at(frame), 1, &address) == KAAL_WRONG_TYPE, "no frame yet");
	check(kaal_sys_untyped_retype(held.first, KAAL_OBJECT_FRAME + 256 * KAAL_PAGE_BITS, KAAL_SLOT_CNODE, frame, 1, &made) == KAAL_OK, "a frame");
	check(kaal_memory_map(kaal_frame_at(frame), 0, &address) == KAAL_OUT_OF_RANGE, "no frames");
	for (unsigned i = 0; i < 200; i++) {
		check(kaal_memory_map(kaal_frame_at(frame), 1, &address) == KAAL_OK, "mapped");
		check(kaal_memory_map(kaal_frame_at(frame), 1, &other) == KAAL_MAPPED, "once at a time");
		check(*(volatile unsigned *)(uintptr_t)address == i, "what was there");
		*(volatile unsigned *)(uintptr_t)address = i + 1;
		check(kaal_memory_unmap(address) == KAAL_OK && kaal_memory_unmap(address) == KAAL_OUT_OF_RANGE, "unmapped, once");
	}
	check(kaal_slot_drop(frame, 1) == KAAL_OK && kaal_broker_give(&held) == KAAL_OK && used() == before, "nothing is left");
}

static void check_pieces(void)
{
	static const uint64_t sizes[] = {1, 4096, 4097, 28672, 100000, 300000, 2097152, 5000000};
	struct kaal_memory memory[sizeof sizes / sizeof sizes[0]];
	uint64_t before;

	check(kaal_memory_take(4096, &memory[0]) == KAAL_OK && kaal_memory_give(&memory[0]) == KAAL_OK, "once, for page tables");
	before = used();
	check(kaal_memory_take(0, &memory[0]) == KAAL_OUT_OF_RANGE && kaal_memory_take(UINT64_MAX, &memory[0]) == KAAL_OUT_OF_RANGE, "none");
	check(kaal_memory_take(kaal_startup()->memory_max_bytes, &memory[0]) == KAAL_NO_MEMORY && used() == before, "too much");
	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		unsigned char *at;

		check(kaal_memory_take(sizes[i], &memory[i]) == KAAL_OK && memory[i].bytes >= sizes[i] && memory[i].bytes % 4096 == 0, "a piece");
		check(memory[i].bytes <= sizes[i] + sizes[i] / 8 + 4096, "little more than asked for");
		at = (unsigned char *)(uintptr_t)memory[i].address;
		check(at[0] == 0 && at[memory[i].bytes - 1] == 0, "zeroed");
		memset(at, 0xa5, memory[i].bytes);
	}
	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		check(kaal_memory_give(&memory[i]) == KAAL_OK && memory[i].address == 0, "given back");
	check(used() == before, "and not charged any more");
}

static void *churn(void *argument)
{
	uint64_t state = (uintptr_t)argument + 1;
	unsigned char *own[32] = {0};
	size_t bytes[32];

	for (unsigned i = 0; i < 4000; i++) {
		unsigned which = next_random(&state) % 32;

		if (own[which] != NULL) {
			for (size_t at = 0; at < bytes[which]; at += 61)
				check(own[which][at] == (unsigned char)(which ^ (uintptr_t)argument), "nobody else wrote here");
			free(own[which]);
		}
		bytes[which] = 1 + next_random(&state) % (i % 16 == 0 ? 9000 : 300);
		own[which] = malloc(bytes[which]);
		check(own[which] != NULL, "memory");
		if (own[which] != NULL)
			memset(own[which], (int)(which ^ (uintptr_t)argument), bytes[which]);
	}
	for (unsigned i = 0; i < 32; i++)
		free(own[i]);
	return NULL;
}

static void check_threads(void)
{
	pthread_t threads[OTHERS];

	for (intptr_t i = 0; i < OTHERS; i++)
		check(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)) == 0, "create");
	(void)churn(NULL);
	for (int i = 0; i < OTHERS; i++)
		check(pthread_join(threads[i], NULL) == 0, "join");
}

int main(void)
{
	size_t first, second, whole;
	void *large;

	check_threads();
	check_pieces();
	check_frames();
	first = fill(4000);
	check(first > kaal_startup()->memory_max_bytes * 3 / 4, "most of it is the program's");
	second = fill(4000);
	check(second >= first, "and comes back");
	whole = first - first / 8;
	large = allocate(whole);
	check(large != NULL, "also as one block");
	free(large);
	check(reallocate(NULL, (size_t)1 << 40) == NULL && errno == ENOMEM, "what never fits");
	printf("%u of %u KiB at most; %u failures\n", (unsigned)(first / 1024), (unsigned)(kaal_startup()->memory_max_bytes / 1024), failures);
	return failures != 0;
}
