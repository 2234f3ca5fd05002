#include "device.h"

#include <kaal/bootinfo.h>
#include <kaal/device.h>
#include <kaal/syscall.h>

#define UNTYPED_OF(bits) (KAAL_OBJECT_UNTYPED + 256u * (bits))
#define FRAME (KAAL_OBJECT_FRAME + 256u * KAAL_PAGE_BITS)

bool device_frames(uint64_t physical, uint32_t size_bits, kaal_cap_t frames, kaal_cap_t scratch)
{
	uint32_t bits = 0;
	kaal_cap_t untyped = kaal_device_untyped(physical, &bits).slot;
	uint64_t made;

	if (untyped == KAAL_SLOT_NULL)
		return false;
	/* Halves, of which the one that holds the address is halved again. */
	for (; bits > size_bits; bits--, scratch += 2) {
		if (kaal_sys_untyped_retype(untyped, UNTYPED_OF(bits - 1), KAAL_SLOT_CNODE, scratch, 2, &made) != KAAL_OK)
			return false;
		untyped = scratch + (physical >> (bits - 1) & 1);
	}
	return kaal_sys_untyped_retype(untyped, FRAME, KAAL_SLOT_CNODE, frames, UINT64_C(1) << (size_bits - KAAL_PAGE_BITS), &made) == KAAL_OK;
}

bool device_map(kaal_cap_t frame, uint64_t address, kaal_cap_t memory, kaal_cap_t scratch)
{
	uint64_t done;

	while (kaal_sys_frame_map(frame, KAAL_SLOT_VSPACE, address, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 1, &done) == KAAL_NO_TABLE) {
		if (kaal_sys_untyped_retype(memory, KAAL_OBJECT_PAGE_TABLE, KAAL_SLOT_CNODE, scratch, 1, &done) != KAAL_OK ||
		    kaal_sys_page_table_map(scratch++, KAAL_SLOT_VSPACE, address) != KAAL_OK)
			return false;
	}
	return done == 1;
}
