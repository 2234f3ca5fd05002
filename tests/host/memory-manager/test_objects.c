/* Domains: objects that end together. */
#include "mm_fixture.h"

TestSuite(objects, .init = mm_start);

static const uint64_t types[] = {
	KAAL_OBJECT_THREAD, KAAL_OBJECT_SCHED_CONTEXT, KAAL_OBJECT_ENDPOINT, KAAL_OBJECT_REPLY, KAAL_OBJECT_NOTIFICATION, KAAL_OBJECT_VSPACE,
	KAAL_OBJECT_PAGE_TABLE, KAAL_DOMAIN_TYPE(KAAL_OBJECT_CNODE, 6), KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, 12),
	KAAL_DOMAIN_TYPE(KAAL_OBJECT_UNTYPED, 13) + KAAL_RETYPE_NO_SPACES, KAAL_DOMAIN_TYPE(KAAL_OBJECT_FRAME, 12) + KAAL_RETYPE_UNCACHED,
};
#define TYPES (sizeof types / sizeof types[0])

Test(objects, sizes_are_those_of_the_kernel)
{
	struct kaal_domain domain;
	uint64_t type, rights, bits;
	kaal_cap_t cap;

	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 18, TYPES));
	for (unsigned i = 0; i < TYPES; i++) {
		ok(kaal_domain_make(&domain, types[i], 1, &cap));
		ok(kaal_sys_cap_identify(cap, &type, &rights, &bits));
		cr_assert_eq(type, types[i] % 256);
		cr_assert_eq(kaal_object_bytes(types[i]), UINT64_C(1) << bits, "type %lu", type);
	}
	cr_assert_eq(kaal_object_bytes(KAAL_OBJECT_DEBUG), 0);
	cr_assert_eq(kaal_object_bytes(UINT64_MAX), 0);
	mm_check();
}

Test(objects, the_end_of_a_domain_is_one_revoke)
{
	struct kaal_domain domain;
	struct state before, after;
	kaal_cap_t cap;
	unsigned made;

	state_take(&before);
	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 16, 200));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 150, &cap));
	for (unsigned i = 0; i < TYPES; i++)
		ok(kaal_domain_make(&domain, types[i], 1, &cap));
	ok(kaal_domain_make_in(&domain, KAAL_OBJECT_NOTIFICATION, 2, OWN, 40));
	ok(kaal_sys_cap_copy(OWN, 50, OWN, 40, R));
	cr_assert_eq(kaal_domain_bytes(&domain), 0x10000);
	cr_assert_eq(mm.account.used_bytes, 0x10000);
	mm_check();
	made = calls.made;
	ok(kaal_domain_end(&domain));
	cr_assert_eq(calls.made, made + 1);
	state_take(&after);
	state_equal(&before, &after, "after its end");
}

Test(objects, a_domain_grows)
{
	struct kaal_domain domain;
	struct state before, after;
	kaal_cap_t cap, next;

	state_take(&before);
	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 13, 600));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 1, &cap));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_PAGE_TABLE, 1, &next));
	cr_assert_eq(next, cap + 1);
	cr_assert_eq(kaal_domain_bytes(&domain), 0x2000, "it had room");
	ok(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 1, &cap));
	cr_assert_eq(kaal_domain_bytes(&domain), 0x4000, "a further block of the same size");
	ok(kaal_domain_make(&domain, KAAL_OBJECT_THREAD, 9, &cap));
	cr_assert_eq(kaal_domain_bytes(&domain), 0x4000 + 0x8000, "or of what is needed");
	mm_check();
	ok(kaal_domain_end(&domain));
	state_take(&after);
	state_equal(&before, &after, "after its end");
}

Test(objects, a_domain_is_limited)
{
	struct kaal_account poor = {.limit_bytes = 0x3000};
	struct kaal_domain domain;
	kaal_cap_t cap;

	says(kaal_domain_start(&domain, &mm.physical, &poor, 14, 1), KAAL_NO_MEMORY);
	says(kaal_domain_start(&domain, &mm.physical, &poor, 13, SLOTS + 1), KAAL_NO_MEMORY);
	cr_assert_eq(poor.used_bytes, 0);
	ok(kaal_domain_start(&domain, &mm.physical, &poor, 13, 4));
	says(kaal_domain_make_in(&domain, KAAL_OBJECT_ENDPOINT, 2, OWN, 3), KAAL_SLOT_OCCUPIED);
	says(kaal_domain_make_in(&domain, KAAL_OBJECT_ENDPOINT, 1, OWN, 4096), KAAL_INVALID_CAP);
	says(kaal_domain_make(&domain, KAAL_OBJECT_PAGE_TABLE, 4, &cap), KAAL_NO_MEMORY);
	ok(kaal_domain_make(&domain, KAAL_OBJECT_PAGE_TABLE, 2, &cap));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 1, &cap));
	cr_assert_eq(poor.used_bytes, 0x3000, "where the usual block is too much, a smaller one");
	says(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 2, &cap), KAAL_NO_MEMORY, "no slots");
	says(kaal_domain_make(&domain, KAAL_OBJECT_PAGE_TABLE, 1, &cap), KAAL_NO_MEMORY, "no memory");
	says(kaal_domain_make(&domain, KAAL_OBJECT_DEBUG, 1, &cap), KAAL_OUT_OF_RANGE);
	says(kaal_domain_make(&domain, KAAL_OBJECT_DEBUG, 2, &cap), KAAL_OUT_OF_RANGE);
	says(kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 0, &cap), KAAL_OUT_OF_RANGE);
	ok(kaal_domain_end(&domain));
	cr_assert_eq(poor.used_bytes, 0);
	mm_check();
}

/* Memory given away without the right to make spaces of it. */
Test(objects, address_spaces_need_the_right)
{
	struct kaal_domain domain;
	kaal_cap_t cap;
	uint64_t made;

	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 14, 2));
	ok(kaal_domain_make(&domain, KAAL_DOMAIN_TYPE(KAAL_OBJECT_UNTYPED, 13) + KAAL_RETYPE_NO_SPACES, 1, &cap));
	says(kaal_sys_untyped_retype(cap, KAAL_OBJECT_VSPACE, OWN, 40, 1, &made), KAAL_NO_RIGHT);
	ok(kaal_domain_make(&domain, KAAL_OBJECT_VSPACE, 1, &cap));
}
