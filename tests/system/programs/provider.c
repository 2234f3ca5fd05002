/* Provides `echo`: answers numbers, accepts channels, drives a clock, and crashes when it is told to, the first time. */
#include "broker_memory.h"

#include <stdlib.h>

#include <kaal/message.h>

enum { ECHO = 1, CRASH, CHANNEL, CLOSE, ENDED, TOUCH, QUIT };

static struct kaal_broker_held memory, ended, echo, channel, device;
static volatile uint64_t *shared, *clock_registers;

static void answer(uint64_t badge, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t badges[KAAL_BROKER_BADGES];
	uint32_t count = 0;

	switch (words[0]) {
	case ECHO:
		words[0] = words[1] + 1;
		break;
	case CRASH:
		if (kaal_startup()->start == 0)
			*(volatile int *)0x1000 = 1;
		words[0] = kaal_startup()->start;
		break;
	case CHANNEL:
		expect(kaal_broker_accept(badge, words[1], (struct kaal_broker_signal){0}, &channel), KAAL_OK, "accepting");
		shared = map_page(memory.first, channel.first);
		words[0] = *shared;
		break;
	case CLOSE:
		/* The client that opened it may have ended: the memory is still here. */
		words[0] = *shared;
		expect(kaal_broker_give(&channel), KAAL_OK, "closing");
		break;
	case TOUCH:
		/* As one that has not listened: the pages are gone, and so is this one. */
		if (channel.thing != 0)
			printf("not ok: there is %u yet\n", (unsigned)*shared);
		words[0] = kaal_startup()->start;
		break;
	case QUIT:
		exit(0);
	default:
		expect(kaal_broker_ended(echo.thing, badges, &count), KAAL_OK, "who has ended");
		words[0] = count;
		break;
	}
}

int main(void)
{
	struct kaal_broker_device_info info;
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;
	kaal_cap_t reply;
	kaal_status_t status;

	expect(kaal_broker_memory(15, &memory), KAAL_OK, "memory");
	reply = make_reply();
	expect(kaal_broker_device("clock", &device, &info), KAAL_OK, "the clock");
	clock_registers = map_page(memory.first, device.first);
	/* PL031 TRM DDI 0224, 3.3.9: PeriphID0 is 0x31. */
	printf("clock on line %u, identity %x\n", (unsigned)info.line, ((volatile uint32_t *)clock_registers)[0xfe0 / 4]);
	expect(kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &ended), KAAL_OK, "a notification");
	expect(kaal_broker_serve("echo", (struct kaal_broker_signal){ended.thing, 0}, &echo), KAAL_OK, "serving");
	status = kaal_sys_endpoint_recv(echo.first, reply, words, &received, &badge);
	while (status == KAAL_OK) {
		answer(badge, words);
		status = kaal_sys_endpoint_reply_recv(echo.first, kaal_message(1, 0, 0), reply, words, &received, &badge);
	}
	return 1;
}
