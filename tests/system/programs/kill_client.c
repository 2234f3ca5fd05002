/* Does what components do, in rounds, until it is killed; its servers are killed, too. Each call must end, and as documented. */
#include "kill.h"

#include <memory-manager/space.h>

static const char *const names[SERVERS] = {"a", "b"};
static struct kaal_service servers[SERVERS], report;
static struct kaal_broker_held object, channel;
static uint64_t state, rounds, seen[SERVERS], cancelled, cancelled_ticks[SERVERS];

/* A raw call; "b" is used without `reconnect`, so its end is seen here. */
static kaal_status_t call(uint32_t server, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer)
{
	kaal_status_t status = kaal_sys_endpoint_call(servers[server].endpoint.slot, message, words, answer);

	if (status != KAAL_CANCELLED && status != KAAL_WRONG_TYPE)
		return status;
	if (status == KAAL_CANCELLED) {
		cancelled |= UINT64_C(1) << server;
		cancelled_ticks[server] = kaal_ticks_now();
	}
	must("closing a service", kaal_service_close(&servers[server]));
	must("opening it again", kaal_service_open(&servers[server], names[server], FOREVER));
	return status;
}

static bool is_end(kaal_status_t status)
{
	return status == KAAL_CANCELLED || status == KAAL_WRONG_TYPE;
}

/* ECHO until it has been answered. */
static void echo(uint32_t server, bool library)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {ECHO}, answer = 0, base = next_random(&state) >> 8;
	kaal_status_t status;

	do {
		words[0] = ECHO;
		for (uint32_t i = 2; i < LONG_WORDS; i++) {
			if (i < KAAL_MESSAGE_REGISTERS)
				words[i] = base + i;
			else
				buffer()->words[i - KAAL_MESSAGE_REGISTERS] = base + i;
		}
		status = library ? kaal_service_call(&servers[server], kaal_message(LONG_WORDS, 0, 0), words, FOREVER, &answer)
				 : call(server, kaal_message(LONG_WORDS, 0, 0), words, &answer);
	} while (!library && is_end(status));
	must("an echo", status);
	if (status != KAAL_OK)
		return;
	seen[server] = words[1] + 1;
	for (uint32_t i = 2; i < LONG_WORDS; i++) {
		uint64_t word = i < KAAL_MESSAGE_REGISTERS ? words[i] : buffer()->words[i - KAAL_MESSAGE_REGISTERS];

		if (word != base + i + 1)
			fail("a word of an echo", word, base + i + 1);
	}
}

/* Capabilities there and back. */
static void swap(uint32_t server)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {SWAP}, answer, flags;
	kaal_cap_t slot;
	kaal_status_t status;

	must("a slot", kaal_slot_take(1, &slot));
	buffer()->caps[0] = object.first;
	buffer()->move = 0;
	buffer()->receive_cnode = KAAL_SLOT_CNODE;
	buffer()->receive_slot = slot;
	status = call(server, kaal_message(1, 1, 0), words, &answer);
	if (status != KAAL_OK && !is_end(status))
		must("a swap", status);
	if (status == KAAL_OK) {
		must("the other's signal", words[0] == KAAL_OK ? kaal_sys_notification_wait(object.first, &flags) : (kaal_status_t)words[0]);
		status = kaal_message_caps(answer) == 1 ? kaal_sys_notification_signal(slot) : KAAL_WRONG_TYPE;
		/* It goes when the server does. */
		if (status != KAAL_OK && status != KAAL_WRONG_TYPE)
			must("signalling the server", status);
	} else {
		kaal_ignore(kaal_sys_notification_poll(object.first, &flags));
	}
	must("dropping what came", kaal_slot_drop(slot, 1));
}

/* --- memory ------------------------------------------------------------------------------- */

/* The kernel stops for interrupts between two. */
static void make_frames(kaal_cap_t memory, kaal_cap_t slots, uint64_t pages)
{
	kaal_status_t status;
	uint64_t made;

	do {
		status = kaal_sys_untyped_retype(memory, KAAL_OBJECT_FRAME + 12 * 256, KAAL_SLOT_CNODE, slots, pages, &made);
		slots += made;
		pages -= made;
	} while (status == KAAL_INTERRUPTED);
	must("frames", status);
}

/* Frames and tables out of memory that the broker has lent, and takes back with all that was made of it. */
static void map_frames(void)
{
	uint64_t address = kaal_startup()->free_addresses.address, pages = 1 + next_random(&state) % 8, unmapped;
	kaal_cap_t slots;
	struct kaal_broker_held memory;

	must("memory", kaal_broker_memory(16, &memory));
	must("slots", kaal_slot_take(8 + TABLES, &slots));
	make_frames(memory.first, slots, pages);
	map_at(memory.first, slots + 8, slots, pages, address);
	for (uint64_t i = 0; i < pages; i++)
		*(volatile uint64_t *)(uintptr_t)(address + i * KAAL_PAGE_BYTES) = i;
	if (next_random(&state) % 2 != 0)
		kaal_ignore(kaal_sys_frame_unmap(slots, pages, &unmapped));
	must("giving memory back", kaal_broker_give(&memory));
	must("slots back", kaal_slot_give(slots, 8 + TABLES));
}

#define SPACE_SLOTS 128u
#define NODES 64u
#define SPACE_ADDRESS UINT64_C(0x2000000000)
#define CHANNEL_ADDRESS UINT64_C(0x3000000000)

/* The same by the memory manager. */
static void map_space(void)
{
	static uint64_t used[KAAL_SLOTS_WORDS(SPACE_SLOTS)];
	static struct kaal_physical_node nodes[NODES];
	static struct kaal_region regions[4];
	static struct kaal_mapping mappings[4];
	static struct kaal_table tables[4];
	struct kaal_slots slots;
	struct kaal_physical_memory physical;
	struct kaal_account account = {.limit_bytes = UINT64_MAX};
	struct kaal_space space;
	struct kaal_broker_held memory;
	uint64_t address;
	struct kaal_space_setup setup = {.vspace = KAAL_SLOT_VSPACE, .first = SPACE_ADDRESS, .end = SPACE_ADDRESS + UINT64_C(0x40000000),
		.physical = &physical, .account = &account, .regions = regions, .mappings = mappings, .tables = tables,
		.regions_max = 4, .mappings_max = 4, .tables_max = 4};
	kaal_cap_t range;

	memset(used, 0, sizeof used);
	memset(nodes, 0, sizeof nodes);
	must("memory", kaal_broker_memory(17, &memory));
	must("slots", kaal_slot_take(SPACE_SLOTS, &range));
	must("a slot allocator", kaal_slots_start(&slots, KAAL_SLOT_CNODE, 0, (uint32_t)range, SPACE_SLOTS, used));
	must("an allocator", kaal_physical_start(&physical, &slots, nodes, NODES));
	must("its memory", kaal_physical_add(&physical, memory.first, 0, 17, false));
	must("a space", kaal_space_start(&space, &setup));
	must("mapping", kaal_space_allocate(&space, UINT64_C(0x8000), KAAL_PAGE_BYTES, KAAL_PAGE_BYTES, 0, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 0,
					    &address));
	*(volatile uint64_t *)(uintptr_t)address = 1;
	must("protecting", kaal_space_protect(&space, address, KAAL_PAGE_BYTES, KAAL_RIGHT_READ));
	must("unmapping", kaal_space_end(&space));
	must("making it whole", kaal_physical_trim(&physical));
	must("giving memory back", kaal_broker_give(&memory));
	must("slots back", kaal_slot_give(range, SPACE_SLOTS));
}

/* --- channels ------------------------------------------------------------------------------ */

static void close_channel(void)
{
	if (channel.thing != 0)
		must("closing a channel", kaal_broker_give(&channel));
}

/* With "a", whose calls are repeated: its next instance knows no channel of before. */
static void open_channel(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {CHANNEL}, answer, flags, word = next_random(&state);
	uint32_t connections = servers[0].connections;
	struct kaal_broker_held memory;
	volatile uint64_t *page;
	kaal_cap_t tables;
	kaal_status_t status = kaal_broker_open("a", CHANNEL_BYTES, (struct kaal_broker_signal){object.thing, 0}, &channel);

	if (status == KAAL_WOULD_BLOCK)
		return;
	must("opening a channel", status);
	if (status != KAAL_OK)
		return;
	must("memory", kaal_broker_memory(14, &memory));
	must("slots", kaal_slot_take(TABLES, &tables));
	map_at(memory.first, tables, channel.first, channel.count, CHANNEL_ADDRESS);
	page = (volatile uint64_t *)(uintptr_t)CHANNEL_ADDRESS;
	*page = word;
	words[2] = channel.thing;
	words[3] = word;
	must("telling of a channel", kaal_service_call(&servers[0], kaal_message(4, 0, 0), words, FOREVER, &answer));
	if (words[0] == KAAL_OK) {
		must("the other end's signal", kaal_sys_notification_wait(object.first, &flags));
		if (*page != ~word)
			fail("the other's word in a channel", *page, ~word);
	} else if (words[0] != KAAL_OUT_OF_RANGE || servers[0].connections == connections) {
		fail("accepting a channel", words[0], KAAL_OK);
	} else {
		kaal_ignore(kaal_sys_notification_poll(object.first, &flags));
	}
	must("giving tables back", kaal_broker_give(&memory));
	must("slots back", kaal_slot_give(tables, TABLES));
	if (next_random(&state) % 2 != 0)
		close_channel();
	words[0] = CLOSE;
	must("telling of the end", kaal_service_call(&servers[0], kaal_message(1, 0, 0), words, FOREVER, &answer));
	if (next_random(&state) % 2 != 0)
		close_channel();
}

/* --- rounds -------------------------------------------------------------------------------- */

static void ask_broker(void)
{
	struct kaal_broker_held held;
	struct kaal_broker_found found;
	kaal_status_t status;
	bool there;

	must("an endpoint", kaal_broker_object(KAAL_OBJECT_ENDPOINT, &held));
	must("giving it back", kaal_broker_give(&held));
	must("watching", kaal_broker_watch("a", (struct kaal_broker_signal){0}, &there));
	must("watching", kaal_broker_watch("a", (struct kaal_broker_signal){servers[0].changed.thing, 0}, &there));
	status = kaal_broker_find("b", &found);
	if (status == KAAL_OK)
		must("dropping an endpoint", kaal_slot_drop(found.endpoint.slot, 1));
	else if (status != KAAL_WOULD_BLOCK)
		must("finding", status);
}

static void something(void)
{
	switch (next_random(&state) % 6) {
	case 0:
		swap((uint32_t)(next_random(&state) % SERVERS));
		break;
	case 1:
		map_frames();
		break;
	case 2:
		map_space();
		break;
	case 3:
		close_channel();
		open_channel();
		break;
	case 4:
		ask_broker();
		break;
	default:
		for (uint32_t i = 0; i < 4; i++)
			echo((uint32_t)(next_random(&state) % SERVERS), false);
		break;
	}
}

static void tell(uint64_t memory)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {kaal_startup()->start, rounds++, failures, memory, seen[0] | seen[1] << 16, cancelled,
						  cancelled_ticks[0], cancelled_ticks[1]};
	uint64_t answer;

	must("reporting", kaal_service_call(&report, kaal_message(REPORT_WORDS, 0, 0), words, FOREVER, &answer));
	cancelled = 0;
}

int main(int argc, char **argv)
{
	struct kaal_broker_account account;

	state = (argc > 1 ? strtoull(argv[1], NULL, 10) : 1) * 2 + 1 + kaal_startup()->component * UINT64_C(1000003) +
		kaal_startup()->start * UINT64_C(0x9e3779b97f4a7c16);
	must("the account", kaal_broker_account(&account));
	must("where to report", kaal_service_open(&report, "report", FOREVER));
	tell(account.memory_used);
	must("a notification", kaal_broker_object(KAAL_OBJECT_NOTIFICATION, &object));
	for (uint32_t i = 0; i < SERVERS; i++)
		must("opening a service", kaal_service_open(&servers[i], names[i], FOREVER));
	for (;;) {
		echo(0, true);
		echo(1, false);
		something();
		tell(0);
		kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + next_random(&state) % 512));
	}
}
