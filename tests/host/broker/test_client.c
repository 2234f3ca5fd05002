/* The client library against the broker: slots, typed requests, calls over restarts of a provider. */
#include "broker_fixture.h"

#include <kaal/service.h>
#include <kaal/slot.h>

#define FIRST KAAL_SLOT_COMPONENT_FIRST_FREE

static const struct kaal_broker_signal nobody;

TestSuite(client, .init = broker_fixture_start);

/* Slots that can be taken, at most. */
static unsigned free_slots(void)
{
	kaal_cap_t slot;
	unsigned count = 0;

	while (kaal_slot_take(1, &slot) == KAAL_OK)
		count++;
	ok(kaal_slot_give(FIRST, count));
	return count;
}

Test(client, slots)
{
	kaal_cap_t one, other;

	says(kaal_slot_give(FIRST, 1), KAAL_OUT_OF_RANGE);
	ok(kaal_slot_take(1, &one));
	cr_assert_eq(one, FIRST);
	ok(kaal_slot_take(CLIENT_SLOTS - FIRST - 1, &other));
	says(kaal_slot_take(1, &one), KAAL_NO_MEMORY);
	says(kaal_slot_take(0, &one), KAAL_OUT_OF_RANGE);
	ok(kaal_slot_give(other, 2));
	ok(kaal_slot_take(2, &one));
	cr_assert_eq(one, other);
	says(kaal_slot_give(CLIENT_SLOTS - 1, 2), KAAL_OUT_OF_RANGE);
}

Test(client, memory)
{
	struct kaal_broker_held memory, dma;
	struct kaal_broker_account account;
	uint64_t physical;

	asking = DRIVER;
	ok(kaal_broker_memory(13, &memory));
	cr_assert_eq(type_at(DRIVER, (unsigned)memory.first), KAAL_OBJECT_UNTYPED);
	ok(kaal_broker_dma(DMA_MAX, 0, &dma, &physical));
	cr_assert_eq(dma.count, 4);
	for (unsigned i = 0; i < 4; i++)
		cr_assert_eq(memory_at(DRIVER, (unsigned)dma.first + i), physical + i * PAGE);
	ok(kaal_broker_account(&account));
	cr_assert_eq(account.memory_used, START_BYTES + 0x2000 + DMA_MAX);
	cr_assert_eq(account.memory_max, MEMORY_MAX);
	cr_assert_eq(account.dma_used, DMA_MAX);
	cr_assert_eq(account.dma_max, DMA_MAX);
	cr_assert_gt(account.largest_bits, 17);
	ok(kaal_broker_give(&dma));
	cr_assert_eq(dma.thing, 0);
	ok(kaal_broker_give(&memory));
	cr_assert_eq(free_slots(), CLIENT_SLOTS - FIRST);
	says(kaal_broker_give(&memory), KAAL_OUT_OF_RANGE);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_THING);
}

Test(client, refusals_say_why)
{
	struct kaal_broker_held held;
	struct kaal_broker_device_info info;
	uint64_t physical;

	asking = CLIENT;
	says(kaal_broker_dma(PAGE, 0, &held, &physical), KAAL_NO_RIGHT);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_DMA_TRUST);
	cr_assert_str_eq(kaal_broker_rule_text(kaal_broker_rule()), "no device of the component is trusted-dma");
	says(kaal_broker_memory(30, &held), KAAL_NO_MEMORY);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_MEMORY_MAX);
	says(kaal_broker_device("", &held, &info), KAAL_OUT_OF_RANGE);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_NAME);
	says(kaal_broker_device("0123456789abcdef0123456789abcdef", &held, &info), KAAL_OUT_OF_RANGE);
	says(kaal_broker_device("uart", &held, &info), KAAL_NO_RIGHT);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_DEVICE_GRANT);
	says(kaal_broker_object(KAAL_OBJECT_FRAME, &held), KAAL_OUT_OF_RANGE);
	ok(kaal_broker_object(KAAL_OBJECT_ENDPOINT, &held));
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_NONE);
	cr_assert_str_eq(kaal_broker_rule_text(UINT64_MAX), "unknown rule");
	ok(kaal_broker_give(&held));
	cr_assert_eq(free_slots(), CLIENT_SLOTS - FIRST);
}

/* Where no slots are left nothing is kept. */
Test(client, no_slots)
{
	struct kaal_broker_held held;
	struct kaal_broker_device_info info;
	struct kaal_broker_found found;
	struct state before, after;
	uint64_t physical;
	kaal_cap_t all;

	asking = DRIVER;
	ok(kaal_slot_take(CLIENT_SLOTS - FIRST - 2, &all));
	broker_state(&before);
	says(kaal_broker_dma(3 * PAGE, 0, &held, &physical), KAAL_NO_MEMORY);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_NONE);
	says(kaal_broker_device("uart", &held, &info), KAAL_NO_MEMORY);
	broker_state(&after);
	state_equal(&before, &after, "no slots");
	ok(kaal_broker_dma(2 * PAGE, 0, &held, &physical));
	says(kaal_broker_find("serial", &found), KAAL_NO_MEMORY);
}

Test(client, device)
{
	struct kaal_broker_held uart, clock;
	struct kaal_broker_device_info info;

	asking = DRIVER;
	ok(kaal_broker_device("uart", &uart, &info));
	cr_assert_eq(info.offset, 0x40);
	cr_assert_eq(info.bytes, 0x1000);
	cr_assert_eq(info.pages, 2);
	cr_assert_eq(info.line, UART_LINE);
	cr_assert_eq(memory_at(DRIVER, (unsigned)uart.first + 1), UART - 0x40 + PAGE);
	cr_assert_eq(type_at(DRIVER, (unsigned)info.handler.slot), KAAL_OBJECT_IRQ_HANDLER);
	ok(kaal_broker_device("clock", &clock, &info));
	cr_assert_eq(info.pages, 2);
	cr_assert_eq(info.handler.slot, 0);
	ok(kaal_broker_give(&uart));
	ok(kaal_broker_device("uart", &uart, &info));
	ok(kaal_broker_give(&uart));
	ok(kaal_broker_give(&clock));
	cr_assert_eq(free_slots(), CLIENT_SLOTS - FIRST);
}

Test(client, device_of_parts)
{
	struct kaal_broker_held card, uart;
	struct kaal_broker_device_info info;
	struct kaal_broker_registers registers;
	struct kaal_broker_line line;

	asking = DRIVER;
	ok(kaal_broker_device("card", &card, &info));
	cr_assert(info.offset == 0 && info.bytes == 0x1800 && info.pages == 2 && info.range_count == 3 && info.line_count == 3);
	cr_assert(info.line == CARD_LINE && info.handler.slot == card.first + 4);
	ok(kaal_broker_device_registers(&card, 1, &registers));
	cr_assert(registers.offset == 0x800 && registers.bytes == 0x100 && registers.first.slot == card.first + 2 && registers.pages == 1);
	cr_assert_eq(memory_at(DRIVER, (unsigned)registers.first.slot), CARD + PAGE);
	ok(kaal_broker_device_line(&card, 1, &line));
	cr_assert(line.line == CARD_LINE + 1 && line.trigger == 1 && line.handler.slot == card.first + 5);
	cr_assert_eq(type_at(DRIVER, (unsigned)line.handler.slot), KAAL_OBJECT_IRQ_HANDLER);
	says(kaal_broker_device_registers(&card, 3, &registers), KAAL_OUT_OF_RANGE);
	says(kaal_broker_device_line(&card, 3, &line), KAAL_OUT_OF_RANGE);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_INDEX);
	ok(kaal_broker_device("uart", &uart, &info));
	cr_assert(info.range_count == 1 && info.line_count == 1 && info.handler.slot == uart.first + 2);
	ok(kaal_broker_give(&card));
	ok(kaal_broker_give(&uart));
	says(kaal_broker_device_line(&card, 0, &line), KAAL_OUT_OF_RANGE);
	cr_assert_eq(free_slots(), CLIENT_SLOTS - FIRST);
}

/* Capabilities that come late are asked for, and those of a thing that ended on the way are no success. */
Test(client, services_and_channels)
{
	struct kaal_broker_held serial, told, opened, accepted;
	struct kaal_broker_found found;
	uint64_t badges[KAAL_BROKER_BADGES], badge;
	kaal_notification_t peer;
	uint32_t count;
	bool there;

	/* Both have one CNode's worth of slots to choose from: the library has one allocator. */
	asking = DRIVER;
	ok(kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &told));
	ok(kaal_broker_serve("serial", (struct kaal_broker_signal){told.thing, 7}, &serial));
	asking = CLIENT;
	says(kaal_broker_find("log", &found), KAAL_WOULD_BLOCK);
	cr_assert_eq(kaal_broker_rule(), KAAL_BROKER_RULE_NOT_SERVED);
	ok(kaal_broker_find("serial", &found));
	cr_assert_eq(found.version_major, 1);
	cr_assert_eq(found.version_minor, 3);
	cr_assert(found.reconnect);
	badge = found.badge;
	ok(kaal_broker_watch("serial", nobody, &there));
	cr_assert(there);
	ok(kaal_broker_open("serial", 7 * PAGE, nobody, &opened));
	cr_assert_eq(opened.count, 7);
	asking = DRIVER;
	ok(kaal_broker_accept(badge, opened.thing, (struct kaal_broker_signal){told.thing, 1}, &accepted));
	for (unsigned i = 0; i < 7; i++)
		cr_assert_eq(memory_at(DRIVER, (unsigned)accepted.first + i), memory_at(CLIENT, (unsigned)opened.first + i));
	says(kaal_broker_peer(accepted.thing, &peer), KAAL_NOT_BOUND);
	asking = CLIENT;
	ok(kaal_broker_peer(opened.thing, &peer));
	ok(signal_at(CLIENT, (unsigned)peer.slot));
	cr_assert_eq(flags_at(DRIVER, (unsigned)told.first), 1u << 1);
	ok(kaal_broker_give(&opened));
	cr_assert_eq(flags_at(DRIVER, (unsigned)told.first), 1u << 1, "the channel's other end has gone");
	end(CLIENT);
	purge();
	asking = DRIVER;
	cr_assert_eq(flags_at(DRIVER, (unsigned)told.first), 1u << 7);
	ok(kaal_broker_ended(serial.thing, badges, &count));
	cr_assert_eq(count, 1);
	cr_assert_eq(badges[0], badge);
	ok(kaal_broker_give(&accepted));
	ok(kaal_broker_give(&serial));
	ok(kaal_broker_give(&told));
	broker_check();
}

/* --- calls to a service ---------------------------------------------------------------------- */

static unsigned served;

static void provide(void)
{
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 40, 0, 0, 0));
}

static void restart(void)
{
	end(DRIVER);
	purge();
	provide();
}

static kaal_status_t answers(uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer)
{
	served++;
	cr_assert_eq(words[0], 11);
	cr_assert_eq(buffer.words[0], 12);
	words[0] = 13;
	*answer = kaal_message(1, 0, 14);
	return KAAL_OK;
}

/* The provider dies with the call; the next instance comes when somebody waits for it. */
static kaal_status_t dies(uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer)
{
	(void)answer;
	words[0] = 99;
	end(DRIVER);
	purge();
	service = answers;
	while_waiting = provide;
	return KAAL_CANCELLED;
}

static kaal_status_t call(struct kaal_service *used, uint64_t *word)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {11}, answer;
	kaal_status_t status;

	buffer.words[0] = 12;
	status = kaal_service_call(used, kaal_message(9, 0, 5), words, UINT64_MAX, &answer);
	*word = words[0];
	cr_assert(status != KAAL_OK || kaal_message_label(answer) == 14);
	return status;
}

Test(client, call_reconnects)
{
	struct kaal_service used;
	struct state before, after;
	uint64_t word;

	asking = CLIENT;
	broker_state(&before);
	provide();
	ok(kaal_service_open(&used, "serial", UINT64_MAX));
	cr_assert(used.reconnect);
	service = answers;
	ok(call(&used, &word));
	cr_assert_eq(word, 13);
	service = dies;
	ok(call(&used, &word));
	cr_assert_eq(word, 13);
	cr_assert_eq(served, 2);
	cr_assert_eq(used.connections, 2);
	/* Ended between two calls, and there again. */
	restart();
	ok(call(&used, &word));
	cr_assert_eq(used.connections, 3);
	/* It does not come back in time. */
	end(DRIVER);
	purge();
	while_waiting = NULL;
	says(call(&used, &word), KAAL_TIMEOUT);
	provide();
	ok(call(&used, &word));
	ok(kaal_service_close(&used));
	cr_assert_eq(free_slots(), CLIENT_SLOTS - FIRST);
	cr_assert_eq(broker.use[1].watch, 0);
	end(DRIVER);
	end(CLIENT);
	purge();
	broker_state(&after);
	state_equal(&before, &after, "closed");
}

Test(client, open_waits)
{
	struct kaal_service used;

	asking = CLIENT;
	says(kaal_service_open(&used, "serial", 5), KAAL_TIMEOUT);
	says(kaal_service_open(&used, "spare", 5), KAAL_NO_RIGHT);
	says(kaal_service_open(&used, "0123456789abcdef0123456789abcdef", 5), KAAL_OUT_OF_RANGE);
	cr_assert_eq(free_slots(), CLIENT_SLOTS - FIRST);
	while_waiting = provide;
	ok(kaal_service_open(&used, "serial", 5));
	ok(kaal_service_close(&used));
}

Test(client, call_without_reconnect)
{
	struct kaal_service used;
	uint64_t word;

	asking = SERVER;
	provide();
	ok(kaal_service_open(&used, "serial", UINT64_MAX));
	cr_assert(!used.reconnect);
	service = dies;
	says(call(&used, &word), KAAL_CANCELLED);
	says(call(&used, &word), KAAL_WOULD_BLOCK);
	provide();
	ok(call(&used, &word));
	cr_assert_eq(used.connections, 2);
}
