/* Parameters as the loader makes them, for a board whose RAM is the host's arena. */
#ifndef BOOT_PARAMS_H
#define BOOT_PARAMS_H

#include <kaal/bootparams.h>

static inline struct kaal_boot_params good_params(void)
{
	return (struct kaal_boot_params){
		.magic = KAAL_BOOTPARAMS_MAGIC,
		.abi_version = KAAL_ABI_VERSION,
		.size_bytes = sizeof(struct kaal_boot_params),
		.board = {
			.bank_count = 1,
			.bank = {{0x100000, 0x300000}},
			.reserved_count = 1,
			.reserved = {{0x3f0123, 0x100}},
			.gic_version = 2,
			.gic_distributor = {0x8000000, 0x10000},
			.gic_cpu_interface = {0x8010000, 0x10000},
			.timer_irq = 27,
			.cpu_count = 1,
		},
		.kernel = {0x110000, 0x10000},
		.loader = {{0x100000, 0x10000}, {0x120000, 0x4000}},
		.archive = {0x150123, 0x4567},
		.device_tree = {0x160000, 0x1234},
		.root_entry = 0x400000,
		.root_stack_bytes = 0x4000,
		.root_segment_count = 2,
		.root_segment = {
			{0x400000, {0x130000, 0x2000}, KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE, 0},
			{0x410000, {0x132000, 0x3000}, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 0},
		},
		.stage_ticks = {1, 2, 3, 4},
	};
}

#endif
