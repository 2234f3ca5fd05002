#include "untyped.h"

#include <kaal/syscall.h>

uint64_t type_of(kaal_cap_t cap)
{
	uint64_t type = UINT64_MAX, rights, bits;

	kaal_ignore(kaal_sys_cap_identify(cap, &type, &rights, &bits));
	return type;
}

uint64_t rights_of(kaal_cap_t cap)
{
	uint64_t type, rights = UINT64_MAX, bits;

	kaal_ignore(kaal_sys_cap_identify(cap, &type, &rights, &bits));
	return rights;
}

uint64_t bits_of(kaal_cap_t cap)
{
	uint64_t type, rights, bits = UINT64_MAX;

	kaal_ignore(kaal_sys_cap_identify(cap, &type, &rights, &bits));
	return bits;
}

unsigned fill_cnode(kaal_cap_t cnode, uint64_t count, kaal_cap_t original)
{
	unsigned failed = 0;

	for (uint64_t i = 1; i <= count; i++)
		failed += kaal_sys_cap_copy(cnode, i, OWN, original, ALL) != KAAL_OK;
	return failed;
}
