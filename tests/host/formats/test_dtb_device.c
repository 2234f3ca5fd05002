/* Devices in device trees: trees are made here, one change each. */
#include <criterion/criterion.h>

#include <string.h>

#include <formats/dtb_device.h>

#include "tree.h"

#define GIC 0x8001
#define EXPANDER 0x8002

static struct kaal_dtb_device device;

/* Two UARTs, the second on a bus of its own, and the controllers that interrupts may go to. */
static void start(void)
{
	must(fdt_create_empty_tree(tree, TREE_BYTES));
	PUT("/", "#address-cells", 2);
	PUT("/", "#size-cells", 2);
	PUT("/", "interrupt-parent", GIC);
	add("/", "bus");
	PUT("/bus", "#address-cells", 1);
	PUT("/bus", "#size-cells", 1);
	PUT("/bus", "ranges", 0, 0, 0xf0000000, 0x100000);
	add("/bus", "serial@10000");
	PUT_TEXT("/bus/serial@10000", "compatible", "arm,pl011");
	PUT("/bus/serial@10000", "reg", 0x10000, 0x1000);
	PUT("/bus/serial@10000", "interrupts", 0, 19, 1);
	add("/", "intc");
	PUT("/intc", "phandle", GIC);
	PUT_TEXT("/intc", "compatible", "arm,gic-v3");
	PUT("/intc", "#interrupt-cells", 3);
	add("/", "gpio");
	PUT("/gpio", "phandle", EXPANDER);
	PUT_TEXT("/gpio", "compatible", "arm,pl061");
	PUT("/gpio", "#interrupt-cells", 2);
	/* libfdt puts new nodes before the others: this is the first. */
	add("/", "serial@9000000");
	PUT_TEXT("/serial@9000000", "compatible", "maker,uart\0arm,pl011\0arm,primecell");
	PUT("/serial@9000000", "reg", 0, 0x9000000, 0, 0x1000);
	PUT("/serial@9000000", "interrupts", 0, 1, 4, 0, 2, 4);
	add("/", "chosen");
	PUT_TEXT("/chosen", "stdout-path", "/bus/serial@10000");
}

TestSuite(dtb_device, .init = start);

static void find(const char *compatible, uint32_t index)
{
	cr_assert(kaal_dtb_find_device(tree, compatible, index, &device), "no %s number %u", compatible, index);
}

static void expect_line(uint32_t line)
{
	find("arm,pl011", 0);
	cr_assert_eq(device.line, line, "line %u, expected %u", device.line, line);
}

Test(dtb_device, registers_line_and_texts_are_read)
{
	static const char texts[] = "maker,uart\0arm,pl011\0arm,primecell";

	expect_line(33);
	cr_assert_eq(device.registers.base, 0x9000000);
	cr_assert_eq(device.registers.bytes, 0x1000);
	cr_assert_not(device.edge);
	cr_assert_eq(device.compatible_bytes, sizeof texts);
	cr_assert_eq(memcmp(device.compatible, texts, sizeof texts), 0);
}

Test(dtb_device, the_second_is_translated_by_its_bus)
{
	find("arm,pl011", 1);
	cr_assert_eq(device.registers.base, 0xf0010000);
	cr_assert_eq(device.line, 51);
	cr_assert(device.edge);
	cr_assert_not(kaal_dtb_find_device(tree, "arm,pl011", 2, &device));
	cr_assert_not(kaal_dtb_find_device(tree, "arm,pl01", 0, &device));
}

Test(dtb_device, what_is_off_or_has_no_registers_does_not_count)
{
	PUT_TEXT("/serial@9000000", "status", "disabled");
	find("arm,pl011", 0);
	cr_assert_eq(device.line, 51);
	must(fdt_delprop(tree, node("/bus"), "ranges"));
	cr_assert_not(kaal_dtb_find_device(tree, "arm,pl011", 0, &device));
}

Test(dtb_device, private_lines_and_gicv2)
{
	PUT_TEXT("/intc", "compatible", "arm,gic-400");
	PUT("/serial@9000000", "interrupts", 1, 15, 4);
	expect_line(31);
}

Test(dtb_device, numbers_that_no_line_has_are_no_line)
{
	PUT("/serial@9000000", "interrupts", 0, 988, 4);
	expect_line(0);
	PUT("/serial@9000000", "interrupts", 1, 16, 4);
	expect_line(0);
	PUT("/serial@9000000", "interrupts", 2, 1, 4);
	expect_line(0);
	PUT("/serial@9000000", "interrupts", 0, 987);
	expect_line(0);
	PUT("/serial@9000000", "interrupts", 0, 987, 4);
	expect_line(1019);
	must(fdt_delprop(tree, node("/serial@9000000"), "interrupts"));
	expect_line(0);
}

Test(dtb_device, another_controllers_interrupts_are_no_line)
{
	PUT("/serial@9000000", "interrupt-parent", EXPANDER);
	expect_line(0);
	PUT("/gpio", "#interrupt-cells", 3);
	expect_line(0);
	PUT("/serial@9000000", "interrupt-parent", 0x9999);
	expect_line(0);
	PUT("/serial@9000000", "interrupt-parent", GIC, 0);
	expect_line(0);
	PUT("/serial@9000000", "interrupt-parent", GIC);
	PUT("/", "interrupt-parent", EXPANDER);
	expect_line(33);
	must(fdt_delprop(tree, node("/"), "interrupt-parent"));
	must(fdt_delprop(tree, node("/serial@9000000"), "interrupt-parent"));
	expect_line(0);
}

Test(dtb_device, a_gic_with_four_cells_and_one_with_impossible_ones)
{
	PUT("/intc", "#interrupt-cells", 4);
	PUT("/serial@9000000", "interrupts", 0, 7, 4, 0);
	expect_line(39);
	PUT("/intc", "#interrupt-cells", 5);
	PUT("/serial@9000000", "interrupts", 0, 7, 4, 0, 0);
	expect_line(0);
}

static void expect_console(uint64_t base)
{
	cr_assert(kaal_dtb_find_console(tree, &device));
	cr_assert_eq(device.registers.base, base, "0x%lx, expected 0x%lx", device.registers.base, base);
}

Test(dtb_device, the_console_by_path_alias_and_with_options)
{
	expect_console(0xf0010000);
	PUT_TEXT("/chosen", "stdout-path", "/serial@9000000:115200n8");
	expect_console(0x9000000);
	add("/", "aliases");
	PUT_TEXT("/aliases", "serial0", "/bus/serial@10000");
	PUT_TEXT("/chosen", "stdout-path", "serial0:115200");
	expect_console(0xf0010000);
}

Test(dtb_device, no_console)
{
	PUT_TEXT("/chosen", "stdout-path", "/nothing");
	cr_assert_not(kaal_dtb_find_console(tree, &device));
	PUT_TEXT("/chosen", "stdout-path", "/gpio"); /* has no registers */
	cr_assert_not(kaal_dtb_find_console(tree, &device));
	PUT_TEXT("/chosen", "stdout-path", "/serial@9000000");
	PUT_TEXT("/serial@9000000", "status", "disabled");
	cr_assert_not(kaal_dtb_find_console(tree, &device));
	must(fdt_setprop(tree, node("/chosen"), "stdout-path", "/bus/serial@10000", 17)); /* no NUL */
	cr_assert_not(kaal_dtb_find_console(tree, &device));
	must(fdt_delprop(tree, node("/chosen"), "stdout-path"));
	cr_assert_not(kaal_dtb_find_console(tree, &device));
	must(fdt_del_node(tree, node("/chosen")));
	cr_assert_not(kaal_dtb_find_console(tree, &device));
}

/* --- all that a device has ----------------------------------------------------- */

static struct kaal_dtb_resources resources;

Test(dtb_device, by_path_and_by_alias)
{
	cr_assert(kaal_dtb_find_named(tree, "/bus/serial@10000", &device));
	cr_assert_eq(device.registers.base, 0xf0010000);
	cr_assert_eq(device.node, node("/bus/serial@10000"));
	cr_assert_not(kaal_dtb_find_named(tree, "/bus/serial@20000", &device));
	cr_assert_not(kaal_dtb_find_named(tree, "serial7", &device));
	add("/", "aliases");
	PUT_TEXT("/aliases", "serial7", "/serial@9000000");
	cr_assert(kaal_dtb_find_named(tree, "serial7", &device));
	cr_assert_eq(device.registers.base, 0x9000000);
	PUT_TEXT("/serial@9000000", "status", "disabled");
	cr_assert_not(kaal_dtb_find_named(tree, "serial7", &device));
}

Test(dtb_device, every_range_and_line)
{
	PUT("/serial@9000000", "reg", 0, 0x9000000, 0, 0x1000, 1, 0, 0, 0x10);
	PUT("/serial@9000000", "interrupts", 0, 1, 4, 1, 13, 1);
	find("arm,pl011", 0);
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.node, device.node);
	cr_assert_eq(resources.register_count, 2);
	cr_assert_eq(resources.registers[0].base, 0x9000000);
	cr_assert_eq(resources.registers[1].base, 0x100000000);
	cr_assert_eq(resources.registers[1].bytes, 0x10);
	cr_assert_eq(resources.line_count, 2);
	cr_assert_eq(resources.line[0].line, 33);
	cr_assert_not(resources.line[0].edge);
	cr_assert_eq(resources.line[1].line, 29);
	cr_assert(resources.line[1].edge);
	cr_assert_str_eq(resources.compatible, "maker,uart");
	cr_assert_eq(resources.compatible_bytes, device.compatible_bytes);
}

Test(dtb_device, lines_of_another_controller_are_none)
{
	PUT("/serial@9000000", "interrupt-parent", EXPANDER);
	find("arm,pl011", 0);
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, 0);
}

/* Devicetree Specification 0.4, 2.4.1.3. */
Test(dtb_device, interrupts_with_their_controllers)
{
	PUT("/", "interrupt-parent", EXPANDER);
	PUT("/serial@9000000", "interrupts-extended", GIC, 0, 5, 1, EXPANDER, 7, 4, GIC, 1, 3, 4);
	expect_line(37); /* and interrupts does not count */
	cr_assert(device.edge);
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, 2);
	cr_assert_eq(resources.line[0].line, 37);
	cr_assert(resources.line[0].edge);
	cr_assert_eq(resources.line[1].line, 19);
	cr_assert_not(resources.line[1].edge);
	PUT("/serial@9000000", "interrupts-extended", EXPANDER, 7, 4, GIC, 1, 3, 4);
	expect_line(0);
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, 1);
	must(fdt_setprop(tree, device.node, "interrupts-extended", NULL, 0));
	expect_line(0);
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, 0);
}

static void expect_broken(uint32_t lines)
{
	cr_assert_not(kaal_dtb_read_resources(tree, node("/serial@9000000"), &resources));
	cr_assert_eq(resources.line_count, lines);
}

Test(dtb_device, interrupts_with_controllers_that_cannot_be_read)
{
	uint32_t many[65 * 3];

	PUT("/serial@9000000", "interrupts-extended", GIC, 0, 5, 1, GIC, 0, 6);
	expect_broken(1);
	PUT("/serial@9000000", "interrupts-extended", GIC, 0, 5, 1, GIC);
	expect_broken(1);
	PUT("/serial@9000000", "interrupts-extended", GIC, 0, 5, 1, 0x9999, 0, 6, 4);
	expect_broken(1);
	PUT("/serial@9000000", "interrupts-extended", GIC, 0, 988, 1);
	expect_broken(0);
	must(fdt_setprop(tree, node("/serial@9000000"), "interrupts-extended", "\0\0", 2));
	expect_broken(0);
	expect_line(0);
	for (int i = 0; i < 65 * 3; i++)
		many[i] = cpu_to_fdt32(i % 3 == 0 ? EXPANDER : 0);
	must(fdt_setprop(tree, node("/serial@9000000"), "interrupts-extended", many, 64 * 12));
	cr_assert(kaal_dtb_read_resources(tree, node("/serial@9000000"), &resources));
	must(fdt_setprop(tree, node("/serial@9000000"), "interrupts-extended", many, sizeof many));
	expect_broken(0);
	/* How long its interrupts are, it does not say. */
	PUT("/serial@9000000", "interrupts-extended", EXPANDER);
	must(fdt_delprop(tree, node("/gpio"), "#interrupt-cells"));
	expect_broken(0);
}

Test(dtb_device, what_cannot_be_read_whole_is_told)
{
	uint32_t registers[36] = {0}, interrupts[27];
	int gpio = node("/gpio");

	find("arm,pl011", 0);
	PUT("/serial@9000000", "interrupts", 0, 1, 4, 0, 2);
	cr_assert_not(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, 1);
	PUT("/serial@9000000", "interrupts", 0, 1, 4, 0, 988, 4);
	cr_assert_not(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, 1);
	for (int i = 0; i < 27; i++)
		interrupts[i] = i % 3 == 1 ? cpu_to_fdt32((uint32_t)i) : 0;
	must(fdt_setprop(tree, device.node, "interrupts", interrupts, 24 * 4));
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.line_count, KAAL_DTB_LINES_MAX);
	must(fdt_setprop(tree, device.node, "interrupts", interrupts, 27 * 4));
	cr_assert_not(kaal_dtb_read_resources(tree, device.node, &resources));
	must(fdt_delprop(tree, device.node, "interrupts"));
	must(fdt_setprop(tree, device.node, "reg", registers, 32 * 4));
	cr_assert(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_eq(resources.register_count, KAAL_DTB_REGISTERS_MAX);
	must(fdt_setprop(tree, device.node, "reg", registers, 36 * 4));
	cr_assert_not(kaal_dtb_read_resources(tree, device.node, &resources));
	must(fdt_setprop(tree, device.node, "reg", registers, 6 * 4)); /* one and a half */
	cr_assert_not(kaal_dtb_read_resources(tree, device.node, &resources));
	cr_assert_not(kaal_dtb_read_resources(tree, gpio + 1, &resources)); /* no node's offset */
}
