#include <kaal/broker.h>

#include <string.h>

#include <kaal/message.h>
#include <kaal/slot.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>

static _Thread_local uint64_t last_rule;

const char *kaal_broker_rule_text(uint64_t rule)
{
	switch (rule) {
#define KAAL_BROKER_RULE(name, number, status, text) \
	case number:                                 \
		return text;
#include <kaal/broker_rules.def>
#undef KAAL_BROKER_RULE
	default:
		return "unknown rule";
	}
}

uint64_t kaal_broker_rule(void)
{
	return last_rule;
}

/* --- requests ------------------------------------------------------------------------ */

/*
 * One request; words hold the answer afterwards. Capabilities come into slots from `slot` on, none where it is 0; *came is how many.
 */
static kaal_status_t request(enum kaal_broker_request number, uint64_t words[KAAL_MESSAGE_REGISTERS], kaal_cap_t slot, uint32_t *came)
{
	struct kaal_message_buffer *buffer = kaal_message_buffer();
	uint64_t answer;
	kaal_status_t status;

	buffer->receive_cnode = slot != 0 ? KAAL_SLOT_CNODE : 0;
	buffer->receive_slot = slot;
	last_rule = KAAL_BROKER_RULE_NONE;
	status = kaal_sys_endpoint_call(KAAL_SLOT_BROKER, kaal_message(KAAL_MESSAGE_REGISTERS, 0, (uint32_t)number), words, &answer);
	*came = (uint32_t)kaal_message_caps(answer);
	if (status != KAAL_OK)
		return status;
	if (kaal_message_label(answer) != KAAL_OK)
		last_rule = words[0];
	return kaal_message_label(answer);
}

/* A request that brings no capability. */
static kaal_status_t ask(enum kaal_broker_request number, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint32_t came;

	return request(number, words, 0, &came);
}

static kaal_status_t give_thing(uint64_t thing)
{
	return ask(KAAL_BROKER_GIVE, (uint64_t[KAAL_MESSAGE_REGISTERS]){thing});
}

/* What has come of a thing is followed by the rest of it; else all of it goes back. */
static kaal_status_t take_rest(struct kaal_broker_held *held, uint32_t came)
{
	while (came < held->count) {
		uint64_t words[KAAL_MESSAGE_REGISTERS] = {held->thing, came};
		uint32_t more;
		kaal_status_t status = request(KAAL_BROKER_MORE, words, held->first + came, &more);

		if (status == KAAL_OK && more == 0)
			status = KAAL_SLOT_OCCUPIED;
		if (status != KAAL_OK) {
			uint64_t rule = last_rule;

			kaal_ignore(kaal_broker_give(held));
			last_rule = rule;
			return status;
		}
		came += more;
	}
	return KAAL_OK;
}

/* A request for `count` capabilities, 0 if only the answer tells how many; words hold its first answer. */
static kaal_status_t hold(enum kaal_broker_request number, uint64_t words[KAAL_MESSAGE_REGISTERS], uint32_t count,
			  struct kaal_broker_held *held)
{
	kaal_cap_t first = 0;
	uint32_t came;
	kaal_status_t status;

	last_rule = KAAL_BROKER_RULE_NONE;
	status = count == 0 ? KAAL_OK : kaal_slot_take(count, &first);
	if (status != KAAL_OK)
		return status;
	status = request(number, words, first, &came);
	if (status == KAAL_OK && count == 0) {
		count = (uint32_t)words[1];
		status = kaal_slot_take(count, &first);
		if (status != KAAL_OK)
			(void)give_thing(words[0]);
	} else if (status != KAAL_OK) {
		kaal_ignore(kaal_slot_give(first, count));
	}
	if (status != KAAL_OK)
		return status;
	*held = (struct kaal_broker_held){.thing = words[0], .first = first, .count = count};
	return take_rest(held, came);
}

/* A name in words from 0 on; false if it is none. */
static bool put_name(uint64_t *words, const char *name)
{
	size_t length = strlen(name);

	last_rule = KAAL_BROKER_RULE_NAME;
	if (length == 0 || length >= KAAL_COMPONENT_NAME_BYTES)
		return false;
	memcpy(words, name, length);
	return true;
}

kaal_status_t kaal_broker_give(struct kaal_broker_held *held)
{
	kaal_status_t status = give_thing(held->thing);

	/* The other end of a channel keeps its memory alive, and so the capabilities here. */
	if (status == KAAL_OK && held->count != 0)
		status = kaal_slot_drop(held->first, held->count);
	if (status == KAAL_OK)
		*held = (struct kaal_broker_held){0};
	return status;
}

/* --- memory, devices, objects ---------------------------------------------------------- */

kaal_status_t kaal_broker_memory(uint32_t bits, struct kaal_broker_held *memory)
{
	return hold(KAAL_BROKER_MEMORY, (uint64_t[KAAL_MESSAGE_REGISTERS]){bits}, 1, memory);
}

/* Slots that so many bytes of pages need; of sizes that the broker refuses any number. */
static uint32_t pages_of(uint64_t bytes)
{
	uint64_t pages = bytes / KAAL_PAGE_BYTES;

	return pages == 0 || pages > UINT32_MAX ? 1 : (uint32_t)pages;
}

kaal_status_t kaal_broker_dma(uint64_t bytes, uint32_t flags, struct kaal_broker_held *dma, uint64_t *physical)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {bytes, flags};
	kaal_status_t status = hold(KAAL_BROKER_DMA, words, pages_of(bytes), dma);

	*physical = words[2];
	return status;
}

kaal_status_t kaal_broker_device(const char *name, struct kaal_broker_held *device, struct kaal_broker_device_info *info)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status;

	if (!put_name(words, name))
		return KAAL_OUT_OF_RANGE;
	status = hold(KAAL_BROKER_DEVICE, words, 0, device);
	if (status != KAAL_OK)
		return status;
	*info = (struct kaal_broker_device_info){.offset = words[2], .bytes = words[3], .line = (uint32_t)words[4],
						 .trigger = (uint32_t)words[5], .range_count = (uint32_t)words[6],
						 .line_count = (uint32_t)words[7]};
	info->pages = (uint32_t)((info->offset + info->bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES);
	/* Handlers come last. */
	if (info->line_count != 0)
		info->handler = kaal_irq_handler_at(device->first + device->count - info->line_count);
	return KAAL_OK;
}

kaal_status_t kaal_broker_device_registers(const struct kaal_broker_held *device, uint32_t index, struct kaal_broker_registers *registers)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {device->thing, index};
	kaal_status_t status = ask(KAAL_BROKER_REGISTERS, words);

	*registers = (struct kaal_broker_registers){.offset = words[0], .bytes = words[1], .first = kaal_frame_at(device->first + words[2]),
						    .pages = (uint32_t)words[3]};
	return status;
}

kaal_status_t kaal_broker_device_line(const struct kaal_broker_held *device, uint32_t index, struct kaal_broker_line *line)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {device->thing, index};
	kaal_status_t status = ask(KAAL_BROKER_LINE, words);

	*line = (struct kaal_broker_line){.line = (uint32_t)words[0], .trigger = (uint32_t)words[1], .handler = kaal_irq_handler_at(device->first + words[2])};
	return status;
}

kaal_status_t kaal_broker_object(enum kaal_object_type type, struct kaal_broker_held *object)
{
	return hold(KAAL_BROKER_OBJECT, (uint64_t[KAAL_MESSAGE_REGISTERS]){(uint64_t)type}, 1, object);
}

kaal_status_t kaal_broker_account(struct kaal_broker_account *account)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = ask(KAAL_BROKER_ACCOUNT, words);

	*account = (struct kaal_broker_account){words[0], words[1], words[2], words[3], (uint32_t)words[4]};
	return status;
}

/* --- services -------------------------------------------------------------------------- */

kaal_status_t kaal_broker_serve(const char *name, struct kaal_broker_signal ended, struct kaal_broker_held *service)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, 0, 0, ended.thing, ended.flag};

	return put_name(words, name) ? hold(KAAL_BROKER_SERVE, words, 1, service) : KAAL_OUT_OF_RANGE;
}

kaal_status_t kaal_broker_ended(uint64_t service, uint64_t badges[KAAL_BROKER_BADGES], uint32_t *count)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {service};
	kaal_status_t status = ask(KAAL_BROKER_ENDED, words);

	if (status != KAAL_OK)
		return status;
	*count = (uint32_t)words[0];
	memcpy(badges, &words[1], KAAL_BROKER_BADGES * sizeof *badges);
	return KAAL_OK;
}

/* A request whose answer brings one capability into a slot of its own. */
static kaal_status_t fetch(enum kaal_broker_request number, uint64_t words[KAAL_MESSAGE_REGISTERS], kaal_cap_t *cap)
{
	uint32_t came;
	kaal_status_t status;

	last_rule = KAAL_BROKER_RULE_NONE;
	status = kaal_slot_take(1, cap);
	if (status != KAAL_OK)
		return status;
	status = request(number, words, *cap, &came);
	/* What it was copied from has ended meanwhile. */
	if (status == KAAL_OK && came == 0)
		status = KAAL_CANCELLED;
	if (status != KAAL_OK)
		kaal_ignore(kaal_slot_give(*cap, 1));
	return status;
}

kaal_status_t kaal_broker_find(const char *name, struct kaal_broker_found *found)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status;

	if (!put_name(words, name))
		return KAAL_OUT_OF_RANGE;
	status = fetch(KAAL_BROKER_FIND, words, &found->endpoint.slot);
	found->badge = words[2];
	found->reconnect = words[3] == KAAL_BROKER_RECONNECT;
	found->version_major = (uint32_t)words[4] >> 16;
	found->version_minor = (uint32_t)words[4] & 0xffff;
	return status;
}

kaal_status_t kaal_broker_watch(const char *name, struct kaal_broker_signal changed, bool *there)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, 0, 0, changed.thing, changed.flag};
	kaal_status_t status;

	if (!put_name(words, name))
		return KAAL_OUT_OF_RANGE;
	status = ask(KAAL_BROKER_WATCH, words);
	*there = words[0] != 0;
	return status;
}

/* --- channels -------------------------------------------------------------------------- */

kaal_status_t kaal_broker_open(const char *name, uint64_t bytes, struct kaal_broker_signal signal, struct kaal_broker_held *channel)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, 0, 0, bytes, signal.thing, signal.flag};

	return put_name(words, name) ? hold(KAAL_BROKER_OPEN, words, pages_of(bytes), channel) : KAAL_OUT_OF_RANGE;
}

kaal_status_t kaal_broker_accept(uint64_t badge, uint64_t number, struct kaal_broker_signal signal, struct kaal_broker_held *channel)
{
	return hold(KAAL_BROKER_ACCEPT, (uint64_t[KAAL_MESSAGE_REGISTERS]){badge, number, signal.thing, signal.flag}, 0, channel);
}

kaal_status_t kaal_broker_peer(uint64_t channel, kaal_notification_t *notification)
{
	return fetch(KAAL_BROKER_PEER, (uint64_t[KAAL_MESSAGE_REGISTERS]){channel}, &notification->slot);
}
