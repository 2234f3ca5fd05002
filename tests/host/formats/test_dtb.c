/* The reader of device trees: trees are made here, one change each. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include <formats/dtb.h>

#include "tree.h"

static struct kaal_board board;
static struct kaal_dtb_chosen chosen;
static struct kaal_format_error error;

static void add_gic3(void)
{
	must(fdt_del_node(tree, node("/intc@8000000")));
	add("/", "intc@8000000");
	PUT_TEXT("/intc@8000000", "compatible", "arm,gic-v3");
	PUT("/intc@8000000", "#interrupt-cells", 3);
	PUT("/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000, 0, 0xa0000000, 0, 0x20000);
}

/* A small board like QEMU's virt. */
static void start(void)
{
	must(fdt_create_empty_tree(tree, TREE_BYTES));
	PUT("/", "#address-cells", 2);
	PUT("/", "#size-cells", 2);
	add("/", "chosen");
	PUT_TEXT("/chosen", "stdout-path", "/pl011@9000000");
	PUT("/chosen", "linux,initrd-start", 0x48000000);
	PUT("/chosen", "linux,initrd-end", 0x48012345);
	add("/", "timer");
	PUT_TEXT("/timer", "compatible", "arm,armv8-timer");
	PUT("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	add("/", "intc@8000000");
	PUT_TEXT("/intc@8000000", "compatible", "arm,cortex-a15-gic");
	PUT("/intc@8000000", "#interrupt-cells", 3);
	PUT("/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000);
	add("/", "pl011@9000000");
	PUT_TEXT("/pl011@9000000", "compatible", "arm,pl011");
	PUT("/pl011@9000000", "reg", 0, 0x9000000, 0, 0x1000);
	add("/", "psci");
	PUT_TEXT("/psci", "compatible", "arm,psci-0.2");
	PUT_TEXT("/psci", "method", "hvc");
	add("/", "cpus");
	PUT("/cpus", "#address-cells", 1);
	PUT("/cpus", "#size-cells", 0);
	add("/cpus", "cpu@0");
	PUT_TEXT("/cpus/cpu@0", "device_type", "cpu");
	PUT("/cpus/cpu@0", "reg", 0x80000000);
	add("/", "memory@40000000");
	PUT_TEXT("/memory@40000000", "device_type", "memory");
	PUT("/memory@40000000", "reg", 0, 0x40000000, 0, 0x8000000);
}

TestSuite(dtb, .init = start);

static void accept(void)
{
	cr_assert(kaal_dtb_read_board(tree, &board, &chosen, &error), "%s at 0x%lx: found 0x%lx, expected %s", error.what,
		  error.offset, error.found, error.expected);
}

static void refuse(const char *what, uint64_t found)
{
	cr_assert_not(kaal_dtb_read_board(tree, &board, &chosen, &error), "accepted, expected a refusal for %s", what);
	cr_assert_str_eq(error.what, what);
	cr_assert_eq(error.found, found, "found 0x%lx, expected 0x%lx", error.found, found);
	cr_assert_not_null(error.expected);
}

Test(dtb, the_board_is_read)
{
	accept();
	cr_assert_eq(board.bank_count, 1);
	cr_assert_eq(board.bank[0].base, 0x40000000);
	cr_assert_eq(board.bank[0].bytes, 0x8000000);
	cr_assert_eq(board.gic_version, 2);
	cr_assert_eq(board.gic_distributor.base, 0x8000000);
	cr_assert_eq(board.gic_cpu_interface.base, 0x8010000);
	cr_assert_eq(board.timer_irq, 27);
	cr_assert_eq(board.psci, KAAL_PSCI_HVC);
	cr_assert_eq(board.console_kind, KAAL_CONSOLE_PL011);
	cr_assert_eq(board.console.base, 0x9000000);
	cr_assert_eq(board.cpu_count, 1);
	cr_assert_eq(board.cpu_mpidr[0], 0x80000000);
	cr_assert_eq(chosen.archive.base, 0x48000000);
	cr_assert_eq(chosen.archive.bytes, 0x12345);
}

Test(dtb, the_seed_is_found)
{
	const void *seed;
	uint32_t bytes;

	cr_assert_not(kaal_dtb_seed(tree, &seed, &bytes));
	PUT("/chosen", "rng-seed", 0x01020304, 0x05060708);
	cr_assert(kaal_dtb_seed(tree, &seed, &bytes));
	cr_assert_eq(bytes, 8);
	cr_assert_arr_eq(seed, "\1\2\3\4\5\6\7\10", 8);
	PUT_TEXT("/chosen", "rng-seed", "");
	cr_assert(kaal_dtb_seed(tree, &seed, &bytes) && bytes == 1);
	cr_assert_eq(fdt_delprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed"), 0);
	cr_assert_eq(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", NULL, 0), 0);
	cr_assert_not(kaal_dtb_seed(tree, &seed, &bytes));
	cr_assert_eq(fdt_del_node(tree, fdt_path_offset(tree, "/chosen")), 0);
	cr_assert_not(kaal_dtb_seed(tree, &seed, &bytes));
}

Test(dtb, a_header_says_how_much_holds_data)
{
	uint32_t bytes = 0;

	cr_assert(kaal_dtb_size(tree, &bytes, &error));
	cr_assert_lt(bytes, TREE_BYTES / 2);
	cr_assert_geq(bytes, fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree));
	tree[0] = 'x';
	cr_assert_not(kaal_dtb_size(tree, &bytes, &error));
	cr_assert_eq(error.found, 0x780dfeed);
}

Test(dtb, a_misaligned_structure_is_refused)
{
	uint32_t bytes, at = fdt_off_dt_struct(tree) + 2;

	fdt_set_off_dt_struct(tree, at);
	fdt_set_size_dt_struct(tree, fdt_size_dt_struct(tree) - 4);
	cr_assert_not(kaal_dtb_size(tree, &bytes, &error));
	cr_assert_str_eq(error.what, "device tree off_dt_struct");
	cr_assert_eq(error.found, at);
}

Test(dtb, versions_that_do_not_tell_the_structures_size_are_refused)
{
	uint32_t bytes;

	fdt_set_version(tree, 16);
	fdt_set_last_comp_version(tree, 16);
	cr_assert_not(kaal_dtb_size(tree, &bytes, &error));
	cr_assert_str_eq(error.what, "device tree header");
}

Test(dtb, gic_version_3_with_two_regions)
{
	add_gic3();
	PUT("/intc@8000000", "#redistributor-regions", 2);
	accept();
	cr_assert_eq(board.gic_version, 3);
	cr_assert_eq(board.gic_redistributor_count, 2);
	cr_assert_eq(board.gic_redistributor[1].base, 0xa0000000);
}

Test(dtb, gic_version_3_refusals)
{
	add_gic3();
	PUT("/intc@8000000", "#redistributor-regions", 5);
	refuse("#redistributor-regions", 5);
	PUT("/intc@8000000", "#redistributor-regions", 0);
	refuse("#redistributor-regions", 0);
	PUT("/intc@8000000", "#redistributor-regions", 3);
	refuse("GICv3 reg", 48);
}

Test(dtb, gic_refusals)
{
	PUT("/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000);
	refuse("GICv2 reg", 16);
	PUT_TEXT("/intc@8000000", "compatible", "acme,gic");
	refuse("interrupt controller", 0);
	start();
	PUT("/intc@8000000", "#interrupt-cells", 2);
	refuse("#interrupt-cells", 2);
	must(fdt_delprop(tree, node("/intc@8000000"), "#interrupt-cells"));
	refuse("#interrupt-cells", 0);
}

Test(dtb, timer_refusals)
{
	PUT("/timer", "interrupts", 1, 13, 4, 1, 14, 4);
	refuse("timer interrupts", 24);
	PUT("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 16, 4);
	refuse("virtual timer interrupt", 16);
	PUT("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 0, 11, 4);
	refuse("virtual timer interrupt", 11);
	must(fdt_del_node(tree, node("/timer")));
	refuse("timer interrupts", 0);
}

Test(dtb, banks_are_sorted_and_trimmed)
{
	add("/", "memory@0");
	PUT_TEXT("/memory@0", "device_type", "memory");
	PUT("/memory@0", "reg", 8, 0, 0, 0x10000000, 0, 0x800, 0, 0x2000);
	accept();
	cr_assert_eq(board.bank_count, 3);
	cr_assert_eq(board.bank[0].base, 0x1000);
	cr_assert_eq(board.bank[0].bytes, 0x1000);
	cr_assert_eq(board.bank[1].base, 0x40000000);
	cr_assert_eq(board.bank[2].base, 0x800000000);
}

Test(dtb, memory_that_nobody_can_name_is_left_out)
{
	PUT("/memory@40000000", "reg", 0x1f, 0xffff0000, 0, 0x20000, 0x20, 0x10000000, 1, 0, 0, 0x40000000, 0, 0x800);
	accept();
	cr_assert_eq(board.bank_count, 1);
	cr_assert_eq(board.bank[0].base, 0x1fffff0000);
	cr_assert_eq(board.bank[0].bytes, 0x10000, "cut off at KAAL_PHYSICAL_END");
}

Test(dtb, memory_refusals)
{
	uint32_t cells[17 * 4] = {0};

	PUT("/memory@40000000", "reg", 0, 0x40000000, 0, 0x8000000, 0, 0x47fff000, 0, 0x1000);
	refuse("memory bank", 0x47fff000);
	PUT("/memory@40000000", "reg", 0, 0x47fff000, 0, 0x1000, 0, 0x40000000, 0, 0x8000000);
	refuse("memory bank", 0x40000000);
	PUT("/memory@40000000", "reg", 0, 0x40000000);
	refuse("memory reg", 8);
	for (uint32_t i = 0; i < 17; i++) {
		cells[i * 4 + 1] = i * 0x1000000;
		cells[i * 4 + 3] = 0x1000;
	}
	{
		fdt32_t value[17 * 4];

		for (unsigned i = 0; i < 17 * 4; i++)
			value[i] = cpu_to_fdt32(cells[i]);
		must(fdt_setprop(tree, node("/memory@40000000"), "reg", value, 16 * 16));
		accept();
		cr_assert_eq(board.bank_count, KAAL_BANKS_MAX);
		must(fdt_setprop(tree, node("/memory@40000000"), "reg", value, sizeof value));
		refuse("memory banks", 17);
	}
	must(fdt_del_node(tree, node("/memory@40000000")));
	refuse("memory banks", 0);
}

Test(dtb, disabled_nodes_are_not_there)
{
	PUT_TEXT("/memory@40000000", "status", "disabled");
	refuse("memory banks", 0);
	PUT_TEXT("/memory@40000000", "status", "okay");
	accept();
	PUT_TEXT("/intc@8000000", "status", "disabled");
	refuse("interrupt controller", 0);
}

Test(dtb, reserved_memory_and_the_reserve_map)
{
	must(fdt_add_mem_rsv(tree, 0x41000000, 0x1000));
	add("/", "reserved-memory");
	PUT("/reserved-memory", "#address-cells", 2);
	PUT("/reserved-memory", "#size-cells", 2);
	must(fdt_setprop_empty(tree, node("/reserved-memory"), "ranges"));
	add("/reserved-memory", "firmware@42000000");
	PUT("/reserved-memory/firmware@42000000", "reg", 0, 0x42000000, 0, 0x2345, 0, 0x43000000, 0, 0);
	accept();
	cr_assert_eq(board.reserved_count, 2, "an empty range is none");
	cr_assert_eq(board.reserved[0].base, 0x42000000);
	cr_assert_eq(board.reserved[0].bytes, 0x2345);
	cr_assert_eq(board.reserved[1].base, 0x41000000);
	for (uint32_t i = 0; i < KAAL_RESERVED_MAX; i++)
		must(fdt_add_mem_rsv(tree, 0x44000000 + i * 0x1000, 0x1000));
	refuse("reserved memory ranges", 33);
}

/* What cannot be understood cannot be kept out of the free memory. */
Test(dtb, reserved_memory_refusals)
{
	add("/", "reserved-memory");
	PUT("/reserved-memory", "#address-cells", 2);
	PUT("/reserved-memory", "#size-cells", 2);
	add("/reserved-memory", "firmware@42000000");
	accept();
	PUT("/reserved-memory/firmware@42000000", "reg", 0, 0x42000000, 0, 0x2000);
	refuse("reserved-memory reg, entry", 0); /* no ranges */
	must(fdt_setprop_empty(tree, node("/reserved-memory"), "ranges"));
	accept();
	PUT("/reserved-memory/firmware@42000000", "reg", 0, 0x42000000, 0, 0x2000, 0xffffffff, 0xfffff000, 0, 0x2000);
	refuse("reserved-memory reg, entry", 1);
	PUT("/reserved-memory/firmware@42000000", "reg", 0, 0x42000000);
	refuse("reserved-memory reg, entry", 0);
	PUT("/reserved-memory/firmware@42000000", "reg", 0, 0x42000000, 0, 0x2000);
	PUT("/reserved-memory", "#size-cells", 3);
	refuse("reserved-memory reg, entry", 0);
}

/* Not only the first entry counts. */
Test(dtb, a_later_bank_that_wraps_is_refused)
{
	PUT("/memory@40000000", "reg", 0, 0x40000000, 0, 0x8000000, 0xffffffff, 0xfffff000, 0, 0x2000);
	refuse("memory reg, entry", 1);
}

Test(dtb, a_reserve_map_may_not_wrap)
{
	must(fdt_add_mem_rsv(tree, UINT64_MAX - 0xfff, 0x2000));
	refuse("memory reserve map", UINT64_MAX - 0xfff);
}

Test(dtb, console_by_alias_path_with_options_or_none)
{
	add("/", "aliases");
	PUT_TEXT("/aliases", "serial0", "/pl011@9000000");
	PUT_TEXT("/chosen", "stdout-path", "serial0:115200n8");
	accept();
	cr_assert_eq(board.console.base, 0x9000000);
	PUT_TEXT("/chosen", "stdout-path", "/pl011@9000000:115200");
	accept();
	cr_assert_eq(board.console.base, 0x9000000);
	PUT_TEXT("/chosen", "stdout-path", "/pl011");
	accept();
	cr_assert_eq(board.console.base, 0x9000000, "the unit address may be left out");
	PUT_TEXT("/chosen", "stdout-path", "/timer");
	accept();
	cr_assert_eq(board.console_kind, KAAL_CONSOLE_NONE);
	must(fdt_delprop(tree, node("/chosen"), "stdout-path"));
	accept();
	cr_assert_eq(board.console_kind, KAAL_CONSOLE_NONE);
}

Test(dtb, addresses_go_through_the_buses_above)
{
	add("/", "soc");
	PUT_TEXT("/soc", "compatible", "simple-bus");
	PUT("/soc", "#address-cells", 1);
	PUT("/soc", "#size-cells", 1);
	PUT("/soc", "ranges", 0x1000, 8, 0x2000000, 0x1000, 0x8000, 0, 0x5000000, 0x1000);
	add("/soc", "serial@8000");
	PUT_TEXT("/soc/serial@8000", "compatible", "arm,pl011");
	PUT("/soc/serial@8000", "reg", 0x8100, 0x100);
	PUT_TEXT("/chosen", "stdout-path", "/soc/serial@8000");
	accept();
	cr_assert_eq(board.console.base, 0x5000100);
	PUT("/soc/serial@8000", "reg", 0x9000, 0x100);
	accept();
	cr_assert_eq(board.console_kind, KAAL_CONSOLE_NONE, "no range of the bus holds it");
	must(fdt_delprop(tree, node("/soc"), "ranges"));
	accept();
	cr_assert_eq(board.console_kind, KAAL_CONSOLE_NONE, "without ranges nothing can be reached");
}

Test(dtb, initrd_addresses_of_two_cells_and_refusals)
{
	PUT("/chosen", "linux,initrd-start", 1, 0x48000000);
	PUT("/chosen", "linux,initrd-end", 1, 0x48000010);
	accept();
	cr_assert_eq(chosen.archive.base, 0x148000000);
	cr_assert_eq(chosen.archive.bytes, 16);
	PUT("/chosen", "linux,initrd-end", 0x48000000);
	refuse("linux,initrd-end", 0x48000000);
	must(fdt_delprop(tree, node("/chosen"), "linux,initrd-end"));
	accept();
	cr_assert_eq(chosen.archive.bytes, 0);
}

Test(dtb, cpus)
{
	char name[16];

	PUT("/cpus", "#address-cells", 2);
	PUT("/cpus/cpu@0", "reg", 1, 2);
	accept();
	cr_assert_eq(board.cpu_mpidr[0], 0x100000002);
	PUT("/cpus/cpu@0", "reg", 1);
	refuse("cpu reg", 4);
	PUT("/cpus", "#address-cells", 3);
	refuse("cpu reg", 4);
	PUT("/cpus", "#address-cells", 1);
	for (uint32_t i = 1; i < 20; i++) {
		snprintf(name, sizeof name, "cpu@%x", i);
		add("/cpus", name);
		must(fdt_setprop(tree, fdt_subnode_offset(tree, node("/cpus"), name), "device_type", "cpu", sizeof "cpu"));
		must(fdt_setprop_u32(tree, fdt_subnode_offset(tree, node("/cpus"), name), "reg", i));
	}
	accept();
	cr_assert_eq(board.cpu_count, KAAL_CPUS_MAX);
	must(fdt_del_node(tree, node("/cpus")));
	refuse("cpus", 0);
}

Test(dtb, psci_methods)
{
	PUT_TEXT("/psci", "method", "smc");
	accept();
	cr_assert_eq(board.psci, KAAL_PSCI_SMC);
	PUT_TEXT("/psci", "method", "telepathy");
	accept();
	cr_assert_eq(board.psci, KAAL_PSCI_NONE);
}

Test(dtb, what_is_needed_to_complain_is_read_from_a_tree_without_memory)
{
	must(fdt_del_node(tree, node("/memory@40000000")));
	kaal_dtb_read_early(tree, &board);
	cr_assert_eq(board.console.base, 0x9000000);
	cr_assert_eq(board.psci, KAAL_PSCI_HVC);
}

Test(dtb, a_broken_structure_is_refused)
{
	/* The root's name, right behind its tag, runs on without an end. */
	uint32_t at = fdt_off_dt_struct(tree);

	memset(tree + at + 4, 0xff, fdt_size_dt_struct(tree) - 4);
	cr_assert_not(kaal_dtb_read_board(tree, &board, &chosen, &error));
	cr_assert_str_eq(error.what, "device tree structure");
}
