#include "broker_fixture.h"

#include "../kernel/fixture.h"
#include "../tree_writer.h"

#include <object/frame.h>
#include <object/irq.h>
#include <object/notification.h>
#include <object/untyped.h>
#include <kaal/thread.h>

#define TREE_BYTES 8192
#define IRQ_TABLE 0xa00u /* at 80 KiB */
#define CLIENT_CNODE(i) (0xa80u + (i) * CLIENT_SLOTS) /* from 84 KiB on */
#define TEST_MEMORY 0x17000u
/* Slots of the broker's CNode that the memory manager's fixture leaves. */
#define MORE_DEVICE 39u
#define CONTROL 40u
#define HANDLER 41u
#define QUIET 45u
#define TEST_UNTYPED 46u
#define SPARE 47u
#define CLIENT_AT(i) (50u + (i))

struct broker broker;
uint32_t epochs[COMPONENTS], purged[COMPONENTS];
kaal_ticks_t ticks;
struct kaal_message_buffer buffer;
unsigned asking;
void (*while_waiting)(void);
kaal_status_t (*service)(uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer);

static _Alignas(8) char tree[TREE_BYTES];
static _Alignas(16) char storage[0x10000];
static struct kaal_manifest manifest;

/* --- the description ---------------------------------------------------------------- */

static void open_component(const char *name, uint64_t dma_max)
{
	tree_open(name);
	tree_text("image", "program");
	tree_number("memory-max", MEMORY_MAX);
	tree_number("stack-size", 0x1000);
	if (dma_max != 0)
		tree_number("dma-max", dma_max);
}

static void device(const char *name, const char *path, bool shared, bool trusted)
{
	tree_open(name);
	tree_text("path", path);
	if (shared)
		tree_flag("shared-page");
	if (trusted)
		tree_flag("trusted-dma");
	tree_close(1);
}

static void provide(const char *name, uint64_t phandle, uint64_t minor)
{
	tree_open(name);
	tree_text("protocol", "test,any");
	tree_pair("version", 1, minor);
	tree_number("phandle", phandle);
	tree_close(1);
}

static void use(const char *name, uint64_t phandle, uint64_t channel_max, bool reconnect)
{
	tree_open(name);
	tree_number("service", phandle);
	tree_pair("version", 1, 0);
	if (channel_max != 0)
		tree_number("channel-max", channel_max);
	if (reconnect)
		tree_flag("reconnect");
	tree_close(1);
}

static void describe(void)
{
	struct kaal_manifest_error error;
	char why[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	tree_begin(tree, TREE_BYTES);
	tree_text("compatible", "kaal,system");
	tree_number("version", 1);
	tree_open("components");
	open_component("driver", DMA_MAX);
	tree_open("devices");
	device("uart", "/uart", false, true);
	device("clock", "/clock", false, false);
	device("disk", "/disk0", true, false);
	device("card", "/card", false, false);
	tree_close(1);
	tree_open("provides");
	provide("serial", 1, 3);
	provide("spare", 2, 0);
	tree_close(2);
	open_component("server", 0);
	tree_open("devices");
	device("disk", "/disk1", true, false);
	tree_close(1);
	tree_open("provides");
	provide("log", 3, 0);
	tree_close(1);
	tree_open("uses");
	use("serial", 1, 0, false);
	tree_close(2);
	open_component("client", 0);
	tree_open("uses");
	use("serial", 1, 8 * PAGE, true);
	use("log", 3, 4 * PAGE, false);
	tree_close(2);
	open_component("other", 0);
	tree_open("uses");
	use("log", 3, PAGE, false);
	if (!kaal_manifest_read(&manifest, tree, tree_finish(4), &error)) {
		kaal_manifest_error_text(&error, why);
		cr_assert_fail("%s", why);
	}
}

/* --- start -------------------------------------------------------------------------- */

static kaal_ticks_t time_now(void)
{
	return ticks;
}

void broker_fixture_start(void)
{
	static const struct kaal_broker_device devices[] = {
		{1, 1, {{UART, 0x1000}}, {{UART_LINE, 0, HANDLER, 0}}},
		{1, 0, {{CLOCK, 0x200}}, {{0}}},
		{1, 1, {{DISK, 0x200}}, {{DISK_LINE, 1, HANDLER + 1, 0}}},
		{3, 3, {{CARD, 0x1800}, {CARD + 0x1800, 0x100}, {CARD + 0x5000, 0x1000}},
		 {{CARD_LINE, 0, CARD_HANDLER, 0}, {CARD_LINE + 1, 1, CARD_HANDLER + 1, 0}, {CARD_LINE, 0, CARD_HANDLER, 0}}},
		{1, 1, {{DISK + 0x200, 0x200}}, {{DISK_LINE + 1, 0, HANDLER + 2, 0}}}};
	static const struct kaal_broker_component components[COMPONENTS] = {{START_BYTES}, {START_BYTES}, {START_BYTES}, {START_BYTES}};
	struct broker_setup setup = {.manifest = &manifest, .devices = devices, .components = components, .epochs = epochs, .purged = purged,
				     .quiet = QUIET, .slots = &mm.slots, .physical = &mm.physical, .nodes = NODES, .splits = 900, .storage = storage, .now = time_now, .close_ticks = CLOSE_TICKS,
				     .things = THINGS};
	uint64_t made, *holders;

	mm_start();
	cnode_put_initial(FIXTURE_CNODE + MORE_DEVICE, untyped_cap(DEVICE + (UINT64_C(1) << DEVICE_BITS), 12, true));
	ok(kaal_physical_add(&mm.physical, MORE_DEVICE, DEVICE + (UINT64_C(1) << DEVICE_BITS), 12, true));
	describe();
	irq_start(IRQ_TABLE, HOST_LINES);
	fixture_put(CONTROL, (struct cap){.word = cap_word(KAAL_OBJECT_IRQ_CONTROL, 7, 0)});
	cnode_put_initial(FIXTURE_CNODE + TEST_UNTYPED, untyped_cap(TEST_MEMORY, 12, false));
	ok(kaal_sys_untyped_retype(TEST_UNTYPED, KAAL_OBJECT_NOTIFICATION, OWN, QUIET, 1, &made));
	for (uint32_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
		for (uint32_t k = 0; k < devices[i].line_count && k < 2; k++)
			ok(kaal_sys_irq_handler_make(CONTROL, devices[i].irq[k].line, devices[i].irq[k].trigger, OWN, devices[i].irq[k].handler_slot));
	}
	for (uint32_t i = 0; i < COMPONENTS; i++) {
		cnode_start(CLIENT_CNODE(i), 6);
		fixture_put(CLIENT_AT(i), cnode_cap(CLIENT_CNODE(i), 6, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
		epochs[i] = purged[i] = i;
	}
	cr_assert_leq(broker_storage_lay_out(&broker, &manifest, NULL, THINGS, NODES, &holders), sizeof storage);
	ok(broker_start(&broker, &setup));
	while_waiting = NULL;
	service = NULL;
}

/* --- requests ------------------------------------------------------------------------ */

struct answer ask_with(unsigned component, uint32_t request, const uint64_t words[KAAL_MESSAGE_REGISTERS], unsigned slot)
{
	struct broker_answer given;
	struct answer answer = {0};
	struct calls kept;

	broker_request(&broker, kaal_broker_caller(component, broker.component[component].epoch), kaal_message(KAAL_MESSAGE_REGISTERS, 0, request), words, &given);
	answer.status = kaal_message_label(given.message);
	memcpy(answer.words, given.words, sizeof answer.words);
	kept = calls;
	calls.fail_at = 0;
	for (uint64_t i = 0; i < kaal_message_caps(given.message); i++) {
		kaal_status_t status;

		/* The kernel would not take this message. */
		cr_assert_neq(cap_type(slot_view[FIXTURE_CNODE + given.caps[i]].cap), KAAL_OBJECT_NULL, "capability %lu is not there", i);
		if (slot == 0 || slot + i >= CLIENT_SLOTS)
			break;
		status = (given.move >> i & 1) != 0 ? kaal_sys_cap_move(CLIENT_AT(component), slot + i, OWN, given.caps[i])
						    : kaal_sys_cap_copy(CLIENT_AT(component), slot + i, OWN, given.caps[i], KAAL_RIGHTS_ALL);
		if (status != KAAL_OK)
			break;
		answer.caps++;
	}
	calls = kept;
	return answer;
}

struct answer ask_name(unsigned component, uint32_t request, const char *name, unsigned slot, uint64_t word4, uint64_t word5, uint64_t word6)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, 0, 0, word4, word5, word6};

	memcpy(words, name, strlen(name));
	return ask_with(component, request, words, slot);
}

void rule_is(struct answer answer, enum kaal_broker_rule rule)
{
	static const uint64_t status[] = {
#define KAAL_BROKER_RULE(name, number, label, text) [number] = KAAL_##label,
#include <kaal/broker_rules.def>
#undef KAAL_BROKER_RULE
	};

	cr_assert_eq(answer.words[0], rule, "refused by rule %lu, not %u (status %lu)", answer.words[0], rule, answer.status);
	cr_assert(rule == KAAL_BROKER_RULE_KERNEL || answer.status == status[rule], "rule %u: status %lu", rule, answer.status);
	cr_assert_neq(answer.status, KAAL_OK);
	cr_assert_eq(answer.caps, 0);
	for (unsigned i = 1; i < KAAL_MESSAGE_REGISTERS; i++)
		cr_assert_eq(answer.words[i], 0);
}

/* --- state --------------------------------------------------------------------------- */

static void add(uint64_t *sum, uint64_t value)
{
	*sum = (*sum ^ value) * UINT64_C(0x100000001b3);
}

void broker_state(struct state *state)
{
	state_take(state);
	for (unsigned i = 0; i < COMPONENTS; i++) {
		const struct broker_component *component = &broker.component[i];

		add(&state->lists, component->account.used_bytes);
		add(&state->lists, component->dma_used);
		add(&state->lists, component->things * 0x10000u + component->slots);
		add(&state->lists, component->pool);
		add(&state->lists, component->account.used_splits);
	}
	for (unsigned i = 0; i < manifest.use_count; i++) {
		add(&state->lists, broker.use[i].channel_used);
		add(&state->lists, broker.use[i].endpoint * 0x10000u + broker.use[i].watch);
		add(&state->lists, broker.use[i].known + 2u * broker.use[i].ended);
	}
	for (unsigned i = 0; i < manifest.service_count; i++)
		add(&state->lists, broker.service[i].thing * 0x10000u + broker.service[i].signal);
	for (unsigned i = 0; i < manifest.device_count; i++)
		add(&state->lists, broker.device[i].thing);
	for (unsigned i = 0; i < manifest.device_count * KAAL_BROKER_RANGES_MAX; i++)
		add(&state->lists, broker.span[i].held * 0x10000u + broker.range[i].held + broker.range[i].slot * 2u);
	add(&state->lists, broker.channels);
}

/* A block of objects counts those that are made of it. */
static void check_pool(uint32_t pool)
{
	uint32_t live = 0;

	for (uint32_t at = broker.component[broker.thing[pool].owner].first; at != 0; at = broker.thing[at].next) {
		const struct broker_thing *thing = &broker.thing[at];

		live += (thing->kind == BROKER_OBJECT || thing->kind == BROKER_SERVICE) && thing->pool == pool && thing->slot != 0;
	}
	cr_assert_eq(live, broker.thing[pool].live, "BR-5: %u objects, counted %u", live, broker.thing[pool].live);
	cr_assert_neq(live, 0, "BR-5");
}

/* What a component is charged for is what its things have. */
static void check_component(unsigned i)
{
	const struct broker_component *component = &broker.component[i];
	uint64_t bytes = START_BYTES, dma = 0;
	uint32_t things = 0, slots = 0;

	for (uint32_t at = component->first; at != 0; at = broker.thing[at].next) {
		const struct broker_thing *thing = &broker.thing[at];

		cr_assert_eq(thing->owner, i);
		things++;
		slots += thing->share;
		if (thing->kind == BROKER_MEMORY || thing->kind == BROKER_POOL)
			bytes += UINT64_C(1) << kaal_physical_bits(&mm.physical, thing->block);
		bytes += thing->bytes;
		dma += thing->kind == BROKER_DMA ? thing->bytes : 0;
		if (thing->kind == BROKER_POOL)
			check_pool(at);
	}
	cr_assert_eq(things, component->things);
	cr_assert_eq(slots, component->slots);
	cr_assert_eq(bytes, component->account.used_bytes, "component %u: %lx bytes, charged %lx", i, bytes, component->account.used_bytes);
	cr_assert_eq(dma, component->dma_used);
	cr_assert_eq(mm_split_count[i], component->account.used_splits, "PM-5");
}

void broker_check(void)
{
	uint64_t used = broker.devices_account.used_bytes;

	for (unsigned i = 0; i < COMPONENTS; i++)
		used += broker.component[i].account.used_bytes - START_BYTES;
	/* PM-4 knows one account. */
	mm.account.used_bytes = used;
	mm_check();
	mm.account.used_bytes = 0;
	for (unsigned i = 0; i < COMPONENTS; i++)
		check_component(i);
}

/* --- capabilities of components --------------------------------------------------------- */

static struct cap cap_at(unsigned component, unsigned slot)
{
	return slot_view[CLIENT_CNODE(component) + slot].cap;
}

enum kaal_object_type type_at(unsigned component, unsigned slot)
{
	return cap_type(cap_at(component, slot));
}

uint64_t rights_at(unsigned component, unsigned slot)
{
	return cap_rights(cap_at(component, slot));
}

uint64_t badge_at(unsigned component, unsigned slot)
{
	return cap_at(component, slot).data;
}

uint64_t memory_at(unsigned component, unsigned slot)
{
	return (uint64_t)cap_at(component, slot).object << OBJECT_UNIT_BITS;
}

void drop(unsigned component, unsigned slot)
{
	ok(kaal_sys_cap_delete(CLIENT_AT(component), slot));
}

/* A call on a component's capability, which the caller of the kernel has not: through a copy. */
static kaal_status_t with_copy(unsigned component, uint64_t slot, uint32_t call, uint64_t *result)
{
	kaal_status_t status;

	if (slot >= CLIENT_SLOTS || type_at(component, (unsigned)slot) == KAAL_OBJECT_NULL)
		return KAAL_WRONG_TYPE;
	ok(kaal_sys_cap_copy(OWN, SPARE, CLIENT_AT(component), slot, KAAL_RIGHTS_ALL));
	*result = 0;
	status = call == KAAL_SYS_NOTIFICATION_POLL ? kaal_sys_notification_poll(SPARE, result) : kaal_sys_notification_signal(SPARE);
	ok(kaal_sys_cap_delete(OWN, SPARE));
	return status == KAAL_WOULD_BLOCK ? KAAL_OK : status;
}

uint64_t flags_at(unsigned component, unsigned slot)
{
	uint64_t flags;

	ok(with_copy(component, slot, KAAL_SYS_NOTIFICATION_POLL, &flags));
	return flags;
}

kaal_status_t signal_at(unsigned component, unsigned slot)
{
	uint64_t none;

	return with_copy(component, slot, KAAL_SYS_NOTIFICATION_SIGNAL, &none);
}

void end(unsigned component)
{
	for (unsigned slot = 1; slot < CLIENT_SLOTS; slot++)
		drop(component, slot);
	epochs[component]++;
}

void purge(void)
{
	(void)broker_purge(&broker);
	for (unsigned i = 0; i < COMPONENTS; i++)
		cr_assert_eq(purged[i], epochs[i], "component %u is not purged", i);
	broker_check();
}

/* --- the client library's calls ----------------------------------------------------------- */

const struct kaal_startup *kaal_startup(void)
{
	static struct kaal_startup startup;

	startup.cnode_size_bits = 6;
	startup.first_free_slot = KAAL_SLOT_COMPONENT_FIRST_FREE;
	return &startup;
}

struct kaal_message_buffer *kaal_message_buffer(void)
{
	return &buffer;
}

/* There is one thread, which never waits. */
extern _Thread_local uint32_t libkaal_self; /* sdk/libkaal/lock.h */
_Thread_local uint32_t libkaal_self;

uint32_t kaal_thread_self(void)
{
	return libkaal_self;
}

uint32_t kaal_thread_priority(uint32_t thread)
{
	return thread;
}

bool kaal_thread_park(uint64_t deadline)
{
	cr_assert_fail("the only thread waits until %lu", (unsigned long)deadline);
	return false;
}

void kaal_thread_unpark(uint32_t thread)
{
	cr_assert_fail("thread %u does not wait", (unsigned)thread);
}

kaal_status_t client_call(uint32_t call, const uint64_t argument[6], uint64_t result[3]);
kaal_status_t kaal_sys_endpoint_call(kaal_cap_t ep, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer);
kaal_status_t kaal_sys_endpoint_call_until(kaal_cap_t ep, uint64_t message, uint64_t deadline, uint64_t words[KAAL_MESSAGE_REGISTERS],
				       uint64_t *answer);

kaal_status_t client_call(uint32_t call, const uint64_t argument[6], uint64_t result[3])
{
	kaal_status_t status;

	if (call == KAAL_SYS_CAP_DELETE) {
		cr_assert_eq(argument[0], KAAL_SLOT_CNODE);
		return kaal_sys_cap_delete(CLIENT_AT(asking), argument[1]);
	}
	cr_assert_eq(call, KAAL_SYS_NOTIFICATION_WAIT_UNTIL);
	status = with_copy(asking, argument[0], KAAL_SYS_NOTIFICATION_POLL, result);
	if (status != KAAL_OK || result[0] != 0)
		return status;
	if (while_waiting != NULL)
		while_waiting();
	status = with_copy(asking, argument[0], KAAL_SYS_NOTIFICATION_POLL, result);
	return status == KAAL_OK && result[0] == 0 ? KAAL_TIMEOUT : status;
}

static kaal_status_t call_service(kaal_cap_t ep, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer)
{
	*answer = 0;
	return type_at(asking, (unsigned)ep) == KAAL_OBJECT_ENDPOINT ? service(words, answer) : KAAL_WRONG_TYPE;
}

kaal_status_t kaal_sys_endpoint_call(kaal_cap_t ep, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *answer)
{
	struct answer given;

	if (ep != KAAL_SLOT_BROKER)
		return call_service(ep, words, answer);
	cr_assert(buffer.receive_cnode == 0 || buffer.receive_cnode == KAAL_SLOT_CNODE);
	given = ask_with(asking, kaal_message_label(message), words, buffer.receive_cnode == 0 ? 0 : (unsigned)buffer.receive_slot);
	memcpy(words, given.words, sizeof given.words);
	*answer = kaal_message(KAAL_MESSAGE_REGISTERS, given.caps, (uint32_t)given.status);
	return KAAL_OK;
}

kaal_status_t kaal_sys_endpoint_call_until(kaal_cap_t ep, uint64_t message, uint64_t deadline, uint64_t words[KAAL_MESSAGE_REGISTERS],
				       uint64_t *answer)
{
	(void)message;
	(void)deadline;
	return call_service(ep, words, answer);
}
