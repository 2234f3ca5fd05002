#include "untyped.h"

#include <kaal/boot.h>
#include <kaal/syscall.h>

kaal_cap_t memory(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();
	uint32_t best = 0;

	for (uint32_t i = 1; i < info->untyped_count; i++) {
		if (!info->untyped[i].device && (info->untyped[best].device || info->untyped[i].size_bits > info->untyped[best].size_bits))
			best = i;
	}
	return KAAL_SLOT_FIRST_UNTYPED + best;
}

uint64_t type_of(kaal_cap_t cap)
{
	uint64_t type = UINT64_MAX, rights, bits;

	(void)kaal_cap_identify(cap, &type, &rights, &bits);
	return type;
}

uint64_t rights_of(kaal_cap_t cap)
{
	uint64_t type, rights = UINT64_MAX, bits;

	(void)kaal_cap_identify(cap, &type, &rights, &bits);
	return rights;
}

uint64_t bits_of(kaal_cap_t cap)
{
	uint64_t type, rights, bits = UINT64_MAX;

	(void)kaal_cap_identify(cap, &type, &rights, &bits);
	return bits;
}
