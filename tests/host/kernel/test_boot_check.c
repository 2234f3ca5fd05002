/* The kernel believes the loader nothing: each field of the parameters is spoilt once. */
#include <criterion/criterion.h>

#include <string.h>

#include <core/boot.h>

#include "boot_params.h"

static struct kaal_boot_params params;

static void start(void)
{
	params = good_params();
}

TestSuite(boot_check, .init = start);

static void refused(const char *expected)
{
	const char *problem = boot_check(&params);

	cr_assert_not_null(problem, "accepted, expected a refusal with \"%s\"", expected);
	cr_assert_not_null(strstr(problem, expected), "found \"%s\", expected \"%s\"", problem, expected);
	params = good_params();
}

#define SPOIL(field, value, expected)                                                                                \
	do {                                                                                                         \
		params.field = (value);                                                                              \
		refused(expected);                                                                                   \
	} while (0)

Test(boot_check, good_parameters_are_accepted)
{
	cr_assert_null(boot_check(&params));
}

Test(boot_check, header)
{
	SPOIL(magic, 0, "ABI version");
	SPOIL(abi_version, KAAL_ABI_VERSION + 1, "ABI version");
	SPOIL(size_bytes, sizeof params - 1, "ABI version");
}

Test(boot_check, banks)
{
	SPOIL(board.bank_count, 0, "banks");
	SPOIL(board.bank_count, KAAL_BANKS_MAX + 1, "banks");
	SPOIL(board.bank[0].base, 0x1001, "whole pages");
	SPOIL(board.bank[0].bytes, 0, "whole pages");
	SPOIL(board.bank[0].bytes, UINT64_MAX - 0xfff, "whole pages");
	SPOIL(board.bank[0].base, KAAL_PHYSICAL_END, "below 128 GiB");
	params.board.bank_count = 2;
	params.board.bank[1] = params.board.bank[0];
	refused("disjoint");
	SPOIL(board.reserved_count, KAAL_RESERVED_MAX + 1, "reserved");
}

/* A range that wraps would reserve nothing. */
Test(boot_check, reserved_ranges_end)
{
	params.board.reserved_count = 2;
	params.board.reserved[1] = (struct kaal_physical){UINT64_MAX - 0x1fff, 0x1000};
	cr_assert_null(boot_check(&params));
	params.board.reserved[1] = (struct kaal_physical){0x40000000, UINT64_MAX - 0x40000000};
	refused("reserved ranges that end");
	params.board.reserved_count = 1;
	params.board.reserved[0] = (struct kaal_physical){UINT64_MAX - 0x7ff, 0x400};
	refused("reserved ranges that end");
}

Test(boot_check, devices)
{
	SPOIL(board.gic_version, 4, "version 2 or 3");
	SPOIL(board.gic_redistributor_count, 1, "redistributor");
	SPOIL(board.gic_redistributor_count, KAAL_GIC_REDISTRIBUTORS_MAX + 1, "redistributor");
	SPOIL(board.gic_version, 3, "redistributor");
	SPOIL(board.timer_irq, 15, "PPI");
	SPOIL(board.timer_irq, 32, "PPI");
	SPOIL(board.cpu_count, 0, "CPUs");
	SPOIL(board.cpu_count, KAAL_CPUS_MAX + 1, "CPUs");
}

Test(boot_check, places)
{
	SPOIL(kernel.base, params.kernel.base + 1, "kernel image");
	SPOIL(kernel.bytes, 0, "kernel image");
	SPOIL(kernel.bytes, params.board.bank[0].bytes * 2, "kernel image");
	SPOIL(archive.base, 0, "archive and device tree");
	SPOIL(archive.bytes, UINT64_MAX, "archive and device tree");
	SPOIL(device_tree.base, KAAL_PHYSICAL_END, "archive and device tree");
	SPOIL(loader[0].base, 0, "loader");
	SPOIL(loader[1].bytes, 0x123, "loader");
}

Test(boot_check, root_task)
{
	SPOIL(root_segment_count, 0, "1 to 8");
	SPOIL(root_segment_count, KAAL_SEGMENTS_MAX + 1, "1 to 8");
	SPOIL(root_segment[0].memory.base, 0x1000, "in RAM");
	SPOIL(root_segment[0].memory.bytes, 0x1001, "in RAM");
	SPOIL(root_segment[0].memory.bytes, 0, "in RAM");
	SPOIL(root_segment[0].virtual_base, 0, "user addresses");
	SPOIL(root_segment[0].virtual_base, 0x400001, "user addresses");
	SPOIL(root_segment[0].virtual_base, KAAL_USER_VA_END, "user addresses");
	SPOIL(root_segment[0].virtual_base, KAAL_USER_VA_END - 0x1000, "user addresses");
	SPOIL(root_segment[0].rights, KAAL_RIGHT_WRITE | KAAL_RIGHT_EXECUTE, "writable and executable");
	SPOIL(root_segment[0].rights, KAAL_RIGHTS_ALL + 1, "writable and executable");
	SPOIL(root_segment[1].virtual_base, params.root_segment[0].virtual_base + 0x1000, "do not overlap");
	SPOIL(root_segment[1].memory.base, params.root_segment[0].memory.base, "of their own");
	SPOIL(root_stack_bytes, 0, "stack");
	SPOIL(root_stack_bytes, 0x1001, "stack");
}
