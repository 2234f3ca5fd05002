/* Flags of one notification. */
#include <criterion/criterion.h>

#include <kaal/signals.h>

#include "world.h"

#define says(call, status) cr_assert_eq((call), (status), #call)
#define ok(call) says(call, KAAL_OK)

static struct kaal_signals signals;
static uint64_t *flags;

static void start(void)
{
	world_start();
	ok(kaal_signals_start(&signals));
	flags = &world.flags[world_notification(&signals.notification)];
}

TestSuite(signals, .init = start);

Test(signals, taken_and_given)
{
	uint32_t flag;

	for (uint32_t i = 0; i < 64; i++) {
		ok(kaal_signals_take(&signals, &flag));
		cr_assert_eq(flag, i);
	}
	says(kaal_signals_take(&signals, &flag), KAAL_NO_MEMORY);
	ok(kaal_signals_give(&signals, 33));
	says(kaal_signals_give(&signals, 33), KAAL_OUT_OF_RANGE);
	says(kaal_signals_give(&signals, 64), KAAL_OUT_OF_RANGE);
	ok(kaal_signals_take(&signals, &flag));
	cr_assert_eq(flag, 33);
	cr_assert_eq(kaal_signals_flag(&signals, 33).flag, 33);
	cr_assert_eq(kaal_signals_flag(&signals, 33).thing, signals.notification.thing);
	ok(kaal_signals_end(&signals));
	cr_assert_eq(world.things, 0);
	world.fail_at = world.calls + 1;
	world.fail_with = KAAL_NO_MEMORY;
	says(kaal_signals_start(&signals), KAAL_NO_MEMORY);
}

Test(signals, others_are_kept)
{
	uint64_t came;
	uint32_t flag;

	for (unsigned i = 0; i < 4; i++)
		ok(kaal_signals_take(&signals, &flag));
	*flags = 0xff;
	ok(kaal_signals_wait(&signals, 1u << 2, 0, &came));
	cr_assert_eq(came, 1u << 2);
	cr_assert_eq(signals.pending, 0xb, "of those that have an owner");
	/* Without asking the kernel. */
	*flags = 1u << 3;
	ok(kaal_signals_wait(&signals, 3, 0, &came));
	cr_assert_eq(came, 3);
	cr_assert_eq(*flags, 1u << 3);
	/* An owner's flags are not the next one's. */
	ok(kaal_signals_give(&signals, 3));
	ok(kaal_signals_take(&signals, &flag));
	cr_assert_eq(flag, 3);
	cr_assert_eq(signals.pending, 0);
	kaal_signals_keep(&signals, 0xff);
	cr_assert_eq(signals.pending, 0xf);
}

static void another(void)
{
	world.now += 100;
	*flags |= 2;
}

/* Somebody else's flags come without end. */
Test(signals, deadline)
{
	uint64_t came;
	uint32_t flag;

	ok(kaal_signals_take(&signals, &flag));
	ok(kaal_signals_take(&signals, &flag));
	says(kaal_signals_wait(&signals, 1, 1000, &came), KAAL_TIMEOUT);
	world.while_waiting = another;
	says(kaal_signals_wait(&signals, 1, 1000, &came), KAAL_TIMEOUT);
	cr_assert_leq(world.now, 1200);
	cr_assert_eq(signals.pending, 2);
	world.while_waiting = NULL;
	*flags = 0;
	says(kaal_signals_wait(&signals, 1, UINT64_MAX, &came), KAAL_CANCELLED);
}
