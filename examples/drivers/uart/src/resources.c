#include "resources.h"

#include <stdio.h>
#include <stdlib.h>

#include <kaal/broker.h>
#include <kaal/memory.h>
#include <kaal/slot.h>
#include <kaal/startup.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>
#include <kaal/thread.h>
#include <kaal/object.h>

#include "calls.h"

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s (%s)\n", what, kaal_status_text(status), kaal_broker_rule_text(kaal_broker_rule()));
	exit(EXIT_FAILURE);
}

/* Reply objects; returns the first one's slot. */
static kaal_cap_t make_replies(uint64_t count)
{
	static struct kaal_broker_held memory;
	kaal_cap_t first;
	uint64_t made = 0;
	kaal_status_t status;

	must("memory", kaal_broker_memory(KAAL_PAGE_BITS, &memory));
	must("slots", kaal_slot_take((uint32_t)count, &first));
	for (uint64_t done = 0; done < count; done += made) {
		status = kaal_untyped_retype(kaal_untyped_at(memory.first), KAAL_OBJECT_REPLY, kaal_own_cnode(), first + done, count - done, &made);
		if (status != KAAL_INTERRUPTED)
			must("replies", status);
	}
	return first;
}

static uintptr_t map(kaal_frame_t frames, uint32_t count)
{
	uint64_t address;

	must("mapping", kaal_memory_map(frames, count, &address));
	return address;
}

/* Console and interrupt line come by one notification, the console's. */
static void get_console_and_line(struct uart_driver_setup *setup, const struct kaal_broker_device_info *info)
{
	kaal_notification_t notification;
	kaal_frame_t ring;
	kaal_cap_t flag;

	must("console", kaal_supervisor_console(&ring, &notification));
	setup->console = (struct kaal_log *)map(ring, 1);
	must("slot", kaal_slot_take(1, &flag));
	must("flag", kaal_cap_mint(kaal_own_cnode(), flag, kaal_own_cnode(), notification.slot, KAAL_RIGHT_WRITE, 1u << UART_FLAG_INTERRUPT));
	must("interrupt", kaal_irq_handler_bind(info->handler, kaal_notification_at(flag)));
	must("notification", kaal_thread_bind_notification(kaal_thread_cap(0), notification));
}

void resources_get(struct uart_driver_setup *setup)
{
	static struct kaal_broker_held device, service;
	struct kaal_broker_device_info info;

	must("device", kaal_broker_device("uart", &device, &info));
	if (info.handler.slot == 0) {
		printf("the device has no interrupt line\n");
		exit(EXIT_FAILURE);
	}
	printf("PL011, interrupt line %u\n", (unsigned)info.line);
	setup->registers = map(kaal_frame_at(device.first), info.pages) + info.offset;
	setup->handler = info.handler;
	setup->context = kaal_own_sched_context();
	setup->replies = make_replies(CALLS_REPLY_COUNT);
	get_console_and_line(setup, &info);
	/* Last: whoever finds the service finds a driver that goes on to serve. */
	must("service", kaal_broker_serve("serial", (struct kaal_broker_signal){0}, &service));
	setup->service = service.thing;
	setup->endpoint = kaal_endpoint_at(service.first);
}
