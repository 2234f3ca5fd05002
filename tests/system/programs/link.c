/*
 * One of many in a chain: asks the one before it, adds its own number, answers the one behind it. The last begins, twice, and says
 * what came out. A greedy one first takes all of something that it may have, says what refuses it more, and serves all the same.
 *
 * usage: link NUMBER modest|memory|channel|dma
 */
#include "broker_memory.h"

#include <stdlib.h>
#include <string.h>

#include <kaal/message.h>
#include <kaal/service.h>

#define LAST 31u
#define FOREVER UINT64_MAX

static struct kaal_service before;
static uint64_t number;

/* The sum of all numbers up to this one. */
static uint64_t ask(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, answer;

	if (number != 0)
		expect(kaal_service_call(&before, kaal_message(1, 0, 0), words, FOREVER, &answer), KAAL_OK, "a call");
	return words[0] + number;
}

/* Takes until it is refused. */
static void take(const char *what)
{
	struct kaal_broker_held held;
	uint64_t physical, taken = 0;
	kaal_status_t status = KAAL_OK;

	while (status == KAAL_OK && taken < 1000) {
		if (strcmp(what, "memory") == 0)
			status = kaal_broker_memory(15, &held);
		else if (strcmp(what, "channel") == 0)
			status = kaal_broker_open("before", KAAL_PAGE_BYTES, (struct kaal_broker_signal){0}, &held);
		else
			status = kaal_broker_dma(KAAL_PAGE_BYTES, 0, &held, &physical);
		taken += status == KAAL_OK;
	}
	expect(status, KAAL_NO_MEMORY, "what is too much");
	printf("%s: took %u, then: %s\n", what, (unsigned)taken, kaal_broker_rule_text(kaal_broker_rule()));
}

static void serve(kaal_cap_t endpoint, kaal_cap_t reply)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;
	kaal_status_t status = kaal_sys_endpoint_recv(endpoint, reply, words, &received, &badge);
	bool first = true;

	while (status == KAAL_OK) {
		words[0] = ask();
		if (first)
			printf("number %u answers\n", (unsigned)number);
		first = false;
		status = kaal_sys_endpoint_reply_recv(endpoint, kaal_message(1, 0, 0), reply, words, &received, &badge);
	}
}

int main(int argc, char **argv)
{
	struct kaal_broker_held service;
	kaal_cap_t reply;

	number = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	/* Before anything is taken: objects cost a page, and libkaal needs one to wait with. */
	reply = make_reply();
	if (number != LAST)
		expect(kaal_broker_serve("link", (struct kaal_broker_signal){0}, &service), KAAL_OK, "serving");
	if (number != 0)
		expect(kaal_service_open(&before, "before", FOREVER), KAAL_OK, "the one before");
	if (argc > 2 && strcmp(argv[2], "modest") != 0)
		take(argv[2]);
	if (number != LAST) {
		serve(service.first, reply);
		return EXIT_FAILURE;
	}
	printf("sum of all: %u\n", (unsigned)ask());
	printf("and again: %u\n", (unsigned)ask());
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_FAILURE;
}
