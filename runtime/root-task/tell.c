#include "tell.h"

#include <string.h>

#include <kaal/syscall.h>

#include "authority.h"
#include "history.h"
#include "load.h"
#include "threads.h"

uint64_t tell_word(const uint64_t *words, uint64_t index)
{
	return index < KAAL_MESSAGE_REGISTERS ? words[index] : authority.buffer->words[index - KAAL_MESSAGE_REGISTERS];
}

void tell_set_word(uint64_t *words, uint64_t index, uint64_t word)
{
	if (index < KAAL_MESSAGE_REGISTERS)
		words[index] = word;
	else
		authority.buffer->words[index - KAAL_MESSAGE_REGISTERS] = word;
}

void tell_state(const struct component *component, uint64_t *words, uint64_t *count)
{
	bool runs = component->state == KAAL_COMPONENT_RUNNING;

	words[0] = component->state;
	words[1] = component->starts;
	words[2] = component->end;
	words[3] = component->code;
	words[4] = runs ? kaal_domain_bytes(&component->domain) : 0;
	words[5] = component->description.memory_max_bytes;
	words[6] = runs ? threads_ticks(component) : 0;
	*count = 7;
}

void tell_name(const struct component *component, uint64_t *words, uint64_t *count)
{
	memset(words, 0, KAAL_COMPONENT_NAME_BYTES);
	memcpy(words, component->description.name, strlen(component->description.name));
	*count = KAAL_COMPONENT_NAME_BYTES / sizeof *words;
}

kaal_status_t tell_memory(uint64_t *words, uint64_t *count)
{
	kaal_status_t status = words[0] == 1 ? kaal_physical_trim(&authority.physical) : KAAL_OK;

	words[0] = authority.physical.free_bytes;
	words[1] = authority.slots.free;
	*count = 2;
	return status;
}

/* One slot of a component's CNode, by a copy, which is gone afterwards. False: it is empty. */
static bool look_at(const struct component *component, uint64_t slot, struct kaal_supervisor_slot *found)
{
	uint64_t type = 0, rights = 0, size_bits = 0;
	kaal_status_t status = kaal_sys_cap_copy(KAAL_SLOT_CNODE, authority.handler, component->cnode, slot, UINT64_MAX);

	if (status == KAAL_OK) {
		kaal_ignore(kaal_sys_cap_identify(authority.handler, &type, &rights, &size_bits));
		root_must("looking at capabilities", kaal_sys_cap_delete(KAAL_SLOT_CNODE, authority.handler));
	}
	*found = (struct kaal_supervisor_slot){(uint32_t)slot, (uint8_t)type, (uint8_t)rights, (uint8_t)size_bits};
	return status == KAAL_OK || status == KAAL_NOT_COPYABLE;
}

kaal_status_t tell_slots(const struct component *component, uint64_t *words, uint64_t *count)
{
	uint64_t slot = words[1] == 0 ? 1 : words[1], end, last;

	if (component->state != KAAL_COMPONENT_RUNNING)
		return KAAL_WOULD_BLOCK;
	end = UINT64_C(1) << load_cspace_bits(component);
	if (slot >= end)
		return KAAL_OUT_OF_RANGE;
	last = end - slot < KAAL_SUPERVISOR_SLOTS_MAX ? end : slot + KAAL_SUPERVISOR_SLOTS_MAX;
	*count = 1;
	for (; slot < last; slot++) {
		struct kaal_supervisor_slot found;

		if (look_at(component, slot, &found))
			tell_set_word(words, (*count)++, kaal_supervisor_slot_word(found));
	}
	words[0] = last == end ? 0 : last;
	return KAAL_OK;
}

void tell_log(uint64_t *words, uint64_t *count)
{
	uint64_t text[KAAL_SUPERVISOR_TEXT_BYTES / sizeof(uint64_t)] = {0}, position = words[0];
	uint32_t bytes = history_read(&position, (char *)text, sizeof text);

	words[0] = position;
	words[1] = bytes;
	*count = 2 + (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t);
	for (uint64_t i = 2; i < *count; i++)
		tell_set_word(words, i, text[i - 2]);
}
