/* Trees that dtc does not make, and bytes that are no tree. */
#include "manifest_fixture.h"

TestSuite(trees, .init = start);

Test(trees, a_property_twice)
{
	component("a");
	tree_text("image", "other");
	tree_close(1);
	refused(tree, finish(), "/components/a: image: found it twice, expected it once (duplicate-property)");
}

Test(trees, a_component_twice)
{
	component("a");
	tree_close(1);
	component("a");
	tree_close(1);
	refused(tree, finish(), "/components/a: found two nodes of this name, expected one (duplicate-node)");
}

Test(trees, a_folder_twice)
{
	component("a");
	tree_open("devices");
	tree_close(1);
	tree_open("devices");
	tree_close(2);
	refused(tree, finish(), "/components/a/devices: found two nodes of this name, expected one (duplicate-node)");
}

Test(trees, components_twice)
{
	component("a");
	tree_close(2);
	tree_open("components");
	refused(tree, finish(), "/components: found two nodes of this name, expected one (duplicate-node)");
}

Test(trees, a_phandle_twice)
{
	component("server");
	tree_open("provides");
	provide("a", 7);
	provide("b", 7);
	tree_close(2);
	refused(tree, finish(), "/components/server/provides/b: phandle: found 7, as a has, expected one of its own (duplicate-phandle)");
}

Test(trees, phandles_that_are_none)
{
	component("server");
	tree_must(fdt_property(tree, "phandle", "\0\0", 2));
	tree_close(1);
	refused(tree, finish(), "/components/server: phandle: found 2 bytes, expected one cell (4 bytes) (property-type)");
	start();
	component("server");
	tree_number("phandle", 0xffffffff);
	tree_close(1);
	refused(tree, finish(), "/components/server: phandle: found 4294967295, expected 1 to 4294967294 (range)");
}

Test(trees, what_is_not_printable_is_not_printed)
{
	tree_open("a\x1b[2J");
	tree_close(1);
	refused(tree, finish(), "/components/a?[2J: found the name \"a?[2J\", expected a name of 1 to 31 of a-z 0-9 - (name)");
}

Test(trees, a_long_path_and_property_are_cut_off)
{
	char name[200];

	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	tree_open(name);
	tree_close(1);
	cr_assert_not(kaal_manifest_read(&manifest, tree, finish(), &error));
	cr_assert_eq(strlen(error.node), KAAL_MANIFEST_NODE_BYTES - 1);
	cr_assert_eq(strncmp(error.node, ".../nnn", 7), 0);
	start();
	component("a");
	tree_text(name, "");
	tree_close(1);
	cr_assert_not(kaal_manifest_read(&manifest, tree, finish(), &error));
	cr_assert_eq(strlen(error.property), KAAL_MANIFEST_PROPERTY_BYTES - 1);
}

Test(trees, padding_between_tags_is_passed_over)
{
	struct kaal_manifest_component c;
	int node;

	tree_open("gone");
	tree_close(1);
	component("a");
	tree_number("priority", 1);
	tree_number("threads-max", 2);
	tree_open("uses");
	tree_close(1);
	tree_open("devices");
	tree_open("uart");
	tree_flag("shared-page");
	tree_text("alias", "serial0");
	tree_close(3);
	(void)finish();
	tree_must(fdt_nop_node(tree, fdt_path_offset(tree, "/components/gone")));
	node = fdt_path_offset(tree, "/components/a");
	tree_must(fdt_nop_property(tree, node, "priority"));
	tree_must(fdt_nop_node(tree, fdt_path_offset(tree, "/components/a/uses")));
	tree_must(fdt_nop_property(tree, fdt_path_offset(tree, "/components/a/devices/uart"), "shared-page"));
	cr_assert(kaal_manifest_read(&manifest, tree, fdt_totalsize(tree), &error));
	cr_assert_eq(manifest.component_count, 1);
	kaal_manifest_component(&manifest, 0, &c);
	cr_assert_eq(c.priority, 100);
	cr_assert_eq(c.threads_max, 2);
	cr_assert_eq(c.device_count, 1);
}

/* libfdt lets a structure be that ends where it begins; what follows has not been checked. */
Test(trees, nothing_but_an_end)
{
	uint32_t bytes;

	component("a");
	tree_close(1);
	bytes = finish();
	tree[fdt_off_dt_struct(tree) + 3] = 9; /* FDT_END instead of the root's FDT_BEGIN_NODE */
	refused(tree, bytes, ".../: compatible: found nothing, expected \"kaal,system\" (missing-property)");
}

/* --- bytes that are no tree ------------------------------------------------------------- */

static uint32_t valid(void)
{
	start();
	component("a");
	tree_close(1);
	return finish();
}

Test(trees, not_a_tree)
{
	uint32_t bytes = valid();

	refused(tree, 27, ": found 27 bytes, expected a compiled device tree: 28 bytes at least (format)");
	refused(tree, 0, ": found 0 bytes, expected a compiled device tree: 28 bytes at least (format)");
	refused(tree, KAAL_MANIFEST_BYTES_MAX + 1, ": found 1048577 bytes, expected at most 1048576 (format)");
	memmove(tree + 4, tree, bytes);
	refused(tree + 4, bytes, ": found an address that ends with 0x4, expected a multiple of 8 (format)");
	memmove(tree, tree + 4, bytes);
	refused(tree, bytes - 1, ": found a corrupt tree (libfdt: FDT_ERR_TRUNCATED), expected what dtc made, whole (format)");
	fdt_set_version(tree, 16);
	refused(tree, bytes, ": found version 16 of the format, expected 17 (format)");
	fdt_set_magic(tree, 0x7f454c46);
	refused(tree, bytes, ": found magic 0x7f454c46, expected a compiled device tree: magic 0xd00dfeed (format)");
}

Test(trees, blocks_that_are_wrong)
{
	uint32_t bytes = valid();

	fdt_set_off_dt_struct(tree, fdt_off_dt_struct(tree) + 2);
	refused(tree, bytes, ": found a corrupt tree (libfdt: FDT_ERR_ALIGNMENT), expected what dtc made, whole (format)");
	bytes = valid();
	fdt_set_off_mem_rsvmap(tree, fdt_off_mem_rsvmap(tree) + 4);
	refused(tree, bytes, ": found a corrupt tree (libfdt: FDT_ERR_ALIGNMENT), expected what dtc made, whole (format)");
	bytes = valid();
	fdt_set_size_dt_strings(tree, 4097);
	refused(tree, bytes, ": found a strings block of 4097 bytes, expected at most 4096 (format)");
	bytes = valid();
	tree[fdt_off_dt_struct(tree) + 3] = 7; /* no such tag */
	refused(tree, bytes, ": found a corrupt tree (libfdt: FDT_ERR_BADSTRUCTURE), expected what dtc made, whole (format)");
}

Test(trees, an_empty_tree)
{
	tree_must(fdt_create_empty_tree(tree, TREE_BYTES));
	refused(tree, fdt_totalsize(tree), "/: compatible: found nothing, expected \"kaal,system\" (missing-property)");
}

static void start_requirements(void)
{
	tree_begin(tree, TREE_BYTES);
	tree_text("compatible", "kaal,requirements");
	tree_number("version", 1);
}

Test(trees, requirements_alone)
{
	uint32_t bytes = valid();

	cr_assert_not(kaal_requirements_check(tree, bytes, &error));
	said("/: compatible: found \"kaal,system\", expected \"kaal,requirements\" (choice)");
	start_requirements();
	tree_open("devices");
	cr_assert(kaal_requirements_check(tree, finish(), &error));
	cr_assert_not(kaal_requirements_check(tree, KAAL_REQUIREMENTS_BYTES_MAX + 1, &error));
	start_requirements();
	tree_open("uses");
	tree_close(1);
	tree_open("uses");
	cr_assert_not(kaal_requirements_check(tree, finish(), &error));
	cr_assert_str_eq(error.rule, "duplicate-node");
}
