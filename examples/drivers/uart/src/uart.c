/*
 * The driver, a component: gets what the system description grants it, takes the console over, and serves. It keeps nothing over
 * its end: the next instance starts the same way, whatever this one left the device in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/status_text.h>

#include "driver.h"
#include "resources.h"
#include "uart-requires.h"

int main(int argc, char **argv)
{
	struct uart_driver_setup setup = {.line_control = argc < 2 || strcmp(argv[1], "sbsa") != 0};

	resources_get(&setup);
	printf("ended: %s\n", kaal_status_text(uart_driver_run(&setup)));
	return EXIT_FAILURE;
}
