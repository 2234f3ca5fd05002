#include "untyped.h"

#define AUX_DEVICE 0x100u

struct cap untyped_cap(uint64_t base, uint32_t size_bits, bool device)
{
	return (struct cap){
		.object = (object_t)(base >> OBJECT_UNIT_BITS),
		.word = cap_word(KAAL_OBJECT_UNTYPED, KAAL_RIGHTS_ALL, size_bits + (device ? AUX_DEVICE : 0)),
	};
}

uint32_t untyped_size_bits(struct cap cap)
{
	return cap_aux(cap) % AUX_DEVICE;
}

bool untyped_is_device(struct cap cap)
{
	return cap_aux(cap) >= AUX_DEVICE;
}

uint32_t untyped_block_bits(uint64_t base, uint64_t end)
{
	uint32_t bits = UNTYPED_BITS_MIN;

	while (bits < UNTYPED_BITS_MAX && (base >> bits & 1) == 0 && end - base >= UINT64_C(2) << bits)
		bits++;
	return bits;
}
