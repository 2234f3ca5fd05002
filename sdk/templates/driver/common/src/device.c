#include "device.h"

#include <stddef.h>

#include <kaal/memory.h>
#include <kaal/slot.h>
#include <kaal/object.h>

kaal_status_t device_get(struct device *device, const char *name)
{
	uint64_t address;
	kaal_status_t status = kaal_broker_device(name, &device->held, &device->info);

	if (status == KAAL_OK)
		status = kaal_memory_map(kaal_frame_at(device->held.first), device->info.pages, &address);
	if (status == KAAL_OK)
		device->registers = (uintptr_t)(address + device->info.offset);
	return status;
}

/* The line signals a flag of the server's own notification, through a copy of it that can do nothing else. */
kaal_status_t device_on_interrupt(const struct device *device, struct kaal_server *server, void (*come)(struct kaal_server *, void *))
{
	kaal_cap_t signal;
	uint32_t flag;
	kaal_status_t status = device->info.handler.slot != 0 ? kaal_signals_take(&server->signals, &flag) : KAAL_NOT_SUPPORTED;

	if (status == KAAL_OK)
		status = kaal_server_on(server, flag, come, NULL);
	if (status == KAAL_OK)
		status = kaal_slot_take(1, &signal);
	if (status == KAAL_OK)
		status = kaal_cap_mint(kaal_own_cnode(), signal, kaal_own_cnode(), server->signals.notification.first, KAAL_RIGHT_WRITE,
				       UINT64_C(1) << flag);
	if (status == KAAL_OK)
		status = kaal_irq_handler_bind(device->info.handler, kaal_notification_at(signal));
	return status == KAAL_OK ? device_acknowledge(device) : status;
}

kaal_status_t device_acknowledge(const struct device *device)
{
	return kaal_irq_ack(device->info.handler);
}
