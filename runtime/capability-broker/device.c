#include "parts.h"

/* --- which ranges of registers share pages, at the start --------------------------------------------- */

static uint64_t first_address(const struct kaal_range *registers)
{
	return registers->address - registers->address % KAAL_PAGE_BYTES;
}

static uint64_t page_count(const struct kaal_range *registers)
{
	uint64_t bytes = registers->address % KAAL_PAGE_BYTES + registers->bytes;

	return bytes / KAAL_PAGE_BYTES + (bytes % KAAL_PAGE_BYTES != 0 ? 1 : 0);
}

static bool overlap(const struct broker_span *one, const struct broker_span *other)
{
	return other->ranges != 0 && one->base < other->base + other->pages * KAAL_PAGE_BYTES &&
	       other->base < one->base + one->pages * KAAL_PAGE_BYTES;
}

/* The ranges of span `from`, all before range `ranges`, move to span `to`, which grows. */
static void merge(struct broker *broker, uint32_t to, uint32_t from, uint32_t ranges)
{
	struct broker_span *one = &broker->span[to], *other = &broker->span[from];
	uint64_t end = one->base + one->pages * KAAL_PAGE_BYTES, other_end = other->base + other->pages * KAAL_PAGE_BYTES;

	one->base = one->base < other->base ? one->base : other->base;
	one->pages = ((end > other_end ? end : other_end) - one->base) / KAAL_PAGE_BYTES;
	one->ranges += other->ranges;
	other->ranges = 0;
	for (uint32_t i = 0; i < ranges; i++) {
		if (broker->range[i].span == from)
			broker->range[i].span = to;
	}
}

/* Range number i is there from now on. */
static void start_range(struct broker *broker, uint32_t i, const struct kaal_range *registers)
{
	broker->range[i] = (struct broker_range){.span = i, .pages = (uint32_t)page_count(registers)};
	broker->span[i] = (struct broker_span){.base = first_address(registers), .pages = page_count(registers), .ranges = 1};
	/* What it grows by may reach others. */
	for (uint32_t j = 0; j < i; j++) {
		if (overlap(&broker->span[i], &broker->span[j])) {
			merge(broker, i, j, i);
			j = UINT32_MAX;
		}
	}
}

void broker_devices_start(struct broker *broker)
{
	const struct kaal_broker_device *hardware = broker->setup.devices;
	uint32_t count = broker->setup.manifest->device_count, ranges = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct broker_device *device = &broker->device[i];

		device->first_range = ranges;
		device->range_count = hardware[i].range_count;
		for (uint32_t k = 0; k < device->range_count; k++, ranges++) {
			start_range(broker, ranges, &hardware[i].registers[k]);
			device->pages += broker->range[ranges].pages;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < hardware[i].range_count; k++) {
			struct broker_range *range = &broker->range[broker->device[i].first_range + k];
			uint64_t offset = first_address(&hardware[i].registers[k]) - broker->span[range->span].base;

			range->first_page = (uint32_t)(offset / KAAL_PAGE_BYTES);
		}
	}
}

/* --- pages ----------------------------------------------------------------------------- */

/* The slot of a page of a range; 0: it is not held. */
static kaal_cap_t page_cap(const struct broker *broker, const struct broker_range *range, uint32_t page)
{
	const struct broker_span *span = &broker->span[range->span];

	if (span->ranges > 1)
		return range->slot == 0 ? 0 : range->slot + page;
	return range->held ? span->frames.first + range->first_page + page : 0;
}

kaal_cap_t broker_device_cap(const struct broker *broker, uint32_t index, uint32_t cap)
{
	const struct broker_device *device = &broker->device[index];
	const struct broker_range *range = &broker->range[device->first_range];

	if (cap >= device->pages)
		return broker->setup.devices[index].irq[cap - device->pages].handler_slot;
	for (; cap >= range->pages; range++)
		cap -= range->pages;
	return page_cap(broker, range, cap);
}

/* All pages of a span: the root task may have given them in several blocks, of a power of two each. */
static kaal_status_t take_blocks(struct broker *broker, const struct broker_span *span, kaal_block_t *blocks)
{
	struct kaal_physical_memory *physical = broker->setup.physical;
	kaal_status_t status = KAAL_OK;
	uint64_t taken = 0;

	*blocks = 0;
	while (taken < span->pages && status == KAAL_OK) {
		uint64_t pages = UINT64_C(1) << (63u - (uint32_t)__builtin_clzll(span->pages - taken));
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
			status = kaal_sys_untyped_retype(kaal_physical_cap(setup->physical, block), KAAL_OBJECT_FRAME + 256 * KAAL_PAGE_BITS,
						     setup->slots->cnode, slot, count, &made);
			slot += made;
			count -= made;
		} while (status == KAAL_INTERRUPTED);
	}
	return status;
}

/* The first range of a span takes all its pages. */
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

/* Copies of pages that another range has, too: to be revoked alone, and mapped apart. */
static kaal_status_t copy_pages(struct broker *broker, struct broker_range *range)
{
	const struct kaal_slots *slots = broker->setup.slots;
	kaal_cap_t from = broker->span[range->span].frames.first + range->first_page;
	kaal_status_t status = broker_slot_take(broker, range->pages, &range->slot);

	for (uint32_t i = 0; i < range->pages && status == KAAL_OK; i++) {
		status = kaal_sys_cap_copy(slots->cnode, kaal_slots_slot(slots, range->slot + i), slots->cnode, kaal_slots_slot(slots, from + i),
				       KAAL_RIGHT_READ | KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT);
	}
	if (status != KAAL_OK)
		(void)broker_slot_drop(broker, &range->slot, range->pages);
	return status;
}

static kaal_status_t take_range(struct broker *broker, struct broker_range *range)
{
	struct broker_span *span = &broker->span[range->span];
	kaal_status_t status = take_span(broker, span);

	if (status == KAAL_OK && span->ranges > 1) {
		status = copy_pages(broker, range);
		if (status != KAAL_OK)
			(void)leave_span(broker, span);
	}
	if (status == KAAL_OK) {
		range->held = true;
		span->held++;
	}
	return status;
}

/* Can be made again after a failure, and after success. */
static kaal_status_t leave_range(struct broker *broker, struct broker_range *range)
{
	struct broker_span *span = &broker->span[range->span];
	kaal_status_t status;

	if (!range->held)
		return KAAL_OK;
	status = broker_slot_drop(broker, &range->slot, range->pages);
	if (status != KAAL_OK)
		return status;
	span->held--;
	status = leave_span(broker, span);
	if (status == KAAL_OK)
		range->held = false;
	else
		span->held++;
	return status;
}

static kaal_status_t leave_ranges(struct broker *broker, const struct broker_device *device)
{
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = device->range_count; i > 0 && status == KAAL_OK; i--)
		status = leave_range(broker, &broker->range[device->first_range + i - 1]);
	return status;
}

static kaal_status_t take_ranges(struct broker *broker, const struct broker_device *device)
{
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; i < device->range_count && status == KAAL_OK; i++)
		status = take_range(broker, &broker->range[device->first_range + i]);
	if (status != KAAL_OK)
		(void)leave_ranges(broker, device);
	return status;
}

/* Slots of own copies: those of pages that are the device's alone are bounded by the description. */
static uint32_t slots_share(const struct broker *broker, const struct broker_device *device)
{
	uint32_t slots = 0;

	for (uint32_t i = 0; i < device->range_count; i++) {
		const struct broker_range *range = &broker->range[device->first_range + i];

		slots += broker->span[range->span].ranges > 1 ? range->pages : 0;
	}
	return slots;
}

/* --- requests -------------------------------------------------------------------------- */

enum kaal_broker_rule broker_request_DEVICE(struct broker_call *call)
{
	struct broker *broker = call->broker;
	const struct kaal_broker_device *hardware;
	struct broker_device *device;
	kaal_status_t status;
	uint32_t index, at;
	enum kaal_broker_rule rule = broker_find_device(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	device = &broker->device[index];
	hardware = &broker->setup.devices[index];
	if (device->thing != 0)
		return KAAL_BROKER_RULE_DEVICE_HELD;
	at = broker_thing_new(broker, call->caller, BROKER_DEVICE, slots_share(broker, device));
	if (at == 0)
		return KAAL_BROKER_RULE_SHARE;
	status = take_ranges(broker, device);
	if (status != KAAL_OK) {
		broker_thing_free(broker, at);
		return broker_taken(call, status);
	}
	device->thing = at;
	broker->thing[at].item = index;
	broker_answer_held(call, at, 0);
	/* Without a line these are 0. */
	broker_answer_words(call, 2, 6, (const uint64_t[]){hardware->registers[0].address % KAAL_PAGE_BYTES, hardware->registers[0].bytes,
							   hardware->irq[0].line, hardware->irq[0].trigger, hardware->range_count,
							   hardware->line_count});
	return KAAL_BROKER_RULE_NONE;
}

/* The device that a request names by its thing. */
static enum kaal_broker_rule find_held(struct broker_call *call, uint32_t *device)
{
	uint32_t at = broker_thing_find(call->broker, call->caller, call->words[0]);

	if (at == 0)
		return KAAL_BROKER_RULE_THING;
	*device = call->broker->thing[at].item;
	return call->broker->thing[at].kind == BROKER_DEVICE ? KAAL_BROKER_RULE_NONE : KAAL_BROKER_RULE_KIND;
}

enum kaal_broker_rule broker_request_REGISTERS(struct broker_call *call)
{
	uint64_t wanted = call->words[1], first = 0;
	const struct kaal_broker_device *hardware;
	const struct broker_range *range;
	uint32_t index;
	enum kaal_broker_rule rule = find_held(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	hardware = &call->broker->setup.devices[index];
	if (wanted >= hardware->range_count)
		return KAAL_BROKER_RULE_INDEX;
	range = &call->broker->range[call->broker->device[index].first_range];
	for (uint64_t i = 0; i < wanted; i++)
		first += range[i].pages;
	broker_answer_words(call, 0, 4, (const uint64_t[]){hardware->registers[wanted].address % KAAL_PAGE_BYTES, hardware->registers[wanted].bytes,
							   first, range[wanted].pages});
	return KAAL_BROKER_RULE_NONE;
}

enum kaal_broker_rule broker_request_LINE(struct broker_call *call)
{
	uint64_t wanted = call->words[1];
	const struct kaal_broker_device *hardware;
	uint32_t index;
	enum kaal_broker_rule rule = find_held(call, &index);

	if (rule != KAAL_BROKER_RULE_NONE)
		return rule;
	hardware = &call->broker->setup.devices[index];
	if (wanted >= hardware->line_count)
		return KAAL_BROKER_RULE_INDEX;
	broker_answer_words(call, 0, 3, (const uint64_t[]){hardware->irq[wanted].line, hardware->irq[wanted].trigger,
							   call->broker->device[index].pages + wanted});
	return KAAL_BROKER_RULE_NONE;
}

/* Nobody has a line's handler any more, and it is masked: what binds it masks it. */
static kaal_status_t quiet(struct broker *broker, kaal_cap_t handler)
{
	const struct broker_setup *setup = &broker->setup;
	kaal_status_t status = kaal_sys_cap_revoke(setup->slots->cnode, kaal_slots_slot(setup->slots, handler));

	if (status == KAAL_OK)
		status = kaal_sys_irq_handler_bind(handler, setup->quiet);
	return status == KAAL_OK ? kaal_sys_irq_handler_unbind(handler) : status;
}

kaal_status_t broker_device_release(struct broker *broker, uint32_t index)
{
	struct broker_device *device = &broker->device[index];
	const struct kaal_broker_device *hardware = &broker->setup.devices[index];
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; i < hardware->line_count && status == KAAL_OK; i++)
		status = quiet(broker, hardware->irq[i].handler_slot);
	if (status == KAAL_OK)
		status = leave_ranges(broker, device);
	if (status == KAAL_OK)
		device->thing = 0;
	return status;
}
