/*
 * The heap: a range that the linker script reserves, see kaal.ld, and in a component, when that is used up, memory of
 * the capability broker at addresses that follow each other, as much as its memory-max leaves. What lies beyond the first range is kept.
 *   HP-1: first..end is where the heap grows now; what lies below the break is the C library's
 *   HP-2: blocks of memory lie at `end` only, one after the other
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <kaal/startup.h>
#include <kaal/thread.h>

#include "../libkaal/memory.h"
#include "../libkaal/own_space.h"

#define BLOCK_BITS_MIN 16u /* 64 KiB: a call of the broker is worth it */
#define BLOCK_BITS_MAX 36u

/* Has the linker script make room behind it; without sbrk() it is not there. */
static char heap_begin[16] __attribute__((section(".bss.0_heap")));
extern char __heap_end[];

static struct {
	char *first, *next, *end;
	char *limit; /* of the addresses that were reserved; NULL: not yet */
	struct kaal_lock lock;
} heap = {.first = heap_begin, .next = heap_begin, .end = __heap_end};

/* Addresses for all the memory that there can be, at which the heap goes on. */
static bool move(void)
{
	uint64_t bytes, address;

	if (heap.limit != NULL)
		return true;
	if (kaal_startup() == NULL)
		return false;
	bytes = (kaal_startup()->memory_max_bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * KAAL_PAGE_BYTES;
	if (own_space_reserve(bytes, UINT64_C(1) << 21, &address) != KAAL_OK)
		return false;
	heap.first = heap.next = heap.end = (char *)(uintptr_t)address;
	heap.limit = heap.first + bytes;
	return true;
}

/*
 * Makes the heap `bytes` larger or more: by half of what it has, so that there are few blocks, or, if the system will not give that, by
 * less. A block that is larger than its alignment is mapped with small pages: the heap's blocks grow, so few are.
 */
static bool grow(uint64_t bytes)
{
	uint64_t half = (uint64_t)(heap.end - heap.first) / 2;
	uint32_t bits, least;
	struct kaal_memory_block block;

	if (bytes > (uint64_t)(heap.limit - heap.end))
		return false;
	least = log2_up(bytes) < KAAL_PAGE_BITS ? KAAL_PAGE_BITS : log2_up(bytes);
	bits = log2_up(half < bytes ? bytes : half);
	bits = bits < BLOCK_BITS_MIN ? BLOCK_BITS_MIN : bits;
	for (; bits >= least && bits <= BLOCK_BITS_MAX; bits--) {
		if (UINT64_C(1) << bits > (uint64_t)(heap.limit - heap.end) || memory_block_take(&block, bits, (uintptr_t)heap.end) != KAAL_OK)
			continue;
		heap.end += UINT64_C(1) << bits;
		return true;
	}
	return false;
}

/* In pieces, where the system has no block that is large enough. */
static bool grow_in_pieces(uint64_t bytes)
{
	uint64_t there = (uint64_t)(heap.end - heap.next);

	while (there < bytes) {
		uint64_t missing = bytes - there, piece = UINT64_C(1) << (63 - __builtin_clzll(missing));

		if (!grow(missing) && (piece == missing || piece < KAAL_PAGE_BYTES || !grow(piece)))
			return false;
		there = (uint64_t)(heap.end - heap.next);
	}
	return true;
}

static bool has_room(ptrdiff_t increment)
{
	if (increment <= heap.end - heap.next)
		return increment >= heap.first - heap.next;
	return move() && (increment <= heap.end - heap.next || grow_in_pieces((uint64_t)increment));
}

void *sbrk(ptrdiff_t increment)
{
	char *before = NULL;

	kaal_lock_take(&heap.lock);
	if (has_room(increment)) {
		before = heap.next;
		heap.next += increment;
	}
	kaal_lock_give(&heap.lock);
	if (before == NULL) {
		errno = ENOMEM;
		return (void *)UINTPTR_MAX;
	}
	return before;
}
