#include "resources.h"

#include <stdio.h>
#include <stdlib.h>

#include <kaal/broker.h>
#include <kaal/slot.h>
#include <kaal/startup.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>

#include "calls.h"

#define MEMORY_BITS 15u /* page tables and reply objects: 32 KiB */
#define READ_WRITE (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)

static struct kaal_broker_held memory;

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s (%s)\n", what, kaal_status_text(status), kaal_broker_rule_text(kaal_broker_rule()));
	exit(EXIT_FAILURE);
}

/* Makes `count` objects; returns the first one's slot. */
static kaal_cap_t make(enum kaal_object_type type, uint64_t count)
{
	kaal_cap_t first;
	uint64_t made = 0;
	kaal_status_t status;

	must("slots", kaal_slot_take((uint32_t)count, &first));
	for (uint64_t done = 0; done < count; done += made) {
		status = kaal_untyped_retype(memory.first, type, KAAL_SLOT_CNODE, first + done, count - done, &made);
		if (status != KAAL_INTERRUPTED)
			must("objects", status);
	}
	return first;
}

/* Maps frames in a row, where nothing lies, with the page tables that are missing; returns their address. */
static uintptr_t map(kaal_cap_t frames, uint32_t count)
{
	static uint64_t next;
	uint64_t address, mapped;

	if (next == 0)
		next = kaal_startup()->free_addresses.address;
	address = next;
	while (count != 0) {
		kaal_status_t status = kaal_frame_map(frames, KAAL_SLOT_VSPACE, next, READ_WRITE, count, &mapped);

		frames += mapped;
		count -= (uint32_t)mapped;
		next += mapped * KAAL_PAGE_BYTES;
		if (status == KAAL_NO_TABLE)
			status = kaal_page_table_map(make(KAAL_OBJECT_PAGE_TABLE, 1), KAAL_SLOT_VSPACE, next);
		if (status != KAAL_INTERRUPTED)
			must("mapping", status);
	}
	return address;
}

/* Console and interrupt line come by one notification, the console's. */
static void get_console_and_line(struct uart_driver_setup *setup, const struct kaal_broker_device_info *info)
{
	kaal_cap_t ring, notification, flag;

	must("console", kaal_supervisor_console(&ring, &notification));
	setup->console = (struct kaal_log *)map(ring, 1);
	must("slot", kaal_slot_take(1, &flag));
	must("flag", kaal_cap_mint(KAAL_SLOT_CNODE, flag, KAAL_SLOT_CNODE, notification, KAAL_RIGHT_WRITE, 1u << UART_FLAG_INTERRUPT));
	must("interrupt", kaal_irq_handler_bind(info->handler, flag));
	must("notification", kaal_thread_bind_notification(KAAL_SLOT_THREAD, notification));
}

void resources_get(struct uart_driver_setup *setup)
{
	static struct kaal_broker_held device, service;
	struct kaal_broker_device_info info;

	must("memory", kaal_broker_memory(MEMORY_BITS, &memory));
	must("device", kaal_broker_device("uart", &device, &info));
	if (info.handler == 0) {
		printf("the device has no interrupt line\n");
		exit(EXIT_FAILURE);
	}
	printf("PL011, interrupt line %u\n", (unsigned)info.line);
	setup->registers = map(device.first, info.pages) + info.offset;
	setup->handler = info.handler;
	setup->context = KAAL_SLOT_SCHED_CONTEXT;
	setup->replies = make(KAAL_OBJECT_REPLY, CALLS_REPLY_COUNT);
	get_console_and_line(setup, &info);
	/* Last: whoever finds the service finds a driver that goes on to serve. */
	must("service", kaal_broker_serve("serial", (struct kaal_broker_signal){0}, &service));
	setup->endpoint = service.first;
}
