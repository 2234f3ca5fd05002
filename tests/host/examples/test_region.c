/* The region allocator against pages of the host, of which any may be the last. */
#include <criterion/criterion.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/memory.h>

#include "region.h"

#define PAGE 4096u

static struct region region;
static unsigned pieces, taken, fail_at; /* pieces of memory that are held, calls so far, and which of them fails */
static bool keeps;                      /* nothing is taken back */

/* --- <kaal/memory.h> ----------------------------------------------------------------------- */

kaal_status_t kaal_memory_take(uint64_t bytes, struct kaal_memory *memory)
{
	uint64_t all = (bytes + PAGE - 1) / PAGE * PAGE;
	void *at;

	if (++taken == fail_at || bytes > 1 << 24)
		return KAAL_NO_MEMORY;
	at = aligned_alloc(PAGE, all);
	cr_assert_not_null(at);
	memset(at, 0, all);
	*memory = (struct kaal_memory){.address = (uintptr_t)at, .bytes = all, .blocks = 1};
	pieces++;
	return KAAL_OK;
}

kaal_status_t kaal_memory_give(struct kaal_memory *memory)
{
	if (keeps)
		return KAAL_NO_MEMORY;
	memset((void *)(uintptr_t)memory->address, 0xa5, memory->bytes);
	free((void *)(uintptr_t)memory->address);
	*memory = (struct kaal_memory){0};
	pieces--;
	return KAAL_OK;
}

/* ------------------------------------------------------------------------------------------- */

static void start(void)
{
	region_start(&region, 4 * PAGE);
}

static void end(void)
{
	cr_assert_eq(region_free(&region), KAAL_OK);
	cr_assert_eq(pieces, 0);
}

TestSuite(region, .init = start, .fini = end);

/* A piece that is zeroed, aligned, and filled with a number. */
static uint8_t *take(size_t bytes, size_t alignment, int fill)
{
	uint8_t *piece = region_take(&region, bytes, alignment);

	cr_assert_not_null(piece);
	cr_assert_eq((uintptr_t)piece % alignment, 0);
	for (size_t i = 0; i < bytes; i++)
		cr_assert_eq(piece[i], 0);
	memset(piece, fill, bytes);
	return piece;
}

static void expect_filled(const uint8_t *piece, size_t bytes, int fill)
{
	for (size_t i = 0; i < bytes; i++)
		cr_assert_eq(piece[i], fill, "byte %zu", i);
}

Test(region, pieces_do_not_overlap)
{
	static const size_t alignments[] = {1, 2, 8, 64, 4096};
	uint8_t *piece[200];

	for (unsigned i = 0; i < 200; i++)
		piece[i] = take(i * 37 % 900, alignments[i % 5], (int)i + 1);
	for (unsigned i = 0; i < 200; i++)
		expect_filled(piece[i], i * 37 % 900, (int)i + 1);
	cr_assert_gt(pieces, 5, "several chunks");
}

Test(region, a_piece_may_be_larger_than_a_chunk_or_empty)
{
	uint8_t *small = take(10, 1, 1), *large = take(100 * PAGE, 4096, 2), *none = take(0, 1, 3);

	cr_assert_eq(pieces, 2);
	cr_assert(none >= large + 100 * PAGE);
	expect_filled(small, 10, 1);
	expect_filled(large, 100 * PAGE, 2);
}

/* Each byte count up to beyond a chunk's end: it fits, or there is another chunk. */
Test(region, the_end_of_a_chunk_is_used_and_not_passed)
{
	for (size_t bytes = 4 * PAGE - 300; bytes < 4 * PAGE + 10; bytes++) {
		uint8_t *first = take(bytes, 1, 1), *second = take(100, 1, 2), *third = take(bytes, 4096, 3);

		expect_filled(first, bytes, 1);
		expect_filled(second, 100, 2);
		expect_filled(third, bytes, 3);
		end();
		start();
	}
}

Test(region, the_last_piece_grows_where_it_is)
{
	uint8_t *first = take(100, 8, 1), *last = take(100, 8, 2), *grown;

	cr_assert_eq(region_grow(&region, last, 100, 5000, 8), last);
	memset(last, 2, 5000);
	/* One that is not the last, and one that has no room behind it. */
	grown = region_grow(&region, first, 100, 200, 8);
	cr_assert(grown >= last + 5000);
	expect_filled(grown, 100, 1);
	memset(grown, 3, 200);
	first = region_grow(&region, grown, 200, 5 * PAGE, 8);
	cr_assert_neq(first, grown);
	expect_filled(first, 200, 3);
	expect_filled(last, 5000, 2);
	cr_assert_eq(pieces, 2);
	cr_assert_eq(region_grow(&region, first, 5 * PAGE, 5 * PAGE, 8), first);
}

Test(region, without_memory_all_is_as_it_was)
{
	uint8_t *piece = take(100, 8, 1);

	fail_at = taken + 1;
	cr_assert_null(region_take(&region, 4 * PAGE, 8));
	expect_filled(piece, 100, 1);
	fail_at = taken + 1;
	cr_assert_null(region_grow(&region, piece, 100, 4 * PAGE, 8));
	expect_filled(piece, 100, 1);
	take(100, 8, 2);
	cr_assert_eq(pieces, 1);
	/* More than there can be. */
	cr_assert_null(region_take(&region, SIZE_MAX, 1));
	cr_assert_null(region_take(&region, SIZE_MAX - 64, 4096));
	cr_assert_null(region_grow(&region, piece, 100, SIZE_MAX, 1));
	cr_assert_eq(pieces, 1);
	take(100, 8, 3);
	cr_assert_eq(pieces, 1);
	expect_filled(piece, 100, 1);
}

Test(region, a_region_that_cannot_be_freed_can_be_later)
{
	take(100, 8, 1);
	take(4 * PAGE, 8, 1);
	keeps = true;
	cr_assert_eq(region_free(&region), KAAL_NO_MEMORY);
	cr_assert_eq(pieces, 2);
	keeps = false;
	cr_assert_eq(region_free(&region), KAAL_OK);
	cr_assert_eq(pieces, 0);
	take(100, 8, 1);
}
