/* Slots in runs. */
#include "mm_fixture.h"

static struct kaal_slots slots;
static uint64_t words[KAAL_SLOTS_WORDS(200)];

static void start(void)
{
	ok(kaal_slots_start(&slots, OWN, 1000, 10, 200, words));
}

TestSuite(slots, .init = start);

static kaal_cap_t take(uint32_t count)
{
	kaal_cap_t index = 0;

	ok(kaal_slots_take(&slots, count, &index));
	return index;
}

Test(slots, the_lowest_run_that_is_long_enough_is_taken)
{
	kaal_cap_t index;

	cr_assert_eq(take(1), 1010);
	cr_assert_eq(take(70), 1011, "over a word's end");
	cr_assert_eq(take(3), 1081);
	ok(kaal_slots_give(&slots, 1020, 2));
	cr_assert_eq(take(3), 1084, "two are not three");
	cr_assert_eq(take(2), 1020);
	cr_assert_eq(slots.free, 200 - 77);
	cr_assert_eq(kaal_slots_slot(&slots, 1020), 20);
	says(kaal_slots_take(&slots, 124, &index), KAAL_NO_MEMORY);
	cr_assert_eq(take(123), 1087);
	says(kaal_slots_take(&slots, 1, &index), KAAL_NO_MEMORY);
	cr_assert_eq(slots.free, 0);
}

Test(slots, a_run_is_not_made_of_two_gaps)
{
	kaal_cap_t index;

	(void)take(200);
	ok(kaal_slots_give(&slots, 1100, 30));
	ok(kaal_slots_give(&slots, 1150, 30));
	says(kaal_slots_take(&slots, 31, &index), KAAL_NO_MEMORY);
	cr_assert_eq(take(30), 1100);
	cr_assert_eq(take(30), 1150);
}

Test(slots, what_is_not_taken_is_not_given_back)
{
	kaal_cap_t index;

	(void)take(5);
	says(kaal_slots_give(&slots, 1014, 2), KAAL_OUT_OF_RANGE);
	says(kaal_slots_give(&slots, 1009, 1), KAAL_OUT_OF_RANGE);
	says(kaal_slots_give(&slots, 1210, 1), KAAL_OUT_OF_RANGE);
	says(kaal_slots_give(&slots, 1010, 0), KAAL_OUT_OF_RANGE);
	says(kaal_slots_give(&slots, 1010, UINT32_MAX), KAAL_OUT_OF_RANGE);
	cr_assert_eq(slots.free, 195);
	ok(kaal_slots_give(&slots, 1010, 5));
	says(kaal_slots_give(&slots, 1010, 1), KAAL_OUT_OF_RANGE);
	says(kaal_slots_take(&slots, 0, &index), KAAL_OUT_OF_RANGE);
	says(kaal_slots_take(&slots, 201, &index), KAAL_NO_MEMORY);
	cr_assert_eq(take(200), 1010);
}

Test(slots, a_range_is_checked)
{
	says(kaal_slots_start(&slots, OWN, 0, 0, 10, words), KAAL_OUT_OF_RANGE);
	says(kaal_slots_start(&slots, OWN, 0, 1, 0, words), KAAL_OUT_OF_RANGE);
	says(kaal_slots_start(&slots, OWN, 0, 1, (1u << 20) + 1, words), KAAL_OUT_OF_RANGE);
}
