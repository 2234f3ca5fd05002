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
	static const char *const selectors[] = { "compatible", "alias", "path", "virtio-id" };
	const char *found = NULL;

	for (uint32_t i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
		if (!tree_has(check->blob, node, selectors[i]))
			continue;
		if (found != NULL)
			return check_fail(check, "device-selector", node, "", "%s and %s",
					  "exactly one of compatible, alias, path and virtio-id", found, selectors[i]);
		found = selectors[i];
	}
	if (found == NULL)
		return check_fail(check, "device-selector", node, "", "none", "exactly one of compatible, alias, path and virtio-id");
	if (tree_has(check->blob, node, "index") && strcmp(found, "compatible") != 0 && strcmp(found, "virtio-id") != 0)
		return check_fail(check, "device-index", node, "index", "it beside %s", "it beside compatible or virtio-id only", found);
	if (tree_has(check->blob, node, "bus") && strcmp(found, "virtio-id") != 0)
		return check_fail(check, "device-bus", node, "bus", "it beside %s", "it beside virtio-id only", found);
	if (tree_has(check->blob, node, "bus") && tree_has(check->blob, node, "index"))
		return check_fail(check, "device-bus", node, "bus", "it beside index", "one of the two: a bus has one device");
	return true;
}

static bool check_schedule(const struct check *check, int node)
{
	const void *blob = check->blob;
	uint64_t priority = tree_number(blob, node, NODE_COMPONENT, "priority");
	uint64_t budget = tree_number(blob, node, NODE_COMPONENT, "budget-us");
	uint64_t period = tree_number(blob, node, NODE_COMPONENT, "period-us");
	bool has_budget = tree_has(blob, node, "budget-us"), has_period = tree_has(blob, node, "period-us");

	if (tree_has(blob, node, "priority-ceiling") && tree_number(blob, node, NODE_COMPONENT, "priority-ceiling") < priority)
		return check_fail(check, "priority-ceiling", node, "priority-ceiling", "%d", "no less than the priority, %d",
				  tree_number(blob, node, NODE_COMPONENT, "priority-ceiling"), priority);
	if (has_budget != has_period)
		return check_fail(check, "budget-period", node, has_budget ? "period-us" : "budget-us", "nothing",
				  "it beside %s, or neither", has_budget ? "budget-us" : "period-us");
	if (budget > period)
		return check_fail(check, "budget-period", node, "budget-us", "%d", "at most the period, %d", budget, period);
	return true;
}

static bool check_memory(const struct check *check, int node)
{
	const void *blob = check->blob;
	uint64_t memory = tree_number(blob, node, NODE_COMPONENT, "memory-max");
	uint64_t stack = tree_number(blob, node, NODE_COMPONENT, "stack-size");
	uint64_t dma = tree_number(blob, node, NODE_COMPONENT, "dma-max");
	int folder = tree_child(blob, node, "devices"), device;

	if (stack >= memory)
		return check_fail(check, "memory-parts", node, "stack-size", "%d", "less than memory-max, %d", stack, memory);
	if (dma >= memory)
		return check_fail(check, "memory-parts", node, "dma-max", "%d", "less than memory-max, %d", dma, memory);
	if (dma == 0)
		return true;
	if (folder >= 0)
		tree_for_each_node (device, blob, folder)
			if (tree_has(blob, device, "trusted-dma"))
				return true;
	return check_fail(check, "dma-trust", node, "dma-max", "%d", "0, or a device with trusted-dma", dma);
}

static bool check_restart(const struct check *check, int node)
{
	static const char *const limits[] = { "restarts-max", "restart-window-ms" };

	if (tree_choice(check->blob, node, NODE_COMPONENT, "restart") != KAAL_MANIFEST_RESTART_NEVER)
		return true;
	for (uint32_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (tree_has(check->blob, node, limits[i]))
			return check_fail(check, "restart-limits", node, limits[i], "it, and restart \"never\"",
					  "it beside restart \"on-failure\" or \"always\" only");
	return true;
}

/* Lists in which a text twice is a slip. */
static bool check_unique(const struct check *check, int node, const char *property)
{
	struct kaal_manifest_texts texts = tree_texts(check->blob, node, property);

	for (uint32_t i = 0; i < texts.count; i++) {
		const char *text = kaal_manifest_text(&texts, i);

		for (uint32_t j = 0; j < i; j++)
			if (strcmp(text, kaal_manifest_text(&texts, j)) == 0)
				return check_fail(check, "duplicate-text", node, property, "%q twice", "it once", text);
	}
	return true;
}

/* Takes the nodes of one folder; `take` fills the table. */
static bool read_folder(struct kaal_manifest *manifest, const struct check *check, int component, const char *name,
			enum schema_node type, uint32_t max,
			bool (*take)(struct kaal_manifest *, const struct check *, int node))
{
	int nodes[TREE_CHILDREN_MAX];
	int folder = tree_child(check->blob, component, name);
	uint32_t count = 0;

	if (folder < 0)
		return true;
	if (!tree_check_properties(check, folder, NODE_FOLDER) || !tree_children(check, folder, max, nodes, &count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!tree_check_properties(check, nodes[i], type) || !tree_check_leaf(check, nodes[i], type) ||
		    !take(manifest, check, nodes[i]))
			return false;
	return true;
}

static bool full(const struct check *check, int node, const char *what, uint32_t max)
{
	return check_fail(check, "too-many", node, "", "%d %s in the system", "at most %d", (uint64_t)max + 1, what, (uint64_t)max);
}

static bool take_device(struct kaal_manifest *manifest, const struct check *check, int node)
{
	if (manifest->device_count == KAAL_MANIFEST_DEVICES_MAX)
		return full(check, node, "devices", KAAL_MANIFEST_DEVICES_MAX);
	manifest->device[manifest->device_count].node = node;
	manifest->device[manifest->device_count++].component = manifest->component_count;
	return check_device(check, node);
}

static bool take_service(struct kaal_manifest *manifest, const struct check *check, int node)
{
	if (manifest->service_count == KAAL_MANIFEST_SERVICES_MAX)
		return full(check, node, "services", KAAL_MANIFEST_SERVICES_MAX);
	manifest->service[manifest->service_count].node = node;
	manifest->service[manifest->service_count].component = manifest->component_count;
	manifest->service[manifest->service_count++].phandle = tree_link(check->blob, node, "phandle");
	return true;
}

static bool take_use(struct kaal_manifest *manifest, const struct check *check, int node)
{
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
	return read_folder(manifest, check, node, "devices", NODE_DEVICE, DEVICES_MAX, take_device) &&
	       read_folder(manifest, check, node, "provides", NODE_SERVICE, SERVICES_MAX, take_service) &&
	       read_folder(manifest, check, node, "uses", NODE_USE, USES_MAX, take_use) && check_schedule(check, node) &&
	       check_memory(check, node) && check_restart(check, node) && check_unique(check, node, "files") &&
	       check_unique(check, node, "privileges");
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
