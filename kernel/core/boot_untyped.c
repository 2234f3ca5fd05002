#include "boot.h"

#include <object/cnode.h>
#include <object/untyped.h>

/*@
	requires \valid(info) && OUTSIDE_STATE(info) && slots_ok && cnode + 0x200 <= SLOT_VIEW_END;
	requires info->untyped_count <= KAAL_BOOTINFO_UNTYPED_MAX && info->untyped_left_out < UINT32_MAX;
	requires info->first_free_slot == KAAL_SLOT_FIRST_UNTYPED + info->untyped_count;
	requires UNTYPED_BITS_MIN <= bits <= UNTYPED_BITS_MAX && base % (1 << bits) == 0 && base + (1 << bits) <= KAAL_PHYSICAL_END;
	requires !device ==> base + (1 << bits) < KAAL_PHYSICAL_END;
	exits \false;
	assigns slot_view[0 .. SLOT_VIEW_END - 1], *info;
	ensures slots_ok;
	ensures \old(info->untyped_count) <= info->untyped_count <= KAAL_BOOTINFO_UNTYPED_MAX;
	ensures info->first_free_slot == KAAL_SLOT_FIRST_UNTYPED + info->untyped_count;
	ensures info->untyped_left_out <= \old(info->untyped_left_out) + 1;
*/
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
	//@ assert in_units(base) && in_blocks(base);
	//@ assert (1 << bits) == 32 * (1 << (bits - 5));
	cnode_put_initial(cnode + info->first_free_slot, untyped_cap(base, bits, device));
	info->untyped_count++;
	info->first_free_slot++;
}

void boot_make_untyped(const struct ranges *ranges, bool device, uint32_t cnode, struct kaal_bootinfo *info)
{
	/*@
		loop invariant 0 <= i <= ranges->count && slots_ok;
		loop invariant \at(info->untyped_count, Pre) <= info->untyped_count <= KAAL_BOOTINFO_UNTYPED_MAX;
		loop invariant info->first_free_slot == KAAL_SLOT_FIRST_UNTYPED + info->untyped_count;
		loop invariant info->untyped_left_out <= \at(info->untyped_left_out, Pre) + (i == 0 ? 0 : ranges->range[i - 1].end / 4096);
		loop assigns i, slot_view[0 .. SLOT_VIEW_END - 1], *info;
		loop variant ranges->count - i;
	*/
	for (uint32_t i = 0; i < ranges->count; i++) {
		uint64_t base = ranges->range[i].base;

		/*@
			loop invariant ranges->range[i].base <= base <= ranges->range[i].end;
			loop invariant base % 4096 == 0;
			loop invariant slots_ok;
			loop invariant \at(info->untyped_count, Pre) <= info->untyped_count <= KAAL_BOOTINFO_UNTYPED_MAX;
			loop invariant info->first_free_slot == KAAL_SLOT_FIRST_UNTYPED + info->untyped_count;
			loop invariant info->untyped_left_out <= \at(info->untyped_left_out, Pre) + base / 4096;
			loop assigns base, slot_view[0 .. SLOT_VIEW_END - 1], *info;
			loop variant ranges->range[i].end - base;
		*/
		while (base < ranges->range[i].end) {
			uint32_t bits = untyped_block_bits(base, ranges->range[i].end);

			//@ assert in_units(base) && in_blocks(base);
			//@ assert (1 << bits) % 4096 == 0 && 4096 <= (1 << bits);
			//@ assert (base + (1 << bits)) % 4096 == 0 && base + (1 << bits) <= ranges->range[i].end;
			add_block(info, cnode, base, bits, device);
			base += UINT64_C(1) << bits;
		}
	}
}
