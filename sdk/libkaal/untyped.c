#include <kaal/boot.h>
#include <kaal/device.h>

kaal_untyped_t kaal_largest_untyped(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();
	kaal_cap_t found = KAAL_SLOT_NULL;
	uint32_t bits = 0;

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		if (!info->untyped[i].device && info->untyped[i].size_bits > bits) {
			bits = info->untyped[i].size_bits;
			found = KAAL_SLOT_FIRST_UNTYPED + i;
		}
	}
	return kaal_untyped_at(found);
}

kaal_untyped_t kaal_device_untyped(uint64_t physical, uint32_t *size_bits)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		const struct kaal_untyped *block = &info->untyped[i];

		if (block->device && physical >= block->base && (physical - block->base) >> block->size_bits == 0) {
			*size_bits = block->size_bits;
			return kaal_untyped_at(KAAL_SLOT_FIRST_UNTYPED + i);
		}
	}
	return kaal_untyped_at(KAAL_SLOT_NULL);
}
