/* What the driver asks the capability broker for: the device that system.dts gives it. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

#include <kaal/broker.h>
#include <kaal/server.h>

struct device {
	uintptr_t registers; /* where they are mapped, readable and writable */
	struct kaal_broker_held held;
	struct kaal_broker_device_info info;
};

/* Gets a device by its name in system.dts, and maps its registers. What <kaal/broker.h> and the kernel say; the program is to end then. */
kaal_status_t device_get(struct device *device, const char *name);

/*
 * From now on `come` is called in the server's thread when the device interrupts. Its line is masked then, until device_acknowledge().
 * NOT_SUPPORTED: the device has no line. Others as device_get().
 */
kaal_status_t device_on_interrupt(const struct device *device, struct kaal_server *server, void (*come)(struct kaal_server *, void *));
kaal_status_t device_acknowledge(const struct device *device);

#endif
