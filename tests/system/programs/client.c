/*
 * Uses `echo` over an end of its provider, asks for what it may not have, and ends with a channel open; the next start finds all of
 * that given back.
 */
#include "broker_memory.h"

#include <kaal/message.h>
#include <kaal/service.h>

enum { ECHO = 1, CRASH, CHANNEL, CLOSE, ENDED, TOUCH, QUIT };

#define FOREVER UINT64_MAX

static uint64_t now(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

static struct kaal_service echo;

static uint64_t ask(uint64_t what, uint64_t with)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {what, with}, answer;

	expect(kaal_service_call(&echo, kaal_message(2, 0, 0), words, FOREVER, &answer), KAAL_OK, "a call");
	return words[0];
}

static void quotas(void)
{
	struct kaal_broker_account account;
	struct kaal_broker_held held;
	uint64_t physical;
	uint64_t rule, taken = 0;

	expect(kaal_broker_memory(30, &held), KAAL_NO_MEMORY, "1 GiB");
	printf("1 GiB: %s\n", kaal_broker_rule_text(kaal_broker_rule()));
	expect(kaal_broker_dma(4096, 0, &held, &physical), KAAL_NO_RIGHT, "DMA memory");
	printf("DMA: %s\n", kaal_broker_rule_text(kaal_broker_rule()));
	while (kaal_broker_memory(12, &held) == KAAL_OK)
		taken++;
	rule = kaal_broker_rule();
	expect(kaal_broker_account(&account), KAAL_OK, "the account");
	printf("took %u pages, then: %s\n", (unsigned)taken, kaal_broker_rule_text(rule));
	printf("left: %u bytes\n", (unsigned)(account.memory_max - account.memory_used));
}

static uint64_t first_start(void)
{
	struct kaal_broker_held memory, channel;
	volatile uint64_t *page;
	uint64_t start;

	printf("echo of 41: %u\n", (unsigned)ask(ECHO, 41));
	start = ask(CRASH, 0);
	printf("asked twice: start %u, connection %u\n", (unsigned)start, (unsigned)echo.connections);
	expect(kaal_broker_memory(14, &memory), KAAL_OK, "memory");
	expect(kaal_broker_open("echo", 4 * 4096, (struct kaal_broker_signal){0}, &channel), KAAL_OK, "a channel");
	page = map_page(memory.first, channel.first);
	*page = 77;
	printf("through the channel: %u\n", (unsigned)ask(CHANNEL, channel.thing));
	quotas();
	return 1;
}

/* A channel that the provider does not let go of. */
static void left_open(void)
{
	struct kaal_broker_account account;
	struct kaal_broker_held channel, memory;
	uint64_t hz = kaal_startup()->counter_hz, before;

	expect(kaal_broker_memory(14, &memory), KAAL_OK, "memory");
	expect(kaal_broker_open("echo", 4096, (struct kaal_broker_signal){0}, &channel), KAAL_OK, "a channel");
	*map_page(memory.first, channel.first) = 78;
	printf("through another: %u\n", (unsigned)ask(CHANNEL, channel.thing));
	expect(kaal_broker_account(&account), KAAL_OK, "the account");
	before = account.memory_used;
	expect(kaal_broker_give(&channel), KAAL_OK, "closing");
	/* Other requests do not make it later. */
	for (uint64_t end = now() + hz / 1000 * (KAAL_BROKER_CLOSE_MS - 100); now() < end; kaal_ignore(kaal_sys_thread_sleep(now() + hz / 20))) {
		expect(kaal_broker_account(&account), KAAL_OK, "the account");
		expect(account.memory_used == before ? KAAL_OK : KAAL_CANCELLED, KAAL_OK, "it is the provider's yet");
	}
	kaal_ignore(kaal_sys_thread_sleep(now() + hz / 5));
	expect(kaal_broker_account(&account), KAAL_OK, "the account");
	printf("the provider kept it; back came %u bytes\n", (unsigned)(before - account.memory_used));
	printf("touched by start %u\n", (unsigned)ask(TOUCH, 0));
}

/* The provider ends for good with this call in its hands; nobody waits for the next one beyond the deadline. */
static void last_call(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {QUIT}, answer, hz = kaal_startup()->counter_hz, deadline = now() + hz / 100;
	kaal_status_t status = kaal_service_call(&echo, kaal_message(1, 0, 0), words, deadline, &answer);
	uint64_t late = now() - deadline;

	expect(status, KAAL_TIMEOUT, "a call that nobody answers");
	printf("no answer, %s\n", late < hz / 1000 ? "in time" : "late");
}

int main(void)
{
	struct kaal_broker_account account;
	uint64_t before;

	expect(kaal_service_open(&echo, "echo", FOREVER), KAAL_OK, "echo");
	if (kaal_startup()->start == 0)
		return (int)first_start();
	expect(kaal_broker_account(&account), KAAL_OK, "the account");
	before = account.memory_used;
	printf("ended clients: %u\n", (unsigned)ask(ENDED, 0));
	printf("in the dead one's channel: %u\n", (unsigned)ask(CLOSE, 0));
	expect(kaal_broker_account(&account), KAAL_OK, "the account");
	printf("its memory came back: %u bytes\n", (unsigned)(before - account.memory_used));
	left_open();
	last_call();
	return 0;
}
