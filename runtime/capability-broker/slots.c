#include "parts.h"

kaal_status_t broker_slot_take(struct broker *broker, uint32_t count, kaal_cap_t *slot)
{
	return kaal_physical_take_slots(broker->setup.physical, count, slot);
}

kaal_status_t broker_slot_empty(struct broker *broker, kaal_cap_t slot)
{
	const struct kaal_slots *slots = broker->setup.slots;
	kaal_status_t status = kaal_sys_cap_revoke(slots->cnode, kaal_slots_slot(slots, slot));

	/* It went with what it was made from. */
	if (status == KAAL_SLOT_EMPTY)
		return KAAL_OK;
	return status == KAAL_OK ? kaal_sys_cap_delete(slots->cnode, kaal_slots_slot(slots, slot)) : status;
}

kaal_status_t broker_slot_drop(struct broker *broker, kaal_cap_t *slot, uint32_t count)
{
	kaal_status_t status = KAAL_OK;

	if (*slot == 0)
		return KAAL_OK;
	for (uint32_t i = 0; i < count && status == KAAL_OK; i++)
		status = broker_slot_empty(broker, *slot + i);
	if (status == KAAL_OK) {
		(void)kaal_slots_give(broker->setup.slots, *slot, count);
		*slot = 0;
	}
	return status;
}

bool broker_slot_is_empty(const struct broker *broker, kaal_cap_t slot)
{
	uint64_t type, rights, bits;

	(void)broker;
	return slot == 0 || kaal_sys_cap_identify(slot, &type, &rights, &bits) != KAAL_OK || type == KAAL_OBJECT_NULL;
}

kaal_status_t broker_slot_mint(struct broker *broker, kaal_cap_t from, uint32_t rights, uint64_t badge, kaal_cap_t *slot)
{
	const struct kaal_slots *slots = broker->setup.slots;
	kaal_status_t status = broker_slot_take(broker, 1, slot);

	if (status != KAAL_OK)
		return status;
	if (badge == 0)
		status = kaal_sys_cap_copy(slots->cnode, kaal_slots_slot(slots, *slot), slots->cnode, kaal_slots_slot(slots, from), rights);
	else
		status = kaal_sys_cap_mint(slots->cnode, kaal_slots_slot(slots, *slot), slots->cnode, kaal_slots_slot(slots, from), rights, badge);
	if (status != KAAL_OK) {
		(void)kaal_slots_give(broker->setup.slots, *slot, 1);
		*slot = 0;
	}
	return status;
}

enum kaal_broker_rule broker_signal(struct broker_call *call, const uint64_t words[2], kaal_cap_t *slot)
{
	struct broker *broker = call->broker;
	uint32_t at = broker_thing_find(broker, call->caller, words[0]);

	*slot = 0;
	if (words[1] > 63)
		return KAAL_BROKER_RULE_SIGNAL;
	if (words[0] == 0)
		return KAAL_BROKER_RULE_NONE;
	if (at == 0 || broker->thing[at].kind != BROKER_OBJECT || broker->thing[at].item != KAAL_OBJECT_NOTIFICATION)
		return KAAL_BROKER_RULE_SIGNAL;
	return broker_taken(call, broker_slot_mint(broker, broker->thing[at].slot, KAAL_RIGHT_WRITE, UINT64_C(1) << words[1], slot));
}
