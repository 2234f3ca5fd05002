/* Both ends of a channel over world.c: what goes through, every status, and nothing left over whichever call fails. */
#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include <kaal/channel.h>

#include "../../../sdk/libkaal/own_space.h"
#include "world.h"

#define says(call, status) cr_assert_eq((call), (status), #call)
#define ok(call) says(call, KAAL_OK)
#define FOREVER UINT64_MAX
#define BADGE 77u

static struct kaal_service service;
static struct kaal_signals client_signals, provider_signals;
static struct kaal_channel client, provider;
static uint8_t bytes[8192];

static kaal_status_t accept_it(uint64_t label, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	cr_assert_eq(label, KAAL_CHANNEL_CONNECT);
	cr_assert_eq(words[KAAL_CHANNEL_WORD_PURPOSE], 9);
	return kaal_channel_accept(&provider, &provider_signals, BADGE, words[KAAL_CHANNEL_WORD_NUMBER]);
}

static void start(void)
{
	world_start();
	world.provider = accept_it;
	service = (struct kaal_service){.name = "bulk", .endpoint = {1}, .badge = BADGE, .reconnect = true};
	ok(kaal_signals_start(&client_signals));
	ok(kaal_signals_start(&provider_signals));
}

TestSuite(channel, .init = start);

static kaal_status_t open_with(uint64_t there, uint64_t back)
{
	struct kaal_channel_setup setup = {there, back, 9};

	return kaal_channel_open(&client, &service, &client_signals, &setup, FOREVER);
}

/* The component behind an end is not there any more. */
static void client_goes(void)
{
	world.gone[world_notification(&client_signals.notification)] = true;
	world.flags[world_notification(&provider_signals.notification)] |= UINT64_C(1) << provider.flag;
}

static void provider_goes(void)
{
	world.gone[world_notification(&provider_signals.notification)] = true;
	world.flags[world_notification(&client_signals.notification)] |= UINT64_C(1) << client.flag;
}

Test(channel, both_ways)
{
	uint64_t got;

	ok(open_with(4096, 5000));
	cr_assert_eq(kaal_channel_send_max(&client), 4088);
	cr_assert_eq(kaal_channel_receive_max(&client), 8184);
	cr_assert_eq(kaal_channel_send_max(&provider), 8184);
	cr_assert_eq(kaal_channel_badge(&provider), BADGE);
	cr_assert_eq(kaal_channel_epoch(&client), 1);
	cr_assert_eq(kaal_channel_state(&client), KAAL_CHANNEL_OPEN);
	for (uint64_t size = 0; size <= 4088; size += 73) {
		memset(bytes, (int)size, size);
		ok(kaal_channel_send(&client, bytes, size, 0));
		memset(bytes, 0xee, sizeof bytes);
		ok(kaal_channel_receive(&provider, bytes, sizeof bytes, 0, &got));
		cr_assert_eq(got, size);
		cr_assert(size == 0 || (bytes[0] == (uint8_t)size && bytes[size - 1] == (uint8_t)size));
		ok(kaal_channel_send(&provider, bytes, size, 0));
		ok(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got));
		cr_assert_eq(got, size);
	}
	cr_assert_eq(world.signals, 2, "the first message each way: nobody waited after it");
	ok(kaal_channel_close(&client));
	ok(kaal_channel_close(&client));
	ok(kaal_channel_close(&provider));
	cr_assert_eq(world.regions, 0);
	cr_assert_eq(client_signals.taken | provider_signals.taken, 0);
}

Test(channel, sizes)
{
	uint64_t got;

	says(open_with(0, 0), KAAL_OUT_OF_RANGE);
	says(open_with(UINT64_MAX, 4096), KAAL_OUT_OF_RANGE);
	says(open_with(4096, (UINT64_C(1) << 32) + 1), KAAL_OUT_OF_RANGE);
	ok(open_with(1, 0));
	says(kaal_channel_send(&provider, bytes, 0, 0), KAAL_OUT_OF_RANGE);
	says(kaal_channel_write(&provider, bytes, 1, 0, &got), KAAL_OUT_OF_RANGE);
	says(kaal_channel_send(&client, bytes, 4089, FOREVER), KAAL_OUT_OF_RANGE);
	ok(kaal_channel_send(&client, bytes, 10, 0));
	says(kaal_channel_receive(&provider, bytes, 9, 0, &got), KAAL_OUT_OF_RANGE);
	cr_assert_eq(got, 10);
	ok(kaal_channel_receive(&provider, bytes, 10, 0, &got));
}

Test(channel, without_copying)
{
	void *room;
	const void *message;
	uint64_t got;

	ok(open_with(4096, 4096));
	says(kaal_channel_commit(&client, 0), KAAL_OUT_OF_RANGE);
	ok(kaal_channel_reserve(&client, 100, 0, &room));
	memcpy(room, "in place", 8);
	says(kaal_channel_commit(&client, 105), KAAL_OUT_OF_RANGE);
	ok(kaal_channel_commit(&client, 8));
	ok(kaal_channel_peek(&provider, 0, &message, &got));
	cr_assert_eq(got, 8);
	cr_assert_eq(memcmp(message, "in place", 8), 0);
	ok(kaal_channel_release(&provider));
	ok(kaal_channel_release(&provider));
	says(kaal_channel_peek(&provider, 0, &message, &got), KAAL_WOULD_BLOCK);
}

/* --- waiting --------------------------------------------------------------------------------- */

static void provider_sends(void)
{
	ok(kaal_channel_send(&provider, "late", 4, 0));
}

static void provider_takes(void)
{
	uint64_t got;

	ok(kaal_channel_receive(&provider, bytes, sizeof bytes, 0, &got));
}

static void time_goes(void)
{
	world.now += 1000;
}

static void futile(void)
{
	world.now += 400;
	world.flags[world_notification(&client_signals.notification)] |= UINT64_C(1) << client.flag;
}

Test(channel, waits)
{
	uint64_t got;

	ok(open_with(4096, 4096));
	world.while_waiting = provider_sends;
	ok(kaal_channel_receive(&client, bytes, sizeof bytes, FOREVER, &got));
	cr_assert_eq(memcmp(bytes, "late", 4), 0);
	ok(kaal_channel_send(&client, bytes, 4000, FOREVER));
	world.while_waiting = provider_takes;
	ok(kaal_channel_send(&client, bytes, 4000, FOREVER));
	says(kaal_channel_send(&client, bytes, 4000, 0), KAAL_WOULD_BLOCK);
	says(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got), KAAL_WOULD_BLOCK);
	world.while_waiting = time_goes;
	says(kaal_channel_send(&client, bytes, 4000, 500), KAAL_TIMEOUT);
	says(kaal_channel_receive(&client, bytes, sizeof bytes, 1500, &got), KAAL_TIMEOUT);
	/* Woken for nothing, again and again, and always with a flag there. */
	world.while_waiting = futile;
	says(kaal_channel_receive(&client, bytes, sizeof bytes, world.now + 5000, &got), KAAL_TIMEOUT);
	cr_assert_lt(world.now, 10000);
	/* The kernel says that the notification has gone. */
	world.while_waiting = NULL;
	says(kaal_channel_receive(&client, bytes, sizeof bytes, FOREVER, &got), KAAL_CANCELLED);
}

/* After WOULD_BLOCK the flag comes when it is worth another try: of either kind, once. */
Test(channel, flags)
{
	unsigned index = world_notification(&client_signals.notification);
	uint64_t got, came;

	ok(open_with(4096, 4096));
	provider_sends();
	cr_assert_eq(world.flags[index], kaal_channel_flag(&client), "of the first message, before anybody looked");
	ok(kaal_signals_wait(&client_signals, kaal_channel_flag(&client), 0, &came));
	provider_sends();
	cr_assert_eq(world.flags[index], 0);
	ok(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got));
	ok(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got));
	says(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got), KAAL_WOULD_BLOCK);
	provider_sends();
	cr_assert_eq(world.flags[index], kaal_channel_flag(&client));
	world.flags[index] = 0;
	ok(kaal_channel_send(&client, bytes, 4000, 0));
	says(kaal_channel_send(&client, bytes, 4000, 0), KAAL_WOULD_BLOCK);
	provider_takes();
	cr_assert_eq(world.flags[index], kaal_channel_flag(&client));
}

/* --- ends ------------------------------------------------------------------------------------- */

static void provider_sends_and_goes(void)
{
	world.while_waiting = NULL;
	provider_sends();
	provider_goes();
}

Test(channel, the_other_side_goes)
{
	const void *message;
	uint64_t got;

	ok(open_with(4096, 4096));
	ok(kaal_channel_check(&client));
	world.while_waiting = provider_sends_and_goes;
	ok(kaal_channel_receive(&client, bytes, sizeof bytes, FOREVER, &got));
	says(kaal_channel_receive(&client, bytes, sizeof bytes, FOREVER, &got), KAAL_CANCELLED);
	cr_assert_eq(kaal_channel_state(&client), KAAL_CHANNEL_GONE);
	says(kaal_channel_peek(&client, 0, &message, &got), KAAL_CANCELLED);
	says(kaal_channel_send(&client, bytes, 1, FOREVER), KAAL_CANCELLED);
	says(kaal_channel_commit(&client, 0), KAAL_CANCELLED);
	says(kaal_channel_check(&client), KAAL_CANCELLED);
	ok(kaal_channel_release(&client));
	ok(kaal_channel_close(&client));
	says(kaal_channel_check(&client), KAAL_NOT_BOUND);
	says(kaal_channel_release(&client), KAAL_NOT_BOUND);
	says(kaal_channel_send(&client, bytes, 1, FOREVER), KAAL_NOT_BOUND);
	says(kaal_channel_reset(&client, FOREVER), KAAL_NOT_BOUND);
}

/* It sends something and goes after the last look, and before the kernel is asked. */
static void provider_goes_meanwhile(void)
{
	world.while_asking = NULL;
	provider_sends_and_goes();
}

Test(channel, the_last_message)
{
	uint64_t got;

	ok(open_with(4096, 4096));
	world.while_asking = provider_goes_meanwhile;
	ok(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got));
	cr_assert_eq(got, 4);
	says(kaal_channel_receive(&client, bytes, sizeof bytes, 0, &got), KAAL_CANCELLED);
}

Test(channel, room_will_not_come)
{
	ok(open_with(4096, 4096));
	ok(kaal_channel_send(&client, bytes, 4000, FOREVER));
	world.while_waiting = provider_goes;
	says(kaal_channel_send(&client, bytes, 4000, FOREVER), KAAL_CANCELLED);
}

/* Who is to be woken has gone: that is seen at once. */
Test(channel, nobody_to_wake)
{
	ok(open_with(4096, 4096));
	world.gone[world_notification(&provider_signals.notification)] = true;
	ok(kaal_channel_send(&client, bytes, 1, FOREVER));
	cr_assert_eq(kaal_channel_state(&client), KAAL_CHANNEL_GONE);
}

Test(channel, reset)
{
	uint64_t flag;

	ok(open_with(4096, 4096));
	flag = kaal_channel_flag(&client);
	ok(kaal_channel_send(&client, bytes, 1, FOREVER));
	provider_goes();
	says(kaal_channel_reset(&provider, FOREVER), KAAL_NOT_BOUND);
	ok(kaal_channel_close(&provider));
	/* The next instance. */
	ok(kaal_signals_end(&provider_signals));
	ok(kaal_signals_start(&provider_signals));
	ok(kaal_channel_reset(&client, FOREVER));
	cr_assert_eq(kaal_channel_epoch(&client), 2);
	cr_assert_eq(kaal_channel_flag(&client), flag);
	provider_sends();
	/* One that cannot be: it can be tried again. */
	provider_goes();
	world.fail_with = KAAL_NO_MEMORY;
	world.fail_at = world.calls + 1;
	ok(kaal_channel_close(&provider));
	says(kaal_channel_reset(&client, FOREVER), KAAL_NO_MEMORY);
	says(kaal_channel_send(&client, bytes, 1, 0), KAAL_NOT_BOUND);
	world.gone[world_notification(&provider_signals.notification)] = false;
	ok(kaal_channel_reset(&client, FOREVER));
	cr_assert_eq(kaal_channel_epoch(&client), 3);
	ok(kaal_channel_close(&client));
	ok(kaal_channel_close(&provider));
	cr_assert_eq(world.regions, 0);
}

/* The provider has accepted, said something, and closed before the client was told. */
static kaal_status_t accept_and_close(uint64_t label, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	ok(accept_it(label, words));
	provider_sends();
	ok(kaal_channel_close(&provider));
	world.not_accepted = true;
	return KAAL_OK;
}

Test(channel, closed_at_once)
{
	uint64_t got;

	world.provider = accept_and_close;
	ok(open_with(4096, 4096));
	cr_assert_eq(kaal_channel_state(&client), KAAL_CHANNEL_GONE);
	cr_assert_neq(client_signals.pending & kaal_channel_flag(&client), 0, "it is told to look");
	ok(kaal_channel_receive(&client, bytes, sizeof bytes, FOREVER, &got));
	says(kaal_channel_receive(&client, bytes, sizeof bytes, FOREVER, &got), KAAL_CANCELLED);
}

/* Nobody can signal the client, and so nobody will tell of its end: the provider is to look at once. */
static kaal_status_t accept_the_deaf(uint64_t label, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	world.not_accepted = true;
	return accept_it(label, words);
}

Test(channel, client_without_notification)
{
	const void *message;
	uint64_t got;

	world.provider = accept_the_deaf;
	ok(open_with(4096, 4096));
	cr_assert_eq(kaal_channel_state(&provider), KAAL_CHANNEL_GONE);
	cr_assert_neq(provider_signals.pending & kaal_channel_flag(&provider), 0);
	says(kaal_channel_peek(&provider, FOREVER, &message, &got), KAAL_CANCELLED);
}

/* A provider that does not close in time finds that the broker has. */
Test(channel, late_provider)
{
	ok(open_with(4096, 4096));
	client_goes();
	world.late = true;
	ok(kaal_channel_close(&provider));
	cr_assert_eq(provider.held.thing, 0);
	world.late = false;
	ok(kaal_channel_close(&client));
	cr_assert_eq(world.slots, 2, "the notifications'");
	cr_assert_eq(world.things, 2);
}

/* It asks before it touches memory that the broker may have taken, and touches none when that is so: here it is not mapped any more. */
Test(channel, provider_that_did_not_run)
{
	const uint64_t trust = KAAL_BROKER_CLOSE_MS * 500;
	const void *message;
	void *room;
	uint64_t got;

	ok(open_with(4096, 4096));
	ok(kaal_channel_send(&client, bytes, 1, 0));
	ok(kaal_channel_send(&client, bytes, 2, 0));
	ok(kaal_channel_send(&client, bytes, 3, 0));
	world.now += 10 * trust;
	provider_takes();
	ok(kaal_channel_reserve(&provider, 10, 0, &room));
	world.now += trust;
	client_goes();
	/* Known of for long enough. */
	provider_takes();
	provider_takes();
	says(kaal_channel_receive(&provider, bytes, sizeof bytes, 0, &got), KAAL_CANCELLED);
	world.now += 1;
	cr_assert_eq(mprotect((void *)(uintptr_t)provider.address, 4096, PROT_NONE), 0);
	says(kaal_channel_peek(&provider, FOREVER, &message, &got), KAAL_CANCELLED);
	says(kaal_channel_release(&provider), KAAL_CANCELLED);
	says(kaal_channel_commit(&provider, 1), KAAL_CANCELLED);
	/* The client's own stays. */
	world.now += 10 * trust;
	provider_goes();
	ok(kaal_channel_send(&client, bytes, 1, 0));
}

/* The same, and it has not heard of the end before. */
Test(channel, provider_that_slept)
{
	uint64_t got;

	ok(open_with(4096, 4096));
	ok(kaal_channel_send(&client, bytes, 1, 0));
	client_goes();
	world.now += 3 * KAAL_BROKER_CLOSE_MS * 1000;
	cr_assert_eq(mprotect((void *)(uintptr_t)provider.address, 4096, PROT_NONE), 0);
	says(kaal_channel_receive(&provider, bytes, sizeof bytes, FOREVER, &got), KAAL_CANCELLED);
	cr_assert_eq(kaal_channel_state(&provider), KAAL_CHANNEL_GONE);
}

Test(channel, broken)
{
	uint64_t got;

	ok(open_with(4096, 4096));
	((struct kaal_channel_head *)(uintptr_t)client.address)->counts[0].written = 12345;
	says(kaal_channel_receive(&provider, bytes, sizeof bytes, FOREVER, &got), KAAL_CANCELLED);
	cr_assert_eq(kaal_channel_state(&provider), KAAL_CHANNEL_BROKEN);
	says(kaal_channel_send(&provider, bytes, 1, FOREVER), KAAL_CANCELLED);
	says(kaal_channel_release(&provider), KAAL_CANCELLED);
	says(kaal_channel_check(&provider), KAAL_CANCELLED);
	cr_assert_eq(kaal_channel_state(&provider), KAAL_CHANNEL_BROKEN);
	cr_assert_eq(kaal_channel_state(&client), KAAL_CHANNEL_OPEN);
}

/* --- bytes ------------------------------------------------------------------------------------- */

static uint64_t read_so_far;

static void provider_reads(void)
{
	uint64_t got;

	while (kaal_channel_read(&provider, bytes + 4096, 99, 0, &got) == KAAL_OK) {
		for (uint64_t i = 0; i < got; i++, read_so_far++)
			cr_assert_eq(bytes[4096 + i], (uint8_t)(read_so_far * 7));
	}
}

Test(channel, stream)
{
	uint64_t got;
	uint8_t out[4000];

	ok(open_with(4096, 4096));
	for (uint64_t i = 0; i < sizeof out; i++)
		out[i] = (uint8_t)(i * 7);
	read_so_far = 0;
	world.while_waiting = provider_reads;
	ok(kaal_channel_write(&client, out, sizeof out, FOREVER, &got));
	cr_assert_eq(got, sizeof out);
	world.while_waiting = NULL;
	provider_reads();
	cr_assert_eq(read_so_far, sizeof out);
	/* As far as it goes. */
	says(kaal_channel_write(&client, out, sizeof out * 2, 0, &got), KAAL_WOULD_BLOCK);
	cr_assert_gt(got, 2000);
	cr_assert_lt(got, 4096);
	/* An end mark. */
	ok(kaal_channel_send(&provider, bytes, 0, 0));
	ok(kaal_channel_read(&client, bytes, 1, 0, &got));
	cr_assert_eq(got, 0);
	says(kaal_channel_read(&client, bytes, 1, 0, &got), KAAL_WOULD_BLOCK);
}

/* --- what the client says it is ------------------------------------------------------------------ */

static uint64_t lie_at, lies[2]; /* words from there on */

static kaal_status_t accept_lie(uint64_t label, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	memcpy((uint64_t *)(uintptr_t)client.address + lie_at, lies, sizeof lies);
	return accept_it(label, words);
}

static void refuses(uint64_t at, uint64_t one, uint64_t other, kaal_status_t status)
{
	lie_at = at;
	lies[0] = one;
	lies[1] = other;
	says(open_with(4096, 4096), status);
	cr_assert_eq(world.regions, 0);
	cr_assert_eq(world.things, 2);
	cr_assert_eq(world.slots, 2);
}

Test(channel, heads)
{
	world.provider = accept_lie;
	refuses(0, 0, KAAL_CHANNEL_VERSION, KAAL_OUT_OF_RANGE);
	refuses(0, KAAL_CHANNEL_MAGIC, KAAL_CHANNEL_VERSION + 1, KAAL_NOT_SUPPORTED);
	refuses(2, 0, 0, KAAL_OUT_OF_RANGE);
	refuses(2, 4096, 0, KAAL_OUT_OF_RANGE);
	refuses(2, 4096, 8192, KAAL_OUT_OF_RANGE);
	refuses(2, 2048, 6144, KAAL_OUT_OF_RANGE);
	refuses(2, 4095, 4097, KAAL_OUT_OF_RANGE);
	refuses(2, 12288, UINT64_MAX - 4095, KAAL_OUT_OF_RANGE);
	refuses(2, UINT64_MAX - 4095, 12288, KAAL_OUT_OF_RANGE);
	refuses(2, UINT64_C(1) << 63, (UINT64_C(1) << 63) + 8192, KAAL_OUT_OF_RANGE);
}

/* Memory that is a head and nothing else. */
Test(channel, no_queue)
{
	struct kaal_broker_held held;
	uint64_t address;
	struct kaal_channel_head *head;

	ok(kaal_broker_open("bulk", 4096, kaal_signals_flag(&client_signals, 0), &held));
	ok(own_space_reserve(4096, 4096, &address));
	ok(own_space_map(address, held.first, 1, KAAL_PAGE_BITS));
	head = (struct kaal_channel_head *)(uintptr_t)address;
	head->magic = KAAL_CHANNEL_MAGIC;
	head->version = KAAL_CHANNEL_VERSION;
	says(kaal_channel_accept(&provider, &provider_signals, BADGE, 1), KAAL_OUT_OF_RANGE);
	ok(own_space_release(address));
	cr_assert_eq(world.regions, 0);
}

/* Counts that are there before the provider looks. */
Test(channel, counts_before_the_start)
{
	uint64_t got;

	world.provider = accept_lie;
	lie_at = offsetof(struct kaal_channel_head, counts) / 8;
	lies[0] = 4104;
	lies[1] = 0;
	ok(open_with(4096, 4096));
	cr_assert_neq(provider_signals.pending & kaal_channel_flag(&provider), 0, "it is told to look");
	says(kaal_channel_receive(&provider, bytes, sizeof bytes, FOREVER, &got), KAAL_CANCELLED);
}

/* --- whichever call fails -------------------------------------------------------------------------- */

Test(channel, nothing_is_left)
{
	unsigned calls;

	service.reconnect = false;
	ok(open_with(4096, 4096));
	calls = world.calls;
	ok(kaal_channel_close(&client));
	ok(kaal_channel_close(&provider));
	for (unsigned i = 3; i <= calls; i++) {
		world.calls = 2;
		world.fail_at = i;
		world.fail_with = KAAL_NO_MEMORY;
		says(open_with(4096, 4096), KAAL_NO_MEMORY);
		world.fail_at = 0;
		ok(kaal_channel_close(&client));
		ok(kaal_channel_close(&provider));
		cr_assert_eq(world.regions, 0, "call %u", i);
		cr_assert_eq(world.things, 2, "call %u", i);
		cr_assert_eq(world.slots, 2, "call %u", i);
		cr_assert_eq(client_signals.taken | provider_signals.taken, 0, "call %u", i);
	}
}

Test(channel, no_flag)
{
	uint32_t flag;

	for (unsigned i = 0; i < 64; i++)
		ok(kaal_signals_take(&client_signals, &flag));
	says(open_with(4096, 4096), KAAL_NO_MEMORY);
	ok(kaal_signals_give(&client_signals, 5));
	for (unsigned i = 0; i < 64; i++)
		ok(kaal_signals_take(&provider_signals, &flag));
	says(open_with(4096, 4096), KAAL_NO_MEMORY);
	cr_assert_eq(client_signals.taken, ~(UINT64_C(1) << 5));
}

/* Nobody serves, then somebody does; or the one that was told ends, and the next knows nothing of the channel. */
static unsigned refusals;

static kaal_status_t refuse_once(uint64_t label, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	if (refusals++ != 0)
		return accept_it(label, words);
	service.connections++;
	return KAAL_OUT_OF_RANGE;
}

Test(channel, reconnects)
{
	refusals = 0;
	world.provider = refuse_once;
	ok(open_with(4096, 4096));
	cr_assert_eq(refusals, 2);
	ok(kaal_channel_close(&client));
	ok(kaal_channel_close(&provider));
	world.fail_with = KAAL_WOULD_BLOCK;
	world.fail_at = world.calls + 1;
	ok(open_with(4096, 4096));
	cr_assert_eq(service.connections, 2);
	ok(kaal_channel_close(&client));
	ok(kaal_channel_close(&provider));
	/* Not by itself, where the description does not say so; and not when it was the same one that refused. */
	service.reconnect = false;
	refusals = 0;
	says(open_with(4096, 4096), KAAL_OUT_OF_RANGE);
	world.fail_at = world.calls + 1;
	says(open_with(4096, 4096), KAAL_WOULD_BLOCK);
	cr_assert_eq(world.regions, 0);
	cr_assert_eq(world.things, 2);
}
