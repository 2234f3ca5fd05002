/* Regions, mappings, tables of a space; two spaces that share. */
#include "mm_fixture.h"

TestSuite(space, .init = mm_start);

static struct kaal_space *const space = &mm.space[0];
static struct kaal_space *const other = &mm.space[1];

static uint64_t physical;
static uint32_t rights;

static struct kaal_frames frames_of(uint32_t count)
{
	struct kaal_frames frames;

	ok(kaal_frames_take(&mm.physical, &mm.account, 12, count, 0, &frames));
	return frames;
}

static uint64_t region_of(uint64_t pages)
{
	uint64_t address;

	ok(kaal_space_reserve(space, pages * PAGE, PAGE, 0, 0, &address));
	return address;
}

/* How many pages from `address` on are mapped, with these rights. */
static unsigned mapped(unsigned which, uint64_t address, uint32_t with)
{
	unsigned pages = 0;

	while (mm_mapped(which, address + pages * PAGE, &physical, &rights) && rights == with)
		pages++;
	return pages;
}

Test(space, regions_are_reserved_where_there_is_room)
{
	uint64_t a, b, c;

	ok(kaal_space_reserve(space, 2 * PAGE, PAGE, PAGE, PAGE, &a));
	cr_assert_eq(a, WINDOW + PAGE);
	ok(kaal_space_reserve(space, PAGE, PAGE, 0, 0, &b));
	cr_assert_eq(b, WINDOW + 4 * PAGE);
	ok(kaal_space_reserve(space, PAGE, LARGE, PAGE, 0, &c));
	cr_assert_eq(c, WINDOW + LARGE);
	ok(kaal_space_release(space, b));
	ok(kaal_space_reserve(space, 2 * PAGE, PAGE, 0, 0, &b));
	cr_assert_eq(b, WINDOW + 4 * PAGE);
	says(kaal_space_reserve_at(space, WINDOW + 6 * PAGE, LARGE, 0, 0), KAAL_ADDRESS_IN_USE);
	says(kaal_space_reserve_at(space, WINDOW + 3 * PAGE, PAGE, 0, 0), KAAL_ADDRESS_IN_USE);
	says(kaal_space_reserve_at(space, WINDOW + 7 * PAGE, PAGE, 2 * PAGE, 0), KAAL_ADDRESS_IN_USE);
	ok(kaal_space_reserve_at(space, WINDOW + 7 * PAGE, PAGE, PAGE, PAGE));
	mm_check();
	cr_assert_eq(kaal_space_find(space, WINDOW)->address, a, "in its guard");
	cr_assert_eq(kaal_space_find(space, WINDOW + 3 * PAGE)->address, a);
	cr_assert_null(kaal_space_find(space, WINDOW + 9 * PAGE));
	cr_assert_null(kaal_space_find(space, 0));
}

Test(space, what_is_reserved_is_checked)
{
	struct kaal_space_setup setup = space->setup;
	uint64_t address;

	says(kaal_space_reserve(space, 0, PAGE, 0, 0, &address), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve(space, 1, PAGE, 0, 0, &address), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve(space, PAGE, 0, 0, 0, &address), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve(space, PAGE, 3 * PAGE, 0, 0, &address), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve(space, PAGE, PAGE, 1, 0, &address), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve(space, PAGE, PAGE, 0, UINT64_MAX - PAGE + 1, &address), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve(space, WINDOW_END, PAGE, 0, 0, &address), KAAL_NO_MEMORY);
	says(kaal_space_reserve_at(space, WINDOW - PAGE, PAGE, 0, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve_at(space, WINDOW, PAGE, PAGE, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve_at(space, WINDOW_END - PAGE, PAGE, 0, PAGE), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve_at(space, UINT64_MAX - PAGE + 1, PAGE, 0, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_reserve_at(space, WINDOW + 8, PAGE, 0, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_release(space, WINDOW), KAAL_OUT_OF_RANGE);
	for (unsigned i = 0; i < REGIONS; i++)
		(void)region_of(1);
	says(kaal_space_reserve(space, PAGE, PAGE, 0, 0, &address), KAAL_NO_MEMORY);
	says(kaal_space_reserve_at(space, WINDOW + LARGE, PAGE, 0, 0), KAAL_NO_MEMORY);
	mm_check();
	setup.end = setup.first;
	says(kaal_space_start(space, &setup), KAAL_OUT_OF_RANGE);
	setup.end = KAAL_USER_VA_END + PAGE;
	says(kaal_space_start(space, &setup), KAAL_OUT_OF_RANGE);
	setup = (struct kaal_space_setup){.first = 0, .end = PAGE};
	says(kaal_space_start(space, &setup), KAAL_OUT_OF_RANGE);
}

Test(space, frames_are_mapped_and_unmapped)
{
	struct state empty, before, after;
	struct kaal_frames frames = frames_of(600);
	uint64_t address = region_of(600);
	unsigned made;

	state_take(&empty);
	ok(kaal_space_map(space, address, frames.first, 600, 12, RW));
	mm_check();
	cr_assert_eq(mapped(0, address, RW), 600);
	for (uint32_t i = 0; i < 600; i++) {
		cr_assert(mm_mapped(0, address + i * PAGE, &physical, &rights));
		cr_assert_eq(physical, kaal_frames_base(&mm.physical, &frames, i));
	}
	cr_assert_eq(space->mappings, 1);
	cr_assert_eq(space->tables, 3);
	state_take(&before);
	ok(kaal_space_unmap(space, address + 100 * PAGE, 450 * PAGE));
	mm_check();
	cr_assert_eq(mapped(0, address, RW), 100);
	cr_assert_eq(mapped(0, address + 550 * PAGE, RW), 50);
	ok(kaal_space_map(space, address + 100 * PAGE, frames.first + 100, 450, 12, RW));
	cr_assert_eq(space->mappings, 1, "they are one again");
	state_take(&after);
	state_equal(&before, &after, "mapped again");
	made = calls.made;
	ok(kaal_space_unmap(space, address, 600 * PAGE));
	cr_assert_eq(calls.made, made + 2 + 3, "two for the frames, one for each table");
	state_take(&after);
	state_equal(&empty, &after, "unmapped");
	says(kaal_space_unmap(space, address, PAGE), KAAL_NOT_MAPPED);
}

Test(space, nothing_is_mapped_outside_a_region)
{
	struct kaal_frames frames = frames_of(4);
	uint64_t address;

	ok(kaal_space_reserve(space, 2 * PAGE, PAGE, PAGE, PAGE, &address));
	says(kaal_space_map(space, address - PAGE, frames.first, 1, 12, RW), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address + PAGE, frames.first, 2, 12, RW), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address + 2 * PAGE, frames.first, 1, 12, RW), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address + 8, frames.first, 1, 12, RW), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address, frames.first, 1, 13, RW), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address, frames.first, 0, 12, RW), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address, frames.first, 1, 12, RW | 256), KAAL_OUT_OF_RANGE);
	says(kaal_space_add(space, address - PAGE, PAGE, RW, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_add(space, address, PAGE, RW, 2), KAAL_OUT_OF_RANGE);
	says(kaal_space_unmap(space, address - PAGE, 2 * PAGE), KAAL_OUT_OF_RANGE);
	says(kaal_space_unmap(space, address, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_unmap(space, address, PAGE), KAAL_NOT_MAPPED);
	mm_check();
	cr_assert_eq(space->tables, 0);
}

Test(space, what_the_kernel_refuses_leaves_nothing)
{
	struct kaal_frames frames = frames_of(4);
	uint64_t address = region_of(8);
	struct state before, after;

	ok(kaal_space_map(space, address + 4 * PAGE, frames.first + 3, 1, 12, R));
	state_take(&before);
	says(kaal_space_map(space, address, frames.first, 2, 12, RW | RX), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address, frames.first, 2, 12, KAAL_RIGHT_WRITE), KAAL_OUT_OF_RANGE);
	says(kaal_space_map(space, address, frames.first, 4, 12, R), KAAL_MAPPED);
	says(kaal_space_map(space, address + 3 * PAGE, frames.first, 2, 12, R), KAAL_ADDRESS_IN_USE);
	says(kaal_space_map(space, address, OWN, 1, 12, R), KAAL_WRONG_TYPE);
	says(kaal_space_map(space, address, UINT64_MAX, 1, 12, R), KAAL_INVALID_CAP);
	says(kaal_space_protect(space, address + 4 * PAGE, PAGE, RW | RX), KAAL_OUT_OF_RANGE);
	says(kaal_space_protect(space, address + 4 * PAGE, 2 * PAGE, R), KAAL_NOT_MAPPED);
	says(kaal_space_protect(space, address, PAGE, R), KAAL_NOT_MAPPED);
	says(kaal_space_protect(space, address, 1, R), KAAL_OUT_OF_RANGE);
	says(kaal_space_add(space, address + 3 * PAGE, 2 * PAGE, R, 0), KAAL_ADDRESS_IN_USE);
	says(kaal_space_add(space, address, 2 * PAGE, RW | RX, 0), KAAL_OUT_OF_RANGE);
	mm_check();
	state_take(&after);
	state_equal(&before, &after, "refused");
}

Test(space, rights_change_in_a_part)
{
	struct kaal_frames frames = frames_of(10);
	uint64_t address = region_of(10);
	struct state before, after;

	ok(kaal_space_map(space, address, frames.first, 10, 12, RW));
	state_take(&before);
	ok(kaal_space_protect(space, address + 3 * PAGE, 4 * PAGE, RX));
	mm_check();
	cr_assert(mapped(0, address, RW) == 3 && mapped(0, address + 3 * PAGE, RX) == 4 && mapped(0, address + 7 * PAGE, RW) == 3);
	cr_assert_eq(space->mappings, 3);
	ok(kaal_space_protect(space, address + 5 * PAGE, 5 * PAGE, R));
	mm_check();
	cr_assert_eq(space->mappings, 3);
	ok(kaal_space_protect(space, address, 10 * PAGE, RW));
	cr_assert_eq(space->mappings, 1);
	state_take(&after);
	state_equal(&before, &after, "as it was");
}

Test(space, a_right_that_a_capability_lacks_is_refused)
{
	struct kaal_frames frames = frames_of(2);
	uint64_t address = region_of(2);
	struct state before, after;

	ok(kaal_sys_cap_copy(OWN, 40, OWN, frames.first, RW));
	ok(kaal_sys_cap_copy(OWN, 41, OWN, frames.first + 1, R));
	says(kaal_space_map(space, address, 40, 2, 12, RW), KAAL_NO_RIGHT);
	ok(kaal_space_map(space, address, 40, 2, 12, R));
	state_take(&before);
	says(kaal_space_protect(space, address, 2 * PAGE, RW), KAAL_NO_RIGHT);
	state_take(&after);
	state_equal(&before, &after, "refused for the second");
	mm_check();
}

Test(space, memory_of_the_space)
{
	struct state before, after;
	uint64_t address;

	state_take(&before);
	ok(kaal_space_allocate(space, 300 * PAGE, PAGE, PAGE, PAGE, RW, 0, &address));
	mm_check();
	cr_assert_eq(mapped(0, address, RW), 300);
	cr_assert_not(mm_mapped(0, address - PAGE, &physical, &rights));
	cr_assert_eq(mm.account.used_bytes, 302 * PAGE, "and two tables");
	says(kaal_space_unmap(space, address, PAGE), KAAL_OUT_OF_RANGE);
	says(kaal_space_unmap(space, address + PAGE, 299 * PAGE), KAAL_OUT_OF_RANGE);
	ok(kaal_space_protect(space, address + 4 * PAGE, 4 * PAGE, R));
	says(kaal_space_unmap(space, address, 4 * PAGE), KAAL_OUT_OF_RANGE);
	says(kaal_space_unmap(space, address + 4 * PAGE, 296 * PAGE), KAAL_OUT_OF_RANGE);
	says(kaal_space_unmap(space, address + 4 * PAGE, 4 * PAGE), KAAL_OUT_OF_RANGE);
	mm_check();
	ok(kaal_space_release(space, address));
	mm_check();
	state_take(&after);
	state_equal(&before, &after, "released");
}

Test(space, a_region_grows_in_place)
{
	struct state before, after;
	uint64_t heap, next;

	state_take(&before);
	ok(kaal_space_allocate(space, 4 * PAGE, PAGE, 0, PAGE, RW, 0, &heap));
	ok(kaal_space_reserve_at(space, heap + 16 * PAGE, PAGE, PAGE, 0));
	next = heap + 16 * PAGE;
	ok(kaal_space_grow_memory(space, heap, 4 * PAGE, RW, 0));
	mm_check();
	cr_assert_eq(mapped(0, heap, RW), 8);
	says(kaal_space_grow_memory(space, heap, 7 * PAGE, RW, 0), KAAL_ADDRESS_IN_USE);
	ok(kaal_space_grow(space, heap, 6 * PAGE));
	says(kaal_space_grow(space, heap, PAGE), KAAL_ADDRESS_IN_USE);
	says(kaal_space_grow(space, heap + PAGE, PAGE), KAAL_OUT_OF_RANGE);
	says(kaal_space_grow(space, heap, 0), KAAL_OUT_OF_RANGE);
	says(kaal_space_grow(space, next, WINDOW_END - next), KAAL_OUT_OF_RANGE);
	ok(kaal_space_grow(space, next, WINDOW_END - next - PAGE));
	ok(kaal_space_unmap(space, heap + 4 * PAGE, 4 * PAGE));
	cr_assert_eq(mapped(0, heap, RW), 4, "what was added in one piece goes alone");
	mm_check();
	ok(kaal_space_release(space, heap));
	ok(kaal_space_release(space, next));
	state_take(&after);
	state_equal(&before, &after, "released");
}

Test(space, large_frames_where_they_fit)
{
	struct state before, after;
	uint64_t address;

	state_take(&before);
	ok(kaal_space_reserve_at(space, WINDOW + LARGE - 2 * PAGE, 2 * PAGE + LARGE + 3 * PAGE, 0, 0));
	address = WINDOW + LARGE - 2 * PAGE;
	ok(kaal_space_add(space, address, 2 * PAGE + LARGE + 3 * PAGE, RW, KAAL_SPACE_LARGE));
	mm_check();
	cr_assert_eq(space->mappings, 3);
	cr_assert_eq(space->setup.mappings[1].size_bits, 21);
	cr_assert_eq(mapped(0, address, RW), 2 + 512 + 3);
	says(kaal_space_protect(space, address + 3 * PAGE, PAGE, R), KAAL_OUT_OF_RANGE);
	says(kaal_space_protect(space, address, 3 * PAGE, R), KAAL_OUT_OF_RANGE);
	says(kaal_space_protect(space, address + 2 * PAGE, LARGE, RX), KAAL_OUT_OF_RANGE);
	ok(kaal_space_protect(space, address, 2 * PAGE + LARGE, R));
	mm_check();
	ok(kaal_space_protect(space, address, 2 * PAGE + LARGE, RW));
	ok(kaal_space_release(space, address));
	state_take(&after);
	state_equal(&before, &after, "released");
	ok(kaal_space_allocate(space, LARGE, LARGE, 0, 0, RX, KAAL_SPACE_LARGE, &address));
	cr_assert_eq(mapped(0, address, RX), 512, "executable from the start");
	mm_check();
}

Test(space, pages_where_large_frames_do_not_fit)
{
	kaal_block_t block;
	uint64_t address;

	ok(kaal_physical_take_at(&mm.physical, &mm.account, 0x2ff000, 1, &block));
	ok(kaal_space_allocate(space, LARGE + PAGE, LARGE, 0, 0, RW, KAAL_SPACE_LARGE, &address));
	mm_check();
	cr_assert_eq(mapped(0, address, RW), 513);
	cr_assert_eq(space->setup.mappings[0].size_bits, 12);
	ok(kaal_space_release(space, address));
	mm_check();
}

Test(space, memory_is_shared_by_copies)
{
	struct state before, after;
	struct kaal_frames frames = frames_of(8);
	uint64_t address = region_of(16);

	ok(kaal_space_map(space, address, frames.first, 8, 12, RW));
	ok(kaal_space_add(space, address + 8 * PAGE, 8 * PAGE, RW, 0));
	ok(kaal_space_reserve_at(other, WINDOW, 16 * PAGE, 0, 0));
	state_take(&before);
	ok(kaal_space_share(space, address + 4 * PAGE, 8 * PAGE, other, WINDOW + PAGE, R));
	mm_check();
	for (unsigned i = 0; i < 8; i++) {
		uint64_t mine;

		cr_assert(mm_mapped(0, address + (4 + i) * PAGE, &mine, &rights));
		cr_assert(mm_mapped(1, WINDOW + (1 + i) * PAGE, &physical, &rights) && physical == mine && rights == R);
	}
	says(kaal_space_protect(other, WINDOW + PAGE, PAGE, RW), KAAL_NO_RIGHT);
	ok(kaal_space_unmap(other, WINDOW + 3 * PAGE, 2 * PAGE));
	mm_check();
	cr_assert_eq(mapped(1, WINDOW + PAGE, R), 2);
	ok(kaal_space_unmap(other, WINDOW, 16 * PAGE));
	mm_check();
	state_take(&after);
	state_equal(&before, &after, "no longer shared");
	says(kaal_space_share(space, address + 15 * PAGE, 2 * PAGE, other, WINDOW, R), KAAL_NOT_MAPPED);
	says(kaal_space_share(space, address, PAGE, other, WINDOW + 16 * PAGE, R), KAAL_OUT_OF_RANGE);
	says(kaal_space_share(space, address, 1, other, WINDOW, R), KAAL_OUT_OF_RANGE);
	ok(kaal_space_share(space, address, PAGE, other, WINDOW + 2 * PAGE, RW));
	says(kaal_space_share(space, address, 4 * PAGE, other, WINDOW, R), KAAL_ADDRESS_IN_USE);
	mm_check();
}

Test(space, a_space_shares_with_itself)
{
	uint64_t address = region_of(8);

	ok(kaal_space_add(space, address + 4 * PAGE, 4 * PAGE, RW, 0));
	ok(kaal_space_protect(space, address + 5 * PAGE, PAGE, R));
	ok(kaal_space_share(space, address + 4 * PAGE, 4 * PAGE, space, address, R));
	mm_check();
	cr_assert_eq(mapped(0, address, R), 4);
	ok(kaal_space_unmap(space, address, 4 * PAGE));
	mm_check();
}

Test(space, copies_end_with_the_original)
{
	struct state before, after;
	uint64_t address;

	state_take(&before);
	ok(kaal_space_allocate(space, 4 * PAGE, PAGE, 0, 0, RW, 0, &address));
	ok(kaal_space_reserve_at(other, WINDOW, 4 * PAGE, 0, 0));
	ok(kaal_space_share(space, address, 4 * PAGE, other, WINDOW, RW));
	ok(kaal_space_release(space, address));
	cr_assert_eq(mapped(1, WINDOW, RW), 0);
	ok(kaal_space_release(other, WINDOW));
	mm_check();
	state_take(&after);
	state_equal(&before, &after, "released");
}

Test(space, frames_that_went_need_no_unmapping)
{
	struct kaal_frames frames = frames_of(8), more = frames_of(2);
	uint64_t address = region_of(10);

	ok(kaal_space_map(space, address, frames.first, 8, 12, RW));
	ok(kaal_space_map(space, address + 8 * PAGE, more.first, 2, 12, RW));
	ok(kaal_frames_give(&mm.physical, &frames));
	ok(kaal_space_unmap(space, address, 10 * PAGE));
	mm_check();
	cr_assert_eq(space->tables, 0);
}

Test(space, tables_come_and_go)
{
	struct kaal_frames frames = frames_of(3);
	uint64_t giga = UINT64_C(1) << 30;

	ok(kaal_space_reserve_at(space, WINDOW, 3 * giga, 0, 0));
	ok(kaal_space_map(space, WINDOW, frames.first, 1, 12, RW));
	cr_assert_eq(space->tables, 2);
	ok(kaal_space_map(space, WINDOW + LARGE, frames.first + 1, 1, 12, RW));
	cr_assert_eq(space->tables, 3);
	ok(kaal_space_map(space, WINDOW + 2 * giga, frames.first + 2, 1, 12, RW));
	cr_assert_eq(space->tables, 5);
	mm_check();
	ok(kaal_space_unmap(space, WINDOW, PAGE));
	cr_assert_eq(space->tables, 4);
	ok(kaal_space_unmap(space, WINDOW + 2 * giga, PAGE));
	cr_assert_eq(space->tables, 2);
	mm_check();
	ok(kaal_space_unmap(space, WINDOW + LARGE, PAGE));
	cr_assert_eq(space->tables, 0);
	cr_assert_eq(mm.account.used_bytes, 3 * PAGE);
}

Test(space, mappings_of_two_regions_are_two)
{
	struct kaal_frames frames = frames_of(4);
	uint64_t one = region_of(2), two = region_of(2);

	cr_assert_eq(two, one + 2 * PAGE);
	ok(kaal_space_map(space, one, frames.first, 2, 12, RW));
	ok(kaal_space_map(space, two, frames.first + 2, 2, 12, RW));
	cr_assert_eq(space->mappings, 2);
	mm_check();
	says(kaal_space_map(space, one + PAGE, frames.first, 2, 12, RW), KAAL_OUT_OF_RANGE);
}

/* Not a call nor a step for each 2 MiB of what is only reserved. */
Test(space, all_tables_of_a_large_region_go)
{
	struct kaal_frames frames = frames_of(8);
	uint64_t giga = UINT64_C(1) << 30;
	struct state before, after;

	state_take(&before);
	ok(kaal_space_reserve_at(space, WINDOW + PAGE, 3 * giga, PAGE, 0));
	for (unsigned i = 0; i < 8; i++)
		ok(kaal_space_map(space, WINDOW + PAGE + (i * giga) / 4 + i % 3 * LARGE, frames.first + i, 1, 12, RW));
	mm_check();
	cr_assert_eq(space->tables, 2 + 8);
	ok(kaal_space_release(space, WINDOW + PAGE));
	cr_assert_eq(space->tables, 0);
	state_take(&after);
	state_equal(&before, &after, "released");
}

Test(space, storage_runs_out)
{
	struct kaal_frames frames = frames_of(MAPPINGS + 4);
	uint64_t address = region_of(3 * MAPPINGS), last = 2 * (MAPPINGS - 1);
	struct state before, after;

	for (unsigned i = 0; i < MAPPINGS - 1; i++)
		ok(kaal_space_map(space, address + 2 * i * PAGE, frames.first + i, 1, 12, RW));
	ok(kaal_space_map(space, address + last * PAGE, frames.first + MAPPINGS - 1, 4, 12, RW));
	state_take(&before);
	says(kaal_space_map(space, address + PAGE, frames.first + MAPPINGS + 3, 1, 12, RW), KAAL_NO_MEMORY);
	says(kaal_space_unmap(space, address + (last + 1) * PAGE, 2 * PAGE), KAAL_NO_MEMORY);
	says(kaal_space_protect(space, address + (last + 1) * PAGE, PAGE, R), KAAL_NO_MEMORY);
	state_take(&after);
	state_equal(&before, &after, "no entry");
	mm_check();
	ok(kaal_space_release(space, address));
	for (unsigned i = 0; i < TABLES; i++) {
		uint64_t at = WINDOW + (i + 1) * LARGE;

		ok(kaal_space_reserve_at(space, at, PAGE, 0, 0));
		says(kaal_space_map(space, at, frames.first + i, 1, 12, RW), i < TABLES - 1 ? KAAL_OK : KAAL_NO_MEMORY);
	}
	mm_check();
	ok(kaal_space_end(space));
	cr_assert(space->regions == 0 && space->mappings == 0 && space->tables == 0);
	mm_check();
}

Test(space, tables_of_a_domain_are_used_again)
{
	struct kaal_space_setup setup = space->setup;
	struct kaal_domain domain;
	struct kaal_frames frames = frames_of(2);
	struct state before, after;
	kaal_cap_t vspace;

	state_take(&before);
	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 15, 8));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_VSPACE, 1, &vspace));
	setup.domain = &domain;
	ok(kaal_space_start(space, &setup));
	ok(kaal_space_reserve_at(space, WINDOW, 4 * LARGE, 0, 0));
	ok(kaal_space_map(space, WINDOW, frames.first, 1, 12, RW));
	cr_assert_eq(domain.slots_used, 3);
	ok(kaal_space_unmap(space, WINDOW, PAGE));
	mm_check();
	cr_assert(space->tables == 2 && space->setup.tables[0].level == 0 && space->setup.tables[1].level == 0, "they wait");
	ok(kaal_space_map(space, WINDOW + 2 * LARGE, frames.first, 1, 12, RW));
	mm_check();
	cr_assert_eq(domain.slots_used, 3);
	ok(kaal_space_map(space, WINDOW, frames.first + 1, 1, 12, RW));
	cr_assert_eq(domain.slots_used, 4);
	ok(kaal_space_unmap(space, WINDOW, 4 * LARGE));
	mm_check();
	for (uint32_t i = 0; i < 3; i++)
		cr_assert_eq(space->setup.tables[i].level, 0, "all three wait");
	ok(kaal_space_end(space));
	ok(kaal_domain_end(&domain));
	state_take(&after);
	state_equal(&before, &after, "the end");
}

Test(space, a_space_that_went_with_its_domain_is_forgotten)
{
	struct kaal_space_setup setup = other->setup;
	struct kaal_domain domain;
	struct state before, after;
	kaal_cap_t frames;
	uint64_t address = region_of(2);

	ok(kaal_space_add(space, address, 2 * PAGE, RW, 0));
	state_take(&before);
	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 16, 12));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_VSPACE, 1, &setup.vspace));
	ok(kaal_domain_make(&domain, KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, 12), 4, &frames));
	setup.domain = &domain;
	ok(kaal_space_start(other, &setup));
	ok(kaal_space_reserve_at(other, WINDOW, 16 * PAGE, 0, 0));
	ok(kaal_space_map(other, WINDOW, frames, 4, 12, RW));
	ok(kaal_space_add(other, WINDOW + 4 * PAGE, 4 * PAGE, RW, 0));
	ok(kaal_space_protect(other, WINDOW + 5 * PAGE, PAGE, R));
	ok(kaal_space_share(space, address, 2 * PAGE, other, WINDOW + 8 * PAGE, R));
	ok(kaal_domain_end(&domain));
	ok(kaal_space_forget(other));
	mm_check();
	state_take(&after);
	state_equal(&before, &after, "the end");
}

Test(space, a_cnode_below_another)
{
	kaal_cap_t base = mm_two_levels();
	struct kaal_domain domain;
	kaal_cap_t cap;
	uint64_t address;

	ok(kaal_slots_start(&mm.slots, base + OWN, base, FIRST_SLOT, SLOTS, mm.bitmap));
	ok(kaal_physical_start(&mm.physical, &mm.slots, mm.node, NODES));
	says(kaal_physical_add(&mm.physical, UNTYPED, 0x40000, 18, false), KAAL_INVALID_CAP);
	ok(kaal_physical_add(&mm.physical, base + UNTYPED, 0x40000, 18, false));
	space->setup.vspace += base;
	ok(kaal_space_allocate(space, 4 * PAGE, PAGE, 0, 0, RW, 0, &address));
	ok(kaal_space_reserve_at(space, address + 8 * PAGE, 4 * PAGE, 0, 0));
	ok(kaal_space_share(space, address, 4 * PAGE, space, address + 8 * PAGE, R));
	cr_assert_eq(mapped(0, address, RW), 4);
	cr_assert_eq(mapped(0, address + 8 * PAGE, R), 4);
	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 12, 2));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 2, &cap));
	ok(kaal_domain_end(&domain));
	ok(kaal_space_end(space));
	cr_assert_eq(mapped(0, address, RW), 0);
	ok(kaal_physical_trim(&mm.physical));
	cr_assert_eq(mm.slots.free, SLOTS);
	cr_assert_eq(kaal_physical_largest_bits(&mm.physical), 18);
}
