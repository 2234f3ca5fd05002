/* Range sets against a model: one bit a page. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <freestanding/ranges.h>

#define PAGES 64u

static struct ranges set;

static void start(void)
{
	memset(&set, 0, sizeof set);
}

TestSuite(ranges, .init = start);

/* RG-1 and RG-2, and the same pages as the model. */
static void check_model(const bool model[PAGES], unsigned step)
{
	for (uint32_t i = 0; i < set.count; i++) {
		cr_assert_lt(set.range[i].base, set.range[i].end);
		cr_assert(i == 0 || set.range[i - 1].end < set.range[i].base, "step %u: range %u touches the one before", step, i);
	}
	for (uint64_t page = 0; page < PAGES; page++)
		cr_assert_eq(ranges_contain(&set, page, page + 1), model[page], "step %u: page %lu", step, (unsigned long)page);
}

Test(ranges, any_order_of_changes_gives_what_the_model_gives)
{
	bool model[PAGES] = {false};

	srand(1);
	for (unsigned step = 0; step < 20000; step++) {
		uint64_t base = (unsigned)rand() % PAGES, end = base + (unsigned)rand() % (PAGES - base + 1);
		uint64_t taken;

		switch (rand() % 3) {
		case 0:
			cr_assert(ranges_add(&set, base, end));
			for (uint64_t page = base; page < end; page++)
				model[page] = true;
			break;
		case 1:
			cr_assert(ranges_remove(&set, base, end));
			for (uint64_t page = base; page < end; page++)
				model[page] = false;
			break;
		default: {
			uint64_t bytes = 1 + (unsigned)rand() % 4, alignment = UINT64_C(1) << rand() % 3;

			if (!ranges_take(&set, bytes, alignment, &taken))
				break;
			cr_assert_eq(taken % alignment, 0);
			for (uint64_t page = taken; page < taken + bytes; page++) {
				cr_assert(model[page], "took page %lu, which was not there", (unsigned long)page);
				model[page] = false;
			}
			break;
		}
		}
		check_model(model, step);
	}
}

Test(ranges, empty_ranges_change_nothing)
{
	cr_assert(ranges_add(&set, 5, 5));
	cr_assert(ranges_add(&set, 7, 5));
	cr_assert_eq(set.count, 0);
	cr_assert(ranges_add(&set, 0, 10));
	cr_assert(ranges_remove(&set, 5, 5));
	cr_assert_eq(set.count, 1);
	cr_assert_not(ranges_contain(&set, 5, 5));
}

Test(ranges, contain_at_the_edges)
{
	cr_assert(ranges_add(&set, 10, 20));
	cr_assert(ranges_add(&set, 30, 40));
	cr_assert(ranges_contain(&set, 30, 40));
	cr_assert_not(ranges_contain(&set, 19, 31));
	cr_assert_not(ranges_contain(&set, 20, 30));
}

Test(ranges, the_end_of_the_address_space_is_no_special_place)
{
	uint64_t base;

	cr_assert(ranges_add(&set, UINT64_MAX - 0x1000, UINT64_MAX));
	cr_assert_not(ranges_take(&set, 0x2000, 0x1000, &base));
	cr_assert(ranges_take(&set, 0x800, 1, &base));
	cr_assert_eq(base, UINT64_MAX - 0x1000);
}

Test(ranges, a_full_set_refuses_and_stays_as_it_was)
{
	struct ranges before;
	uint64_t base;

	for (uint64_t i = 0; i < RANGES_MAX; i++)
		cr_assert(ranges_add(&set, i * 100 + 1, i * 100 + 50));
	before = set;
	cr_assert_not(ranges_add(&set, RANGES_MAX * 100, RANGES_MAX * 100 + 1));
	cr_assert_not(ranges_remove(&set, 10, 20));
	cr_assert_not(ranges_take(&set, 1, 32, &base), "it would split range 0 at 32");
	cr_assert_eq(memcmp(&before, &set, sizeof set), 0);
	cr_assert(ranges_add(&set, 50, 101), "joining needs no room");
	cr_assert_eq(set.count, RANGES_MAX - 1);
}
