/*
 * The driver, a component: gets what the system description grants it, takes the console over, and serves. It keeps nothing over
 * its end: the next instance starts the same way, whatever this one left the device in. Arguments, one at most:
 *
 *   sbsa      the device is the SBSA subset of a PL011
 *   clock=HZ  of its clock, UARTCLK, 1 to 2^32: clients may change the line's rate and format
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/status_text.h>

#include "driver.h"
#include "resources.h"
#include "uart-requires.h"

static bool take_argument(const char *argument, struct uart_driver_setup *setup)
{
	static const char clock[] = "clock=";
	char *end;

	if (strcmp(argument, "sbsa") == 0) {
		setup->line_control = false;
		return true;
	}
	if (strncmp(argument, clock, sizeof clock - 1) != 0 || argument[sizeof clock - 1] < '1' || argument[sizeof clock - 1] > '9')
		return false;
	setup->clock = strtoull(argument + sizeof clock - 1, &end, 10);
	return *end == '\0' && setup->clock <= UINT64_C(1) << 32;
}

int main(int argc, char **argv)
{
	struct uart_driver_setup setup = {.line_control = true};

	if (argc > 2 || (argc > 1 && !take_argument(argv[1], &setup))) {
		printf("\"%s\" is no argument: sbsa, or clock=HZ\n", argv[argc - 1]);
		return EXIT_FAILURE;
	}
	resources_get(&setup);
	printf("ended: %s\n", kaal_status_text(uart_driver_run(&setup)));
	return EXIT_FAILURE;
}
