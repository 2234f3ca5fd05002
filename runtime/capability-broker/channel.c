#include "parts.h"

enum kaal_broker_rule broker_request_OPEN(struct broker_call *call)
{
	struct broker *broker = call->broker;
	struct broker_component *component = &broker->component[call->caller];
	uint64_t bytes = call->words[KAAL_BROKER_NAME_WORDS], badge;
	struct broker_thing *channel;
	struct broker_use *use;
	kaal_status_t status;
	uint32_t index, pages, at;
	enum kaal_broker_rule rule = broker_find_use(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	use = &broker->use[index];
	if (broker->service[use->service].thing == 0)
		return KAAL_BROKER_RULE_NOT_SERVED;
	if (!broker_pages(bytes, &pages))
		return KAAL_BROKER_RULE_SIZE;
	if (bytes > use->channel_max - use->channel_used)
		return KAAL_BROKER_RULE_CHANNEL_MAX;
	if (!broker_can_pay(component, bytes))
		return KAAL_BROKER_RULE_MEMORY_MAX;
	/* Both ends' signals. */
	at = broker_thing_new(broker, call->caller, BROKER_CHANNEL, pages + 2);
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	channel = &broker->thing[at];
	rule = broker_signal(call, &call->words[KAAL_BROKER_NAME_WORDS + 1], &channel->end[BROKER_CLIENT].signal);
	if (rule == KAAL_BROKER_RULE_NONE) {
		status = kaal_frames_take(broker->setup.physical, &component->account, KAAL_PAGE_BITS, pages, 0, &channel->frames);
		if (status != KAAL_OK)
			(void)broker_slot_drop(broker, &channel->end[BROKER_CLIENT].signal, 1);
		rule = broker_taken(call, status);
	}
	if (rule != KAAL_BROKER_RULE_NONE) {
		broker_thing_free(broker, at);
		return rule;
	}
	channel->item = index;
	channel->bytes = bytes;
	channel->end[BROKER_CLIENT].state = BROKER_END_OPEN;
	use->channel_used += bytes;
	use->known = true;
	broker->channels++;
	badge = broker_badge(broker, index, component->epoch);
	broker_answer_held(call, at, 0);
	broker_answer_words(call, 2, 1, &badge);
	return KAAL_BROKER_RULE_NONE;
}

enum kaal_broker_rule broker_request_ACCEPT(struct broker_call *call)
{
	struct broker *broker = call->broker;
	uint64_t badge = call->words[0], number = call->words[1];
	/* Looked for as whom the badge names holds it: a component, if anything is found. */
	uint32_t client = kaal_badge_component(badge), at = broker_thing_find(broker, client, number);
	struct broker_thing *channel = &broker->thing[at];
	struct broker_end *end = &channel->end[BROKER_PROVIDER];
	enum kaal_broker_rule rule;

	if (at == 0 || channel->kind != BROKER_CHANNEL ||
	    broker->service[broker->use[channel->item].service].component != call->caller ||
	    badge != broker_badge(broker, channel->item, broker->component[client].epoch) || end->state == BROKER_END_CLOSED)
		return KAAL_BROKER_RULE_CHANNEL;
	if (end->state == BROKER_END_OPEN)
		return KAAL_BROKER_RULE_ACCEPTED;
	rule = broker_signal(call, &call->words[2], &end->signal);
	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	end->state = BROKER_END_OPEN;
	broker_answer_held(call, at, 0);
	return KAAL_BROKER_RULE_NONE;
}

enum kaal_broker_rule broker_request_PEER(struct broker_call *call)
{
	struct broker *broker = call->broker;
	uint32_t at = broker_thing_find(broker, call->caller, call->words[0]);
	const struct broker_end *other;

	if (at == 0)
		return KAAL_BROKER_RULE_THING;
	if (broker->thing[at].kind != BROKER_CHANNEL)
		return KAAL_BROKER_RULE_KIND;
	other = &broker->thing[at].end[1 - broker_end_of(&broker->thing[at], call->caller)];
	if (other->state != BROKER_END_OPEN || other->signal == 0 || broker_slot_is_empty(broker, other->signal))
		return KAAL_BROKER_RULE_PEER;
	broker_answer_words(call, 0, 2, (const uint64_t[]){0, 1});
	broker_answer_cap(call, other->signal);
	return KAAL_BROKER_RULE_NONE;
}

/* The client pays for the memory, so the provider has only so long to let go. */
static void wait_for_provider(struct broker *broker, struct broker_thing *channel)
{
	channel->deadline = broker->setup.now() + broker->setup.close_ticks;
	if (channel->deadline < broker->deadline)
		broker->deadline = channel->deadline;
}

/* The other end will find nobody there: its notification has been taken away before it is told. */
static void tell_end(const struct broker_end *end)
{
	if (end->signal != 0)
		kaal_ignore(kaal_sys_notification_signal(end->signal));
}

kaal_status_t broker_channel_close(struct broker *broker, uint32_t at, unsigned side)
{
	struct broker_thing *channel = &broker->thing[at];
	struct broker_end *end = &channel->end[side];
	kaal_status_t status = broker_slot_drop(broker, &end->signal, 1);

	if (status != KAAL_OK)
		return status;
	/* The other end still maps the memory (BR-4). */
	if (channel->end[1 - side].state == BROKER_END_OPEN) {
		end->state = BROKER_END_CLOSED;
		if (side == BROKER_CLIENT)
			wait_for_provider(broker, channel);
		tell_end(&channel->end[1 - side]);
		return KAAL_OK;
	}
	status = kaal_frames_give(broker->setup.physical, &channel->frames);
	if (status != KAAL_OK)
		return status;
	broker->use[channel->item].channel_used -= channel->bytes;
	broker->channels--;
	broker_thing_free(broker, at);
	return KAAL_OK;
}

void broker_expire(struct broker *broker)
{
	kaal_ticks_t now;

	if (broker->deadline == UINT64_MAX || (now = broker->setup.now()) < broker->deadline)
		return;
	broker->deadline = UINT64_MAX;
	for (uint32_t at = 1; at <= broker->setup.things; at++) {
		struct broker_thing *thing = &broker->thing[at];

		if (thing->kind != BROKER_CHANNEL || thing->end[BROKER_CLIENT].state != BROKER_END_CLOSED)
			continue;
		if (thing->deadline > now) {
			if (thing->deadline < broker->deadline)
				broker->deadline = thing->deadline;
		} else if (broker_channel_close(broker, at, BROKER_PROVIDER) != KAAL_OK) {
			wait_for_provider(broker, thing);
		}
	}
}

static bool is_providers(const struct broker *broker, const struct broker_thing *thing, uint32_t component)
{
	return thing->kind == BROKER_CHANNEL && broker->service[broker->use[thing->item].service].component == component;
}

kaal_status_t broker_channels_end(struct broker *broker, uint32_t component)
{
	kaal_status_t status = KAAL_OK;

	if (broker->component[component].service_count == 0 || broker->channels == 0)
		return KAAL_OK;
	for (uint32_t at = 1; at <= broker->setup.things && status == KAAL_OK; at++) {
		const struct broker_thing *thing = &broker->thing[at];

		if (is_providers(broker, thing, component) && thing->end[BROKER_PROVIDER].state == BROKER_END_OPEN)
			status = broker_channel_close(broker, at, BROKER_PROVIDER);
	}
	return status;
}

void broker_channels_refuse(struct broker *broker, uint32_t service)
{
	if (broker->channels == 0)
		return;
	for (uint32_t at = 1; at <= broker->setup.things; at++) {
		struct broker_thing *thing = &broker->thing[at];

		if (thing->kind == BROKER_CHANNEL && broker->use[thing->item].service == service &&
		    thing->end[BROKER_PROVIDER].state == BROKER_END_NONE) {
			thing->end[BROKER_PROVIDER].state = BROKER_END_CLOSED;
			tell_end(&thing->end[BROKER_CLIENT]);
		}
	}
}
