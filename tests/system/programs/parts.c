/* Drives a device that has several ranges of registers and several interrupt lines. */
#include "broker_memory.h"

/* The first identity register of a PrimeCell, at the end of its page (PL031 TRM DDI 0224, 3.3.9; PL061 TRM DDI 0190, 3.3.10). */
#define IDENTITY_OFFSET 0xfe0u

static struct kaal_broker_held memory, device;

static void show_range(uint32_t index)
{
	struct kaal_broker_registers range;
	volatile uint64_t *page;

	expect(kaal_broker_device_registers(&device, index, &range), KAAL_OK, "a range");
	page = map_page(memory.first, range.first.slot);
	printf("range %u: offset %u, %u bytes, %u page: identity %x\n", (unsigned)index, (unsigned)range.offset, (unsigned)range.bytes,
	       (unsigned)range.pages, ((volatile uint32_t *)page)[IDENTITY_OFFSET / 4]);
}

static void show_line(uint32_t index, kaal_cap_t notification)
{
	struct kaal_broker_line line;

	expect(kaal_broker_device_line(&device, index, &line), KAAL_OK, "a line");
	expect(kaal_sys_irq_handler_bind(line.handler.slot, notification), KAAL_OK, "binding");
	expect(kaal_sys_irq_ack(line.handler.slot), KAAL_OK, "waiting for it");
	printf("line %u, trigger %u: bound\n", (unsigned)line.line, (unsigned)line.trigger);
}

int main(void)
{
	struct kaal_broker_held notification;
	struct kaal_broker_device_info info;
	struct kaal_broker_registers range;

	expect(kaal_broker_memory(16, &memory), KAAL_OK, "memory");
	expect(kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &notification), KAAL_OK, "a notification");
	expect(kaal_broker_device("clock", &device, &info), KAAL_OK, "the clock");
	printf("clock: %u ranges, %u lines; first: offset %u, %u bytes, %u page, line %u\n", (unsigned)info.range_count, (unsigned)info.line_count,
	       (unsigned)info.offset, (unsigned)info.bytes, (unsigned)info.pages, (unsigned)info.line);
	for (uint32_t i = 0; i < info.range_count; i++)
		show_range(i);
	for (uint32_t i = 0; i < info.line_count; i++)
		show_line(i, notification.first);
	expect(kaal_broker_device_registers(&device, info.range_count, &range), KAAL_OUT_OF_RANGE, "a range too many");
	printf("range %u: %s\n", (unsigned)info.range_count, kaal_broker_rule_text(kaal_broker_rule()));
	expect(kaal_broker_give(&device), KAAL_OK, "giving it back");
	expect(kaal_broker_device("clock", &device, &info), KAAL_OK, "the clock again");
	printf("given back and taken again: line %u\n", (unsigned)info.line);
	return 0;
}
