/*
 * A client: drives two lines and reads them, and waits for the power key, which QEMU's virt has on line 3. Then it
 * stops the driver, so that nobody is left, and ends.
 */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/status_text.h>
#include <kaal/supervisor.h>

#include "client-requires.h"
#include "gpio_client.h"

#define DRIVER "gpio" /* the driver's component */
#define DRIVEN 0x3u
#define POWER_KEY 0x8u

static struct kaal_service gpio;

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

static void drive(void)
{
	uint32_t levels;

	must("claim", gpio_claim(&gpio, DRIVEN));
	must("direct", gpio_direct(&gpio, DRIVEN, DRIVEN, 0x2));
	must("read", gpio_read(&gpio, DRIVEN, &levels));
	printf("lines 1 and 0 are driven: %u %u\n", (unsigned)(levels >> 1), (unsigned)(levels & 1));
	must("write", gpio_write(&gpio, 0x1, 0x1));
	must("read", gpio_read(&gpio, DRIVEN, &levels));
	printf("line 0 goes up, line 1 stays: %u %u\n", (unsigned)(levels >> 1), (unsigned)(levels & 1));
	must("release", gpio_release(&gpio, DRIVEN));
}

static void await_key(void)
{
	uint32_t levels = 0;

	must("claim", gpio_claim(&gpio, POWER_KEY));
	must("watch", gpio_watch(&gpio, POWER_KEY, GPIO_WATCH_EDGES));
	printf("press the power key\n");
	must("wait", gpio_wait(&gpio, POWER_KEY, UINT64_MAX, NULL, &levels));
	printf("it is %s\n", levels != 0 ? "down" : "up");
	must("wait", gpio_wait(&gpio, POWER_KEY, UINT64_MAX, NULL, &levels));
	printf("it is %s\n", levels != 0 ? "down" : "up");
}

int main(void)
{
	uint32_t driver;

	must("gpio", kaal_service_open(&gpio, "gpio", UINT64_MAX));
	drive();
	await_key();
	must("driver", kaal_supervisor_find(DRIVER, &driver));
	must("driver", kaal_supervisor_stop(driver));
	return EXIT_SUCCESS;
}
