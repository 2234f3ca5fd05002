#include <kaal/supervisor.h>

#include <string.h>

#include <kaal/message.h>
#include <kaal/slot.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>

#define NAME_WORDS (KAAL_COMPONENT_NAME_BYTES / sizeof(uint64_t))
#define INFO_WORDS 7u

_Static_assert(sizeof(struct kaal_component_info) == (NAME_WORDS + INFO_WORDS) * sizeof(uint64_t), "two answers make it");

/* One request; words hold the answer afterwards. */
static kaal_status_t request(enum kaal_supervisor_request number, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t answer;
	kaal_status_t status = kaal_sys_endpoint_call(KAAL_SLOT_SUPERVISOR, kaal_message(KAAL_MESSAGE_REGISTERS, 0, (uint32_t)number), words,
						  &answer);

	return status == KAAL_OK ? kaal_message_label(answer) : status;
}

/* The same with up to all words of a message: `count` are asked with, and those that were not answered are 0 afterwards. */
static kaal_status_t request_long(enum kaal_supervisor_request number, uint64_t count, uint64_t words[KAAL_MESSAGE_WORDS_MAX])
{
	struct kaal_message_buffer *buffer = kaal_message_buffer();
	uint64_t answer;
	kaal_status_t status;

	memcpy(buffer->words, words + KAAL_MESSAGE_REGISTERS, sizeof buffer->words);
	status = kaal_sys_endpoint_call(KAAL_SLOT_SUPERVISOR, kaal_message(count, 0, (uint32_t)number), words, &answer);
	if (status != KAAL_OK)
		return status;
	memcpy(words + KAAL_MESSAGE_REGISTERS, buffer->words, sizeof buffer->words);
	memset(words + kaal_message_words(answer), 0, (KAAL_MESSAGE_WORDS_MAX - kaal_message_words(answer)) * sizeof *words);
	return kaal_message_label(answer);
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
	info->memory_max_bytes = words[5];
	info->ticks = words[6];
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
	return kaal_supervisor_start_with(component, NULL, 0, start);
}

/* The texts one after the other; false: there is no room for them. */
static bool put_arguments(const char *const *arguments, uint32_t count, char to[KAAL_SUPERVISOR_TEXT_BYTES])
{
	size_t used = 0;

	for (uint32_t i = 0; i < count; i++) {
		size_t bytes = strlen(arguments[i]) + 1;

		if (bytes > KAAL_SUPERVISOR_TEXT_BYTES - used)
			return false;
		memcpy(to + used, arguments[i], bytes);
		used += bytes;
	}
	return count <= KAAL_SUPERVISOR_ARGUMENTS_MAX;
}

kaal_status_t kaal_supervisor_start_with(uint32_t component, const char *const *arguments, uint32_t count, uint64_t *start)
{
	uint64_t words[KAAL_MESSAGE_WORDS_MAX] = {component, count};
	kaal_status_t status;

	if (!put_arguments(arguments, count, (char *)&words[2]))
		return KAAL_OUT_OF_RANGE;
	status = request_long(KAAL_SUPERVISOR_START, count == 0 ? 2 : KAAL_MESSAGE_WORDS_MAX, words);
	if (status == KAAL_OK)
		*start = words[0];
	return status;
}

kaal_status_t kaal_supervisor_slots(uint32_t component, uint64_t *next, struct kaal_supervisor_slot slots[KAAL_SUPERVISOR_SLOTS_MAX], uint32_t *count)
{
	uint64_t words[KAAL_MESSAGE_WORDS_MAX] = {component, *next};
	kaal_status_t status = request_long(KAAL_SUPERVISOR_SLOTS, 2, words);

	*count = 0;
	if (status != KAAL_OK)
		return status;
	*next = words[0];
	/* Each has rights, or is of a type that cannot be told; a slot is never 0. */
	for (; *count < KAAL_SUPERVISOR_SLOTS_MAX && words[1 + *count] != 0; ++*count) {
		uint64_t word = words[1 + *count];

		slots[*count] = (struct kaal_supervisor_slot){(uint32_t)word, (uint8_t)(word >> 32), (uint8_t)(word >> 40), (uint8_t)(word >> 48)};
	}
	return KAAL_OK;
}

kaal_status_t kaal_supervisor_log(uint64_t *position, char text[KAAL_SUPERVISOR_TEXT_BYTES], uint32_t *bytes)
{
	uint64_t words[KAAL_MESSAGE_WORDS_MAX] = {*position};
	kaal_status_t status = request_long(KAAL_SUPERVISOR_LOG, 1, words);

	*bytes = 0;
	if (status != KAAL_OK)
		return status;
	*position = words[0];
	*bytes = (uint32_t)words[1];
	memcpy(text, &words[2], KAAL_SUPERVISOR_TEXT_BYTES);
	return KAAL_OK;
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

kaal_status_t kaal_supervisor_console(kaal_frame_t *ring, kaal_notification_t *notification)
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
		kaal_ignore(kaal_slot_give(slot, 2));
		return status;
	}
	*ring = kaal_frame_at(slot);
	*notification = kaal_notification_at(slot + 1);
	return KAAL_OK;
}
