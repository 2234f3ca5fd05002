#include "parts.h"

/* --- which devices share pages, at the start --------------------------------------------- */

static uint64_t first_address(const struct kaal_broker_device *device)
{
	return device->registers - device->registers % KAAL_PAGE_BYTES;
}

static uint64_t page_count(const struct kaal_broker_device *device)
{
	uint64_t bytes = device->registers % KAAL_PAGE_BYTES + device->registers_bytes;

	return bytes / KAAL_PAGE_BYTES + (bytes % KAAL_PAGE_BYTES != 0 ? 1 : 0);
}

static bool overlap(const struct broker_span *one, const struct broker_span *other)
{
	return other->devices != 0 && one->base < other->base + other->pages * KAAL_PAGE_BYTES &&
	       other->base < one->base + one->pages * KAAL_PAGE_BYTES;
}

/* The devices of span `from` move to span `to`, which grows. */
static void merge(struct broker *broker, uint32_t to, uint32_t from, uint32_t devices)
{
	struct broker_span *one = &broker->span[to], *other = &broker->span[from];
	uint64_t end = one->base + one->pages * KAAL_PAGE_BYTES, other_end = other->base + other->pages * KAAL_PAGE_BYTES;

	one->base = one->base < other->base ? one->base : other->base;
	one->pages = ((end > other_end ? end : other_end) - one->base) / KAAL_PAGE_BYTES;
	one->devices += other->devices;
	other->devices = 0;
	for (uint32_t i = 0; i < devices; i++) {
		if (broker->device[i].span == from)
			broker->device[i].span = to;
	}
}

void broker_devices_start(struct broker *broker)
{
	uint32_t count = broker->setup.manifest->device_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct kaal_broker_device *device = &broker->setup.devices[i];

		broker->device[i].span = i;
		broker->device[i].pages = (uint32_t)page_count(device);
		broker->span[i] = (struct broker_span){.base = first_address(device), .pages = page_count(device), .devices = 1};
		/* What it grows by may reach others. */
		for (uint32_t j = 0; j < i; j++) {
			if (overlap(&broker->span[i], &broker->span[j])) {
				merge(broker, i, j, i);
				j = UINT32_MAX;
			}
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		uint64_t offset = first_address(&broker->setup.devices[i]) - broker->span[broker->device[i].span].base;

		broker->device[i].first_page = (uint32_t)(offset / KAAL_PAGE_BYTES);
	}
}

/* --- requests -------------------------------------------------------------------------- */

kaal_cap_t broker_device_cap(const struct broker *broker, const struct broker_thing *thing, uint32_t index)
{
	const struct broker_device *device = &broker->device[thing->item];

	if (index == device->pages)
		return broker->setup.devices[thing->item].handler_slot;
	return thing->slot != 0 ? thing->slot + index : broker->span[device->span].frames.first + device->first_page + index;
}

/* All pages of a span: the root task may have given them in several blocks. */
static kaal_status_t take_blocks(struct broker *broker, const struct broker_span *span, kaal_block_t *blocks)
{
	struct kaal_physical_memory *physical = broker->setup.physical;
	kaal_status_t status = KAAL_OK;
	uint64_t taken = 0;

	*blocks = 0;
	while (taken < span->pages && status == KAAL_OK) {
		uint64_t pages = span->pages - taken;
		kaal_block_t piece = 0;

		do {
			status = kaal_physical_take_at(physical, &broker->devices_account, span->base + taken * KAAL_PAGE_BYTES, pages, &piece);
		} while (status == KAAL_OUT_OF_RANGE && (pages /= 2) != 0);
		kaal_physical_chain(physical, blocks, piece);
		taken += pages;
	}
	if (status != KAAL_OK)
		(void)kaal_physical_give(physical, blocks);
	return status;
}

static kaal_status_t make_frames(struct broker *broker, kaal_block_t block, uint64_t slot)
{
	const struct broker_setup *setup = &broker->setup;
	kaal_status_t status = KAAL_OK;

	for (; block != 0 && status == KAAL_OK; block = kaal_physical_next(setup->physical, block)) {
		uint64_t count = UINT64_C(1) << (kaal_physical_bits(setup->physical, block) - KAAL_PAGE_BITS), made;

		do {
			status = kaal_untyped_retype(kaal_physical_cap(setup->physical, block), KAAL_OBJECT_FRAME + 256 * KAAL_PAGE_BITS,
						     setup->slots->cnode, slot, count, &made);
			slot += made;
			count -= made;
		} while (status == KAAL_INTERRUPTED);
	}
	return status;
}

/* The first device of a span takes all its pages. */
static kaal_status_t take_span(struct broker *broker, struct broker_span *span)
{
	struct kaal_frames *frames = &span->frames;
	kaal_status_t status;

	if (span->held != 0)
		return KAAL_OK;
	*frames = (struct kaal_frames){.size_bits = KAAL_PAGE_BITS};
	status = take_blocks(broker, span, &frames->blocks);
	if (status != KAAL_OK)
		return status;
	status = broker_slot_take(broker, (uint32_t)span->pages, &frames->first);
	if (status == KAAL_OK) {
		frames->count = (uint32_t)span->pages;
		status = make_frames(broker, frames->blocks, kaal_slots_slot(broker->setup.slots, frames->first));
	}
	if (status != KAAL_OK)
		(void)kaal_frames_give(broker->setup.physical, frames);
	return status;
}

static kaal_status_t leave_span(struct broker *broker, struct broker_span *span)
{
	return span->held != 0 ? KAAL_OK : kaal_frames_give(broker->setup.physical, &span->frames);
}

/* Copies of pages that another driver has, too: to be revoked alone. */
static kaal_status_t copy_pages(struct broker *broker, const struct broker_device *device, struct broker_thing *thing)
{
	const struct kaal_slots *slots = broker->setup.slots;
	kaal_cap_t from = broker->span[device->span].frames.first + device->first_page;
	kaal_status_t status = broker_slot_take(broker, device->pages, &thing->slot);

	for (uint32_t i = 0; i < device->pages && status == KAAL_OK; i++) {
		status = kaal_cap_copy(slots->cnode, kaal_slots_slot(slots, thing->slot + i), slots->cnode, kaal_slots_slot(slots, from + i),
				       KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT);
	}
	if (status != KAAL_OK)
		(void)broker_slot_drop(broker, &thing->slot, device->pages);
	return status;
}

enum kaal_broker_rule broker_request_DEVICE(struct broker_call *call)
{
	struct broker *broker = call->broker;
	const struct kaal_broker_device *hardware;
	struct broker_device *device;
	struct broker_span *span;
	kaal_status_t status;
	uint32_t index, at;
	enum kaal_broker_rule rule = broker_find_device(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	device = &broker->device[index];
	hardware = &broker->setup.devices[index];
	span = &broker->span[device->span];
	if (device->thing != 0)
		return KAAL_BROKER_RULE_DEVICE_HELD;
	at = broker_thing_new(broker, call->caller, BROKER_DEVICE, span->devices > 1 ? device->pages : 0);
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	status = take_span(broker, span);
	if (status == KAAL_OK && span->devices > 1) {
		status = copy_pages(broker, device, &broker->thing[at]);
		if (status != KAAL_OK)
			(void)leave_span(broker, span);
	}
	if (status != KAAL_OK) {
		broker_thing_free(broker, at);
		return broker_taken(call, status);
	}
	span->held++;
	device->thing = at;
	broker->thing[at].item = index;
	broker_answer_held(call, at, 0);
	broker_answer_words(call, 2, 4,
			    (const uint64_t[]){hardware->registers % KAAL_PAGE_BYTES, hardware->registers_bytes, hardware->line,
					       hardware->trigger});
	return KAAL_BROKER_RULE_NONE;
}

/* Nobody has the line's handler any more, and it is masked: what binds it masks it. */
static kaal_status_t quiet(struct broker *broker, const struct kaal_broker_device *hardware)
{
	const struct broker_setup *setup = &broker->setup;
	kaal_status_t status;

	if (hardware->line == 0)
		return KAAL_OK;
	status = kaal_cap_revoke(setup->slots->cnode, kaal_slots_slot(setup->slots, hardware->handler_slot));
	if (status == KAAL_OK)
		status = kaal_irq_handler_bind(hardware->handler_slot, setup->quiet);
	return status == KAAL_OK ? kaal_irq_handler_unbind(hardware->handler_slot) : status;
}

kaal_status_t broker_device_release(struct broker *broker, struct broker_thing *thing)
{
	struct broker_device *device = &broker->device[thing->item];
	struct broker_span *span = &broker->span[device->span];
	kaal_status_t status = quiet(broker, &broker->setup.devices[thing->item]);

	if (status == KAAL_OK)
		status = broker_slot_drop(broker, &thing->slot, device->pages);
	if (status != KAAL_OK)
		return status;
	span->held--;
	status = leave_span(broker, span);
	if (status != KAAL_OK) {
		span->held++;
		return status;
	}
	device->thing = 0;
	return KAAL_OK;
}
