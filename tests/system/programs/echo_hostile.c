/*
 * A client of the example's echo server that opens more channels than it may, breaks one, fills one without taking
 * anything back, and ends with them open; while the example's own client goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/channel.h>
#include <kaal/time.h>

#include "../../../examples/services/echo-server/src/protocol.h"
#include "broker_memory.h"

static struct kaal_service service;
static struct kaal_signals signals;
static struct kaal_channel channels[ECHO_CHANNELS + 1];

static kaal_status_t open_one(struct kaal_channel *channel, uint64_t back_bytes)
{
	const struct kaal_channel_setup setup = {.to_provider_bytes = 4096, .to_client_bytes = back_bytes};

	return kaal_channel_open(channel, &service, &signals, &setup, UINT64_MAX);
}

/* The server sees counts that cannot be, and closes its end. */
static void break_one(struct kaal_channel *channel)
{
	struct kaal_channel_head *head = (struct kaal_channel_head *)(uintptr_t)channel->address;
	uint8_t message[64];
	uint64_t bytes;

	expect(kaal_channel_send(channel, "x", 1, UINT64_MAX), KAAL_OK, "a message");
	expect(kaal_channel_receive(channel, message, sizeof message, UINT64_MAX, &bytes), KAAL_OK, "its echo");
	memset(head->counts, 0x5a, sizeof head->counts);
	kaal_ignore(kaal_sys_notification_signal(channel->peer.slot));
	expect(kaal_channel_receive(channel, message, sizeof message, UINT64_MAX, &bytes), KAAL_CANCELLED, "from a broken queue");
	kaal_ignore(kaal_channel_close(channel));
}

/* Until neither queue has room; a message for which there will never be room back closes the channel. */
static void fill(struct kaal_channel *channel)
{
	static uint8_t message[3000];
	unsigned sent = 0;

	while (kaal_channel_send(channel, message, 1000, 0) == KAAL_OK)
		sent++;
	printf("%u messages without an answer taken\n", sent);
	expect(open_one(&channels[2], 0), KAAL_OK, "a channel without a way back");
	expect(kaal_channel_send(&channels[2], message, 3000, UINT64_MAX), KAAL_OK, "what cannot come back");
	while (kaal_channel_check(&channels[2]) == KAAL_OK)
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + kaal_ticks_hz() / 1000));
}

int main(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	expect(kaal_service_open(&service, "echo", UINT64_MAX), KAAL_OK, "the service");
	expect(kaal_signals_start(&signals), KAAL_OK, "signals");
	expect(kaal_service_request(&service, ECHO_COUNTS + 1, 0, words, UINT64_MAX), KAAL_NOT_SUPPORTED, "another request");
	for (uint32_t i = 0; i < ECHO_CHANNELS; i++)
		expect(open_one(&channels[i], 4096), KAAL_OK, "a channel");
	expect(open_one(&channels[ECHO_CHANNELS], 4096), KAAL_NO_MEMORY, "one too many");
	break_one(&channels[0]);
	fill(&channels[1]);
	printf("leaves\n");
	return EXIT_SUCCESS;
}
