#include "storage.h"

#include "broker.h"

#define THINGS_EACH 32u /* on average */
#define THINGS_MIN 512u
#define THINGS_MAX 4096u
#define ALIGNMENT UINT64_C(16)

/* The next `count` elements of `bytes` bytes; only counted where there is no storage. */
static void *carve(void *storage, uint64_t *used, uint64_t count, uint64_t bytes)
{
	void *at = storage == NULL ? NULL : (uint8_t *)storage + *used;

	*used += (count * bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	return at;
}

uint64_t broker_storage_lay_out(struct broker *broker, const struct kaal_manifest *manifest, void *storage, uint32_t things)
{
	uint64_t used = 0;

	broker->component = carve(storage, &used, manifest->component_count, sizeof *broker->component);
	broker->device = carve(storage, &used, manifest->device_count, sizeof *broker->device);
	broker->span = carve(storage, &used, manifest->device_count, sizeof *broker->span);
	broker->service = carve(storage, &used, manifest->service_count, sizeof *broker->service);
	broker->use = carve(storage, &used, manifest->use_count, sizeof *broker->use);
	broker->thing = carve(storage, &used, (uint64_t)things + 1, sizeof *broker->thing);
	return used;
}

uint64_t broker_storage_bytes(const struct kaal_manifest *manifest, uint32_t things)
{
	struct broker none;

	return broker_storage_lay_out(&none, manifest, NULL, things);
}

uint32_t broker_things(const struct kaal_manifest *manifest)
{
	uint32_t things = THINGS_EACH * manifest->component_count;

	return things < THINGS_MIN ? THINGS_MIN : things > THINGS_MAX ? THINGS_MAX : things;
}
