/* What the bootinfo page promises, on every machine of the boot matrix, and that firmware's registers are not told. */
#include <string.h>

#include <kaal/boot.h>
#include <kaal/device.h>
#include <kaal/syscall.h>

#include "tap.h"

static bool overlaps(const struct kaal_untyped *a, const struct kaal_untyped *b)
{
	return a->base < b->base + (UINT64_C(1) << b->size_bits) && b->base < a->base + (UINT64_C(1) << a->size_bits);
}

static void test_header(const struct kaal_bootinfo *info)
{
	check_equal(info->magic, KAAL_BOOTINFO_MAGIC);
	check_equal(info->abi_version, KAAL_ABI_VERSION);
	check_equal(info->size_bytes, sizeof *info);
	check(info->counter_hz != 0, "the counter has a frequency");
	check(info->cpu_count >= 1, "there is a CPU");
	check(info->ram_bytes >= UINT64_C(16) << 20, "there are 16 MiB of RAM at least");
	check(info->kernel_bytes < UINT64_C(1) << 20, "loader and kernel keep less than 1 MiB beside archive and root task");
}

static void test_stages(const struct kaal_bootinfo *info)
{
	for (int stage = 1; stage < KAAL_BOOT_STAGES; stage++)
		check(info->stage_ticks[stage] >= info->stage_ticks[stage - 1], "boot stage %d follows stage %d", stage, stage - 1);
}

/* Every block is aligned, overlaps no other, and has a capability that says the same. */
static void test_untyped(const struct kaal_bootinfo *info)
{
	unsigned misaligned = 0, overlapping = 0, wrong = 0;
	uint64_t ram = 0;

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		const struct kaal_untyped *block = &info->untyped[i];
		uint64_t type, rights, bits;

		misaligned += block->base % (UINT64_C(1) << block->size_bits) != 0;
		ram += block->device ? 0 : UINT64_C(1) << block->size_bits;
		for (uint32_t j = 0; j < i; j++)
			overlapping += overlaps(block, &info->untyped[j]);
		wrong += kaal_sys_cap_identify(KAAL_SLOT_FIRST_UNTYPED + i, &type, &rights, &bits) != KAAL_OK ||
			 type != KAAL_OBJECT_UNTYPED || bits != block->size_bits;
	}
	check(info->untyped_count != 0, "there is untyped memory");
	check_equal(info->untyped_left_out, 0);
	check_equal(misaligned, 0);
	check_equal(overlapping, 0);
	check_equal(wrong, 0);
	check_equal(ram + info->kernel_bytes, info->ram_bytes);
	check_equal(info->first_free_slot, KAAL_SLOT_FIRST_UNTYPED + info->untyped_count);
}

/* What libkaal finds among the blocks. */
static void test_finding(const struct kaal_bootinfo *info)
{
	const struct kaal_untyped *largest = &info->untyped[kaal_largest_untyped().slot - KAAL_SLOT_FIRST_UNTYPED];
	unsigned larger = 0, earlier = 0, missed = 0, devices = 0;
	uint32_t bits = UINT32_MAX;

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		const struct kaal_untyped *block = &info->untyped[i];
		uint64_t last = block->base + (UINT64_C(1) << block->size_bits) - 1;
		kaal_cap_t found = block->device ? KAAL_SLOT_FIRST_UNTYPED + i : KAAL_SLOT_NULL;

		larger += !block->device && block->size_bits > largest->size_bits;
		earlier += !block->device && block < largest && block->size_bits == largest->size_bits;
		missed += kaal_device_untyped(last, &bits).slot != found || kaal_device_untyped(block->base, &bits).slot != found;
		missed += block->device && bits != block->size_bits;
		devices += block->device;
	}
	check(kaal_largest_untyped().slot != KAAL_SLOT_NULL && !largest->device, "a block of RAM is found");
	check_equal(larger, 0);
	check_equal(earlier, 0);
	check(devices > 0 && missed == 0, "the device block around each address is found, and none around RAM");
	bits = 99;
	check(kaal_device_untyped(UINT64_MAX, &bits).slot == KAAL_SLOT_NULL && bits == 99, "there is none where nothing is");
}

static void test_ranges(const struct kaal_bootinfo *info)
{
	const unsigned char *archive = (const unsigned char *)(uintptr_t)info->archive.address;
	const unsigned char *tree = (const unsigned char *)(uintptr_t)info->device_tree.address;
	static const unsigned char magic[] = {0xd0, 0x0d, 0xfe, 0xed};
	unsigned sum = 0;

	check(memcmp(archive, "070701", 6) == 0, "the archive starts as cpio newc does");
	check(memcmp(tree, magic, sizeof magic) == 0, "the device tree starts as one does");
	/* Every byte can be read: a hole would be a fault. */
	for (uint64_t i = 0; i < info->archive.bytes; i += 64)
		sum += archive[i];
	for (uint64_t i = 0; i < info->device_tree.bytes; i += 64)
		sum += tree[i];
	check(sum != 0, "archive and device tree can be read to their ends");
}

/* EL0 can read it and not write it: firmware.py leaves something there. */
static void test_read_only_register(void)
{
	uint64_t left;

	__asm__ volatile("mrs %0, tpidrro_el0" : "=r"(left));
	check_equal(left, 0);
}

int main(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();

	test_read_only_register();
	test_header(info);
	test_stages(info);
	test_untyped(info);
	test_finding(info);
	test_ranges(info);
	return tap_finish();
}
