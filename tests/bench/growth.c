/* Revoke is linear: the same for each child, however many there are. */
#include "large.h"

BARE_CALL(cap_revoke, KAAL_SYS_CAP_REVOKE)

static void prepare_1000(void)
{
	prepare_copies(1000);
}

static void prepare_10000(void)
{
	prepare_copies(10000);
}

static void prepare_100000(void)
{
	prepare_copies(COPIES_MAX);
}

void measure_growth(void)
{
	const struct row rows[] = {
		{"cap.revoke.child.1000", bare_cap_revoke, NULL, 1000, prepare_1000, {CSPACE, at(ORIGINAL)}},
		{"cap.revoke.child.10000", bare_cap_revoke, NULL, 10000, prepare_10000, {CSPACE, at(ORIGINAL)}},
		{"cap.revoke.child.100000", bare_cap_revoke, NULL, COPIES_MAX, prepare_100000, {CSPACE, at(ORIGINAL)}},
	};

	MEASURE(rows);
}
