/*
 * One gives all away that it has started with, and ends; the other keeps it, and looks what it is worth before and afterwards.
 *
 * usage: heir give|keep
 */
#include "broker_memory.h"

#include <string.h>

#include <kaal/message.h>
#include <kaal/service.h>
#include <kaal/status_text.h>
#include <kaal/supervisor.h>

static const kaal_cap_t gifts[] = {KAAL_SLOT_SUPERVISOR, KAAL_SLOT_BROKER, KAAL_SLOT_LOG, KAAL_SLOT_SYSTEM_CONTROL, KAAL_SLOT_DEBUG};
#define GIFTS (sizeof gifts / sizeof gifts[0])

static struct kaal_message_buffer *buffer(void)
{
	return (struct kaal_message_buffer *)(uintptr_t)kaal_startup()->buffers.address;
}

static int give(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], answer;
	struct kaal_service will;

	expect(kaal_service_open(&will, "will", UINT64_MAX), KAAL_OK, "opening");
	for (uint64_t at = 0; at < GIFTS; at += KAAL_MESSAGE_CAPS_MAX) {
		uint64_t count = GIFTS - at < KAAL_MESSAGE_CAPS_MAX ? GIFTS - at : KAAL_MESSAGE_CAPS_MAX;

		memcpy(buffer()->caps, &gifts[at], count * sizeof gifts[0]);
		buffer()->move = 0;
		expect(kaal_service_call(&will, kaal_message(1, count, 0), words, UINT64_MAX, &answer), KAAL_OK, "giving");
	}
	return 0;
}

/* What the broker answers to whoever an endpoint's badge says. */
static kaal_status_t ask_broker(kaal_cap_t endpoint)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, answer = 0;
	kaal_status_t status = kaal_sys_endpoint_call(endpoint, kaal_message(0, 0, KAAL_BROKER_ACCOUNT), words, &answer);

	return status == KAAL_OK ? kaal_message_label(answer) : status;
}

static kaal_status_t ask_supervisor(kaal_cap_t endpoint)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, answer = 0;
	kaal_status_t status = kaal_sys_endpoint_call(endpoint, kaal_message(1, 0, KAAL_SUPERVISOR_LOOK), words, &answer);

	return status == KAAL_OK ? kaal_message_label(answer) : status;
}

static unsigned count_left(kaal_cap_t first)
{
	unsigned left = 0;

	for (unsigned i = 0; i < GIFTS; i++) {
		uint64_t type, rights, bits;

		left += kaal_sys_cap_identify(first + i, &type, &rights, &bits) == KAAL_OK && type != KAAL_OBJECT_NULL;
	}
	return left;
}

static int keep(void)
{
	struct kaal_broker_held ended, will;
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge, flags, came = 0;
	kaal_cap_t reply = make_reply(), first;

	expect(kaal_slot_take(GIFTS, &first), KAAL_OK, "slots");
	expect(kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &ended), KAAL_OK, "a notification");
	expect(kaal_broker_serve("will", (struct kaal_broker_signal){ended.thing, 0}, &will), KAAL_OK, "serving");
	while (came < GIFTS) {
		buffer()->receive_cnode = KAAL_SLOT_CNODE;
		buffer()->receive_slot = first + came;
		expect(kaal_sys_endpoint_recv(will.first, reply, words, &received, &badge), KAAL_OK, "receiving");
		came += kaal_message_caps(received);
		expect(kaal_sys_reply_send(reply, kaal_message(0, 0, 0), words), KAAL_OK, "answering");
	}
	/* Who asks without the privilege is told so, and that is an answer. */
	expect(ask_supervisor(first), KAAL_NO_RIGHT, "asking the supervisor");
	expect(ask_broker(first + 1), KAAL_OK, "asking the broker");
	printf("%u came; the supervisor and the broker answer in the giver's name\n", count_left(first));
	expect(kaal_sys_notification_wait(ended.first, &flags), KAAL_OK, "waiting for its end");
	printf("%u are left; asked in the giver's name: %s\n", count_left(first), kaal_status_text(ask_broker(first + 1)));
	printf("asked in its own name: %s\n", kaal_status_text(ask_broker(KAAL_SLOT_BROKER)));
	return 0;
}

int main(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "give") == 0 ? give() : keep();
}
