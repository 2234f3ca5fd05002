#include "device.h"

#include <stddef.h>

#include <kaal/slot.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>

#define TABLES_BITS 14u /* of memory for page tables: 16 KiB, more than one mapping needs */
#define READ_WRITE (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)

/* A page table for an address that has none. */
static kaal_status_t add_table(kaal_cap_t memory, uint64_t address)
{
	kaal_cap_t table;
	uint64_t made;
	kaal_status_t status = kaal_slot_take(1, &table);

	if (status == KAAL_OK)
		status = kaal_untyped_retype(memory, KAAL_OBJECT_PAGE_TABLE, KAAL_SLOT_CNODE, table, 1, &made);
	return status == KAAL_OK ? kaal_page_table_map(table, KAAL_SLOT_VSPACE, address) : status;
}

/* Maps frames in a row at an address where nothing lies. */
static kaal_status_t map(kaal_cap_t frames, uint32_t count, uint64_t address)
{
	struct kaal_broker_held memory;
	kaal_status_t status = kaal_broker_memory(TABLES_BITS, &memory);
	uint64_t mapped;

	while (status == KAAL_OK && count != 0) {
		status = kaal_frame_map(frames, KAAL_SLOT_VSPACE, address, READ_WRITE, count, &mapped);
		frames += mapped;
		count -= (uint32_t)mapped;
		address += mapped * KAAL_PAGE_BYTES;
		if (status == KAAL_NO_TABLE)
			status = add_table(memory.first, address);
		else if (status == KAAL_INTERRUPTED)
			status = KAAL_OK;
	}
	return status;
}

kaal_status_t device_get(struct device *device, const char *name)
{
	uint64_t address = kaal_startup()->free_addresses.address;
	kaal_status_t status = kaal_broker_device(name, &device->held, &device->info);

	device->registers = (uintptr_t)(address + device->info.offset);
	return status == KAAL_OK ? map(device->held.first, device->info.pages, address) : status;
}

/* The line signals a flag of the server's own notification, through a copy of it that can do nothing else. */
kaal_status_t device_on_interrupt(const struct device *device, struct kaal_server *server, void (*come)(struct kaal_server *, void *))
{
	kaal_cap_t signal;
	uint32_t flag;
	kaal_status_t status = device->info.handler != 0 ? kaal_signals_take(&server->signals, &flag) : KAAL_NOT_SUPPORTED;

	if (status == KAAL_OK)
		status = kaal_server_on(server, flag, come, NULL);
	if (status == KAAL_OK)
		status = kaal_slot_take(1, &signal);
	if (status == KAAL_OK)
		status = kaal_cap_mint(KAAL_SLOT_CNODE, signal, KAAL_SLOT_CNODE, server->signals.notification.first, KAAL_RIGHT_WRITE,
				       UINT64_C(1) << flag);
	if (status == KAAL_OK)
		status = kaal_irq_handler_bind(device->info.handler, signal);
	return status == KAAL_OK ? device_acknowledge(device) : status;
}

kaal_status_t device_acknowledge(const struct device *device)
{
	return kaal_irq_ack(device->info.handler);
}
