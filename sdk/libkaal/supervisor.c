#include <kaal/supervisor.h>

#include <string.h>

#include <kaal/message.h>
#include <kaal/slot.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>

#define NAME_WORDS (KAAL_COMPONENT_NAME_BYTES / sizeof(uint64_t))
#define INFO_WORDS 6u

_Static_assert(sizeof(struct kaal_component_info) == (NAME_WORDS + INFO_WORDS) * sizeof(uint64_t), "two answers make it");

/* One request; words hold the answer afterwards. */
static kaal_status_t request(enum kaal_supervisor_request number, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t answer;
	kaal_status_t status = kaal_endpoint_call(KAAL_SLOT_SUPERVISOR, kaal_message(KAAL_MESSAGE_REGISTERS, 0, (uint32_t)number), words,
						  &answer);

	return status == KAAL_OK ? kaal_message_label(answer) : status;
}

static kaal_status_t request_for(enum kaal_supervisor_request number, uint32_t component)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {component};

	return request(number, words);
}

kaal_status_t kaal_supervisor_look(uint32_t component, struct kaal_component_info *info)
{
	uint64_t name[KAAL_MESSAGE_REGISTERS] = {component}, words[KAAL_MESSAGE_REGISTERS] = {component};
	kaal_status_t status = request(KAAL_SUPERVISOR_NAME, name);

	if (status == KAAL_OK)
		status = request(KAAL_SUPERVISOR_LOOK, words);
	memcpy(info->name, name, sizeof info->name);
	info->state = words[0];
	info->starts = words[1];
	info->end = words[2];
	info->code = words[3];
	info->bytes = words[4];
	info->ticks = words[5];
	return status;
}

kaal_status_t kaal_supervisor_find(const char *name, uint32_t *component)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	size_t length = strlen(name);
	kaal_status_t status;

	if (length >= KAAL_COMPONENT_NAME_BYTES)
		return KAAL_OUT_OF_RANGE;
	memcpy(words, name, length);
	status = request(KAAL_SUPERVISOR_FIND, words);
	if (status == KAAL_OK)
		*component = (uint32_t)words[0];
	return status;
}

kaal_status_t kaal_supervisor_kill(uint32_t component)
{
	return request_for(KAAL_SUPERVISOR_KILL, component);
}

kaal_status_t kaal_supervisor_stop(uint32_t component)
{
	return request_for(KAAL_SUPERVISOR_STOP, component);
}

kaal_status_t kaal_supervisor_start(uint32_t component, uint64_t *start)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {component};
	kaal_status_t status = request(KAAL_SUPERVISOR_START, words);

	if (status == KAAL_OK)
		*start = words[0];
	return status;
}

kaal_status_t kaal_supervisor_await(uint32_t component, uint64_t start, enum kaal_component_end *end, uint64_t *code)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {component, start};
	kaal_status_t status = request(KAAL_SUPERVISOR_AWAIT, words);

	if (status == KAAL_OK) {
		*end = (enum kaal_component_end)words[0];
		*code = words[1];
	}
	return status;
}

kaal_status_t kaal_supervisor_memory(bool whole, struct kaal_supervisor_memory *memory)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {whole};
	kaal_status_t status = request(KAAL_SUPERVISOR_MEMORY, words);

	memory->free_bytes = words[0];
	memory->free_slots = words[1];
	return status;
}

kaal_status_t kaal_supervisor_console(kaal_cap_t *ring, kaal_cap_t *notification)
{
	struct kaal_message_buffer *buffer = kaal_message_buffer();
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_cap_t slot;
	kaal_status_t status = kaal_slot_take(2, &slot);

	if (status != KAAL_OK)
		return status;
	buffer->receive_cnode = KAAL_SLOT_CNODE;
	buffer->receive_slot = slot;
	status = request(KAAL_SUPERVISOR_CONSOLE, words);
	if (status != KAAL_OK) {
		(void)kaal_slot_give(slot, 2);
		return status;
	}
	*ring = slot;
	*notification = slot + 1;
	return KAAL_OK;
}
