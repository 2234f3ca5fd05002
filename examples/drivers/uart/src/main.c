/*
 * The root task: starts the driver of the UART that this terminal is, and a client that talks to it. Once the
 * driver runs the device is its own, and whoever has something to say asks it: printf() here would talk past it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/boot.h>
#include <kaal/device.h>
#include <kaal/syscall.h>

#include "client.h"
#include "driver.h"
#include "setup.h"

#define REGISTERS UINT64_C(0x1000000000) /* where they are mapped: far from the program, whose addresses begin at 4 MiB */
#define STACK_BYTES 8192u
#define DRIVER_PRIORITY 200u /* above its clients: a device does not wait */
#define CLIENT_PRIORITY 100u

/* Flags of the notification that the threads say their ends with. */
#define CLIENT_ENDED 1u
#define DRIVER_ENDED 2u

static _Alignas(16) char driver_stack[STACK_BYTES], client_stack[STACK_BYTES];
static struct uart_device uart;
static kaal_status_t ended_with;

/* How a thread says that it has ended: the last slot of its CSpace, a notification with WRITE. */
#define LAST_SLOT(bits) ((UINT64_C(1) << (bits)) - 1)

static _Noreturn void end(kaal_cap_t ended, kaal_status_t status)
{
	ended_with = status;
	(void)kaal_notification_signal(ended);
	for (;;)
		(void)kaal_thread_sleep(UINT64_MAX);
}

static void driver_thread(uint64_t argument)
{
	(void)argument;
	end(LAST_SLOT(UART_DRIVER_SLOT_BITS), uart_driver_run(&uart));
}

static void client_thread(uint64_t argument)
{
	(void)argument;
	end(LAST_SLOT(CLIENT_SLOT_BITS), client_run());
}

static void give_end(const struct setup_thread *thread, kaal_cap_t ended, uint64_t flag)
{
	if (kaal_cap_mint(thread->cspace, LAST_SLOT(thread->slot_bits), KAAL_SLOT_CNODE, ended, KAAL_RIGHT_WRITE, flag) != KAAL_OK)
		exit(EXIT_FAILURE);
}

static void start_driver(const struct kaal_device *device, kaal_cap_t endpoint, kaal_cap_t ended)
{
	kaal_cap_t frame = setup_device_frame(device->registers - device->registers % KAAL_PAGE_BYTES);
	struct setup_thread driver = {
		.entry = driver_thread,
		.priority = DRIVER_PRIORITY,
		.stack_end = driver_stack + STACK_BYTES,
		.slot_bits = UART_DRIVER_SLOT_BITS,
		.context_slot = UART_DRIVER_CONTEXT,
		.notification = setup_make(KAAL_OBJECT_NOTIFICATION),
	};

	setup_map(frame, REGISTERS);
	uart.registers = REGISTERS + device->registers % KAAL_PAGE_BYTES;
	uart.line_control = kaal_device_is_compatible(device, "arm,pl011");
	setup_thread(&driver);
	setup_give(&driver, UART_DRIVER_ENDPOINT, endpoint, KAAL_RIGHT_READ);
	setup_give(&driver, UART_DRIVER_HANDLER, setup_handler(device, driver.notification), KAAL_RIGHT_WRITE);
	setup_move(&driver, UART_DRIVER_FRAME, frame);
	for (uint64_t i = 0; i < UART_DRIVER_REPLY_COUNT; i++)
		setup_give(&driver, UART_DRIVER_REPLIES + i, setup_make(KAAL_OBJECT_REPLY), KAAL_RIGHT_WRITE);
	give_end(&driver, ended, DRIVER_ENDED);
	setup_start(&driver);
}

static void start_client(kaal_cap_t endpoint, kaal_cap_t ended)
{
	struct setup_thread client = {
		.entry = client_thread,
		.priority = CLIENT_PRIORITY,
		.stack_end = client_stack + STACK_BYTES,
		.slot_bits = CLIENT_SLOT_BITS,
		.context_slot = CLIENT_CONTEXT,
	};

	setup_thread(&client);
	setup_give(&client, CLIENT_UART, endpoint, KAAL_RIGHT_WRITE);
	give_end(&client, ended, CLIENT_ENDED);
	setup_start(&client);
}

int main(void)
{
	struct kaal_device device;
	kaal_cap_t endpoint, ended;
	uint64_t flags;

	if (!kaal_device_console(&device) || device.line == 0 ||
	    !(kaal_device_is_compatible(&device, "arm,pl011") || kaal_device_is_compatible(&device, "arm,sbsa-uart"))) {
		fprintf(stderr, "uart: the firmware's device tree names no PL011 with an interrupt as console\n");
		return EXIT_FAILURE;
	}
	printf("uart: %s at 0x%llx, interrupt line %u\n", device.compatible, (unsigned long long)device.registers, (unsigned)device.line);
	endpoint = setup_make(KAAL_OBJECT_ENDPOINT);
	ended = setup_make(KAAL_OBJECT_NOTIFICATION);
	start_driver(&device, endpoint, ended);
	start_client(endpoint, ended);
	if (kaal_notification_wait(ended, &flags) != KAAL_OK || flags != CLIENT_ENDED || ended_with != KAAL_OK)
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
