/*
 * The console's hand-over. With the argument `driver` it takes the console, lets the ring run full, and crashes the first time;
 * with `thief` it asks for what it may not have.
 */
#include "broker_memory.h"

#include <stdlib.h>
#include <string.h>

#include <kaal/log.h>
#include <kaal/supervisor.h>

#define LINES 100u
/* More than what is free in the console's ring, and without a line end: printed when the driver has ended. */
#define LAST_WORDS "the last words, for which there is no room in the ring that the driver itself was to read"

static struct kaal_broker_held memory;

/* What is in the ring, as far as it is a whole line; taken out, and shown by nobody. */
static void take_line(struct kaal_log *log, const char *expected)
{
	if (memcmp(log->text, expected, strlen(expected)) != 0)
		printf("wrong: first comes %.20s\n", log->text);
	log->read += (uint32_t)strlen(expected);
}

static void drive(void)
{
	kaal_frame_t ring, other_ring;
	kaal_notification_t notification, other;
	struct kaal_log *log;
	uint64_t flags;

	expect(kaal_broker_memory(15, &memory), KAAL_OK, "memory");
	expect(kaal_supervisor_console(&ring, &notification), KAAL_OK, "the console");
	expect(kaal_supervisor_console(&other_ring, &other), KAAL_IN_USE, "the console, twice");
	log = (struct kaal_log *)(uintptr_t)map_page(memory.first, ring.slot);
	if (kaal_startup()->start != 0)
		return;
	for (unsigned i = 0; i < LINES; i++)
		printf("line %u of many\n", i);
	expect(kaal_sys_notification_poll(notification.slot, &flags), KAAL_OK, "a signal");
	if (flags != 1 || log->dropped == 0 || log->written > KAAL_CONSOLE_RING_BYTES)
		printf("wrong: flags %u, %u written, %u dropped\n", (unsigned)flags, (unsigned)log->written, (unsigned)log->dropped);
	take_line(log, "driver: line 0 of many\n");
	log->open = 1;
	printf("%s", LAST_WORDS);
	(void)fflush(stdout);
	*(volatile int *)0x123000 = 0;
}

static void steal(void)
{
	kaal_notification_t notification;
	kaal_cap_t slot, next;
	kaal_frame_t ring;

	expect(kaal_slot_take(1, &slot), KAAL_OK, "a slot");
	expect(kaal_supervisor_console(&ring, &notification), KAAL_NO_RIGHT, "the console without the privilege");
	expect(kaal_slot_take(1, &next), KAAL_OK, "a slot");
	if (next != slot + 1)
		printf("wrong: slots are lost\n");
	printf("has no right\n");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "driver") == 0)
		drive();
	else
		steal();
	return EXIT_SUCCESS;
}
