/*
 * The capability broker: one thread that answers requests, and between them takes back what the dead have held. It calls
 * nobody. The root task has made everything it works with (policy.h).
 */
#include <stdlib.h>
#include <string.h>

#include <kaal/log.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/thread.h>
#include <kaal/time.h>
#include <memory-manager/space.h>

#include "broker.h"

#define SLOTS_MAX 65536u
/* Until there is storage for what the system needs: enough for the storage. */
#define FIRST_NODES KAAL_PHYSICAL_NODES(BROKER_RAM_BLOCKS, BROKER_OWN_SPLITS)
#define GIB UINT64_C(0x40000000)

static uint64_t bitmap[KAAL_SLOTS_WORDS(SLOTS_MAX)];
static struct kaal_physical_node first_nodes[FIRST_NODES];
static struct kaal_slots slots;
static struct kaal_physical_memory physical;
static struct kaal_manifest manifest;
static struct kaal_manifest_error manifest_error;
static struct broker broker;

/* Its own storage: charged to nobody, for it is made before anybody is there. */
static struct kaal_account own = {.limit_bytes = UINT64_MAX};
static struct kaal_space space;
static struct kaal_region regions[1];
static struct kaal_mapping mappings[1];
static struct kaal_table tables[4];

static const void *at(struct kaal_range range)
{
	return (const void *)(uintptr_t)range.address;
}

/* Untyped memory of one kind. */
static kaal_status_t add_memory(const struct kaal_broker_policy *policy, bool device)
{
	const struct kaal_broker_untyped *untyped = at(policy->untyped);
	kaal_status_t status = KAAL_OK;

	for (uint64_t i = 0; i < policy->untyped.bytes / sizeof *untyped && status == KAAL_OK; i++) {
		if ((untyped[i].device != 0) == device)
			status = kaal_physical_add(&physical, untyped[i].slot, untyped[i].base, untyped[i].bits, device);
	}
	return status;
}

static kaal_status_t start_memory(const struct kaal_startup *startup, const struct kaal_broker_policy *policy)
{
	uint64_t count = (UINT64_C(1) << startup->cnode_size_bits) - startup->first_free_slot;
	kaal_status_t status = kaal_slots_start(&slots, KAAL_SLOT_CNODE, 0, startup->first_free_slot,
						count < SLOTS_MAX ? (uint32_t)count : SLOTS_MAX, bitmap);

	if (status == KAAL_OK)
		status = kaal_physical_start(&physical, &slots, first_nodes, FIRST_NODES);
	return status == KAAL_OK ? add_memory(policy, false) : status;
}

/* Memory in a part of the address space whose page tables are its own. */
static kaal_status_t start_storage(const struct kaal_startup *startup, uint64_t bytes, void **storage)
{
	uint64_t first = (startup->free_addresses.address + GIB - 1) / GIB * GIB;
	struct kaal_space_setup setup = {
		.vspace = KAAL_SLOT_VSPACE, .first = first, .end = first + GIB, .physical = &physical, .account = &own, .regions = regions,
		.mappings = mappings, .tables = tables, .regions_max = 1, .mappings_max = 1, .tables_max = sizeof tables / sizeof tables[0]};
	uint64_t address = 0;
	kaal_status_t status = kaal_space_start(&space, &setup);

	bytes = (bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * KAAL_PAGE_BYTES;
	if (status == KAAL_OK)
		status = kaal_space_allocate(&space, bytes, KAAL_PAGE_BYTES, 0, 0, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 0, &address);
	*storage = (void *)(uintptr_t)address;
	return status;
}

static kaal_status_t start(const struct kaal_startup *startup, const struct kaal_broker_policy *policy)
{
	struct broker_setup setup = {
		.manifest = &manifest, .devices = at(policy->devices), .components = at(policy->components), .epochs = at(policy->epochs),
		.purged = (volatile uint32_t *)(uintptr_t)policy->purged.address, .quiet = policy->supervisor_slot, .slots = &slots,
		.physical = &physical, .now = kaal_ticks_now, .close_ticks = startup->counter_hz * KAAL_BROKER_CLOSE_MS / 1000};
	kaal_status_t status;

	/* The root task has read it before. */
	if (!kaal_manifest_read(&manifest, at(policy->manifest), policy->manifest.bytes, &manifest_error))
		return KAAL_OUT_OF_RANGE;
	setup.things = broker_things(&manifest);
	setup.nodes = broker_nodes(&manifest);
	setup.splits = broker_split_count(&manifest);
	status = start_memory(startup, policy);
	if (status == KAAL_OK)
		status = start_storage(startup, broker_storage_bytes(&manifest), &setup.storage);
	if (status == KAAL_OK)
		status = kaal_physical_extend(&physical, setup.storage, setup.nodes);
	if (status == KAAL_OK)
		status = add_memory(policy, true);
	if (status != KAAL_OK)
		return status;
	setup.storage = (uint8_t *)setup.storage + broker_nodes_bytes(&manifest);
	return broker_start(&broker, &setup);
}

/* The answer to whatever has come. */
static void answer_message(uint64_t badge, uint64_t received, const uint64_t words[KAAL_MESSAGE_REGISTERS], struct broker_answer *answer)
{
	/* A component that made the broker its fault handler: its thread stays stopped. */
	if ((received & KAAL_MESSAGE_FAULT) != 0)
		*answer = (struct broker_answer){.message = kaal_message(0, 0, KAAL_FAULT_STOP)};
	else
		broker_request(&broker, badge, received, words, answer);
}

/* Answers, then waits for what comes next; in time for channels that are to be closed. */
static kaal_status_t reply_recv(const struct kaal_broker_policy *policy, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS],
				uint64_t *received, uint64_t *badge)
{
	kaal_cap_t endpoint = policy->endpoint_slot, reply = policy->reply_slot;

	if (broker.deadline == UINT64_MAX)
		return kaal_sys_endpoint_reply_recv(endpoint, message, reply, words, received, badge);
	return kaal_sys_endpoint_reply_recv_until(endpoint, message, reply, broker.deadline, words, received, badge);
}

static kaal_status_t receive(const struct kaal_broker_policy *policy, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t *received, uint64_t *badge)
{
	return kaal_sys_endpoint_recv_until(policy->endpoint_slot, policy->reply_slot, broker.deadline, words, received, badge);
}

static kaal_status_t serve(const struct kaal_broker_policy *policy, struct kaal_message_buffer *buffer)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;
	kaal_status_t status = receive(policy, words, &received, &badge);

	/* What clients send along stays with them. */
	buffer->receive_cnode = 0;
	while (status == KAAL_OK || status == KAAL_CANCELLED || status == KAAL_TIMEOUT) {
		struct broker_answer answer;

		/* However many messages there are. */
		broker_expire(&broker);
		if (status != KAAL_OK || (received & KAAL_MESSAGE_NOTIFICATION) != 0) {
			if (status == KAAL_OK && broker_purge(&broker) != 0)
				kaal_ignore(kaal_sys_notification_signal(policy->supervisor_slot));
			status = receive(policy, words, &received, &badge);
			continue;
		}
		answer_message(badge, received, words, &answer);
		memcpy(buffer->caps, answer.caps, sizeof buffer->caps);
		buffer->move = answer.move;
		memcpy(words, answer.words, sizeof words);
		status = reply_recv(policy, answer.message, words, &received, &badge);
		if (status == KAAL_OK || status == KAAL_CANCELLED || status == KAAL_TIMEOUT)
			continue;
		/* Nothing has been answered: the kernel does not take a capability of the answer. The caller has the thing all the same. */
		memset(words, 0, sizeof words);
		words[0] = KAAL_BROKER_RULE_KERNEL;
		kaal_ignore(kaal_sys_reply_send(policy->reply_slot, kaal_message(1, 0, (uint32_t)status), words));
		status = receive(policy, words, &received, &badge);
	}
	return status;
}

int main(void)
{
	const struct kaal_startup *startup = kaal_startup();
	const struct kaal_broker_policy *policy = startup == NULL ? NULL : at(startup->policy);
	static const char complaint[] = "the root task's policy cannot be carried out\n";

	if (policy == NULL || start(startup, policy) != KAAL_OK) {
		kaal_ignore(kaal_log_write(complaint, sizeof complaint - 1));
		return EXIT_FAILURE;
	}
	/* Ends only with what it serves. */
	(void)serve(policy, kaal_message_buffer());
	return EXIT_FAILURE;
}
