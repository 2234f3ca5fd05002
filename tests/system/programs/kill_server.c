/* Serves under its first argument's name, and holds channels of clients that are killed. */
#include "kill.h"

/* A client's channel, mapped in a place of its own. */
struct end {
	struct kaal_broker_held held;
	uint64_t badge;
	volatile uint64_t *page;
};

static struct kaal_broker_held memory, ended, own, service;
static struct end ends[VICTIMS];
static kaal_cap_t received_slot, tables;

static void close_end(struct end *end)
{
	if (end->held.thing != 0)
		must("closing a channel", kaal_broker_give(&end->held));
}

/* Of a client that was started several times, the newest that has ended stands for all before. */
static void forget_ended(void)
{
	uint64_t flags = 0, badges[KAAL_BROKER_BADGES];
	uint32_t count = 0;

	must("polling", kaal_sys_notification_poll(ended.first, &flags));
	if (flags == 0)
		return;
	do {
		must("who has ended", kaal_broker_ended(service.thing, badges, &count));
		for (uint32_t i = 0; i < count; i++) {
			struct end *end = &ends[kaal_badge_component(badges[i])];

			if (end->badge <= badges[i])
				close_end(end);
		}
	} while (count == KAAL_BROKER_BADGES);
}

static uint64_t open_end(uint64_t badge, const uint64_t *words)
{
	uint32_t client = kaal_badge_component(badge);
	struct end *end = &ends[client];
	struct kaal_broker_held held;
	kaal_status_t status;
	kaal_notification_t peer;

	close_end(end);
	status = kaal_broker_accept(badge, words[2], (struct kaal_broker_signal){own.thing, 1}, &held);
	if (status != KAAL_OK)
		return status;
	*end = (struct end){.held = held, .badge = badge};
	/* The last one's pages are gone from there. */
	end->page = (volatile uint64_t *)(uintptr_t)(kaal_startup()->free_addresses.address + client * CHANNEL_BYTES);
	map_at(memory.first, tables, held.first, held.count, (uint64_t)(uintptr_t)end->page);
	if (*end->page != words[3])
		fail("a word in a channel", *end->page, words[3]);
	*end->page = ~words[3];
	/* The client has just asked, but may be gone. */
	if (kaal_broker_peer(held.thing, &peer) == KAAL_OK) {
		kaal_ignore(kaal_sys_notification_signal(peer.slot));
		must("dropping", kaal_slot_drop(peer.slot, 1));
	}
	return KAAL_OK;
}

/* Returns the answer's message word. */
static uint64_t answer(uint64_t badge, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t request = words[0];

	words[0] = KAAL_OK;
	words[1] = kaal_startup()->start;
	/* Whoever has ended: what is left in its channel is memory all the same. */
	for (uint32_t i = 0; i < VICTIMS; i++) {
		if (ends[i].held.thing != 0)
			ends[i].page[CHANNEL_BYTES / sizeof *ends[i].page - 1]++;
	}
	forget_ended();
	switch (request) {
	case ECHO:
		for (uint32_t i = 2; i < KAAL_MESSAGE_REGISTERS; i++)
			words[i]++;
		for (uint32_t i = 0; i < LONG_WORDS - KAAL_MESSAGE_REGISTERS; i++)
			buffer()->words[i]++;
		return kaal_message(LONG_WORDS, 0, 0);
	case SWAP:
		if (kaal_message_caps(message) == 1)
			words[0] = kaal_sys_notification_signal(received_slot);
		else
			fail("capabilities with SWAP", kaal_message_caps(message), 1);
		must("dropping what came", kaal_sys_cap_delete(KAAL_SLOT_CNODE, received_slot));
		buffer()->caps[0] = own.first;
		buffer()->move = 0;
		return kaal_message(2, 1, 0);
	case CHANNEL:
		words[0] = open_end(badge, words);
		break;
	default:
		close_end(&ends[kaal_badge_component(badge)]);
		break;
	}
	return kaal_message(2, 0, 0);
}

static void serve(void)
{
	kaal_cap_t reply = make_reply();
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;
	kaal_status_t status;

	must("a slot", kaal_slot_take(1, &received_slot));
	must("slots", kaal_slot_take(TABLES, &tables));
	buffer()->receive_cnode = KAAL_SLOT_CNODE;
	buffer()->receive_slot = received_slot;
	status = kaal_sys_endpoint_recv(service.first, reply, words, &received, &badge);
	while (status == KAAL_OK) {
		uint64_t message = answer(badge, received, words);

		/* The broker's answers came elsewhere. */
		buffer()->receive_cnode = KAAL_SLOT_CNODE;
		buffer()->receive_slot = received_slot;
		status = kaal_sys_endpoint_reply_recv(service.first, message, reply, words, &received, &badge);
	}
	fail("receiving", status, KAAL_OK);
}

int main(int argc, char **argv)
{
	struct kaal_broker_account account;
	struct kaal_service report;
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {[REPORT_START] = kaal_startup()->start}, got;

	must("the account", kaal_broker_account(&account));
	words[REPORT_MEMORY] = account.memory_used;
	must("memory", kaal_broker_memory(16, &memory));
	must("a notification", kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &ended));
	must("a notification", kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &own));
	must("serving", kaal_broker_serve(argc > 1 ? argv[1] : "a", (struct kaal_broker_signal){ended.thing, 0}, &service));
	must("where to report", kaal_service_open(&report, "report", FOREVER));
	words[REPORT_FAILURES] = failures;
	must("reporting", kaal_service_call(&report, kaal_message(REPORT_WORDS, 0, 0), words, FOREVER, &got));
	serve();
	return EXIT_FAILURE;
}
