#include "storage.h"

#include "broker.h"

#define THINGS_EACH 32u /* on average */
#define THINGS_MIN 512u
#define THINGS_MAX 4096u
#define SPLITS_EACH 256u
#define SPLITS_ALL 2048u
#define SPLITS_EACH_MIN 32u
#define DEVICE_NODES 8u /* blocks of registers, and splits of them */
#define ALIGNMENT UINT64_C(16)

/* The next `count` elements of `bytes` bytes; only counted where there is no storage. */
static void *carve(void *storage, uint64_t *used, uint64_t count, uint64_t bytes)
{
	void *at = storage == NULL ? NULL : (uint8_t *)storage + *used;

	*used += (count * bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	return at;
}

uint64_t broker_storage_lay_out(struct broker *broker, const struct kaal_manifest *manifest, void *storage, uint32_t things, uint32_t nodes,
				uint64_t **holders)
{
	uint64_t used = 0;

	broker->component = carve(storage, &used, manifest->component_count, sizeof *broker->component);
	broker->device = carve(storage, &used, manifest->device_count, sizeof *broker->device);
	broker->range = carve(storage, &used, (uint64_t)manifest->device_count * KAAL_BROKER_RANGES_MAX, sizeof *broker->range);
	broker->span = carve(storage, &used, (uint64_t)manifest->device_count * KAAL_BROKER_RANGES_MAX, sizeof *broker->span);
	broker->service = carve(storage, &used, manifest->service_count, sizeof *broker->service);
	broker->use = carve(storage, &used, manifest->use_count, sizeof *broker->use);
	broker->thing = carve(storage, &used, (uint64_t)things + 1, sizeof *broker->thing);
	*holders = carve(storage, &used, KAAL_PHYSICAL_HOLDERS(nodes, manifest->component_count), sizeof **holders);
	return used;
}

uint64_t broker_storage_bytes(const struct kaal_manifest *manifest)
{
	struct broker none;
	uint64_t *holders;

	return broker_nodes_bytes(manifest) +
	       broker_storage_lay_out(&none, manifest, NULL, broker_things(manifest), broker_nodes(manifest), &holders);
}

uint32_t broker_things(const struct kaal_manifest *manifest)
{
	uint32_t things = THINGS_EACH * manifest->component_count;

	return things < THINGS_MIN ? THINGS_MIN : things > THINGS_MAX ? THINGS_MAX : things;
}

uint32_t broker_split_count(const struct kaal_manifest *manifest)
{
	uint32_t count = manifest->component_count, splits = SPLITS_EACH * count;

	splits = splits < SPLITS_ALL ? splits : SPLITS_ALL;
	return splits < SPLITS_EACH_MIN * count ? SPLITS_EACH_MIN * count : splits;
}

uint32_t broker_nodes(const struct kaal_manifest *manifest)
{
	return KAAL_PHYSICAL_NODES(BROKER_RAM_BLOCKS + DEVICE_NODES * manifest->device_count, BROKER_OWN_SPLITS + broker_split_count(manifest));
}

uint64_t broker_nodes_bytes(const struct kaal_manifest *manifest)
{
	return (broker_nodes(manifest) * sizeof(struct kaal_physical_node) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}
