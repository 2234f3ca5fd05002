/* Splits are counted by account, and refused beyond an account's limit; nodes come later. */
#include "mm_fixture.h"

static struct kaal_account other;

/* All splits are counted; nobody has anything. */
static void start(void)
{
	mm_start();
	kaal_physical_count_splits(&mm.physical, KAAL_BLOCK_BITS_MAX, mm.holders, 2);
	mm.account.limit_splits = 100;
	other = (struct kaal_account){.limit_bytes = UINT64_MAX, .limit_splits = 100, .index = 1};
}

TestSuite(splits, .init = start);

static void check(void)
{
	uint64_t used = mm.account.used_bytes;

	/* PM-4 knows one account. */
	mm.account.used_bytes += other.used_bytes;
	mm_check();
	mm.account.used_bytes = used;
}

static kaal_block_t take(struct kaal_account *account)
{
	kaal_block_t block = 0;

	ok(kaal_physical_take(&mm.physical, account, 12, &block));
	check();
	return block;
}

static kaal_block_t take_at(struct kaal_account *account, uint64_t base)
{
	kaal_block_t block = 0;

	ok(kaal_physical_take_at(&mm.physical, account, base, 1, &block));
	check();
	return block;
}

static void give(kaal_block_t block)
{
	ok(kaal_physical_give(&mm.physical, &block));
	check();
}

Test(splits, each_pays_for_what_it_has_something_in)
{
	kaal_block_t first = take(&mm.account), second, third;

	/* 2^18 bytes into 2^12. */
	cr_assert_eq(mm.account.used_splits, 6);
	second = take(&other);
	cr_assert_eq(kaal_physical_base(&mm.physical, second), 0x41000);
	cr_assert_eq(other.used_splits, 6);
	third = take(&mm.account);
	cr_assert_eq(mm.account.used_splits, 7);
	give(first);
	cr_assert_eq(mm.account.used_splits, 6, "the pair that is left is the other's");
	cr_assert_eq(other.used_splits, 6, "and it pays the same");
	give(third);
	cr_assert_eq(mm.account.used_splits, 0);
	give(second);
	cr_assert_eq(other.used_splits, 0);
}

Test(splits, large_blocks_are_not_counted)
{
	kaal_block_t block;

	kaal_physical_count_splits(&mm.physical, 14, mm.holders, 2);
	block = take(&mm.account);
	cr_assert_eq(mm.account.used_splits, 2);
	give(block);
	cr_assert_eq(kaal_physical_splits_above(&mm.physical, 12), 63 + 127 + 255 + 511);
	cr_assert_eq(kaal_physical_splits_above(&mm.physical, 19), 1 + 3);
	cr_assert_eq(kaal_physical_splits_above(&mm.physical, 21), 0);
}

Test(splits, limit)
{
	kaal_block_t one, block = 0;
	struct kaal_frames frames;
	struct state before, after;

	mm.account.limit_splits = 6;
	one = take(&mm.account);
	(void)take(&mm.account);
	cr_assert_eq(mm.account.used_splits, 6, "of the same pair");
	state_take(&before);
	says(kaal_physical_take(&mm.physical, &mm.account, 12, &block), KAAL_NO_MEMORY);
	cr_assert(mm.account.splits_refused);
	mm.account.splits_refused = false;
	says(kaal_physical_take_pages(&mm.physical, &mm.account, 3, &block), KAAL_NO_MEMORY);
	says(kaal_physical_take_at(&mm.physical, &mm.account, 0x100000, 1, &block), KAAL_NO_MEMORY);
	says(kaal_frames_take(&mm.physical, &mm.account, 12, 7, 0, &frames), KAAL_NO_MEMORY);
	cr_assert(mm.account.splits_refused);
	check();
	state_take(&after);
	state_equal(&before, &after, "refused");
	/* What needs no split it may have, and others may what they may. */
	ok(kaal_physical_take(&mm.physical, &mm.account, 13, &block));
	(void)take(&other);
	give(one);
	give(block);
	(void)take(&mm.account);
}

/* Where the next best block would cost too much, there may be one that does not. */
Test(splits, a_block_that_costs_less)
{
	(void)take_at(&mm.account, 0x80000);
	(void)take_at(&other, 0x40000);
	cr_assert_eq(mm.account.used_splits, 7);
	mm.account.limit_splits = 7;
	cr_assert_eq(kaal_physical_base(&mm.physical, take(&mm.account)), 0x81000);
	cr_assert_eq(kaal_physical_base(&mm.physical, take(&other)), 0x41000);
	mm.account.limit_splits = 8;
	cr_assert_eq(kaal_physical_base(&mm.physical, take(&mm.account)), 0x82000);
}

Test(splits, more_nodes)
{
	static struct kaal_physical_node few[KAAL_PHYSICAL_NODES(1, 2)], more[KAAL_PHYSICAL_NODES(1, 6)];
	struct kaal_account account = {.limit_bytes = UINT64_MAX};
	struct kaal_physical_memory small;
	kaal_block_t block, next;

	mm_start();
	ok(kaal_physical_start(&small, &mm.slots, few, KAAL_PHYSICAL_NODES(1, 2)));
	ok(kaal_physical_add(&small, UNTYPED, 0x40000, 18, false));
	ok(kaal_physical_take(&small, &account, 16, &block));
	says(kaal_physical_take(&small, &account, 12, &next), KAAL_NO_MEMORY);
	says(kaal_physical_extend(&small, more, KAAL_PHYSICAL_NODES(1, 2) - 1), KAAL_OUT_OF_RANGE);
	says(kaal_physical_extend(&small, more, (1u << 24) + 1), KAAL_OUT_OF_RANGE);
	ok(kaal_physical_extend(&small, more, KAAL_PHYSICAL_NODES(1, 6)));
	memset(few, 0xff, sizeof few);
	cr_assert_eq(kaal_physical_base(&small, block), 0x40000);
	ok(kaal_physical_take(&small, &account, 12, &next));
	cr_assert_eq(kaal_physical_base(&small, next), 0x50000);
	ok(kaal_physical_give(&small, &block));
	ok(kaal_physical_give(&small, &next));
	ok(kaal_physical_trim(&small));
	cr_assert_eq(small.free_bytes, 0x40000);
	cr_assert_eq(kaal_physical_largest_bits(&small), 18);
}
