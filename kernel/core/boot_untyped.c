#include "boot.h"

#include <object/cnode.h>
#include <object/untyped.h>

static void add_block(struct kaal_bootinfo *info, slot_t cnode, uint64_t base, uint32_t bits, bool device)
{
	struct kaal_untyped *entry = &info->untyped[info->untyped_count];

	if (info->untyped_count == KAAL_BOOTINFO_UNTYPED_MAX) {
		info->untyped_left_out++;
		return;
	}
	entry->base = base;
	entry->size_bits = (uint8_t)bits;
	entry->device = device;
	cnode_put_initial(cnode + info->first_free_slot, untyped_cap(base, bits, device));
	info->untyped_count++;
	info->first_free_slot++;
}

void boot_make_untyped(const struct ranges *ranges, bool device, uint32_t cnode, struct kaal_bootinfo *info)
{
	for (uint32_t i = 0; i < ranges->count; i++) {
		uint64_t base = ranges->range[i].base;

		while (base < ranges->range[i].end) {
			uint32_t bits = untyped_block_bits(base, ranges->range[i].end);

			add_block(info, cnode, base, bits, device);
			base += UINT64_C(1) << bits;
		}
	}
}
