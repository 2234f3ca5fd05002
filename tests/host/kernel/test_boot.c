/* The whole way from the loader's parameters to the root task, in the arena. */
#include <criterion/criterion.h>

#include <string.h>

#include <host.h>

#include <arch/arch.h>
#include <core/boot.h>
#include <core/cpu.h>
#include <core/sched.h>
#include <freestanding/board.h>
#include <freestanding/translation.h>
#include <object/cnode.h>
#include <object/untyped.h>

#include "boot_params.h"

#define ASID_MASK (UINT64_C(0xffff) << 48)
#define LEAF_ADDRESS UINT64_C(0x0000fffffffff000)
#define LEAF_READ_ONLY (UINT64_C(1) << 7)
#define LEAF_UXN (UINT64_C(1) << 54)
#define LEAF_PXN (UINT64_C(1) << 53)
#define LEAF_USER (UINT64_C(1) << 6)

static struct kaal_boot_params params;

static void start(void)
{
	host_reset();
	params = good_params();
}

TestSuite(boot, .init = start);

static uint64_t leaf(uint64_t virtual_address)
{
	struct translation tables = {host.space & ~ASID_MASK, ARCH_DIRECT_MAP, NULL, NULL, 0};
	unsigned bits;

	return translation_find(&tables, virtual_address, &bits);
}

static const struct kaal_bootinfo *info_of(const struct arch_frame *frame)
{
	return (const struct kaal_bootinfo *)(host_arena + (leaf(frame->argument[0]) & LEAF_ADDRESS));
}

Test(boot, the_root_task_starts_at_its_entry)
{
	const struct arch_frame *frame = boot_kernel(&params);

	cr_assert_eq(frame->pc, 0x400000);
	cr_assert_eq(frame->sp % 16, 0);
	cr_assert_eq(frame, &thread_view[cpu.current].frame);
	cr_assert_eq(thread_view[cpu.current].extra.loads, 1);
	cr_assert_eq(thread_view[cpu.current].critical, 1);
}

Test(boot, segments_are_mapped_with_their_rights)
{
	(void)boot_kernel(&params);
	cr_assert_eq(leaf(0x400000) & LEAF_ADDRESS, 0x130000);
	cr_assert_eq(leaf(0x401000) & LEAF_ADDRESS, 0x131000);
	cr_assert_eq(leaf(0x402000), 0);
	cr_assert_eq(leaf(0x400000) & (LEAF_READ_ONLY | LEAF_UXN | LEAF_PXN | LEAF_USER), LEAF_READ_ONLY | LEAF_PXN | LEAF_USER);
	cr_assert_eq(leaf(0x410000) & (LEAF_READ_ONLY | LEAF_UXN | LEAF_PXN | LEAF_USER), LEAF_UXN | LEAF_PXN | LEAF_USER);
}

Test(boot, the_stack_has_a_guard_page)
{
	const struct arch_frame *frame = boot_kernel(&params);

	cr_assert_neq(leaf(frame->sp - 1), 0);
	cr_assert_neq(leaf(frame->sp - 0x4000), 0);
	cr_assert_eq(leaf(frame->sp - 0x4001), 0);
	cr_assert_eq(leaf(frame->sp), 0);
}

Test(boot, bootinfo_says_what_is)
{
	const struct kaal_bootinfo *info = info_of(boot_kernel(&params));
	uint64_t ram = 0;

	cr_assert_eq(info->magic, KAAL_BOOTINFO_MAGIC);
	cr_assert_eq(info->ram_bytes, 0x300000);
	cr_assert_eq(info->features, KAAL_FEATURE_PAN);
	cr_assert_eq(info->archive.bytes, 0x4567);
	cr_assert_eq(info->archive.address % 4096, 0x123);
	cr_assert_eq(leaf(info->archive.address) & LEAF_ADDRESS, 0x150000);
	cr_assert_neq(leaf(info->archive.address) & LEAF_READ_ONLY, 0);
	cr_assert_eq(leaf(info->device_tree.address) & LEAF_ADDRESS, 0x160000);
	cr_assert_eq(info->stage_ticks[KAAL_STAGE_ROOT_LOADED], 4);
	for (uint32_t i = 0; i < info->untyped_count; i++)
		ram += info->untyped[i].device ? 0 : UINT64_C(1) << info->untyped[i].size_bits;
	cr_assert_eq(ram + info->kernel_bytes, info->ram_bytes);
}

/* Nothing that somebody holds is given away: kernel, archive, tree, root task, its objects, firmware's. */
Test(boot, untyped_memory_is_nobodys)
{
	const struct kaal_bootinfo *info = info_of(boot_kernel(&params));
	const struct kaal_physical held[] = {params.kernel, params.archive, params.device_tree, params.root_segment[0].memory,
					     params.root_segment[1].memory, params.board.reserved[0], params.board.gic_distributor,
					     {(uint64_t)thread_view[cpu.current].slot[THREAD_SLOT_CSPACE].cap.object << SLOT_BITS, 0x8000},
					     {(uint64_t)cpu.current << THREAD_BITS, 0x1000},
					     {host.space & ~ASID_MASK, 0x1000}};
	bool loader = false;

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		uint64_t base = info->untyped[i].base, end = base + (UINT64_C(1) << info->untyped[i].size_bits);

		for (unsigned j = 0; j < sizeof held / sizeof held[0]; j++)
			cr_assert(end <= held[j].base || base >= held[j].base + held[j].bytes, "block %u and held range %u", i, j);
		loader |= base <= params.loader[0].base && end >= params.loader[0].base + 0x1000;
	}
	cr_assert(loader, "the loader's memory comes back");
}

/* A reply in the last unit that handles can name would be REPLY_NONE. */
Test(boot, the_last_page_that_handles_reach_is_nobodys)
{
	const struct kaal_bootinfo *info;
	uint64_t end = 0;

	params.board.bank[params.board.bank_count++] = (struct kaal_physical){KAAL_PHYSICAL_END - 0x200000, 0x200000};
	info = info_of(boot_kernel(&params));
	for (uint32_t i = 0; i < info->untyped_count; i++) {
		if (info->untyped[i].device == 0 && info->untyped[i].base + (UINT64_C(1) << info->untyped[i].size_bits) > end)
			end = info->untyped[i].base + (UINT64_C(1) << info->untyped[i].size_bits);
	}
	cr_assert_eq(end, KAAL_PHYSICAL_END - KAAL_PAGE_BYTES);
}

Test(boot, capabilities_match_bootinfo)
{
	const struct kaal_bootinfo *info = info_of(boot_kernel(&params));
	slot_t cnode = thread_view[cpu.current].slot[THREAD_SLOT_CSPACE].cap.object;

	cr_assert_eq(cap_type(slot_view[cnode].cap), KAAL_OBJECT_NULL);
	cr_assert_eq(cap_type(slot_view[cnode + KAAL_SLOT_DEBUG].cap), KAAL_OBJECT_DEBUG);
	for (uint32_t i = 0; i < info->untyped_count; i++) {
		struct cap cap = slot_view[cnode + KAAL_SLOT_FIRST_UNTYPED + i].cap;

		cr_assert_eq(cap_type(cap), KAAL_OBJECT_UNTYPED);
		cr_assert_eq((uint64_t)cap.object << OBJECT_UNIT_BITS, info->untyped[i].base);
		cr_assert_eq(untyped_size_bits(cap), info->untyped[i].size_bits);
		cr_assert_eq(untyped_is_device(cap), info->untyped[i].device == 1);
	}
	cr_assert_eq(cap_type(slot_view[cnode + info->first_free_slot].cap), KAAL_OBJECT_NULL);
}

static void ends_with(const char *expected)
{
	if (setjmp(host.panic) == 0) {
		(void)boot_kernel(&params);
		cr_assert_fail("booted");
	}
	cr_assert_eq(host.end_function, PSCI_SYSTEM_OFF);
	cr_assert_not_null(strstr(host.panic_text, expected), "found \"%s\"", host.panic_text);
}

Test(boot, spoilt_parameters_end_it)
{
	params.magic++;
	ends_with("boot parameters");
}

Test(boot, a_segment_in_the_kernels_windows_ends_it)
{
	params.root_segment[1].virtual_base = 0x7f00000000;
	ends_with("found a segment at");
}

Test(boot, a_stack_larger_than_its_window_ends_it)
{
	params.root_stack_bytes = UINT64_C(1) << 30;
	ends_with("found a stack of");
}

Test(boot, a_stack_larger_than_ram_ends_it)
{
	params.root_stack_bytes = UINT64_C(4) << 20;
	ends_with("no room");
}

Test(boot, a_device_tree_larger_than_its_window_ends_it)
{
	params.device_tree = (struct kaal_physical){0x180000, 0x200001};
	ends_with("device tree of");
}

/* Bootinfo's table has an end: what comes behind it is counted, and stays nobody's. */
Test(boot, blocks_that_the_table_cannot_hold_are_counted)
{
	static struct kaal_bootinfo info;
	struct ranges ranges = {0};

	info.untyped_count = KAAL_BOOTINFO_UNTYPED_MAX - 2;
	info.first_free_slot = KAAL_SLOT_FIRST_UNTYPED;
	for (uint64_t i = 0; i < 3; i++)
		cr_assert(ranges_add(&ranges, 0x100000 + i * 0x2000, 0x101000 + i * 0x2000));
	boot_make_untyped(&ranges, false, 0x1000, &info);
	cr_assert_eq(info.untyped_count, KAAL_BOOTINFO_UNTYPED_MAX);
	cr_assert_eq(info.untyped_left_out, 1);
	cr_assert_eq(info.untyped[KAAL_BOOTINFO_UNTYPED_MAX - 1].base, 0x102000);
	cr_assert_eq(info.first_free_slot, KAAL_SLOT_FIRST_UNTYPED + 2);
	cr_assert(cap_is_null(slot_view[0x1000 + KAAL_SLOT_FIRST_UNTYPED + 2].cap));
}
