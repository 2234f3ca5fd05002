/* Items of a description that has been read. */
#include "tree.h"

#include <string.h>

static uint32_t number32(const struct tree_values *values, uint32_t index)
{
	return (uint32_t)values_number(values, index);
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

static uint32_t privileges_of(const struct tree_values *values)
{
	struct kaal_manifest_texts texts = values_texts(values, COMPONENT_PRIVILEGES);
	uint32_t privileges = 0;

	for (uint32_t i = 0; i < texts.count; i++)
		privileges |= 1u << schema_choice(SCHEMA_PRIVILEGES, kaal_manifest_text(&texts, i));
	return privileges;
}

void kaal_manifest_component(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_component *component)
{
	int node = manifest->component[index].node;
	struct tree_values values;

	tree_read(manifest->blob, node, NODE_COMPONENT, &values);
	*component = (struct kaal_manifest_component){
		.name = tree_name(manifest->blob, node),
		.image = values_text(&values, COMPONENT_IMAGE),
		.arguments = values_texts(&values, COMPONENT_ARGUMENTS),
		.environment = values_texts(&values, COMPONENT_ENVIRONMENT),
		.files = values_texts(&values, COMPONENT_FILES),
		.priority = number32(&values, COMPONENT_PRIORITY),
		.budget_us = number32(&values, COMPONENT_BUDGET_US),
		.period_us = number32(&values, COMPONENT_PERIOD_US),
		.threads_max = number32(&values, COMPONENT_THREADS_MAX),
		.stack_bytes = values_number(&values, COMPONENT_STACK_SIZE),
		.memory_max_bytes = values_number(&values, COMPONENT_MEMORY_MAX),
		.dma_max_bytes = values_number(&values, COMPONENT_DMA_MAX),
		.on_demand = values_choice(&values, COMPONENT_START) != 0,
		.restart = (enum kaal_manifest_restart)values_choice(&values, COMPONENT_RESTART),
		.restarts_max = number32(&values, COMPONENT_RESTARTS_MAX),
		.restart_window_ms = number32(&values, COMPONENT_RESTART_WINDOW_MS),
		.escalation = (enum kaal_manifest_escalation)values_choice(&values, COMPONENT_ESCALATION),
		.critical = values_has(&values, COMPONENT_CRITICAL),
		.privileges = privileges_of(&values),
	};
	component->priority_ceiling = values_has(&values, COMPONENT_PRIORITY_CEILING) ? number32(&values, COMPONENT_PRIORITY_CEILING)
										      : component->priority;
	fill_shares(manifest, index, component);
}

static void select_device(const struct tree_values *values, struct kaal_manifest_device *device)
{
	static const uint32_t texts[] = {
		[KAAL_MANIFEST_BY_COMPATIBLE] = DEVICE_COMPATIBLE,
		[KAAL_MANIFEST_BY_ALIAS] = DEVICE_ALIAS,
		[KAAL_MANIFEST_BY_PATH] = DEVICE_PATH,
	};

	device->selector = KAAL_MANIFEST_BY_VIRTIO_ID;
	for (uint32_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (values_has(values, texts[i])) {
			device->selector = (enum kaal_manifest_selector)i;
			device->selector_text = values_text(values, texts[i]);
		}
	}
}

void kaal_manifest_device(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_device *device)
{
	int node = manifest->device[index].node;
	struct tree_values values;

	tree_read(manifest->blob, node, NODE_DEVICE, &values);
	*device = (struct kaal_manifest_device){
		.component = manifest->device[index].component,
		.name = tree_name(manifest->blob, node),
		.virtio_id = number32(&values, DEVICE_VIRTIO_ID),
		.has_index = values_has(&values, DEVICE_INDEX),
		.index = number32(&values, DEVICE_INDEX),
		.bus = values_text(&values, DEVICE_BUS),
		.shared_page = values_has(&values, DEVICE_SHARED_PAGE),
		.trusted_dma = values_has(&values, DEVICE_TRUSTED_DMA),
	};
	if (device->bus != NULL)
		(void)schema_bus_index(device->bus, &device->bus_index);
	select_device(&values, device);
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
