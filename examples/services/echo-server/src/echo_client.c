#include "echo_client.h"

#include <string.h>

kaal_status_t echo_open(struct echo *echo, const char *use, uint64_t message_max)
{
	/* A message has its length before it, and lies on multiples of 8. */
	const struct kaal_channel_setup setup = {.to_provider_bytes = message_max + 16, .to_client_bytes = message_max + 16};
	kaal_status_t status;

	*echo = (struct echo){0};
	status = kaal_service_open(&echo->service, use, UINT64_MAX);
	if (status == KAAL_OK)
		status = kaal_signals_start(&echo->signals);
	if (status == KAAL_OK)
		status = kaal_channel_open(&echo->channel, &echo->service, &echo->signals, &setup, UINT64_MAX);
	if (status != KAAL_OK)
		echo_close(echo);
	return status;
}

void echo_close(struct echo *echo)
{
	kaal_ignore(kaal_channel_close(&echo->channel));
	if (echo->signals.notification.thing != 0)
		kaal_ignore(kaal_signals_end(&echo->signals));
	kaal_ignore(kaal_service_close(&echo->service));
}

static kaal_status_t send_and_receive(struct echo *echo, const void *message, uint64_t bytes, void *back)
{
	uint64_t got = 0;
	kaal_status_t status = kaal_channel_send(&echo->channel, message, bytes, UINT64_MAX);

	if (status == KAAL_OK)
		status = kaal_channel_receive(&echo->channel, back, bytes, UINT64_MAX, &got);
	return status == KAAL_OK && got != bytes ? KAAL_OUT_OF_RANGE : status;
}

kaal_status_t echo_message(struct echo *echo, const void *message, uint64_t bytes, void *back)
{
	kaal_status_t status = send_and_receive(echo, message, bytes, back);

	while (status == KAAL_CANCELLED && echo->service.reconnect) {
		status = kaal_channel_reset(&echo->channel, UINT64_MAX);
		if (status == KAAL_OK)
			status = send_and_receive(echo, message, bytes, back);
	}
	return status;
}

kaal_status_t echo_counts(struct echo *echo, uint64_t counts[3])
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = kaal_service_request(&echo->service, ECHO_COUNTS, 0, words, UINT64_MAX);

	memcpy(counts, words, 3 * sizeof *counts);
	return status;
}
