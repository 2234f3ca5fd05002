/* What the driver asks for when it starts: all of it comes from the capability broker and the root task, by names of the description. */
#ifndef RESOURCES_H
#define RESOURCES_H

#include "driver.h"

/*
 * Gets device, memory, console and service, and maps what is to be mapped; prints the device's interrupt line. Ends the
 * program with a message if something is refused: without it there is nothing to go on with.
 */
void resources_get(struct uart_driver_setup *setup);

#endif
