/* As much as there may be, and more. */
#include "manifest_fixture.h"

TestSuite(bounds, .init = start);

static _Alignas(8) char large[KAAL_MANIFEST_BYTES_MAX];

/* `components` components with `nodes` nodes each in one folder; returns the size of the tree. */
static uint32_t make_large(uint32_t components, const char *folder, uint32_t nodes)
{
	char name[16];
	uint32_t count = 0;

	start_in(large, sizeof large);
	for (uint32_t i = 0; i < components; i++) {
		snprintf(name, sizeof name, "c%u", i);
		tree_open(name);
		tree_text("image", "program");
		tree_open(folder);
		for (uint32_t j = 0; j < nodes; j++, count++) {
			snprintf(name, sizeof name, "n%u", j);
			tree_open(name);
			if (strcmp(folder, "devices") == 0) {
				tree_text("compatible", "test");
				tree_number("index", count);
			} else {
				if (strcmp(folder, "uses") == 0)
					tree_number("service", 1);
				else
					tree_text("protocol", "a,b");
				tree_pair("version", 0, 0);
			}
			tree_close(1);
		}
		tree_close(2);
	}
	return finish();
}

Test(bounds, as_many_components_as_there_may_be)
{
	uint32_t bytes = make_large(KAAL_MANIFEST_COMPONENTS_MAX, "provides", 2);

	cr_assert(kaal_manifest_read(&manifest, large, bytes, &error));
	cr_assert_eq(manifest.component_count, KAAL_MANIFEST_COMPONENTS_MAX);
	cr_assert_eq(manifest.service_count, KAAL_MANIFEST_SERVICES_MAX);
	refused(large, make_large(KAAL_MANIFEST_COMPONENTS_MAX + 1, "provides", 1),
		"/components: found more than 256 nodes, expected at most 256 (too-many)");
}

Test(bounds, two_of_many_have_the_same_name)
{
	uint32_t bytes = make_large(KAAL_MANIFEST_COMPONENTS_MAX, "provides", 1);
	uint32_t last = (uint32_t)(fdt_get_name(large, fdt_path_offset(large, "/components/c255"), NULL) - large);

	memcpy(large + last, "c100", 4);
	refused(large, bytes, "/components/c100: found two nodes of this name, expected one (duplicate-node)");
}

Test(bounds, as_many_devices_services_and_uses_as_there_may_be)
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
Test(bounds, the_longest_chain)
{
	char name[16];

	start_in(large, sizeof large);
	for (uint32_t i = 0; i < KAAL_MANIFEST_COMPONENTS_MAX; i++) {
		snprintf(name, sizeof name, "c%u", i);
		tree_open(name);
		tree_text("image", "program");
		tree_open("provides");
		tree_open("s");
		tree_text("protocol", "a,b");
		tree_pair("version", 0, 0);
		tree_number("phandle", i + 1);
		tree_close(2);
		if (i + 1 < KAAL_MANIFEST_COMPONENTS_MAX) {
			tree_open("uses");
			tree_open("next");
			tree_number("service", i + 2);
			tree_pair("version", 0, 0);
			tree_close(2);
		}
		tree_close(1);
	}
	cr_assert(kaal_manifest_read(&manifest, large, finish(), &error));
	cr_assert_eq(manifest.use_count, KAAL_MANIFEST_COMPONENTS_MAX - 1);
}
