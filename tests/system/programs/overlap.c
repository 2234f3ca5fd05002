/* Drives two devices whose registers overlap in a page: each has all its own pages. */
#include "broker_memory.h"

/* The first identity register of a PrimeCell, in its last page (PL031 TRM DDI 0224, 3.3.9; PL061 TRM DDI 0190, 3.3.10). */
static unsigned identity(volatile uint64_t *registers, uint32_t page)
{
	return ((volatile uint32_t *)registers)[(page * 0x1000u + 0xfe0u) / 4];
}

int main(void)
{
	struct kaal_broker_held memory, gpio, clock;
	struct kaal_broker_device_info gpio_info, clock_info;
	volatile uint64_t *gpio_page, *clock_page;

	expect(kaal_broker_memory(16, &memory), KAAL_OK, "memory");
	expect(kaal_broker_device("gpio", &gpio, &gpio_info), KAAL_OK, "gpio");
	gpio_page = map_page(memory.first, gpio.first);
	printf("gpio: %u page, identity %x\n", (unsigned)gpio_info.pages, identity(gpio_page, 0));
	expect(kaal_broker_device("clock", &clock, &clock_info), KAAL_OK, "the clock");
	clock_page = map_page(memory.first, clock.first);
	for (uint32_t i = 1; i < clock_info.pages; i++)
		(void)map_page(memory.first, clock.first + i);
	printf("clock: %u pages, identity %x, and %x behind it\n", (unsigned)clock_info.pages, identity(clock_page, 0),
	       identity(clock_page, clock_info.pages - 1));
	expect(kaal_broker_give(&gpio), KAAL_OK, "giving it back");
	printf("gpio given back; behind the clock: %x\n", identity(clock_page, clock_info.pages - 1));
	return 0;
}
