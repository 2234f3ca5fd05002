/* What it takes to write on the serial line through the UART driver; and what hello-world, which has not run yet, takes of RAM. */
#include "told.h"

#include <string.h>

#include <kaal/serial.h>
#include <kaal/supervisor.h>

#define WRITES 64u

/* Client, driver and kernel, until the last byte has been given to the device: the driver is more urgent, and QEMU's line takes what it gets. */
static void measure_writes(void)
{
	static struct kaal_serial serial;
	static char text[WRITES * KAAL_SERIAL_BYTES_MAX];
	kaal_ticks_t start = 0, took;

	memset(text, '.', sizeof text);
	for (unsigned i = 0; i < WRITES; i++)
		text[(i + 1) * KAAL_SERIAL_BYTES_MAX - 1] = '\n';
	must("open", kaal_serial_open(&serial, "serial", UINT64_MAX));
	for (unsigned round = 0; round < 2; round++) {
		start = kaal_ticks_now();
		must("write", kaal_serial_write(&serial, text, sizeof text));
	}
	took = kaal_ticks_now() - start;
	print_row("serial.write", instructions(took) / WRITES, "instructions");
	print_row("serial.byte", instructions(took) / sizeof text, "instructions");
}

static void look_at_hello(void)
{
	struct kaal_component_info info;
	uint32_t hello;

	must("find", kaal_supervisor_find("hello", &hello));
	must("look", kaal_supervisor_look(hello, &info));
	print_row("ram.hello", info.bytes, "bytes");
}

int main(void)
{
	look_at_hello();
	measure_writes();
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_FAILURE;
}
