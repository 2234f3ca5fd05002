/* Memory, DMA memory, devices, objects: what is granted, each rule that refuses, and all of it back. */
#include "broker_fixture.h"

TestSuite(requests, .init = broker_fixture_start);

static struct answer account(unsigned component)
{
	struct answer answer = ask(component, ACCOUNT, 0, 0);

	granted(answer);
	return answer;
}

static struct answer give(unsigned component, uint64_t thing)
{
	return ask(component, GIVE, 0, thing);
}

/* All that was taken goes back, and nothing is left of it. */
static void give_is_all(unsigned component, uint64_t thing, const struct state *before)
{
	struct state after;

	granted(give(component, thing));
	broker_check();
	broker_state(&after);
	state_equal(before, &after, "given back");
	rule_is(give(component, thing), KAAL_BROKER_RULE_THING);
}

Test(requests, caller_and_request)
{
	struct broker_answer answer;
	const uint64_t words[KAAL_MESSAGE_REGISTERS] = {14};
	static const struct {
		uint64_t badge, words;
		uint32_t label;
		uint64_t rule;
	} wrong[] = {{0, 8, KAAL_BROKER_MEMORY, KAAL_BROKER_RULE_CALLER}, {COMPONENTS + 1, 8, KAAL_BROKER_MEMORY, KAAL_BROKER_RULE_CALLER},
		     {UINT64_MAX, 8, KAAL_BROKER_MEMORY, KAAL_BROKER_RULE_CALLER}, {1, 8, 0, KAAL_BROKER_RULE_REQUEST},
		     {1, 8, 17, KAAL_BROKER_RULE_REQUEST}, {1, 8, UINT32_MAX, KAAL_BROKER_RULE_REQUEST},
		     {1, 0, KAAL_BROKER_MEMORY, KAAL_BROKER_RULE_REQUEST}, {1, 6, KAAL_BROKER_OPEN, KAAL_BROKER_RULE_REQUEST}};

	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		broker_request(&broker, wrong[i].badge, kaal_message(wrong[i].words, 0, wrong[i].label), words, &answer);
		cr_assert_eq(answer.words[0], wrong[i].rule, "case %u: rule %lu", i, answer.words[0]);
		cr_assert_eq(kaal_message_label(answer.message), wrong[i].rule == KAAL_BROKER_RULE_CALLER ? KAAL_NO_RIGHT : KAAL_OUT_OF_RANGE);
		cr_assert_eq(answer.message & 0xffff, 1);
	}
	refused(REQUEST, ask_with(CLIENT, 77, words, 0));
	broker_request(&broker, 1, kaal_message(1, 0, KAAL_BROKER_MEMORY), words, &answer);
	cr_assert_eq(kaal_message_label(answer.message), KAAL_OK);
}

Test(requests, memory)
{
	struct state before;
	struct answer memory;

	broker_state(&before);
	memory = ask(CLIENT, MEMORY, 20, 14);
	granted(memory);
	cr_assert_eq(memory.caps, 1);
	cr_assert_eq(memory.words[1], 1);
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_UNTYPED);
	cr_assert_eq(rights_at(CLIENT, 20) & KAAL_RIGHT_EXECUTE, 0, "it makes no address spaces");
	cr_assert_eq(account(CLIENT).words[1], START_BYTES + 0x4000);
	broker_check();
	/* It was moved: there is no second one. */
	refused(INDEX, ask(CLIENT, MORE, 21, memory.words[0], 0));
	give_is_all(CLIENT, memory.words[0], &before);
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_NULL);
}

Test(requests, memory_that_found_no_slot_is_there_still)
{
	struct answer memory = ask(CLIENT, MEMORY, 0, 12);

	granted(memory);
	cr_assert_eq(memory.caps, 0);
	memory = ask(CLIENT, MORE, 20, memory.words[0], 0);
	granted(memory);
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_UNTYPED);
	refused(INDEX, ask(CLIENT, MORE, 21, memory.words[0], 1));
	refused(INDEX, ask(CLIENT, MORE, 21, memory.words[0], UINT64_C(1) << 32));
}

Test(requests, memory_is_refused)
{
	struct answer most;

	refused(SIZE, ask(CLIENT, MEMORY, 20, 11));
	refused(SIZE, ask(CLIENT, MEMORY, 20, 37));
	refused(SIZE, ask(CLIENT, MEMORY, 20, UINT64_MAX));
	refused(SIZE, ask(CLIENT, MEMORY, 20, UINT64_C(1) << 32 | 12));
	refused(MEMORY_MAX, ask(CLIENT, MEMORY, 20, 19));
	refused(MEMORY_MAX, ask(CLIENT, MEMORY, 20, 36));
	most = ask(CLIENT, MEMORY, 20, 18);
	granted(most);
	granted(ask(CLIENT, MEMORY, 21, 17));
	granted(ask(CLIENT, MEMORY, 22, 16));
	granted(ask(CLIENT, MEMORY, 23, 15));
	refused(MEMORY_MAX, ask(CLIENT, MEMORY, 24, 12));
	refused(MEMORY_MAX, ask(CLIENT, OBJECT, 24, KAAL_OBJECT_ENDPOINT));
	/* Nobody else is concerned. */
	granted(ask(OTHER, MEMORY, 20, 18));
	granted(give(CLIENT, most.words[0]));
	granted(ask(CLIENT, MEMORY, 20, 18));
	broker_check();
}

/* Somebody else has the memory of the system. */
Test(requests, memory_of_the_system)
{
	struct kaal_account all = {.limit_bytes = UINT64_MAX};
	kaal_block_t block;

	granted(ask(CLIENT, MEMORY, 20, 12));
	for (uint32_t bits = 21; bits >= 12; bits--) {
		while (kaal_physical_take(&mm.physical, &all, bits, &block) == KAAL_OK)
			;
	}
	refused(SYSTEM_MEMORY, ask(CLIENT, MEMORY, 21, 12));
	refused(SYSTEM_MEMORY, ask(CLIENT, OBJECT, 21, KAAL_OBJECT_ENDPOINT));
	refused(SYSTEM_MEMORY, ask(DRIVER, DMA, 21, PAGE, 0));
	cr_assert_eq(account(CLIENT).words[4], 0);
}

Test(requests, share)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < THINGS / COMPONENTS - 1; i++) {
		struct answer object = ask(CLIENT, OBJECT, 20, KAAL_OBJECT_NOTIFICATION);

		granted(object);
		last = object.words[0];
		drop(CLIENT, 20);
	}
	refused(SHARE, ask(CLIENT, OBJECT, 20, KAAL_OBJECT_NOTIFICATION));
	refused(SHARE, ask(CLIENT, MEMORY, 20, 12));
	granted(ask(OTHER, OBJECT, 20, KAAL_OBJECT_NOTIFICATION));
	granted(give(CLIENT, last));
	granted(ask(CLIENT, MEMORY, 20, 12));
	broker_check();
}

Test(requests, slots_are_shared_out)
{
	broker.slots_share = 4;
	granted(ask(DRIVER, DMA, 20, 4 * PAGE, 0));
	refused(SHARE, ask(DRIVER, MEMORY, 24, 12));
	granted(ask(CLIENT, MEMORY, 20, 12));
}

/* Small blocks far from each other would use up what all have to split blocks with. */
Test(requests, splits_are_shared_out)
{
	struct answer more;
	uint64_t first, held[16];
	unsigned count = 0;

	mm.physical.counted_bits = KAAL_BLOCK_BITS_MAX;
	broker.component[CLIENT].account.limit_splits = 8;
	first = ask(CLIENT, MEMORY, 20, 12).words[0];
	while ((more = ask(CLIENT, MEMORY, 21 + count, 12)).status == KAAL_OK)
		held[count++] = more.words[0];
	cr_assert_eq(count, 3, "six splits lead to the first pair, a seventh to the next; the one after that needs two");
	refused(SHARE, ask(CLIENT, MEMORY, 40, 12));
	refused(SHARE, ask(CLIENT, OBJECT, 40, KAAL_OBJECT_ENDPOINT));
	broker_check();
	granted(ask(OTHER, MEMORY, 20, 12));
	granted(ask(SERVER, OBJECT, 20, KAAL_OBJECT_ENDPOINT));
	for (unsigned i = 0; i < count; i++)
		granted(give(CLIENT, held[i]));
	granted(ask(CLIENT, OBJECT, 40, KAAL_OBJECT_ENDPOINT));
	end(OTHER);
	end(SERVER);
	end(CLIENT);
	purge();
	refused(THING, give(CLIENT, first));
	cr_assert_eq(broker.component[CLIENT].account.used_splits, 0);
}

Test(requests, dma)
{
	struct state before;
	struct answer dma, more;

	broker_state(&before);
	dma = ask(DRIVER, DMA, 20, DMA_MAX, 0);
	granted(dma);
	cr_assert_eq(dma.words[1], 4);
	cr_assert_eq(dma.caps, 3);
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(memory_at(DRIVER, 20 + i), dma.words[2] + i * PAGE);
	more = ask(DRIVER, MORE, 23, dma.words[0], 3);
	granted(more);
	cr_assert_eq(more.caps, 1);
	cr_assert_eq(memory_at(DRIVER, 23), dma.words[2] + 3 * PAGE);
	refused(INDEX, ask(DRIVER, MORE, 24, dma.words[0], 4));
	refused(DMA_MAX, ask(DRIVER, DMA, 24, PAGE, 0));
	cr_assert_eq(account(DRIVER).words[1], START_BYTES + DMA_MAX);
	cr_assert_eq(account(DRIVER).words[3], DMA_MAX);
	broker_check();
	give_is_all(DRIVER, dma.words[0], &before);
	for (unsigned i = 20; i < 24; i++)
		cr_assert_eq(type_at(DRIVER, i), KAAL_OBJECT_NULL);
	granted(ask(DRIVER, DMA, 20, PAGE, KAAL_BROKER_UNCACHED));
}

Test(requests, dma_is_refused)
{
	refused(DMA_TRUST, ask(SERVER, DMA, 20, PAGE, 0));
	refused(DMA_TRUST, ask(CLIENT, DMA, 20, PAGE, 0));
	refused(SIZE, ask(DRIVER, DMA, 20, 0, 0));
	refused(SIZE, ask(DRIVER, DMA, 20, PAGE + 1, 0));
	refused(SIZE, ask(DRIVER, DMA, 20, UINT64_MAX - PAGE + 1, 0));
	refused(SIZE, ask(DRIVER, DMA, 20, (UINT64_C(1) << 32) + PAGE, 0));
	refused(FLAGS, ask(DRIVER, DMA, 20, PAGE, 2));
	refused(FLAGS, ask(DRIVER, DMA, 20, PAGE, UINT64_C(1) << 32));
	refused(DMA_MAX, ask(DRIVER, DMA, 20, DMA_MAX + PAGE, 0));
}

Test(requests, dma_is_memory)
{
	granted(ask(DRIVER, MEMORY, 30, 18));
	granted(ask(DRIVER, MEMORY, 31, 17));
	granted(ask(DRIVER, MEMORY, 32, 16));
	granted(ask(DRIVER, MEMORY, 33, 14));
	granted(ask(DRIVER, MEMORY, 34, 13));
	granted(ask(DRIVER, MEMORY, 35, 12));
	refused(MEMORY_MAX, ask(DRIVER, DMA, 20, 2 * PAGE, 0));
	granted(ask(DRIVER, DMA, 20, PAGE, 0));
}

Test(requests, device)
{
	struct state before;
	struct answer uart;

	broker_state(&before);
	uart = ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0);
	granted(uart);
	/* Registers reach over two pages. */
	cr_assert_eq(uart.words[1], 3);
	cr_assert_eq(uart.caps, 3);
	cr_assert_eq(uart.words[2], 0x40);
	cr_assert_eq(uart.words[3], 0x1000);
	cr_assert_eq(uart.words[4], UART_LINE);
	cr_assert_eq(uart.words[5], 0);
	cr_assert_eq(uart.words[6], 1);
	cr_assert_eq(uart.words[7], 1);
	cr_assert_eq(memory_at(DRIVER, 20), UART - 0x40);
	cr_assert_eq(memory_at(DRIVER, 21), UART - 0x40 + PAGE);
	cr_assert_eq(type_at(DRIVER, 22), KAAL_OBJECT_IRQ_HANDLER);
	refused(DEVICE_HELD, ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 30, 0, 0, 0));
	granted(ask(DRIVER, MORE, 30, uart.words[0], 2));
	cr_assert_eq(type_at(DRIVER, 30), KAAL_OBJECT_IRQ_HANDLER);
	cr_assert_eq(account(DRIVER).words[1], START_BYTES, "registers are no memory");
	broker_check();
	give_is_all(DRIVER, uart.words[0], &before);
	for (unsigned i = 20; i < 31; i++)
		cr_assert_eq(type_at(DRIVER, i), KAAL_OBJECT_NULL);
	granted(ask_name(DRIVER, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0));
	cr_assert_eq(memory_at(DRIVER, 20), UART - 0x40);
}

/* Nor is its memory in one block. */
Test(requests, device_without_line)
{
	struct answer clock = ask_name(DRIVER, KAAL_BROKER_DEVICE, "clock", 20, 0, 0, 0);

	granted(clock);
	cr_assert_eq(clock.words[1], 2);
	cr_assert_eq(clock.caps, 2);
	cr_assert_eq(clock.words[2], 0xf00);
	cr_assert_eq(clock.words[4], 0);
	cr_assert_eq(memory_at(DRIVER, 20), CLOCK - 0xf00);
	cr_assert_eq(memory_at(DRIVER, 21), CLOCK + 0x100);
	refused(INDEX, ask(DRIVER, MORE, 20, clock.words[0], 2));
}

Test(requests, device_is_refused)
{
	char longest[33] = "0123456789abcdef0123456789abcdef";

	refused(DEVICE_GRANT, ask_name(DRIVER, KAAL_BROKER_DEVICE, "uar", 20, 0, 0, 0));
	refused(DEVICE_GRANT, ask_name(SERVER, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0));
	refused(DEVICE_GRANT, ask_name(CLIENT, KAAL_BROKER_DEVICE, "uart", 20, 0, 0, 0));
	refused(NAME, ask_name(DRIVER, KAAL_BROKER_DEVICE, "", 20, 0, 0, 0));
	refused(NAME, ask_name(DRIVER, KAAL_BROKER_DEVICE, longest, 20, 0, 0, 0));
	refused(NAME, ask_name(DRIVER, KAAL_BROKER_SERVE, "", 20, 0, 0, 0));
	refused(NAME, ask_name(CLIENT, KAAL_BROKER_FIND, longest, 20, 0, 0, 0));
}

/* Several ranges of registers, two of them on one page; several lines. */
Test(requests, device_of_parts)
{
	static const uint64_t ranges[][4] = {{0, 0x1800, 0, 2}, {0x800, 0x100, 2, 1}, {0, 0x1000, 3, 1}};
	static const uint64_t lines[][3] = {{CARD_LINE, 0, 4}, {CARD_LINE + 1, 1, 5}, {CARD_LINE, 0, 6}};
	static const uint64_t pages[] = {CARD, CARD + PAGE, CARD + PAGE, CARD + 5 * PAGE};
	struct state before;
	struct answer card, part;
	uint64_t other = ask(DRIVER, OBJECT, 40, KAAL_OBJECT_ENDPOINT).words[0];

	broker_state(&before);
	card = ask_name(DRIVER, KAAL_BROKER_DEVICE, "card", 20, 0, 0, 0);
	granted(card);
	cr_assert_eq(card.words[1], 7);
	cr_assert(card.words[2] == 0 && card.words[3] == 0x1800 && card.words[4] == CARD_LINE && card.words[5] == 0);
	cr_assert(card.words[6] == 3 && card.words[7] == 3);
	granted(ask(DRIVER, MORE, 23, card.words[0], 3));
	granted(ask(DRIVER, MORE, 26, card.words[0], 6));
	for (unsigned i = 0; i < 4; i++) {
		cr_assert_eq(type_at(DRIVER, 20 + i), KAAL_OBJECT_FRAME);
		cr_assert_eq(memory_at(DRIVER, 20 + i), pages[i], "page %u", i);
	}
	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(type_at(DRIVER, 24 + i), KAAL_OBJECT_IRQ_HANDLER);
		part = ask(DRIVER, REGISTERS, 0, card.words[0], i);
		granted(part);
		cr_assert_arr_eq(part.words, ranges[i], sizeof ranges[i]);
		part = ask(DRIVER, LINE, 0, card.words[0], i);
		granted(part);
		cr_assert_arr_eq(part.words, lines[i], sizeof lines[i]);
	}
	refused(INDEX, ask(DRIVER, REGISTERS, 0, card.words[0], 3));
	refused(INDEX, ask(DRIVER, LINE, 0, card.words[0], UINT64_MAX));
	refused(INDEX, ask(DRIVER, MORE, 30, card.words[0], 7));
	refused(THING, ask(SERVER, REGISTERS, 0, card.words[0], 0));
	refused(THING, ask(SERVER, LINE, 0, card.words[0], 0));
	refused(KIND, ask(DRIVER, REGISTERS, 0, other, 0));
	refused(KIND, ask(DRIVER, LINE, 0, other, 0));
	broker_check();
	give_is_all(DRIVER, card.words[0], &before);
	for (unsigned i = 20; i < 27; i++)
		cr_assert_eq(type_at(DRIVER, i), KAAL_OBJECT_NULL);
	refused(THING, ask(DRIVER, LINE, 0, card.words[0], 0));
	broker.slots_share = broker.component[DRIVER].slots + 2;
	refused(SHARE, ask_name(DRIVER, KAAL_BROKER_DEVICE, "card", 20, 0, 0, 0));
}

/* Two drivers have the same page; each has capabilities of its own. */
Test(requests, shared_page)
{
	struct state before;
	struct answer one, other;

	broker_state(&before);
	one = ask_name(DRIVER, KAAL_BROKER_DEVICE, "disk", 20, 0, 0, 0);
	other = ask_name(SERVER, KAAL_BROKER_DEVICE, "disk", 20, 0, 0, 0);
	granted(one);
	granted(other);
	cr_assert_eq(one.words[5], 1);
	cr_assert_eq(other.words[2], 0x200);
	cr_assert_eq(memory_at(DRIVER, 20), DISK);
	cr_assert_eq(memory_at(SERVER, 20), DISK);
	granted(give(DRIVER, one.words[0]));
	cr_assert_eq(type_at(DRIVER, 20), KAAL_OBJECT_NULL);
	cr_assert_eq(type_at(SERVER, 20), KAAL_OBJECT_FRAME);
	broker_check();
	give_is_all(SERVER, other.words[0], &before);
	cr_assert_eq(type_at(SERVER, 20), KAAL_OBJECT_NULL);
}

Test(requests, objects)
{
	struct state before;
	struct answer notification, endpoint, reply;

	broker_state(&before);
	notification = ask(CLIENT, OBJECT, 20, KAAL_OBJECT_NOTIFICATION);
	granted(notification);
	cr_assert_eq(account(CLIENT).words[1], START_BYTES + PAGE);
	endpoint = ask(CLIENT, OBJECT, 21, KAAL_OBJECT_ENDPOINT);
	granted(endpoint);
	cr_assert_eq(account(CLIENT).words[1], START_BYTES + PAGE, "of the same page");
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_NOTIFICATION);
	cr_assert_eq(type_at(CLIENT, 21), KAAL_OBJECT_ENDPOINT);
	reply = ask(CLIENT, OBJECT, 22, KAAL_OBJECT_REPLY);
	granted(reply);
	cr_assert_eq(type_at(CLIENT, 22), KAAL_OBJECT_REPLY);
	cr_assert_eq(rights_at(CLIENT, 22), rights_at(CLIENT, 21));
	cr_assert_eq(account(CLIENT).words[1], START_BYTES + PAGE);
	granted(give(CLIENT, reply.words[0]));
	cr_assert_eq(type_at(CLIENT, 22), KAAL_OBJECT_NULL);
	granted(give(CLIENT, notification.words[0]));
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_NULL);
	broker_check();
	give_is_all(CLIENT, endpoint.words[0], &before);
	refused(TYPE, ask(CLIENT, OBJECT, 20, KAAL_OBJECT_THREAD));
	refused(TYPE, ask(CLIENT, OBJECT, 20, KAAL_OBJECT_ENDPOINT | UINT64_C(1) << 32));
}

/* A page has room for 128; the next object begins another, and both go when they are empty. */
Test(requests, objects_of_many_pages)
{
	static uint64_t thing[300];
	struct state before;

	broker.things_share = 400;
	broker_state(&before);
	for (unsigned i = 0; i < 120; i++) {
		for (unsigned k = 0; k < 2; k++) {
			struct answer object = ask(CLIENT, OBJECT, 20, KAAL_OBJECT_ENDPOINT);

			granted(object);
			drop(CLIENT, 20);
			if (k == 0)
				granted(give(CLIENT, object.words[0]));
			else
				thing[i] = object.words[0];
		}
	}
	cr_assert_eq(account(CLIENT).words[1], START_BYTES + 2 * PAGE);
	broker_check();
	for (unsigned i = 0; i < 120; i++)
		granted(give(CLIENT, thing[(i * 7) % 120]));
	broker_check();
	cr_assert_eq(account(CLIENT).words[1], START_BYTES);
}

/* Numbers of others, of what has gone, of nothing. */
Test(requests, hostile_numbers)
{
	uint64_t mine = ask(CLIENT, MEMORY, 20, 12).words[0], gone = ask(CLIENT, MEMORY, 21, 12).words[0];
	const uint64_t wrong[] = {0, mine + 1, mine + (UINT64_C(1) << 32), UINT64_MAX, THINGS, THINGS + 1, UINT32_MAX, UINT64_C(1) << 63};

	granted(give(CLIENT, gone));
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		refused(THING, give(CLIENT, wrong[i]));
		refused(THING, ask(CLIENT, MORE, 30, wrong[i], 0));
		refused(THING, ask(CLIENT, PEER, 30, wrong[i]));
		refused(THING, ask(CLIENT, ENDED, 30, wrong[i]));
	}
	refused(THING, give(CLIENT, gone));
	/* Its place has another thing. */
	cr_assert_eq((uint16_t)ask(CLIENT, MEMORY, 21, 12).words[0], (uint16_t)gone);
	refused(THING, give(CLIENT, gone));
	refused(THING, give(OTHER, mine));
	refused(KIND, ask(CLIENT, PEER, 30, mine));
	refused(KIND, ask(CLIENT, ENDED, 30, mine));
	/* The page that objects are made of is nobody's to name. */
	granted(ask(CLIENT, OBJECT, 22, KAAL_OBJECT_ENDPOINT));
	for (uint64_t at = 1; at <= THINGS; at++) {
		if (broker.thing[at].kind == BROKER_POOL)
			refused(THING, give(CLIENT, broker.thing[at].generation << 16 | at));
	}
}

/* Not even after 2^32 others had the same place. */
Test(requests, numbers_do_not_come_again)
{
	uint64_t first = ask(CLIENT, MEMORY, 20, 12).words[0], last;

	broker.thing[(uint16_t)first].generation += UINT32_MAX;
	refused(THING, give(CLIENT, first));
	last = broker.thing[(uint16_t)first].generation << 16 | (uint16_t)first;
	granted(give(CLIENT, last));
	last = ask(CLIENT, MEMORY, 20, 12).words[0];
	cr_assert_eq((uint16_t)last, (uint16_t)first);
	refused(THING, give(CLIENT, first));
	granted(give(CLIENT, last));
}
