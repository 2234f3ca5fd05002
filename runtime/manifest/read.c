/* A description from its first byte on: each node by the schema, and the tables that accessors and rules use. */
#include "tree.h"

#include <string.h>

/* Of one component. */
#define DEVICES_MAX 32u
#define SERVICES_MAX 32u
#define USES_MAX 64u

static const char *const folders[] = { "devices", "provides", "uses" };

static bool is_folder(const char *name)
{
	for (uint32_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strcmp(name, folders[i]) == 0)
			return true;
	return false;
}

/* A device says in exactly one way which one it is. */
static bool check_device(const struct check *check, int node)
{
	static const uint32_t selectors[] = { DEVICE_COMPATIBLE, DEVICE_ALIAS, DEVICE_PATH, DEVICE_VIRTIO_ID };
	struct tree_values values;
	const char *found = NULL;
	bool by_virtio;

	tree_read(check->blob, node, NODE_DEVICE, &values);
	for (uint32_t i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
		const char *selector = values.properties[selectors[i]].name;

		if (!values_has(&values, selectors[i]))
			continue;
		if (found != NULL)
			return check_fail(check, "device-selector", node, "", "%s and %s",
					  "exactly one of compatible, alias, path and virtio-id", found, selector);
		found = selector;
	}
	if (found == NULL)
		return check_fail(check, "device-selector", node, "", "none", "exactly one of compatible, alias, path and virtio-id");
	by_virtio = values_has(&values, DEVICE_VIRTIO_ID);
	if (values_has(&values, DEVICE_INDEX) && !by_virtio && !values_has(&values, DEVICE_COMPATIBLE))
		return check_fail(check, "device-index", node, "index", "it beside %s", "it beside compatible or virtio-id only", found);
	if (values_has(&values, DEVICE_BUS) && !by_virtio)
		return check_fail(check, "device-bus", node, "bus", "it beside %s", "it beside virtio-id only", found);
	if (values_has(&values, DEVICE_BUS) && values_has(&values, DEVICE_INDEX))
		return check_fail(check, "device-bus", node, "bus", "it beside index", "one of the two: a bus has one device");
	return true;
}

static bool check_schedule(const struct check *check, int node, const struct tree_values *values)
{
	uint64_t priority = values_number(values, COMPONENT_PRIORITY);
	uint64_t ceiling = values_number(values, COMPONENT_PRIORITY_CEILING);
	uint64_t budget = values_number(values, COMPONENT_BUDGET_US);
	uint64_t period = values_number(values, COMPONENT_PERIOD_US);
	bool has_budget = values_has(values, COMPONENT_BUDGET_US), has_period = values_has(values, COMPONENT_PERIOD_US);

	if (values_has(values, COMPONENT_PRIORITY_CEILING) && ceiling < priority)
		return check_fail(check, "priority-ceiling", node, "priority-ceiling", "%d", "no less than the priority, %d", ceiling,
				  priority);
	if (has_budget != has_period)
		return check_fail(check, "budget-period", node, has_budget ? "period-us" : "budget-us", "nothing",
				  "it beside %s, or neither", has_budget ? "budget-us" : "period-us");
	if (budget > period)
		return check_fail(check, "budget-period", node, "budget-us", "%d", "at most the period, %d", budget, period);
	return true;
}

static bool check_memory(const struct check *check, int node, const struct tree_values *values)
{
	uint64_t memory = values_number(values, COMPONENT_MEMORY_MAX);
	uint64_t stack = values_number(values, COMPONENT_STACK_SIZE);
	uint64_t dma = values_number(values, COMPONENT_DMA_MAX);
	int folder, device;

	if (stack >= memory)
		return check_fail(check, "memory-parts", node, "stack-size", "%d", "less than memory-max, %d", stack, memory);
	if (dma >= memory)
		return check_fail(check, "memory-parts", node, "dma-max", "%d", "less than memory-max, %d", dma, memory);
	if (dma == 0)
		return true;
	folder = tree_child(check->blob, node, "devices");
	if (folder >= 0)
		tree_for_each_node (device, check->blob, folder)
			if (tree_has(check->blob, device, "trusted-dma"))
				return true;
	return check_fail(check, "dma-trust", node, "dma-max", "%d", "0, or a device with trusted-dma", dma);
}

static bool check_restart(const struct check *check, int node, const struct tree_values *values)
{
	static const uint32_t limits[] = { COMPONENT_RESTARTS_MAX, COMPONENT_RESTART_WINDOW_MS };

	if (values_choice(values, COMPONENT_RESTART) != KAAL_MANIFEST_RESTART_NEVER)
		return true;
	for (uint32_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (values_has(values, limits[i]))
			return check_fail(check, "restart-limits", node, values->properties[limits[i]].name, "it, and restart \"never\"",
					  "it beside restart \"on-failure\" or \"always\" only");
	return true;
}

/* Lists in which a text twice is a slip. */
static bool check_unique(const struct check *check, int node, const struct tree_values *values, uint32_t list)
{
	struct kaal_manifest_texts texts = values_texts(values, list);

	for (size_t i = 0; i < texts.bytes; i += strlen(texts.first + i) + 1)
		for (size_t j = 0; j < i; j += strlen(texts.first + j) + 1)
			if (strcmp(texts.first + i, texts.first + j) == 0)
				return check_fail(check, "duplicate-text", node, values->properties[list].name, "%q twice", "it once",
						  texts.first + i);
	return true;
}

static bool check_values(const struct check *check, int node)
{
	struct tree_values values;

	tree_read(check->blob, node, NODE_COMPONENT, &values);
	return check_schedule(check, node, &values) && check_memory(check, node, &values) && check_restart(check, node, &values) &&
	       check_unique(check, node, &values, COMPONENT_FILES) && check_unique(check, node, &values, COMPONENT_PRIVILEGES);
}

static bool full(const struct check *check, int node, const char *what, uint32_t max)
{
	return check_fail(check, "too-many", node, "", "%d %s in the system", "at most %d", (uint64_t)max + 1, what, (uint64_t)max);
}

static bool take_device(void *context, const struct check *check, int node)
{
	struct kaal_manifest *manifest = context;

	if (manifest->device_count == KAAL_MANIFEST_DEVICES_MAX)
		return full(check, node, "devices", KAAL_MANIFEST_DEVICES_MAX);
	manifest->device[manifest->device_count].node = node;
	manifest->device[manifest->device_count++].component = manifest->component_count;
	return check_device(check, node);
}

static bool take_service(void *context, const struct check *check, int node)
{
	struct kaal_manifest *manifest = context;

	if (manifest->service_count == KAAL_MANIFEST_SERVICES_MAX)
		return full(check, node, "services", KAAL_MANIFEST_SERVICES_MAX);
	manifest->service[manifest->service_count].node = node;
	manifest->service[manifest->service_count].component = manifest->component_count;
	manifest->service[manifest->service_count++].phandle = tree_link(check->blob, node, "phandle");
	return true;
}

static bool take_use(void *context, const struct check *check, int node)
{
	struct kaal_manifest *manifest = context;

	if (manifest->use_count == KAAL_MANIFEST_USES_MAX)
		return full(check, node, "uses", KAAL_MANIFEST_USES_MAX);
	manifest->use[manifest->use_count].node = node;
	manifest->use[manifest->use_count++].component = (uint16_t)manifest->component_count;
	return true;
}

static bool read_component(struct kaal_manifest *manifest, const struct check *check, int node)
{
	int child;

	if (!tree_check_properties(check, node, NODE_COMPONENT))
		return false;
	tree_for_each_node (child, check->blob, node) {
		if (!is_folder(tree_name(check->blob, child)))
			return check_fail(check, "unknown-node", child, "", "an unknown node", "devices, provides or uses");
		for (int other = tree_first_node(check->blob, node); other != child; other = tree_next_node(check->blob, other))
			if (strcmp(tree_name(check->blob, other), tree_name(check->blob, child)) == 0)
				return check_fail(check, "duplicate-node", child, "", "two nodes of this name", "one");
	}
	return tree_check_folder(check, node, "devices", NODE_DEVICE, DEVICES_MAX, take_device, manifest) &&
	       tree_check_folder(check, node, "provides", NODE_SERVICE, SERVICES_MAX, take_service, manifest) &&
	       tree_check_folder(check, node, "uses", NODE_USE, USES_MAX, take_use, manifest) && check_values(check, node);
}

static void begin_component(struct kaal_manifest *manifest, int node)
{
	manifest->component[manifest->component_count].node = node;
	manifest->component[manifest->component_count].first_device = (uint16_t)manifest->device_count;
	manifest->component[manifest->component_count].first_service = (uint16_t)manifest->service_count;
	manifest->component[manifest->component_count].first_use = (uint16_t)manifest->use_count;
}

static bool read_components(struct kaal_manifest *manifest, const struct check *check, int folder)
{
	int nodes[TREE_CHILDREN_MAX];
	uint32_t count = 0;

	if (!tree_check_properties(check, folder, NODE_FOLDER) ||
	    !tree_children(check, folder, KAAL_MANIFEST_COMPONENTS_MAX, nodes, &count))
		return false;
	if (count == 0)
		return check_fail(check, "no-component", folder, "", "no node", "a node for each component, 1 at least");
	for (; manifest->component_count < count; manifest->component_count++) {
		begin_component(manifest, nodes[manifest->component_count]);
		if (!read_component(manifest, check, nodes[manifest->component_count]))
			return false;
	}
	begin_component(manifest, -1);
	return true;
}

bool kaal_manifest_read(struct kaal_manifest *manifest, const void *blob, uint64_t bytes, struct kaal_manifest_error *error)
{
	const struct check check = { blob, error, "" };
	int components, child;

	memset(manifest, 0, sizeof *manifest);
	manifest->blob = blob;
	if (!tree_check(&check, bytes, KAAL_MANIFEST_BYTES_MAX) || !tree_check_properties(&check, 0, NODE_SYSTEM))
		return false;
	components = tree_child(blob, 0, "components");
	if (components < 0)
		return check_fail(&check, "missing-node", 0, "", "no node components", "one, with a node for each component");
	tree_for_each_node (child, blob, 0)
		if (child != components)
			return strcmp(tree_name(blob, child), "components") == 0
				       ? check_fail(&check, "duplicate-node", child, "", "two nodes of this name", "one")
				       : check_fail(&check, "unknown-node", child, "", "an unknown node", "components");
	return read_components(manifest, &check, components) && rules_check(manifest, &check);
}
