/* Blocks, chains of them, frames; accounts; halves that stay and are merged. */
#include "mm_fixture.h"

#include <arch_views.h>

TestSuite(physical, .init = mm_start);

static kaal_block_t take(uint32_t bits)
{
	kaal_block_t block = 0;

	ok(kaal_physical_take(&mm.physical, &mm.account, bits, &block));
	mm_check();
	return block;
}

static void give(kaal_block_t block)
{
	ok(kaal_physical_give(&mm.physical, &block));
	cr_assert_eq(block, 0);
	mm_check();
}

Test(physical, the_smallest_block_that_is_large_enough_is_split)
{
	kaal_block_t block = take(12);

	cr_assert_eq(kaal_physical_base(&mm.physical, block), 0x40000);
	cr_assert_eq(kaal_physical_bits(&mm.physical, block), 12);
	cr_assert_eq(mm.account.used_bytes, PAGE);
	cr_assert_eq(mm.physical.free_bytes, RAM_BYTES - PAGE);
	cr_assert_eq(kaal_physical_largest_bits(&mm.physical), 21);
	give(block);
	cr_assert_eq(mm.account.used_bytes, 0);
	cr_assert_eq(mm.physical.free_bytes, RAM_BYTES);
}

Test(physical, halves_stay_and_are_merged_when_the_whole_is_taken)
{
	struct state before, after;
	unsigned made;
	kaal_block_t block;

	state_take(&before);
	give(take(12));
	made = calls.made;
	block = take(12);
	cr_assert_eq(calls.made, made, "the halves are still there");
	give(block);
	made = calls.made;
	block = take(18);
	cr_assert_eq(kaal_physical_base(&mm.physical, block), 0x40000);
	cr_assert_eq(calls.made, made + 1, "one revoke merges all");
	give(block);
	state_take(&after);
	state_equal(&before, &after, "after merging");
}

Test(physical, halves_that_cannot_be_merged_stay_free)
{
	kaal_block_t block;

	give(take(12));
	calls = (struct calls){.fail_at = 1, .status = KAAL_NO_REPLY};
	says(kaal_physical_take(&mm.physical, &mm.account, 18, &block), KAAL_NO_REPLY);
	mm_check();
	cr_assert_eq(mm.physical.free_bytes, RAM_BYTES);
	cr_assert_eq(kaal_physical_base(&mm.physical, take(18)), 0x40000);
}

Test(physical, what_was_made_is_gone_when_a_block_is_given_back)
{
	kaal_block_t block = take(13);
	kaal_cap_t frames;
	uint64_t made;

	ok(kaal_slots_take(&mm.slots, 2, &frames));
	ok(kaal_sys_untyped_retype(kaal_physical_cap(&mm.physical, block), KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, 12), OWN, frames, 2, &made));
	host_arena[kaal_physical_base(&mm.physical, block)] = 1;
	ok(kaal_physical_give(&mm.physical, &block));
	ok(kaal_slots_give(&mm.slots, frames, 2));
	mm_check();
	cr_assert_eq(host_arena[0x40000], 0, "zeroed");
}

Test(physical, memory_ends)
{
	kaal_block_t block;

	for (uint32_t i = 18; i <= 21; i++)
		(void)take(i);
	says(kaal_physical_take(&mm.physical, &mm.account, 12, &block), KAAL_NO_MEMORY);
	cr_assert_eq(kaal_physical_largest_bits(&mm.physical), 0);
	says(kaal_physical_take(&mm.physical, &mm.account, 11, &block), KAAL_OUT_OF_RANGE);
	says(kaal_physical_take(&mm.physical, &mm.account, 37, &block), KAAL_OUT_OF_RANGE);
	mm_check();
}

Test(physical, an_account_has_a_limit)
{
	struct kaal_account poor = {.limit_bytes = 3 * PAGE};
	struct kaal_frames frames;
	kaal_block_t block, other;

	says(kaal_physical_take(&mm.physical, &poor, 14, &block), KAAL_NO_MEMORY);
	ok(kaal_physical_take(&mm.physical, &poor, 13, &block));
	says(kaal_physical_take(&mm.physical, &poor, 13, &other), KAAL_NO_MEMORY);
	says(kaal_physical_take_pages(&mm.physical, &poor, 2, &other), KAAL_NO_MEMORY);
	says(kaal_physical_take_at(&mm.physical, &poor, DEVICE, 2, &other), KAAL_NO_MEMORY);
	says(kaal_frames_take(&mm.physical, &poor, 12, 2, 0, &frames), KAAL_NO_MEMORY);
	cr_assert_eq(poor.used_bytes, 2 * PAGE);
	ok(kaal_physical_take(&mm.physical, &poor, 12, &other));
	ok(kaal_physical_give(&mm.physical, &other));
	ok(kaal_physical_give(&mm.physical, &block));
	cr_assert_eq(poor.used_bytes, 0);
	mm_check();
}

Test(physical, pages_in_a_row_take_no_more_than_they_are)
{
	kaal_block_t blocks, next;

	ok(kaal_physical_take_pages(&mm.physical, &mm.account, 7, &blocks));
	mm_check();
	cr_assert_eq(mm.account.used_bytes, 7 * PAGE);
	cr_assert_eq(kaal_physical_base(&mm.physical, blocks) % (8 * PAGE), 0);
	cr_assert_eq(kaal_physical_bits(&mm.physical, blocks), 14);
	next = kaal_physical_next(&mm.physical, blocks);
	cr_assert_eq(kaal_physical_base(&mm.physical, next), kaal_physical_base(&mm.physical, blocks) + 4 * PAGE);
	next = kaal_physical_next(&mm.physical, next);
	cr_assert_eq(kaal_physical_base(&mm.physical, next), kaal_physical_base(&mm.physical, blocks) + 6 * PAGE);
	cr_assert_eq(kaal_physical_next(&mm.physical, next), 0);
	cr_assert_eq(kaal_physical_base(&mm.physical, take(12)), kaal_physical_base(&mm.physical, blocks) + 7 * PAGE, "the rest is free");
	give(blocks);
	says(kaal_physical_take_pages(&mm.physical, &mm.account, 0, &blocks), KAAL_OUT_OF_RANGE);
	says(kaal_physical_take_pages(&mm.physical, &mm.account, (1 << 24) + 1, &blocks), KAAL_OUT_OF_RANGE);
	says(kaal_physical_take_pages(&mm.physical, &mm.account, 513, &blocks), KAAL_NO_MEMORY);
}

Test(physical, an_address_has_one_taker)
{
	kaal_block_t uart, other, ram;

	ok(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE + 3 * PAGE, 2, &uart));
	mm_check();
	cr_assert_eq(kaal_physical_base(&mm.physical, uart), DEVICE + 3 * PAGE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE + 3 * PAGE, 1, &other), KAAL_IN_USE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE, 4, &other), KAAL_IN_USE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE + 2 * PAGE, 2, &other), KAAL_IN_USE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE + 1, 1, &other), KAAL_OUT_OF_RANGE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE + 15 * PAGE, 2, &other), KAAL_OUT_OF_RANGE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE, 0, &other), KAAL_OUT_OF_RANGE);
	says(kaal_physical_take_at(&mm.physical, &mm.account, 0x8000000, 1, &other), KAAL_OUT_OF_RANGE);
	ok(kaal_physical_take_at(&mm.physical, &mm.account, DEVICE, 3, &other));
	give(other);
	give(uart);
	ok(kaal_physical_take_at(&mm.physical, &mm.account, 0x180000, 1, &ram));
	mm_check();
	says(kaal_physical_take_at(&mm.physical, &mm.account, 0x100000, 256, &other), KAAL_IN_USE);
	give(ram);
	ok(kaal_physical_take_at(&mm.physical, &mm.account, 0x100000, 256, &ram));
	give(ram);
}

Test(physical, device_memory_is_not_found_as_ram)
{
	kaal_block_t block;

	while (kaal_physical_take(&mm.physical, &mm.account, 16, &block) == KAAL_OK)
		cr_assert_lt(kaal_physical_base(&mm.physical, block), HOST_ARENA_BYTES);
	cr_assert_eq(mm.account.used_bytes, RAM_BYTES);
}

Test(physical, frames_lie_in_slots_in_a_row)
{
	struct kaal_frames frames;

	ok(kaal_frames_take(&mm.physical, &mm.account, 12, 11, KAAL_FRAMES_CONTIGUOUS, &frames));
	mm_check();
	for (uint32_t i = 0; i < 11; i++) {
		cr_assert_eq(mm_frame(frames.first + i), kaal_frames_base(&mm.physical, &frames, i));
		cr_assert_eq(kaal_frames_base(&mm.physical, &frames, i), kaal_frames_base(&mm.physical, &frames, 0) + i * PAGE);
	}
	ok(kaal_frames_give(&mm.physical, &frames));
	cr_assert_eq(frames.count, 0);
	ok(kaal_frames_give(&mm.physical, &frames));
	mm_check();
	ok(kaal_frames_take(&mm.physical, &mm.account, 21, 1, 0, &frames));
	cr_assert_eq(kaal_frames_base(&mm.physical, &frames, 0), LARGE);
	says(kaal_frames_take(&mm.physical, &mm.account, 21, 1, 0, &frames), KAAL_NO_MEMORY);
	says(kaal_frames_take(&mm.physical, &mm.account, 13, 1, 0, &frames), KAAL_OUT_OF_RANGE);
	says(kaal_frames_take(&mm.physical, &mm.account, 12, 0, 0, &frames), KAAL_OUT_OF_RANGE);
	says(kaal_frames_take(&mm.physical, &mm.account, 12, 1, 8, &frames), KAAL_OUT_OF_RANGE);
	says(kaal_frames_take(&mm.physical, &mm.account, 21, 1, KAAL_FRAMES_UNCACHED, &frames), KAAL_OUT_OF_RANGE);
	mm_check();
}

Test(physical, frames_are_made_of_pieces_where_memory_is)
{
	struct kaal_frames frames;
	kaal_block_t block;

	ok(kaal_physical_take_at(&mm.physical, &mm.account, 0x280000, 1, &block));
	says(kaal_frames_take(&mm.physical, &mm.account, 12, 700, KAAL_FRAMES_CONTIGUOUS, &frames), KAAL_NO_MEMORY);
	ok(kaal_frames_take(&mm.physical, &mm.account, 12, 700, 0, &frames));
	mm_check();
	cr_assert_neq(kaal_physical_next(&mm.physical, frames.blocks), 0);
	for (uint32_t i = 0; i < 700; i++)
		cr_assert_eq(mm_frame(frames.first + i), kaal_frames_base(&mm.physical, &frames, i));
	ok(kaal_frames_give(&mm.physical, &frames));
	mm_check();
}

Test(physical, uncached_and_device_frames)
{
	struct kaal_frames frames, uart;
	uint64_t type, rights, bits;

	ok(kaal_frames_take(&mm.physical, &mm.account, 12, 2, KAAL_FRAMES_UNCACHED, &frames));
	ok(kaal_sys_cap_identify(frames.first, &type, &rights, &bits));
	cr_assert(type == KAAL_OBJECT_FRAME && rights == KAAL_RIGHTS_ALL - KAAL_RIGHT_EXECUTE && bits == 12);
	ok(kaal_frames_take_at(&mm.physical, &mm.account, DEVICE + PAGE, 1, &uart));
	cr_assert_eq(kaal_frames_base(&mm.physical, &uart, 0), DEVICE + PAGE);
	says(kaal_frames_take_at(&mm.physical, &mm.account, DEVICE + PAGE, 1, &frames), KAAL_IN_USE);
	mm_check();
}

Test(physical, without_slots_halves_are_merged)
{
	kaal_cap_t index, rest;
	kaal_block_t block;

	give(take(12));
	/* All slots but those of the halves are taken by somebody. */
	while (kaal_slots_take(&mm.slots, 1, &rest) == KAAL_OK)
		;
	for (uint32_t bits = 12; bits < 18; bits++) {
		ok(kaal_physical_take_slots(&mm.physical, 2, &index));
		mm_check_physical();
	}
	says(kaal_physical_take_slots(&mm.physical, 1, &index), KAAL_NO_MEMORY);
	says(kaal_physical_take(&mm.physical, &mm.account, 12, &block), KAAL_NO_MEMORY);
	mm_check_physical();
	cr_assert_eq(mm.physical.free_bytes, RAM_BYTES);
}

Test(physical, without_nodes_halves_are_merged)
{
	struct kaal_physical_node few[KAAL_PHYSICAL_NODES(2, 3)];
	struct kaal_physical_memory small;
	struct kaal_account account = {.limit_bytes = UINT64_MAX};
	kaal_block_t block, other;

	mm_start();
	ok(kaal_physical_start(&small, &mm.slots, few, KAAL_PHYSICAL_NODES(2, 3)));
	ok(kaal_physical_add(&small, UNTYPED, 0x40000, 18, false));
	ok(kaal_physical_add(&small, UNTYPED + 1, 0x80000, 19, false));
	says(kaal_physical_take(&small, &account, 14, &block), KAAL_NO_MEMORY);
	cr_assert_eq(small.free_bytes, 0xc0000);
	ok(kaal_physical_take(&small, &account, 15, &block));
	ok(kaal_physical_give(&small, &block));
	ok(kaal_physical_take_at(&small, &account, 0x80000, 16, &block));
	says(kaal_physical_take_at(&small, &account, 0x40000, 32, &other), KAAL_NO_MEMORY);
	ok(kaal_physical_give(&small, &block));
	ok(kaal_physical_take_at(&small, &account, 0x40000, 8, &other));
	cr_assert_eq(account.used_bytes, 8 * PAGE);
}

Test(physical, what_is_added_is_checked)
{
	says(kaal_physical_add(&mm.physical, UNTYPED, 0x40000, 18, false), KAAL_IN_USE);
	says(kaal_physical_add(&mm.physical, 30, 0x18000, 14, false), KAAL_OUT_OF_RANGE);
	says(kaal_physical_add(&mm.physical, 30, 0x19000, 15, false), KAAL_OUT_OF_RANGE);
	says(kaal_physical_add(&mm.physical, OWN, 0x18000, 15, false), KAAL_WRONG_TYPE);
	says(kaal_physical_add(&mm.physical, 40, 0x18000, 15, false), KAAL_WRONG_TYPE);
	says(kaal_physical_add(&mm.physical, UINT64_MAX, 0x18000, 15, false), KAAL_INVALID_CAP);
	says(kaal_physical_start(&mm.physical, &mm.slots, mm.node, 3), KAAL_OUT_OF_RANGE);
	ok(kaal_physical_start(&mm.physical, &mm.slots, mm.node, 4));
	ok(kaal_physical_add(&mm.physical, UNTYPED, 0x40000, 18, false));
	says(kaal_physical_add(&mm.physical, UNTYPED + 1, 0x80000, 19, false), KAAL_NO_MEMORY);
}
