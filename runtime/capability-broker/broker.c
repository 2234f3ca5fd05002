#include "broker.h"

#include "parts.h"

/* --- start ------------------------------------------------------------------------------- */

static void start_component(struct broker *broker, uint32_t index)
{
	struct kaal_manifest_component described;
	struct broker_component *component = &broker->component[index];

	kaal_manifest_component(broker->setup.manifest, index, &described);
	component->account.limit_bytes = described.memory_max_bytes;
	component->account.used_bytes = broker->setup.components[index].bytes;
	component->account.limit_splits = broker->splits_share;
	component->account.index = index;
	component->dma_max = described.dma_max_bytes;
	component->epoch = broker->setup.epochs[index];
	component->first_device = described.first_device;
	component->device_count = described.device_count;
	component->first_service = described.first_service;
	component->service_count = described.service_count;
	component->first_use = described.first_use;
	component->use_count = described.use_count;
	for (uint32_t i = 0; i < described.device_count; i++) {
		struct kaal_manifest_device device;

		kaal_manifest_device(broker->setup.manifest, described.first_device + i, &device);
		broker->device[described.first_device + i].name = device.name;
		component->trusted = component->trusted || device.trusted_dma;
	}
}

static void start_services(struct broker *broker)
{
	const struct kaal_manifest *manifest = broker->setup.manifest;

	for (uint32_t i = 0; i < manifest->service_count; i++) {
		struct kaal_manifest_service service;

		kaal_manifest_service(manifest, i, &service);
		broker->service[i].name = service.name;
		broker->service[i].component = service.component;
		broker->service[i].version = service.version.major * 65536 + service.version.minor;
	}
	for (uint32_t i = 0; i < manifest->use_count; i++) {
		struct kaal_manifest_use use;

		kaal_manifest_use(manifest, i, &use);
		broker->use[i] = (struct broker_use){.name = use.name, .component = use.component, .service = use.service,
						     .next = broker->service[use.service].first_use, .channel_max = use.channel_max_bytes,
						     .reconnect = use.reconnect};
		broker->service[use.service].first_use = i + 1;
	}
}

/* What all together may split, a quarter of it for whatever larger blocks are split. */
static void share_splits(struct broker *broker, uint32_t splits, uint64_t *holders)
{
	struct kaal_physical_memory *physical = broker->setup.physical;
	uint32_t bits = KAAL_BLOCK_BITS_MIN;
	uint64_t above;

	while ((above = kaal_physical_splits_above(physical, bits)) > splits / 4)
		bits++;
	kaal_physical_count_splits(physical, bits, holders, broker->component_count);
	broker->splits_share = (uint32_t)((splits - above) / broker->component_count);
}

kaal_status_t broker_start(struct broker *broker, const struct broker_setup *setup)
{
	const struct kaal_manifest *manifest = setup->manifest;
	uint32_t reserved = 2 * manifest->use_count + manifest->service_count;
	uint32_t spare = setup->slots->free < reserved ? 0 : setup->slots->free - reserved;
	uint64_t *holders;

	*broker = (struct broker){.setup = *setup, .component_count = manifest->component_count,
				  .deadline = UINT64_MAX, .devices_account = {.limit_bytes = UINT64_MAX}};
	memset(setup->storage, 0, broker_storage_lay_out(broker, manifest, setup->storage, setup->things, setup->nodes, &holders));
	broker->things_share = setup->things / broker->component_count;
	broker->slots_share = spare / 2 / broker->component_count;
	/* Each takes two slots. */
	share_splits(broker, spare / 4 < setup->splits ? spare / 4 : setup->splits, holders);
	if (broker->things_share == 0 || broker->slots_share == 0 || broker->splits_share == 0)
		return KAAL_OUT_OF_RANGE;
	for (uint32_t at = setup->things; at > 0; at--) {
		broker->thing[at].next = broker->free;
		broker->free = at;
	}
	for (uint32_t i = 0; i < broker->component_count; i++)
		start_component(broker, i);
	broker_devices_start(broker);
	start_services(broker);
	return KAAL_OK;
}

/* --- requests ---------------------------------------------------------------------------- */

static const struct request {
	broker_request_t *answer;
	uint8_t words;
} requests[] = {
#define KAAL_BROKER_REQUEST(name, number, count, asks, answers) [number] = {broker_request_##name, count},
#include <kaal/broker_requests.def>
#undef KAAL_BROKER_REQUEST
};

static const uint8_t rule_status[] = {
#define KAAL_BROKER_RULE(name, number, status, text) [number] = KAAL_##status,
#include <kaal/broker_rules.def>
#undef KAAL_BROKER_RULE
};

enum kaal_broker_rule broker_kernel(struct broker_call *call, kaal_status_t status)
{
	call->status = status;
	return status == KAAL_OK ? KAAL_BROKER_RULE_NONE : KAAL_BROKER_RULE_KERNEL;
}

enum kaal_broker_rule broker_taken(struct broker_call *call, kaal_status_t status)
{
	struct kaal_account *account = &call->broker->component[call->caller].account;
	bool shared = account->splits_refused;

	account->splits_refused = false;
	if (status != KAAL_NO_MEMORY)
		return broker_kernel(call, status);
	return shared ? KAAL_BROKER_RULE_SHARE : KAAL_BROKER_RULE_SYSTEM_MEMORY;
}

static enum kaal_broker_rule choose(struct broker_call *call, uint64_t badge, uint64_t message)
{
	uint32_t number = kaal_message_label(message);

	call->caller = (uint32_t)badge - 1;
	/* EP-2 */
	if (call->caller >= call->broker->component_count ||
	    badge != kaal_broker_caller(call->caller, call->broker->component[call->caller].epoch))
		return KAAL_BROKER_RULE_CALLER;
	if (number >= sizeof requests / sizeof requests[0] || requests[number].answer == NULL ||
	    kaal_message_words(message) < requests[number].words)
		return KAAL_BROKER_RULE_REQUEST;
	return requests[number].answer(call);
}

void broker_request(struct broker *broker, uint64_t badge, uint64_t message, const uint64_t words[KAAL_MESSAGE_REGISTERS],
		    struct broker_answer *answer)
{
	struct broker_call call = {.broker = broker, .words = words, .answer = answer};
	enum kaal_broker_rule rule;

	*answer = (struct broker_answer){0};
	rule = choose(&call, badge, message);
	if (rule == KAAL_BROKER_RULE_NONE)
		return;
	*answer = (struct broker_answer){
		.message = kaal_message(1, 0, rule == KAAL_BROKER_RULE_KERNEL ? (uint32_t)call.status : rule_status[rule]),
		.words = {rule}};
}

/* --- names ------------------------------------------------------------------------------- */

/* A request's name; false if it is none. */
static bool name_of(const struct broker_call *call, char name[KAAL_COMPONENT_NAME_BYTES])
{
	memcpy(name, call->words, KAAL_COMPONENT_NAME_BYTES);
	return name[0] != '\0' && memchr(name, '\0', KAAL_COMPONENT_NAME_BYTES) != NULL;
}

enum kaal_broker_rule broker_find_device(struct broker_call *call, uint32_t *device)
{
	const struct broker_component *caller = &call->broker->component[call->caller];
	char name[KAAL_COMPONENT_NAME_BYTES];

	if (!name_of(call, name))
		return KAAL_BROKER_RULE_NAME;
	for (*device = caller->first_device; *device < caller->first_device + caller->device_count; ++*device) {
		if (strcmp(call->broker->device[*device].name, name) == 0)
			return KAAL_BROKER_RULE_NONE;
	}
	return KAAL_BROKER_RULE_DEVICE_GRANT;
}

enum kaal_broker_rule broker_find_service(struct broker_call *call, uint32_t *service)
{
	const struct broker_component *caller = &call->broker->component[call->caller];
	char name[KAAL_COMPONENT_NAME_BYTES];

	if (!name_of(call, name))
		return KAAL_BROKER_RULE_NAME;
	for (*service = caller->first_service; *service < caller->first_service + caller->service_count; ++*service) {
		if (strcmp(call->broker->service[*service].name, name) == 0)
			return KAAL_BROKER_RULE_NONE;
	}
	return KAAL_BROKER_RULE_SERVICE_GRANT;
}

enum kaal_broker_rule broker_find_use(struct broker_call *call, uint32_t *use)
{
	const struct broker_component *caller = &call->broker->component[call->caller];
	char name[KAAL_COMPONENT_NAME_BYTES];

	if (!name_of(call, name))
		return KAAL_BROKER_RULE_NAME;
	for (*use = caller->first_use; *use < caller->first_use + caller->use_count; ++*use) {
		if (strcmp(call->broker->use[*use].name, name) == 0)
			return KAAL_BROKER_RULE_NONE;
	}
	return KAAL_BROKER_RULE_USE_GRANT;
}

/* --- ends -------------------------------------------------------------------------------- */

/* The next thing that is no block of objects: those go with their objects. */
static uint32_t next_thing(const struct broker *broker, uint32_t at)
{
	while (at != 0 && broker->thing[at].kind == BROKER_POOL)
		at = broker->thing[at].next;
	return at;
}

/* Blocks that the kernel did not let go of before. */
static kaal_status_t give_pools(struct broker *broker, uint32_t component)
{
	uint32_t at = broker->component[component].first, next;
	kaal_status_t status = KAAL_OK;

	for (; at != 0 && status == KAAL_OK; at = next) {
		next = broker->thing[at].next;
		if (broker->thing[at].kind == BROKER_POOL)
			status = broker_thing_give(broker, at);
	}
	if (status == KAAL_OK)
		broker->component[component].pool = 0;
	return status;
}

/* Everything that a component's past has held (BR-1). */
static kaal_status_t end_component(struct broker *broker, uint32_t component)
{
	kaal_status_t status = broker_uses_end(broker, component);
	uint32_t at = next_thing(broker, broker->component[component].first), next;

	if (status == KAAL_OK)
		status = broker_channels_end(broker, component);
	for (; at != 0 && status == KAAL_OK; at = next) {
		const struct broker_thing *thing = &broker->thing[at];

		next = next_thing(broker, thing->next);
		/* A channel that the provider has open waits for it; one that is left of an earlier end does so again. */
		if (thing->kind != BROKER_CHANNEL || thing->end[BROKER_CLIENT].state == BROKER_END_OPEN)
			status = broker_thing_give(broker, at);
	}
	return status == KAAL_OK ? give_pools(broker, component) : status;
}

uint32_t broker_purge(struct broker *broker)
{
	uint32_t ended = 0;

	for (uint32_t i = 0; i < broker->component_count; i++) {
		uint32_t epoch = __atomic_load_n(&broker->setup.epochs[i], __ATOMIC_ACQUIRE);

		if (epoch == broker->component[i].epoch || end_component(broker, i) != KAAL_OK)
			continue;
		broker->component[i].epoch = epoch;
		__atomic_store_n(&broker->setup.purged[i], epoch, __ATOMIC_RELEASE);
		ended++;
	}
	return ended;
}
