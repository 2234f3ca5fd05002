#include "untyped.h"

#include <kaal/boot.h>

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
