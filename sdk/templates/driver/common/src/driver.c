/*
 * The driver, a component: gets its device, and answers clients' requests and the device's interrupts in one thread. It keeps nothing
 * over its end: the next start begins the same way, whatever this one left the device in.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <kaal/server.h>
#include <kaal/status_text.h>

#include "device.h"
#include "driver-requires.h"
#include "protocol.h"
#include "rtc.h"

static struct waiter {
	struct kaal_deferred call; /* 0: nobody waits here */
	uint64_t badge;
	uint32_t second;
} waiters[CLOCK_WAITERS];

static struct device device;

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

/* A client that has given up or ended does not hear it; its place is free all the same. */
static void answer(struct kaal_server *server, struct waiter *waiter, kaal_status_t status, uint32_t second)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {second};

	kaal_ignore(kaal_server_answer(server, &waiter->call, kaal_answer(status, status == KAAL_OK ? 1 : 0), words));
}

/* Answers whose second has come; returns the first of those who still wait, or NULL. */
static const struct waiter *answer_due(struct kaal_server *server)
{
	const struct waiter *first = NULL;
	uint32_t now = rtc_now(device.registers);

	for (uint32_t i = 0; i < CLOCK_WAITERS; i++) {
		struct waiter *waiter = &waiters[i];

		if (waiter->call.reply.slot != 0 && waiter->second <= now)
			answer(server, waiter, KAAL_OK, now);
		if (waiter->call.reply.slot != 0 && (first == NULL || waiter->second < first->second))
			first = waiter;
	}
	return first;
}

/* The alarm is the first waiter's; without any there is none. */
static void progress(struct kaal_server *server)
{
	const struct waiter *first;

	do
		first = answer_due(server);
	while (first != NULL && !rtc_alarm(device.registers, first->second));
	if (first == NULL)
		rtc_quiet(device.registers);
}

static void interrupt(struct kaal_server *server, void *context)
{
	(void)context;
	rtc_interrupted(device.registers);
	progress(server);
	must("interrupt", device_acknowledge(&device));
}

static uint64_t read_clock(struct kaal_server *server, struct kaal_request *request)
{
	(void)server;
	request->words[0] = rtc_now(device.registers);
	return kaal_answer(KAAL_OK, 1);
}

/* Where a client's call is to wait: where one of it does, or where none does; NULL: nowhere. */
static struct waiter *place_for(uint64_t badge)
{
	struct waiter *empty = NULL;

	for (uint32_t i = 0; i < CLOCK_WAITERS; i++) {
		if (waiters[i].call.reply.slot == 0)
			empty = &waiters[i];
		else if (waiters[i].badge == badge)
			return &waiters[i];
	}
	return empty;
}

static uint64_t wait_for(struct kaal_server *server, struct kaal_request *request)
{
	struct waiter *waiter = place_for(request->badge);

	if (request->words[0] > UINT32_MAX)
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	if (rtc_now(device.registers) >= request->words[0])
		return read_clock(server, request);
	if (waiter == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	if (waiter->call.reply.slot != 0)
		answer(server, waiter, KAAL_CANCELLED, 0);
	if (kaal_server_defer(server, &waiter->call) != KAAL_OK)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	waiter->badge = request->badge;
	waiter->second = (uint32_t)request->words[0];
	progress(server);
	return KAAL_SERVER_LATER;
}

static void ended(struct kaal_server *server, uint64_t badge)
{
	for (uint32_t i = 0; i < CLOCK_WAITERS; i++) {
		if (waiters[i].call.reply.slot != 0 && kaal_badge_ends_with(waiters[i].badge, badge))
			answer(server, &waiters[i], KAAL_CANCELLED, 0);
	}
	progress(server);
}

int main(void)
{
	static const struct kaal_method methods[] = {
		{.label = CLOCK_READ, .answer = read_clock},
		{.label = CLOCK_WAIT, .words = 1, .answer = wait_for},
	};
	static const struct kaal_server_setup setup = {.service = "clock", .methods = methods, .method_count = sizeof methods / sizeof methods[0],
						       .deferred_max = CLOCK_WAITERS, .ended = ended};
	static struct kaal_server server;

	must("device", device_get(&device, "rtc"));
	rtc_start(device.registers);
	must("service", kaal_server_start(&server, &setup));
	must("interrupt", device_on_interrupt(&device, &server, interrupt));
	printf("PL031, interrupt line %u\n", (unsigned)device.info.line);
	must("serving", kaal_server_run(&server));
	return EXIT_FAILURE;
}
