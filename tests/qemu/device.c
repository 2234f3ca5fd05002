#include "device.h"

#include <stddef.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>

#define UNTYPED_OF(bits) (KAAL_OBJECT_UNTYPED + 256u * (bits))
#define FRAME (KAAL_OBJECT_FRAME + 256u * KAAL_PAGE_BITS)

/* The device untyped block around an address, or NULL. */
static const struct kaal_untyped *block_around(uint64_t physical)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		const struct kaal_untyped *block = &info->untyped[i];

		if (block->device && physical >= block->base && physical - block->base < UINT64_C(1) << block->size_bits)
			return block;
	}
	return NULL;
}

bool device_frames(uint64_t physical, uint32_t size_bits, kaal_cap_t frames, kaal_cap_t scratch)
{
	const struct kaal_untyped *block = block_around(physical);
	kaal_cap_t untyped;
	uint64_t made;

	if (block == NULL)
		return false;
	untyped = KAAL_SLOT_FIRST_UNTYPED + (kaal_cap_t)(block - kaal_bootinfo()->untyped);
	/* Halves, of which the one that holds the address is halved again. */
	for (uint32_t bits = block->size_bits; bits > size_bits; bits--, scratch += 2) {
		if (kaal_untyped_retype(untyped, UNTYPED_OF(bits - 1), KAAL_SLOT_CNODE, scratch, 2, &made) != KAAL_OK)
			return false;
		untyped = scratch + (physical >> (bits - 1) & 1);
	}
	return kaal_untyped_retype(untyped, FRAME, KAAL_SLOT_CNODE, frames, UINT64_C(1) << (size_bits - KAAL_PAGE_BITS), &made) == KAAL_OK;
}

bool device_map(kaal_cap_t frame, uint64_t address, kaal_cap_t memory, kaal_cap_t scratch)
{
	uint64_t done;

	while (kaal_frame_map(frame, KAAL_SLOT_VSPACE, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &done) == KAAL_NO_TABLE) {
		if (kaal_untyped_retype(memory, KAAL_OBJECT_PAGE_TABLE, KAAL_SLOT_CNODE, scratch, 1, &done) != KAAL_OK ||
		    kaal_page_table_map(scratch++, KAAL_SLOT_VSPACE, address) != KAAL_OK)
			return false;
	}
	return done == 1;
}
