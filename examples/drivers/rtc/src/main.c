/*
 * The clock's driver, a component: gets the device that the system description grants it, and serves. Arguments: `set`:
 * clients may set the time. It keeps nothing over its end: the next instance takes the device as it finds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/memory.h>
#include <kaal/slot.h>
#include <kaal/status_text.h>
#include <kaal/object.h>

#include "rtc-requires.h"
#include "rtc.h"

static struct rtc rtc;
static struct kaal_server server;
static struct kaal_broker_device_info device;

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s (%s)\n", what, kaal_status_text(status), kaal_broker_rule_text(kaal_broker_rule()));
	exit(EXIT_FAILURE);
}

static void interrupt(struct kaal_server *self, void *context)
{
	(void)context;
	rtc_progress(self);
	must("interrupt line", kaal_irq_ack(device.handler));
}

/* The device's registers, mapped. */
static uintptr_t get_registers(void)
{
	static struct kaal_broker_held held;
	uint64_t address;

	must("device", kaal_broker_device("rtc", &held, &device));
	must("registers", kaal_memory_map(kaal_frame_at(held.first), device.pages, &address));
	return address + device.offset;
}

/* The device's line signals a flag of the server's. */
static void get_interrupt(void)
{
	uint32_t flag;
	kaal_cap_t signal;

	must("flag", kaal_signals_take(&server.signals, &flag));
	must("flag", kaal_server_on(&server, flag, interrupt, NULL));
	must("slot", kaal_slot_take(1, &signal));
	must("flag", kaal_cap_mint(kaal_own_cnode(), signal, kaal_own_cnode(), server.signals.notification.first, KAAL_RIGHT_WRITE,
				   UINT64_C(1) << flag));
	must("interrupt line", kaal_irq_handler_bind(device.handler, kaal_notification_at(signal)));
	must("interrupt line", kaal_irq_ack(device.handler));
}

int main(int count, char **arguments)
{
	const struct kaal_server_setup setup = {.service = "rtc", .methods = rtc_methods, .method_count = RTC_METHODS,
						.deferred_max = RTC_CLIENTS_MAX, .ended = rtc_ended, .context = &rtc};

	rtc.may_set = count > 1 && strcmp(arguments[1], "set") == 0;
	if (count > 2 || (count > 1 && !rtc.may_set)) {
		printf("\"%s\" is no argument: set\n", arguments[count - 1]);
		return EXIT_FAILURE;
	}
	if (!pl031_start(&rtc.device, get_registers()) || device.handler.slot == 0) {
		printf("the device is no PL031 with an interrupt line\n");
		return EXIT_FAILURE;
	}
	printf("PL031, interrupt line %u\n", (unsigned)device.line);
	must("service", kaal_server_start(&server, &setup));
	get_interrupt();
	printf("ended: %s\n", kaal_status_text(kaal_server_run(&server)));
	return EXIT_FAILURE;
}
