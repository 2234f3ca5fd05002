#include "gpio_client.h"

#include <stddef.h>

/* A request without an answer but its status. */
static kaal_status_t ask(struct kaal_service *gpio, enum gpio_request request, uint64_t count, uint32_t lines, uint32_t second,
			 uint32_t third)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {lines, second, third};

	return kaal_service_request(gpio, request, count, words, UINT64_MAX);
}

kaal_status_t gpio_claim(struct kaal_service *gpio, uint32_t lines)
{
	return ask(gpio, GPIO_CLAIM, 1, lines, 0, 0);
}

kaal_status_t gpio_release(struct kaal_service *gpio, uint32_t lines)
{
	return ask(gpio, GPIO_RELEASE, 1, lines, 0, 0);
}

kaal_status_t gpio_direct(struct kaal_service *gpio, uint32_t lines, uint32_t outputs, uint32_t levels)
{
	return ask(gpio, GPIO_DIRECT, 3, lines, outputs, levels);
}

kaal_status_t gpio_read(struct kaal_service *gpio, uint32_t lines, uint32_t *levels)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {lines};
	kaal_status_t status = kaal_service_request(gpio, GPIO_READ, 1, words, UINT64_MAX);

	*levels = status == KAAL_OK ? (uint32_t)words[0] : 0;
	return status;
}

kaal_status_t gpio_write(struct kaal_service *gpio, uint32_t lines, uint32_t levels)
{
	return ask(gpio, GPIO_WRITE, 2, lines, levels, 0);
}

kaal_status_t gpio_watch(struct kaal_service *gpio, uint32_t lines, enum gpio_watch what)
{
	return ask(gpio, GPIO_WATCH, 2, lines, what, 0);
}

kaal_status_t gpio_wait(struct kaal_service *gpio, uint32_t lines, uint64_t deadline, uint32_t *happened, uint32_t *levels)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {lines};
	kaal_status_t status = kaal_service_request(gpio, GPIO_WAIT, 1, words, deadline);

	if (happened != NULL)
		*happened = status == KAAL_OK ? (uint32_t)words[0] : 0;
	if (levels != NULL)
		*levels = status == KAAL_OK ? (uint32_t)words[1] : 0;
	return status;
}
