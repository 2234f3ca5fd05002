/* Accessors, and descriptions that dtc does not make: trees are written here, with libfdt's sequential calls. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include <libfdt.h>
#include <manifest/manifest.h>

#define TREE_BYTES 4096

static _Alignas(8) char tree[TREE_BYTES];
static struct kaal_manifest manifest;
static struct kaal_manifest_error error;
static char message[KAAL_MANIFEST_ERROR_TEXT_BYTES];

static void must(int status)
{
	cr_assert_geq(status, 0, "libfdt: %s", fdt_strerror(status));
}

static void begin(const char *name)
{
	must(fdt_begin_node(tree, name));
}

static void end(void)
{
	must(fdt_end_node(tree));
}

static void text(const char *name, const char *value)
{
	must(fdt_property(tree, name, value, (int)strlen(value) + 1));
}

static void number(const char *name, uint32_t value)
{
	must(fdt_property_u32(tree, name, value));
}

static void pair(const char *name, uint32_t first, uint32_t second)
{
	must(fdt_property_u64(tree, name, (uint64_t)first << 32 | second));
}

static void flag(const char *name)
{
	must(fdt_property(tree, name, "", 0));
}

/* The root and `components`, left open. */
static void start(void)
{
	memset(tree, 0, sizeof tree);
	must(fdt_create(tree, TREE_BYTES));
	must(fdt_finish_reservemap(tree));
	begin("");
	text("compatible", "kaal,system");
	number("version", 1);
	begin("components");
}

/* A component, left open. */
static void component(const char *name)
{
	begin(name);
	text("image", "program");
}

static uint32_t finish(void)
{
	end();
	end();
	must(fdt_finish(tree));
	return fdt_totalsize(tree);
}

static void refused(const void *blob, uint64_t bytes, const char *expected)
{
	cr_assert_not(kaal_manifest_read(&manifest, blob, bytes, &error), "accepted, expected: %s", expected);
	kaal_manifest_error_text(&error, message);
	cr_assert_str_eq(message, expected, "said: %s", message);
}

static void accepted(void)
{
	if (kaal_manifest_read(&manifest, tree, finish(), &error))
		return;
	kaal_manifest_error_text(&error, message);
	cr_assert_fail("%s", message);
}

TestSuite(manifest, .init = start);

/* --- values ---------------------------------------------------------------------- */

Test(manifest, defaults)
{
	struct kaal_manifest_component c;

	component("hello");
	end();
	accepted();
	cr_assert_eq(manifest.component_count, 1);
	kaal_manifest_component(&manifest, 0, &c);
	cr_assert_str_eq(c.name, "hello");
	cr_assert_str_eq(c.image, "program");
	cr_assert_eq(c.arguments.count + c.environment.count + c.files.count, 0);
	cr_assert_null(kaal_manifest_text(&c.arguments, 0));
	cr_assert_eq(c.priority, 100);
	cr_assert_eq(c.priority_ceiling, 100);
	cr_assert_eq(c.budget_us, 10000);
	cr_assert_eq(c.period_us, 10000);
	cr_assert_eq(c.threads_max, 1);
	cr_assert_eq(c.stack_bytes, 0);
	cr_assert_eq(c.memory_max_bytes, 0x100000);
	cr_assert_eq(c.dma_max_bytes, 0);
	cr_assert_eq(c.restart, KAAL_MANIFEST_RESTART_NEVER);
	cr_assert_eq(c.restarts_max, 3);
	cr_assert_eq(c.restart_window_ms, 10000);
	cr_assert_eq(c.escalation, KAAL_MANIFEST_STOP);
	cr_assert_not(c.critical);
	cr_assert_eq(c.privileges, 0);
	cr_assert_eq(c.device_count + c.service_count + c.use_count, 0);
}

Test(manifest, values)
{
	struct kaal_manifest_component c;

	component("one");
	end();
	component("two");
	must(fdt_property(tree, "arguments", "-v\0\0last", 9));
	text("environment", "A=1");
	must(fdt_property(tree, "files", "a\0b/c", 6));
	number("priority", 7);
	number("priority-ceiling", 9);
	number("budget-us", 60);
	number("period-us", 70);
	number("threads-max", 5);
	number("stack-size", 0x3000);
	pair("memory-max", 2, 0x1000);
	text("restart", "always");
	number("restarts-max", 11);
	number("restart-window-ms", 12);
	text("escalation", "power-off");
	flag("critical");
	must(fdt_property(tree, "privileges", "debug\0power", 12));
	end();
	accepted();
	kaal_manifest_component(&manifest, 1, &c);
	cr_assert_eq(c.arguments.count, 3);
	cr_assert_str_eq(kaal_manifest_text(&c.arguments, 0), "-v");
	cr_assert_str_eq(kaal_manifest_text(&c.arguments, 1), "");
	cr_assert_str_eq(kaal_manifest_text(&c.arguments, 2), "last");
	cr_assert_null(kaal_manifest_text(&c.arguments, 3));
	cr_assert_str_eq(kaal_manifest_text(&c.environment, 0), "A=1");
	cr_assert_str_eq(kaal_manifest_text(&c.files, 1), "b/c");
	cr_assert_eq(c.priority, 7);
	cr_assert_eq(c.priority_ceiling, 9);
	cr_assert_eq(c.budget_us, 60);
	cr_assert_eq(c.period_us, 70);
	cr_assert_eq(c.threads_max, 5);
	cr_assert_eq(c.stack_bytes, 0x3000);
	cr_assert_eq(c.memory_max_bytes, 0x200001000);
	cr_assert_eq(c.restart, KAAL_MANIFEST_RESTART_ALWAYS);
	cr_assert_eq(c.restarts_max, 11);
	cr_assert_eq(c.restart_window_ms, 12);
	cr_assert_eq(c.escalation, KAAL_MANIFEST_POWER_OFF);
	cr_assert(c.critical);
	cr_assert_eq(c.privileges, KAAL_MANIFEST_DEBUG | KAAL_MANIFEST_POWER);
	cr_assert_eq(kaal_manifest_find(&manifest, "two"), 1);
	cr_assert_eq(kaal_manifest_find(&manifest, "three"), 2);
}

Test(manifest, every_privilege_has_its_bit)
{
	struct kaal_manifest_component c;

	component("a");
	text("privileges", "supervision");
	end();
	component("b");
	text("privileges", "console");
	end();
	accepted();
	kaal_manifest_component(&manifest, 0, &c);
	cr_assert_eq(c.privileges, KAAL_MANIFEST_SUPERVISION);
	kaal_manifest_component(&manifest, 1, &c);
	cr_assert_eq(c.privileges, KAAL_MANIFEST_CONSOLE);
}

Test(manifest, devices_belong_to_their_components)
{
	struct kaal_manifest_component c;
	struct kaal_manifest_device d;

	component("first");
	begin("devices");
	begin("uart");
	text("compatible", "arm,pl011");
	number("index", 3);
	end();
	begin("clock");
	text("alias", "rtc0");
	end();
	end();
	end();
	component("none");
	end();
	component("last");
	number("dma-max", 0x1000);
	begin("devices");
	begin("disk");
	number("virtio-id", 2);
	text("bus", "virtio-mmio-bus.24");
	flag("shared-page");
	flag("trusted-dma");
	end();
	begin("gpio");
	text("path", "/gpio");
	end();
	end();
	end();
	accepted();
	cr_assert_eq(manifest.device_count, 4);
	kaal_manifest_component(&manifest, 0, &c);
	cr_assert_eq(c.first_device, 0);
	cr_assert_eq(c.device_count, 2);
	kaal_manifest_component(&manifest, 1, &c);
	cr_assert_eq(c.device_count, 0);
	kaal_manifest_component(&manifest, 2, &c);
	cr_assert_eq(c.first_device, 2);
	cr_assert_eq(c.device_count, 2);
	cr_assert_eq(c.dma_max_bytes, 0x1000);
	kaal_manifest_device(&manifest, 0, &d);
	cr_assert_eq(d.component, 0);
	cr_assert_str_eq(d.name, "uart");
	cr_assert_eq(d.selector, KAAL_MANIFEST_BY_COMPATIBLE);
	cr_assert_str_eq(d.selector_text, "arm,pl011");
	cr_assert(d.has_index);
	cr_assert_eq(d.index, 3);
	cr_assert_null(d.bus);
	cr_assert_not(d.shared_page || d.trusted_dma);
	kaal_manifest_device(&manifest, 1, &d);
	cr_assert_eq(d.selector, KAAL_MANIFEST_BY_ALIAS);
	cr_assert_str_eq(d.selector_text, "rtc0");
	cr_assert_not(d.has_index);
	kaal_manifest_device(&manifest, 2, &d);
	cr_assert_eq(d.component, 2);
	cr_assert_eq(d.selector, KAAL_MANIFEST_BY_VIRTIO_ID);
	cr_assert_null(d.selector_text);
	cr_assert_eq(d.virtio_id, 2);
	cr_assert_str_eq(d.bus, "virtio-mmio-bus.24");
	cr_assert_eq(d.bus_index, 24);
	cr_assert(d.shared_page && d.trusted_dma);
	kaal_manifest_device(&manifest, 3, &d);
	cr_assert_eq(d.selector, KAAL_MANIFEST_BY_PATH);
	cr_assert_str_eq(d.selector_text, "/gpio");
}

static void provide(const char *name, uint32_t phandle)
{
	begin(name);
	text("protocol", "test,protocol");
	pair("version", 1, 4);
	number("phandle", phandle);
	end();
}

static void use(const char *name, uint32_t phandle)
{
	begin(name);
	number("service", phandle);
	pair("version", 1, 2);
}

Test(manifest, uses_find_their_service)
{
	struct kaal_manifest_service s;
	struct kaal_manifest_use u;

	component("client");
	begin("uses");
	use("far", 9);
	flag("reconnect");
	number("channel-max", 0x2000);
	end();
	use("near", 7);
	flag("asynchronous");
	end();
	end();
	end();
	component("server");
	begin("provides");
	provide("a", 7);
	provide("b", 9);
	end();
	end();
	accepted();
	cr_assert_eq(manifest.service_count, 2);
	cr_assert_eq(manifest.use_count, 2);
	kaal_manifest_use(&manifest, 0, &u);
	cr_assert_eq(u.component, 0);
	cr_assert_str_eq(u.name, "far");
	cr_assert_eq(u.service, 1);
	cr_assert_eq(u.provider, 1);
	cr_assert_eq(u.version.major, 1);
	cr_assert_eq(u.version.minor, 2);
	cr_assert(u.reconnect && !u.asynchronous);
	cr_assert_eq(u.channel_max_bytes, 0x2000);
	kaal_manifest_use(&manifest, 1, &u);
	cr_assert_eq(u.service, 0);
	cr_assert(!u.reconnect && u.asynchronous);
	cr_assert_eq(u.channel_max_bytes, 0);
	kaal_manifest_service(&manifest, 1, &s);
	cr_assert_eq(s.component, 1);
	cr_assert_str_eq(s.name, "b");
	cr_assert_str_eq(s.protocol, "test,protocol");
	cr_assert_eq(s.version.major, 1);
	cr_assert_eq(s.version.minor, 4);
}

/* --- trees that dtc does not make --------------------------------------------------- */

Test(manifest, a_property_twice)
{
	component("a");
	text("image", "other");
	end();
	refused(tree, finish(), "/components/a: image: found it twice, expected it once (duplicate-property)");
}

Test(manifest, a_component_twice)
{
	component("a");
	end();
	component("a");
	end();
	refused(tree, finish(), "/components/a: found two nodes of this name, expected one (duplicate-node)");
}

Test(manifest, a_folder_twice)
{
	component("a");
	begin("devices");
	end();
	begin("devices");
	end();
	end();
	refused(tree, finish(), "/components/a/devices: found two nodes of this name, expected one (duplicate-node)");
}

Test(manifest, components_twice)
{
	component("a");
	end();
	end();
	begin("components");
	refused(tree, finish(), "/components: found two nodes of this name, expected one (duplicate-node)");
}

Test(manifest, a_phandle_twice)
{
	component("server");
	begin("provides");
	provide("a", 7);
	provide("b", 7);
	end();
	end();
	refused(tree, finish(), "/components/server/provides/b: phandle: found 7, as a has, expected one of its own (duplicate-phandle)");
}

Test(manifest, phandles_that_are_none)
{
	component("server");
	must(fdt_property(tree, "phandle", "\0\0", 2));
	end();
	refused(tree, finish(), "/components/server: phandle: found 2 bytes, expected one cell (4 bytes) (property-type)");
	start();
	component("server");
	number("phandle", 0xffffffff);
	end();
	refused(tree, finish(), "/components/server: phandle: found 4294967295, expected 1 to 4294967294 (range)");
}

Test(manifest, what_is_not_printable_is_not_printed)
{
	begin("a\x1b[2J");
	end();
	refused(tree, finish(), "/components/a?[2J: found the name \"a?[2J\", expected a name of 1 to 31 of a-z 0-9 - (name)");
}

Test(manifest, a_long_path_and_property_are_cut_off)
{
	char name[200];

	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	begin(name);
	end();
	cr_assert_not(kaal_manifest_read(&manifest, tree, finish(), &error));
	cr_assert_eq(strlen(error.node), KAAL_MANIFEST_NODE_BYTES - 1);
	cr_assert_eq(strncmp(error.node, ".../nnn", 7), 0);
	start();
	component("a");
	text(name, "");
	end();
	cr_assert_not(kaal_manifest_read(&manifest, tree, finish(), &error));
	cr_assert_eq(strlen(error.property), KAAL_MANIFEST_PROPERTY_BYTES - 1);
}

Test(manifest, padding_between_tags_is_passed_over)
{
	struct kaal_manifest_component c;
	int node;

	begin("gone");
	end();
	component("a");
	number("priority", 1);
	number("threads-max", 2);
	begin("uses");
	end();
	begin("devices");
	begin("uart");
	flag("shared-page");
	text("alias", "serial0");
	end();
	end();
	end();
	(void)finish();
	must(fdt_nop_node(tree, fdt_path_offset(tree, "/components/gone")));
	node = fdt_path_offset(tree, "/components/a");
	must(fdt_nop_property(tree, node, "priority"));
	must(fdt_nop_node(tree, fdt_path_offset(tree, "/components/a/uses")));
	must(fdt_nop_property(tree, fdt_path_offset(tree, "/components/a/devices/uart"), "shared-page"));
	cr_assert(kaal_manifest_read(&manifest, tree, fdt_totalsize(tree), &error));
	cr_assert_eq(manifest.component_count, 1);
	kaal_manifest_component(&manifest, 0, &c);
	cr_assert_eq(c.priority, 100);
	cr_assert_eq(c.threads_max, 2);
	cr_assert_eq(c.device_count, 1);
}

/* libfdt lets a structure be that ends where it begins; what follows has not been checked. */
Test(manifest, nothing_but_an_end)
{
	uint32_t bytes;

	component("a");
	end();
	bytes = finish();
	tree[fdt_off_dt_struct(tree) + 3] = 9; /* FDT_END instead of the root's FDT_BEGIN_NODE */
	refused(tree, bytes, ".../: compatible: found nothing, expected \"kaal,system\" (missing-property)");
}

/* --- bounds ----------------------------------------------------------------------------- */

static _Alignas(8) char large[KAAL_MANIFEST_BYTES_MAX];

/* `components` components with `nodes` nodes each in one folder; returns the size of the tree. */
static uint32_t make_large(uint32_t components, const char *folder, uint32_t nodes)
{
	char name[16];
	uint32_t count = 0;

	must(fdt_create(large, (int)sizeof large));
	must(fdt_finish_reservemap(large));
	must(fdt_begin_node(large, ""));
	must(fdt_property_string(large, "compatible", "kaal,system"));
	must(fdt_property_u32(large, "version", 1));
	must(fdt_begin_node(large, "components"));
	for (uint32_t i = 0; i < components; i++) {
		snprintf(name, sizeof name, "c%u", i);
		must(fdt_begin_node(large, name));
		must(fdt_property_string(large, "image", "program"));
		must(fdt_begin_node(large, folder));
		for (uint32_t j = 0; j < nodes; j++, count++) {
			bool use_of = strcmp(folder, "uses") == 0;

			snprintf(name, sizeof name, "n%u", j);
			must(fdt_begin_node(large, name));
			if (strcmp(folder, "devices") == 0) {
				must(fdt_property_string(large, "compatible", "test"));
				must(fdt_property_u32(large, "index", count));
			} else {
				must(use_of ? fdt_property_u32(large, "service", 1) : fdt_property_string(large, "protocol", "a,b"));
				must(fdt_property_u64(large, "version", 0));
			}
			must(fdt_end_node(large));
		}
		must(fdt_end_node(large));
		must(fdt_end_node(large));
	}
	must(fdt_end_node(large));
	must(fdt_end_node(large));
	must(fdt_finish(large));
	return fdt_totalsize(large);
}

Test(manifest, as_many_components_as_there_may_be)
{
	uint32_t bytes = make_large(KAAL_MANIFEST_COMPONENTS_MAX, "provides", 2);

	cr_assert(kaal_manifest_read(&manifest, large, bytes, &error));
	cr_assert_eq(manifest.component_count, KAAL_MANIFEST_COMPONENTS_MAX);
	cr_assert_eq(manifest.service_count, KAAL_MANIFEST_SERVICES_MAX);
	refused(large, make_large(KAAL_MANIFEST_COMPONENTS_MAX + 1, "provides", 1),
		"/components: found more than 256 nodes, expected at most 256 (too-many)");
}

Test(manifest, two_of_many_have_the_same_name)
{
	uint32_t bytes = make_large(KAAL_MANIFEST_COMPONENTS_MAX, "provides", 1);
	uint32_t last = (uint32_t)(fdt_get_name(large, fdt_path_offset(large, "/components/c255"), NULL) - large);

	memcpy(large + last, "c100", 4);
	refused(large, bytes, "/components/c100: found two nodes of this name, expected one (duplicate-node)");
}

Test(manifest, as_many_devices_services_and_uses_as_there_may_be)
{
	uint32_t bytes = make_large(16, "devices", 32);

	cr_assert(kaal_manifest_read(&manifest, large, bytes, &error));
	cr_assert_eq(manifest.device_count, KAAL_MANIFEST_DEVICES_MAX);
	refused(large, make_large(17, "devices", 32),
		"/components/c16/devices/n0: found 513 devices in the system, expected at most 512 (too-many)");
	refused(large, make_large(17, "provides", 32),
		"/components/c16/provides/n0: found 513 services in the system, expected at most 512 (too-many)");
	refused(large, make_large(33, "uses", 64),
		"/components/c32/uses/n0: found 2049 uses in the system, expected at most 2048 (too-many)");
}

/* A chain of 256, each the user of the next: deep, and no cycle. */
Test(manifest, the_longest_chain)
{
	char name[16];

	must(fdt_create(large, (int)sizeof large));
	must(fdt_finish_reservemap(large));
	must(fdt_begin_node(large, ""));
	must(fdt_property_string(large, "compatible", "kaal,system"));
	must(fdt_property_u32(large, "version", 1));
	must(fdt_begin_node(large, "components"));
	for (uint32_t i = 0; i < KAAL_MANIFEST_COMPONENTS_MAX; i++) {
		snprintf(name, sizeof name, "c%u", i);
		must(fdt_begin_node(large, name));
		must(fdt_property_string(large, "image", "program"));
		must(fdt_begin_node(large, "provides"));
		must(fdt_begin_node(large, "s"));
		must(fdt_property_string(large, "protocol", "a,b"));
		must(fdt_property_u64(large, "version", 0));
		must(fdt_property_u32(large, "phandle", i + 1));
		must(fdt_end_node(large));
		must(fdt_end_node(large));
		if (i + 1 < KAAL_MANIFEST_COMPONENTS_MAX) {
			must(fdt_begin_node(large, "uses"));
			must(fdt_begin_node(large, "next"));
			must(fdt_property_u32(large, "service", i + 2));
			must(fdt_property_u64(large, "version", 0));
			must(fdt_end_node(large));
			must(fdt_end_node(large));
		}
		must(fdt_end_node(large));
	}
	must(fdt_end_node(large));
	must(fdt_end_node(large));
	must(fdt_finish(large));
	cr_assert(kaal_manifest_read(&manifest, large, fdt_totalsize(large), &error));
	cr_assert_eq(manifest.use_count, KAAL_MANIFEST_COMPONENTS_MAX - 1);
}

/* --- bytes that are no tree ------------------------------------------------------------- */

static uint32_t valid(void)
{
	start();
	component("a");
	end();
	return finish();
}

Test(manifest, not_a_tree)
{
	uint32_t bytes = valid();

	refused(tree, 27, ": found 27 bytes, expected a compiled device tree: 28 bytes at least (format)");
	refused(tree, 0, ": found 0 bytes, expected a compiled device tree: 28 bytes at least (format)");
	refused(large, KAAL_MANIFEST_BYTES_MAX + 1, ": found 1048577 bytes, expected at most 1048576 (format)");
	memmove(tree + 4, tree, bytes);
	refused(tree + 4, bytes, ": found an address that ends with 0x4, expected a multiple of 8 (format)");
	memmove(tree, tree + 4, bytes);
	refused(tree, bytes - 1, ": found a corrupt tree (libfdt: FDT_ERR_TRUNCATED), expected what dtc made, whole (format)");
	fdt_set_version(tree, 16);
	refused(tree, bytes, ": found version 16 of the format, expected 17 (format)");
	fdt_set_magic(tree, 0x7f454c46);
	refused(tree, bytes, ": found magic 0x7f454c46, expected a compiled device tree: magic 0xd00dfeed (format)");
}

Test(manifest, blocks_that_are_wrong)
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

Test(manifest, an_empty_tree)
{
	must(fdt_create_empty_tree(tree, TREE_BYTES));
	refused(tree, fdt_totalsize(tree), "/: compatible: found nothing, expected \"kaal,system\" (missing-property)");
}

Test(manifest, requirements_alone)
{
	static const char expected[] = "/: compatible: found \"kaal,system\", expected \"kaal,requirements\" (choice)";
	uint32_t bytes = valid();

	cr_assert_not(kaal_requirements_check(tree, bytes, &error));
	kaal_manifest_error_text(&error, message);
	cr_assert_str_eq(message, expected, "said: %s", message);
	memset(tree, 0, sizeof tree);
	must(fdt_create(tree, TREE_BYTES));
	must(fdt_finish_reservemap(tree));
	begin("");
	text("compatible", "kaal,requirements");
	number("version", 1);
	begin("devices");
	cr_assert(kaal_requirements_check(tree, finish(), &error));
	cr_assert_not(kaal_requirements_check(tree, KAAL_REQUIREMENTS_BYTES_MAX + 1, &error));
	memset(tree, 0, sizeof tree);
	must(fdt_create(tree, TREE_BYTES));
	must(fdt_finish_reservemap(tree));
	begin("");
	text("compatible", "kaal,requirements");
	number("version", 1);
	begin("uses");
	end();
	begin("uses");
	cr_assert_not(kaal_requirements_check(tree, finish(), &error));
	cr_assert_str_eq(error.rule, "duplicate-node");
}
