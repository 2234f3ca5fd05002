/* What a description says, by the accessors. */
#include "manifest_fixture.h"

TestSuite(items, .init = start);

Test(items, defaults)
{
	struct kaal_manifest_component c;

	component("hello");
	tree_close(1);
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

Test(items, values)
{
	struct kaal_manifest_component c;

	component("one");
	tree_close(1);
	component("two");
	tree_must(fdt_property(tree, "arguments", "-v\0\0last", 9));
	tree_text("environment", "A=1");
	tree_must(fdt_property(tree, "files", "a\0b/c", 6));
	tree_number("priority", 7);
	tree_number("priority-ceiling", 9);
	tree_number("budget-us", 60);
	tree_number("period-us", 70);
	tree_number("threads-max", 5);
	tree_number("stack-size", 0x3000);
	tree_pair("memory-max", 2, 0x1000);
	tree_text("restart", "always");
	tree_number("restarts-max", 11);
	tree_number("restart-window-ms", 12);
	tree_text("escalation", "power-off");
	tree_flag("critical");
	tree_must(fdt_property(tree, "privileges", "debug\0power", 12));
	tree_close(1);
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

Test(items, every_privilege_has_its_bit)
{
	struct kaal_manifest_component c;

	component("a");
	tree_text("privileges", "supervision");
	tree_close(1);
	component("b");
	tree_text("privileges", "console");
	tree_close(1);
	accepted();
	kaal_manifest_component(&manifest, 0, &c);
	cr_assert_eq(c.privileges, KAAL_MANIFEST_SUPERVISION);
	kaal_manifest_component(&manifest, 1, &c);
	cr_assert_eq(c.privileges, KAAL_MANIFEST_CONSOLE);
}

Test(items, devices_belong_to_their_components)
{
	struct kaal_manifest_component c;
	struct kaal_manifest_device d;

	component("first");
	tree_open("devices");
	tree_open("uart");
	tree_text("compatible", "arm,pl011");
	tree_number("index", 3);
	tree_close(1);
	tree_open("clock");
	tree_text("alias", "rtc0");
	tree_close(3);
	component("none");
	tree_close(1);
	component("last");
	tree_number("dma-max", 0x1000);
	tree_open("devices");
	tree_open("disk");
	tree_number("virtio-id", 2);
	tree_text("bus", "virtio-mmio-bus.24");
	tree_flag("shared-page");
	tree_flag("trusted-dma");
	tree_close(1);
	tree_open("gpio");
	tree_text("path", "/gpio");
	tree_close(3);
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

static void use(const char *name, uint32_t phandle)
{
	tree_open(name);
	tree_number("service", phandle);
	tree_pair("version", 1, 2);
}

Test(items, uses_find_their_service)
{
	struct kaal_manifest_service s;
	struct kaal_manifest_use u;

	component("client");
	tree_open("uses");
	use("far", 9);
	tree_flag("reconnect");
	tree_number("channel-max", 0x2000);
	tree_close(1);
	use("near", 7);
	tree_flag("asynchronous");
	tree_close(3);
	component("server");
	tree_open("provides");
	provide("a", 7);
	provide("b", 9);
	tree_close(2);
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
