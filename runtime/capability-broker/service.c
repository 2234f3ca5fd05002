#include "parts.h"

uint64_t broker_badge(const struct broker *broker, uint32_t use, uint32_t epoch)
{
	return (uint64_t)epoch << 32 | (uint64_t)(broker->use[use].component + 1) << 16 | use;
}

/* --- the provider's side ----------------------------------------------------------------- */

/* Those who watch look whether the service is there. */
static void tell_watchers(struct broker *broker, uint32_t service)
{
	for (uint32_t i = broker->service[service].first_use; i != 0; i = broker->use[i - 1].next) {
		if (broker->use[i - 1].watch != 0)
			kaal_ignore(kaal_sys_notification_signal(broker->use[i - 1].watch));
	}
}

enum kaal_broker_rule broker_request_SERVE(struct broker_call *call)
{
	struct broker *broker = call->broker;
	kaal_cap_t endpoint = 0, handed = 0, signal = 0;
	uint32_t index, at, pool = 0;
	enum kaal_broker_rule rule = broker_find_service(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	if (broker->service[index].thing != 0)
		return KAAL_BROKER_RULE_SERVED;
	rule = broker_signal(call, &call->words[KAAL_BROKER_NAME_WORDS], &signal);
	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	at = broker_thing_new(broker, call->caller, BROKER_SERVICE, 2);
	rule = at == 0 ? KAAL_BROKER_RULE_SHARE : broker_object_make(call, call->caller, KAAL_OBJECT_ENDPOINT, &endpoint, &pool);
	if (rule == KAAL_BROKER_RULE_NONE) {
		rule = broker_taken(call, broker_slot_mint(broker, endpoint, KAAL_RIGHT_READ, 0, &handed));
		if (rule != KAAL_BROKER_RULE_NONE)
			(void)broker_object_drop(broker, &endpoint, pool);
	}
	if (rule != KAAL_BROKER_RULE_NONE) {
		(void)broker_slot_drop(broker, &signal, 1);
		if (at != 0)
			broker_thing_free(broker, at);
		return rule;
	}
	broker->thing[at].slot = endpoint;
	broker->thing[at].handed = handed;
	broker->thing[at].pool = pool;
	broker->thing[at].item = index;
	broker->service[index].thing = at;
	broker->service[index].signal = signal;
	tell_watchers(broker, index);
	broker_answer_held(call, at, 0);
	return KAAL_BROKER_RULE_NONE;
}

kaal_status_t broker_service_end(struct broker *broker, uint32_t index)
{
	struct broker_service *service = &broker->service[index];
	struct broker_thing *thing = &broker->thing[service->thing];
	/* The copy and the clients' capabilities are derived from it. */
	kaal_status_t status = broker_object_drop(broker, &thing->slot, thing->pool);

	if (status == KAAL_OK)
		status = broker_slot_drop(broker, &thing->handed, 1);
	if (status == KAAL_OK)
		status = broker_slot_drop(broker, &service->signal, 1);
	if (status != KAAL_OK)
		return status;
	service->thing = 0;
	for (uint32_t i = service->first_use; i != 0; i = broker->use[i - 1].next) {
		broker->use[i - 1].known = false;
		broker->use[i - 1].ended = false;
	}
	broker_channels_refuse(broker, index);
	tell_watchers(broker, index);
	return KAAL_OK;
}

enum kaal_broker_rule broker_request_ENDED(struct broker_call *call)
{
	struct broker *broker = call->broker;
	uint32_t at = broker_thing_find(broker, call->caller, call->words[0]);
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	if (at == 0)
		return KAAL_BROKER_RULE_THING;
	if (broker->thing[at].kind != BROKER_SERVICE)
		return KAAL_BROKER_RULE_KIND;
	for (uint32_t i = broker->service[broker->thing[at].item].first_use; i != 0; i = broker->use[i - 1].next) {
		struct broker_use *use = &broker->use[i - 1];

		if (use->ended && words[0] < KAAL_BROKER_BADGES) {
			words[++words[0]] = broker_badge(broker, i - 1, use->ended_epoch);
			use->ended = false;
		}
	}
	broker_answer_words(call, 0, (uint32_t)words[0] + 1, words);
	return KAAL_BROKER_RULE_NONE;
}

/* --- the client's side ------------------------------------------------------------------- */

enum kaal_broker_rule broker_request_FIND(struct broker_call *call)
{
	struct broker *broker = call->broker;
	const struct broker_service *service;
	struct broker_use *use;
	uint32_t index;
	uint64_t badge;
	enum kaal_broker_rule rule = broker_find_use(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	use = &broker->use[index];
	service = &broker->service[use->service];
	badge = broker_badge(broker, index, broker->component[call->caller].epoch);
	if (service->thing == 0)
		return KAAL_BROKER_RULE_NOT_SERVED;
	/* One capability of the broker's for all that the client gets; it ends with the client, or with the service. */
	if (use->endpoint != 0 && broker_slot_is_empty(broker, use->endpoint))
		(void)broker_slot_drop(broker, &use->endpoint, 1);
	if (use->endpoint == 0) {
		rule = broker_taken(call, broker_slot_mint(broker, broker->thing[service->thing].slot, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT,
							   badge, &use->endpoint));
		if (rule != KAAL_BROKER_RULE_NONE)
			return rule;
	}
	use->known = true;
	broker_answer_words(call, 0, 5,
			    (const uint64_t[]){0, 1, badge, use->reconnect ? KAAL_BROKER_RECONNECT : 0, service->version});
	broker_answer_cap(call, use->endpoint);
	return KAAL_BROKER_RULE_NONE;
}

enum kaal_broker_rule broker_request_WATCH(struct broker_call *call)
{
	struct broker *broker = call->broker;
	struct broker_use *use;
	kaal_cap_t signal;
	uint32_t index;
	uint64_t there;
	enum kaal_broker_rule rule = broker_find_use(call, &index);

	if (rule == KAAL_BROKER_RULE_NONE)
		rule = broker_signal(call, &call->words[KAAL_BROKER_NAME_WORDS], &signal);
	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	use = &broker->use[index];
	rule = broker_kernel(call, broker_slot_drop(broker, &use->watch, 1));
	if (rule != KAAL_BROKER_RULE_NONE) {
		(void)broker_slot_drop(broker, &signal, 1);
		return rule;
	}
	use->watch = signal;
	there = broker->service[use->service].thing != 0 ? 1 : 0;
	broker_answer_words(call, 0, 1, &there);
	return KAAL_BROKER_RULE_NONE;
}

kaal_status_t broker_uses_end(struct broker *broker, uint32_t component)
{
	const struct broker_component *ended = &broker->component[component];
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = ended->first_use; i < ended->first_use + ended->use_count && status == KAAL_OK; i++) {
		struct broker_use *use = &broker->use[i];

		status = broker_slot_drop(broker, &use->endpoint, 1);
		if (status == KAAL_OK)
			status = broker_slot_drop(broker, &use->watch, 1);
		if (status != KAAL_OK || !use->known)
			continue;
		use->known = false;
		use->ended = true;
		use->ended_epoch = ended->epoch;
		if (broker->service[use->service].signal != 0)
			kaal_ignore(kaal_sys_notification_signal(broker->service[use->service].signal));
	}
	return status;
}
