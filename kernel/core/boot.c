#include "boot.h"

#include <stddef.h>

#include <arch/arch.h>
#include <check/check.h>
#include <freestanding/board.h>

#include "sched.h"

#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

static struct boot boot;

/*@
	requires ranges_ok(&boot.free) && ram_ok(range);
	exits \false; assigns boot.free; ensures ranges_ok(&boot.free);
*/
static void give(struct kaal_physical range)
{
	if (!ranges_add(&boot.free, range.base, range.base + range.bytes))
		board_fatal("kernel: free RAM: found more than %u pieces, expected fewer", RANGES_MAX);
}

/*@
	requires ranges_ok(&boot.free) && ends(range);
	exits \false; assigns boot.free; ensures ranges_ok(&boot.free);
*/
static void keep(struct kaal_physical range)
{
	if (!ranges_remove(&boot.free, range.base & ~PAGE_MASK, (range.base + range.bytes + PAGE_MASK) & ~PAGE_MASK))
		board_fatal("kernel: free RAM: found more than %u pieces, expected fewer", RANGES_MAX);
}

/* RAM without what firmware, loader and kernel hold. */
/*@
	requires ranges_ok(&boot.free) && params_ok(&boot.params);
	exits \false; assigns boot.free; ensures ranges_ok(&boot.free);
*/
static void find_free(void)
{
	const struct kaal_boot_params *params = &boot.params;

	/*@ loop invariant 0 <= i <= params->board.bank_count && ranges_ok(&boot.free); loop assigns i, boot.free; loop variant params->board.bank_count - i; */
	for (uint32_t i = 0; i < params->board.bank_count; i++)
		give(params->board.bank[i]);
	/* Nothing ever lies in physical page 0, so that handle 0 can mean "none". */
	keep((struct kaal_physical){0, KAAL_PAGE_BYTES});
	/*@ loop invariant 0 <= i <= params->board.reserved_count && ranges_ok(&boot.free); loop assigns i, boot.free; loop variant params->board.reserved_count - i; */
	for (uint32_t i = 0; i < params->board.reserved_count; i++)
		keep(params->board.reserved[i]);
	/*@ loop invariant 0 <= i <= params->root_segment_count && ranges_ok(&boot.free); loop assigns i, boot.free; loop variant params->root_segment_count - i; */
	for (uint32_t i = 0; i < params->root_segment_count; i++)
		keep(params->root_segment[i].memory);
	keep(params->kernel);
	keep(params->loader[0]);
	keep(params->loader[1]);
	keep(params->archive);
	keep(params->device_tree);
}

/* Progress, in builds with kernel_debug=true only. */
/*@ requires \valid_read(info); exits \false; assigns \nothing; */
static void report(const struct kaal_bootinfo *info)
{
	const struct kaal_board *board = &boot.params.board;

	board_print("kernel: %lu MiB RAM in %u banks, %u reserved ranges, GICv%u, timer interrupt %u, %u CPUs\n", info->ram_bytes >> 20,
		    board->bank_count, board->reserved_count, board->gic_version, board->timer_irq, board->cpu_count);
	board_print("kernel: root task at 0x%lx, %u untyped blocks, %lu KiB kept\n", boot.params.root_entry, info->untyped_count,
		    info->kernel_bytes >> 10);
}

struct arch_frame *boot_kernel(const struct kaal_boot_params *params)
{
	const char *problem;
	uint64_t features;
	uint64_t entry = arch_now();
	struct kaal_bootinfo *info;
	thread_t root;

	boot.params = *params;
	boot.params.stage_ticks[KAAL_STAGE_KERNEL_ENTRY] = entry;
	if (params->board.console_kind == KAAL_CONSOLE_PL011)
		board_set_console(params->board.console.base);
	board_set_psci((enum psci_conduit)params->board.psci);
	problem = boot_check(&boot.params);
	if (problem != NULL)
		board_fatal("kernel: boot parameters: found others, expected %s", problem);
	find_free();
	arch_boot_map(&boot.params, &boot.free);
	boot.params.stage_ticks[KAAL_STAGE_KERNEL_MAPPED] = arch_now();
	features = arch_boot_devices(&boot.params) | (KERNEL_DEBUG ? KAAL_FEATURE_KERNEL_DEBUG : 0);
	boot.params.stage_ticks[KAAL_STAGE_DEVICES_READY] = arch_now();
	sched_start();
	root = boot_make_root(&boot, features, &info);
	if (KERNEL_DEBUG)
		report(info);
	sched_ready(root);
	if (KERNEL_DEBUG)
		check_boot(root);
	arch_boot_leave_identity();
	return sched_next();
}
