#include "parts.h"

#define AT_BITS 16u
#define AT_MAX ((UINT64_C(1) << AT_BITS) - 1)

/* --- the table ---------------------------------------------------------------------- */

static void link_thing(struct broker *broker, uint32_t at, uint32_t *first)
{
	struct broker_thing *thing = &broker->thing[at];

	thing->previous = 0;
	thing->next = *first;
	if (*first != 0)
		broker->thing[*first].previous = at;
	*first = at;
}

uint32_t broker_thing_new(struct broker *broker, uint32_t owner, enum broker_kind kind, uint32_t share)
{
	struct broker_component *component = &broker->component[owner];
	uint32_t at = broker->free;
	uint64_t generation;

	if (at == 0 || component->things >= broker->things_share || share > broker->slots_share - component->slots)
		return 0;
	broker->free = broker->thing[at].next;
	generation = broker->thing[at].generation;
	broker->thing[at] = (struct broker_thing){.generation = generation, .kind = kind, .owner = owner, .share = share};
	link_thing(broker, at, &component->first);
	component->things++;
	component->slots += share;
	return at;
}

void broker_thing_free(struct broker *broker, uint32_t at)
{
	struct broker_thing *thing = &broker->thing[at];
	struct broker_component *component = &broker->component[thing->owner];

	if (thing->previous != 0)
		broker->thing[thing->previous].next = thing->next;
	else
		component->first = thing->next;
	if (thing->next != 0)
		broker->thing[thing->next].previous = thing->previous;
	component->things--;
	component->slots -= thing->share;
	thing->kind = BROKER_FREE;
	thing->generation++;
	thing->next = broker->free;
	broker->free = at;
}

/* 2^48 generations are more than there is time for: no number comes again. */
uint64_t broker_thing_number(const struct broker *broker, uint32_t at)
{
	return broker->thing[at].generation << AT_BITS | at;
}

unsigned broker_end_of(const struct broker_thing *channel, uint32_t component)
{
	/* Nobody uses a service of their own. */
	return channel->owner == component ? BROKER_CLIENT : BROKER_PROVIDER;
}

uint32_t broker_thing_find(const struct broker *broker, uint32_t caller, uint64_t number)
{
	uint32_t at = (uint32_t)(number & AT_MAX);
	const struct broker_thing *thing = &broker->thing[at];
	bool owned;

	if (at == 0 || at > broker->setup.things || number != broker_thing_number(broker, at) || thing->kind == BROKER_FREE ||
	    thing->kind == BROKER_POOL)
		return 0;
	owned = thing->owner == caller;
	if (thing->kind == BROKER_CHANNEL)
		owned = (owned || broker->service[broker->use[thing->item].service].component == caller) &&
			thing->end[broker_end_of(thing, caller)].state == BROKER_END_OPEN;
	return owned ? at : 0;
}

/* --- capabilities of things ----------------------------------------------------------- */

uint32_t broker_thing_caps(const struct broker *broker, const struct broker_thing *thing)
{
	switch (thing->kind) {
	case BROKER_DMA:
	case BROKER_CHANNEL:
		return thing->frames.count;
	case BROKER_DEVICE:
		return broker->device[thing->item].pages + broker->setup.devices[thing->item].line_count;
	default:
		return 1;
	}
}

/* The slot of a thing's capability. */
static kaal_cap_t cap_of(const struct broker *broker, const struct broker_thing *thing, uint32_t index)
{
	switch (thing->kind) {
	case BROKER_DMA:
	case BROKER_CHANNEL:
		return thing->frames.first + index;
	case BROKER_DEVICE:
		return broker_device_cap(broker, thing->item, index);
	case BROKER_SERVICE:
		return thing->handed;
	default:
		return thing->slot;
	}
}

void broker_answer_cap(struct broker_call *call, kaal_cap_t cap)
{
	uint64_t count = kaal_message_caps(call->answer->message);

	call->answer->caps[count] = cap;
	call->answer->message += KAAL_MESSAGE_CAPS_UNIT;
}

void broker_answer_words(struct broker_call *call, uint32_t first, uint32_t count, const uint64_t *words)
{
	memcpy(&call->answer->words[first], words, count * sizeof *words);
	call->answer->message += first + count - kaal_message_words(call->answer->message);
}

void broker_answer_held(struct broker_call *call, uint32_t at, uint32_t index)
{
	const struct broker_thing *thing = &call->broker->thing[at];
	uint32_t count = broker_thing_caps(call->broker, thing);

	broker_answer_words(call, 0, 2, (const uint64_t[]){broker_thing_number(call->broker, at), count});
	for (uint32_t i = index; i < count && i < index + KAAL_MESSAGE_CAPS_MAX; i++)
		broker_answer_cap(call, cap_of(call->broker, thing, i));
	/* Untyped memory cannot be copied. */
	if (thing->kind == BROKER_MEMORY)
		call->answer->move = 1;
}

enum kaal_broker_rule broker_request_MORE(struct broker_call *call)
{
	struct broker *broker = call->broker;
	uint32_t at = broker_thing_find(broker, call->caller, call->words[0]);
	uint64_t index = call->words[1];

	if (at == 0)
		return KAAL_BROKER_RULE_THING;
	if (index >= broker_thing_caps(broker, &broker->thing[at]) ||
	    broker_slot_is_empty(broker, cap_of(broker, &broker->thing[at], (uint32_t)index)))
		return KAAL_BROKER_RULE_INDEX;
	broker_answer_held(call, at, (uint32_t)index);
	return KAAL_BROKER_RULE_NONE;
}

/* --- giving back ---------------------------------------------------------------------- */

static kaal_status_t give_block(struct broker *broker, struct broker_thing *thing)
{
	kaal_status_t status = kaal_physical_give(broker->setup.physical, &thing->block);

	/* What the client has not taken went with the block. */
	if (status == KAAL_OK && thing->slot != 0)
		(void)kaal_slots_give(broker->setup.slots, thing->slot, 1);
	return status;
}

kaal_status_t broker_thing_give(struct broker *broker, uint32_t at)
{
	struct broker_thing *thing = &broker->thing[at];
	kaal_status_t status = KAAL_OK;

	switch (thing->kind) {
	case BROKER_MEMORY:
	case BROKER_POOL:
		status = give_block(broker, thing);
		break;
	case BROKER_DMA:
		status = kaal_frames_give(broker->setup.physical, &thing->frames);
		if (status == KAAL_OK)
			broker->component[thing->owner].dma_used -= thing->bytes;
		break;
	case BROKER_DEVICE:
		status = broker_device_release(broker, thing->item);
		break;
	case BROKER_OBJECT:
		status = broker_object_drop(broker, &thing->slot, thing->pool);
		break;
	case BROKER_SERVICE:
		status = broker_service_end(broker, thing->item);
		break;
	default:
		return broker_channel_close(broker, at, BROKER_CLIENT);
	}
	if (status == KAAL_OK)
		broker_thing_free(broker, at);
	return status;
}

enum kaal_broker_rule broker_request_GIVE(struct broker_call *call)
{
	struct broker *broker = call->broker;
	uint32_t at = broker_thing_find(broker, call->caller, call->words[0]);
	const struct broker_thing *thing = &broker->thing[at];

	if (at == 0)
		return KAAL_BROKER_RULE_THING;
	if (thing->kind == BROKER_CHANNEL)
		return broker_kernel(call, broker_channel_close(broker, at, broker_end_of(thing, call->caller)));
	return broker_kernel(call, broker_thing_give(broker, at));
}
