#include "parts.h"

#define BYTES_MAX (UINT64_C(1) << 32)
#define OBJECT_BYTES 32u /* of an endpoint, a notification, a reply */
#define POOL_OBJECTS (KAAL_PAGE_BYTES / OBJECT_BYTES)

bool broker_can_pay(const struct broker_component *component, uint64_t bytes)
{
	const struct kaal_account *account = &component->account;

	return account->used_bytes <= account->limit_bytes && bytes <= account->limit_bytes - account->used_bytes;
}

bool broker_pages(uint64_t bytes, uint32_t *pages)
{
	*pages = (uint32_t)(bytes / KAAL_PAGE_BYTES);
	return bytes != 0 && bytes <= BYTES_MAX && bytes % KAAL_PAGE_BYTES == 0;
}

/* One object into one slot; the kernel stops between objects only. */
static kaal_status_t make_one(struct broker *broker, kaal_block_t block, uint64_t type, kaal_cap_t *slot)
{
	const struct broker_setup *setup = &broker->setup;
	kaal_status_t status = broker_slot_take(broker, 1, slot);
	uint64_t made;

	if (status != KAAL_OK)
		return status;
	status = kaal_sys_untyped_retype(kaal_physical_cap(setup->physical, block), type, setup->slots->cnode,
				     kaal_slots_slot(setup->slots, *slot), 1, &made);
	if (status != KAAL_OK) {
		(void)kaal_slots_give(setup->slots, *slot, 1);
		*slot = 0;
	}
	return status;
}

enum kaal_broker_rule broker_request_MEMORY(struct broker_call *call)
{
	struct broker *broker = call->broker;
	struct broker_component *component = &broker->component[call->caller];
	uint64_t bits = call->words[0];
	struct broker_thing *thing;
	kaal_status_t status;
	uint32_t at;

	if (bits < KAAL_BLOCK_BITS_MIN || bits > KAAL_BLOCK_BITS_MAX)
		return KAAL_BROKER_RULE_SIZE;
	if (!broker_can_pay(component, UINT64_C(1) << bits))
		return KAAL_BROKER_RULE_MEMORY_MAX;
	at = broker_thing_new(broker, call->caller, BROKER_MEMORY, 1);
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	thing = &broker->thing[at];
	status = kaal_physical_take(broker->setup.physical, &component->account, (uint32_t)bits, &thing->block);
	/* A part of the block as large as the block: the block itself stays here, to be revoked. */
	if (status == KAAL_OK)
		status = make_one(broker, thing->block, KAAL_OBJECT_UNTYPED + 256 * bits + KAAL_RETYPE_NO_SPACES, &thing->slot);
	if (status != KAAL_OK) {
		(void)kaal_physical_give(broker->setup.physical, &thing->block);
		broker_thing_free(broker, at);
		return broker_taken(call, status);
	}
	broker_answer_held(call, at, 0);
	return KAAL_BROKER_RULE_NONE;
}

enum kaal_broker_rule broker_request_DMA(struct broker_call *call)
{
	struct broker *broker = call->broker;
	struct broker_component *component = &broker->component[call->caller];
	uint64_t bytes = call->words[0], flags = call->words[1], physical;
	uint32_t at, pages;
	kaal_status_t status;

	if (!component->trusted)
		return KAAL_BROKER_RULE_DMA_TRUST;
	if (!broker_pages(bytes, &pages))
		return KAAL_BROKER_RULE_SIZE;
	if ((flags & ~(uint64_t)KAAL_BROKER_UNCACHED) != 0)
		return KAAL_BROKER_RULE_FLAGS;
	if (bytes > component->dma_max - component->dma_used)
		return KAAL_BROKER_RULE_DMA_MAX;
	if (!broker_can_pay(component, bytes))
		return KAAL_BROKER_RULE_MEMORY_MAX;
	at = broker_thing_new(broker, call->caller, BROKER_DMA, pages);
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	status = kaal_frames_take(broker->setup.physical, &component->account, KAAL_PAGE_BITS, pages,
				  KAAL_FRAMES_CONTIGUOUS | (flags != 0 ? KAAL_FRAMES_UNCACHED : 0), &broker->thing[at].frames);
	if (status != KAAL_OK) {
		broker_thing_free(broker, at);
		return broker_taken(call, status);
	}
	broker->thing[at].bytes = bytes;
	component->dma_used += bytes;
	physical = kaal_frames_base(broker->setup.physical, &broker->thing[at].frames, 0);
	broker_answer_held(call, at, 0);
	broker_answer_words(call, 2, 1, &physical);
	return KAAL_BROKER_RULE_NONE;
}

/* --- small objects, a page of memory for up to 128 of them (BR-5) ------------------------ */

/* The block that a component's next object is made of, a new one if need be. */
static enum kaal_broker_rule find_pool(struct broker_call *call, uint32_t owner, uint32_t *pool)
{
	struct broker *broker = call->broker;
	struct broker_component *component = &broker->component[owner];
	kaal_status_t status;
	uint32_t at = component->pool;

	*pool = at;
	if (at != 0 && broker->thing[at].item < POOL_OBJECTS)
		return KAAL_BROKER_RULE_NONE;
	if (!broker_can_pay(component, KAAL_PAGE_BYTES))
		return KAAL_BROKER_RULE_MEMORY_MAX;
	at = broker_thing_new(broker, owner, BROKER_POOL, 0);
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	status = kaal_physical_take(broker->setup.physical, &component->account, KAAL_PAGE_BITS, &broker->thing[at].block);
	if (status != KAAL_OK) {
		broker_thing_free(broker, at);
		return broker_taken(call, status);
	}
	component->pool = at;
	*pool = at;
	return KAAL_BROKER_RULE_NONE;
}

/* The block goes when nothing is left of it. */
static void leave_pool(struct broker *broker, uint32_t pool)
{
	struct broker_component *component = &broker->component[broker->thing[pool].owner];

	if (broker->thing[pool].live != 0)
		return;
	/* If the kernel does not let go of it, it stays for the next object, or for the owner's end. */
	if (broker_thing_give(broker, pool) == KAAL_OK && component->pool == pool)
		component->pool = 0;
}

enum kaal_broker_rule broker_object_make(struct broker_call *call, uint32_t component, enum kaal_object_type type, kaal_cap_t *slot,
					 uint32_t *pool)
{
	struct broker *broker = call->broker;
	enum kaal_broker_rule rule = find_pool(call, component, pool);
	kaal_status_t status;

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	status = make_one(broker, broker->thing[*pool].block, type, slot);
	if (status == KAAL_OK) {
		broker->thing[*pool].item++;
		broker->thing[*pool].live++;
	}
	leave_pool(broker, *pool);
	return broker_taken(call, status);
}

kaal_status_t broker_object_drop(struct broker *broker, kaal_cap_t *slot, uint32_t pool)
{
	kaal_status_t status;

	/* It has gone before, and what was to follow was refused. */
	if (*slot == 0)
		return KAAL_OK;
	status = broker_slot_drop(broker, slot, 1);
	if (status != KAAL_OK)
		return status;
	broker->thing[pool].live--;
	leave_pool(broker, pool);
	return KAAL_OK;
}

enum kaal_broker_rule broker_request_OBJECT(struct broker_call *call)
{
	struct broker *broker = call->broker;
	uint64_t type = call->words[0];
	enum kaal_broker_rule rule;
	uint32_t at;

	if (type != KAAL_OBJECT_ENDPOINT && type != KAAL_OBJECT_NOTIFICATION && type != KAAL_OBJECT_REPLY)
		return KAAL_BROKER_RULE_TYPE;
	at = broker_thing_new(broker, call->caller, BROKER_OBJECT, 1);
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	rule = broker_object_make(call, call->caller, (enum kaal_object_type)type, &broker->thing[at].slot, &broker->thing[at].pool);
	if (rule != KAAL_BROKER_RULE_NONE) {
		broker_thing_free(broker, at);
		return rule;
	}
	broker->thing[at].item = (uint32_t)type;
	broker_answer_held(call, at, 0);
	return KAAL_BROKER_RULE_NONE;
}

enum kaal_broker_rule broker_request_ACCOUNT(struct broker_call *call)
{
	const struct broker_component *component = &call->broker->component[call->caller];

	broker_answer_words(call, 0, 5,
			    (const uint64_t[]){component->account.limit_bytes, component->account.used_bytes, component->dma_max,
					       component->dma_used, kaal_physical_largest_bits(call->broker->setup.physical)});
	return KAAL_BROKER_RULE_NONE;
}
