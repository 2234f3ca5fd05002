/* Items of a description that has been read. */
#include "tree.h"

#include <string.h>

static const void *blob_of(const struct kaal_manifest *manifest)
{
	return manifest->blob;
}

static uint32_t number32(const struct kaal_manifest *manifest, int node, enum schema_node type, const char *name)
{
	return (uint32_t)tree_number(blob_of(manifest), node, type, name);
}

static void fill_shares(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_component *component)
{
	component->first_device = manifest->component[index].first_device;
	component->device_count = (uint32_t)(manifest->component[index + 1].first_device - component->first_device);
	component->first_service = manifest->component[index].first_service;
	component->service_count = (uint32_t)(manifest->component[index + 1].first_service - component->first_service);
	component->first_use = manifest->component[index].first_use;
	component->use_count = (uint32_t)(manifest->component[index + 1].first_use - component->first_use);
}

void kaal_manifest_component(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_component *component)
{
	const void *blob = manifest->blob;
	int node = manifest->component[index].node;

	*component = (struct kaal_manifest_component){
		.name = tree_name(blob, node),
		.image = tree_text(blob, node, "image"),
		.arguments = tree_texts(blob, node, "arguments"),
		.environment = tree_texts(blob, node, "environment"),
		.files = tree_texts(blob, node, "files"),
		.priority = number32(manifest, node, NODE_COMPONENT, "priority"),
		.budget_us = number32(manifest, node, NODE_COMPONENT, "budget-us"),
		.period_us = number32(manifest, node, NODE_COMPONENT, "period-us"),
		.threads_max = number32(manifest, node, NODE_COMPONENT, "threads-max"),
		.stack_bytes = tree_number(blob, node, NODE_COMPONENT, "stack-size"),
		.memory_max_bytes = tree_number(blob, node, NODE_COMPONENT, "memory-max"),
		.dma_max_bytes = tree_number(blob, node, NODE_COMPONENT, "dma-max"),
		.restart = (enum kaal_manifest_restart)tree_choice(blob, node, NODE_COMPONENT, "restart"),
		.restarts_max = number32(manifest, node, NODE_COMPONENT, "restarts-max"),
		.restart_window_ms = number32(manifest, node, NODE_COMPONENT, "restart-window-ms"),
		.escalation = (enum kaal_manifest_escalation)tree_choice(blob, node, NODE_COMPONENT, "escalation"),
		.critical = tree_has(blob, node, "critical"),
		.privileges = tree_privileges(blob, node),
	};
	component->priority_ceiling = tree_has(blob, node, "priority-ceiling")
					      ? number32(manifest, node, NODE_COMPONENT, "priority-ceiling")
					      : component->priority;
	fill_shares(manifest, index, component);
}

static void select_device(const void *blob, int node, struct kaal_manifest_device *device)
{
	static const char *const names[] = {
		[KAAL_MANIFEST_BY_COMPATIBLE] = "compatible",
		[KAAL_MANIFEST_BY_ALIAS] = "alias",
		[KAAL_MANIFEST_BY_PATH] = "path",
	};

	device->selector = KAAL_MANIFEST_BY_VIRTIO_ID;
	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (tree_has(blob, node, names[i])) {
			device->selector = (enum kaal_manifest_selector)i;
			device->selector_text = tree_text(blob, node, names[i]);
		}
	}
}

void kaal_manifest_device(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_device *device)
{
	const void *blob = manifest->blob;
	int node = manifest->device[index].node;

	*device = (struct kaal_manifest_device){
		.component = manifest->device[index].component,
		.name = tree_name(blob, node),
		.virtio_id = number32(manifest, node, NODE_DEVICE, "virtio-id"),
		.has_index = tree_has(blob, node, "index"),
		.index = number32(manifest, node, NODE_DEVICE, "index"),
		.bus = tree_text(blob, node, "bus"),
		.shared_page = tree_has(blob, node, "shared-page"),
		.trusted_dma = tree_has(blob, node, "trusted-dma"),
	};
	if (device->bus != NULL)
		(void)schema_bus_index(device->bus, &device->bus_index);
	select_device(blob, node, device);
}

void kaal_manifest_service(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_service *service)
{
	int node = manifest->service[index].node;

	*service = (struct kaal_manifest_service){
		.component = manifest->service[index].component,
		.name = tree_name(manifest->blob, node),
		.protocol = tree_text(manifest->blob, node, "protocol"),
		.version = tree_version(manifest->blob, node),
	};
}

void kaal_manifest_use(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_use *use)
{
	const void *blob = manifest->blob;
	int node = manifest->use[index].node;

	*use = (struct kaal_manifest_use){
		.component = manifest->use[index].component,
		.name = tree_name(blob, node),
		.service = manifest->use[index].service,
		.provider = manifest->service[manifest->use[index].service].component,
		.version = tree_version(blob, node),
		.reconnect = tree_has(blob, node, "reconnect"),
		.asynchronous = tree_has(blob, node, "asynchronous"),
		.channel_max_bytes = tree_number(blob, node, NODE_USE, "channel-max"),
	};
}

uint32_t kaal_manifest_find(const struct kaal_manifest *manifest, const char *name)
{
	uint32_t index = 0;

	while (index < manifest->component_count && strcmp(tree_name(manifest->blob, manifest->component[index].node), name) != 0)
		index++;
	return index;
}
