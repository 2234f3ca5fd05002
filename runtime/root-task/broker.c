#include "broker.h"

#include <stdatomic.h>
#include <string.h>

#include <kaal/syscall.h>

#include <capability-broker/policy.h>
#include <capability-broker/storage.h>

#include "authority.h"
#include "console.h"
#include "load.h"
#include "window.h"

#define OWN KAAL_SLOT_CNODE
#define EPOCHS_ADDRESS (LOGS_ADDRESS + 510 * UINT64_C(0x1000))
#define PURGED_ADDRESS (LOGS_ADDRESS + 509 * UINT64_C(0x1000))
/* The broker's slots beside everybody's. */
enum { SLOT_ENDPOINT = 12, SLOT_NOTIFICATION, SLOT_SUPERVISOR, SLOT_REPLY, SLOT_FIRST };
#define DEVICE_BLOCKS_MAX 24u /* of one device's registers: each range is one, and what is not aligned comes in several */
#define RESERVE_BYTES UINT64_C(0x40000) /* of RAM that the root task keeps for itself */

_Static_assert(KAAL_BROKER_RANGES_MAX == KAAL_DTB_REGISTERS_MAX && KAAL_BROKER_LINES_MAX == KAAL_DTB_LINES_MAX, "all that a device has");

static struct {
	struct kaal_domain domain; /* endpoint, notification */
	kaal_cap_t endpoint, notification;
	kaal_cap_t slots;          /* copies of its frames: epochs, purged */
	struct kaal_broker_policy *policy; /* what it is given to read, page of epochs first; kept by the root task, too */
	uint8_t *extra;
	uint32_t next_slot;        /* of the broker's CSpace */
	uint32_t untyped_count;
} broker;

static uint32_t components(void)
{
	return root_system.manifest->component_count;
}

static uint64_t align16(uint64_t bytes)
{
	return (bytes + 15) & ~UINT64_C(15);
}

static uint64_t untyped_bytes(void)
{
	return align16((BROKER_RAM_BLOCKS + DEVICE_BLOCKS_MAX * root_system.manifest->device_count) * sizeof(struct kaal_broker_untyped));
}

static uint64_t device_bytes(void)
{
	return align16(root_system.manifest->device_count * sizeof(struct kaal_broker_device));
}

static uint64_t component_bytes(void)
{
	return align16(components() * sizeof(struct kaal_broker_component));
}

uint64_t broker_extra_bytes(void)
{
	uint64_t bytes = KAAL_PAGE_BYTES + align16(sizeof(struct kaal_broker_policy)) + untyped_bytes() + device_bytes() + component_bytes() +
			 root_system.manifest_bytes;

	return (bytes + PAGE_MASK) & ~PAGE_MASK;
}

uint64_t broker_own_bytes(void)
{
	const struct kaal_manifest *manifest = root_system.manifest;

	return broker_storage_bytes(manifest) + KAAL_PAGE_BYTES * (UINT64_C(16) + components());
}

uint64_t broker_slots(void)
{
	return 8 + components();
}

uint64_t broker_splits(void)
{
	/* Around each device's pages, far from each other at the worst but for what is said here, and at the edges of the pool. */
	return (uint64_t)root_system.manifest->device_count * 60 + 64;
}

/* Its capability of the broker, in the slot for it, which is empty. */
static void give_caller(const struct component *component, uint32_t epoch)
{
	root_must("broker", kaal_sys_cap_mint(OWN, component->broker, OWN, broker.endpoint, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT,
					  kaal_broker_caller(component->index, epoch)));
}

void broker_prepare(void)
{
	root_must("broker", kaal_domain_start(&broker.domain, &authority.physical, &authority.account, KAAL_BLOCK_BITS_MIN, 2));
	root_must("broker", kaal_domain_make(&broker.domain, KAAL_OBJECT_ENDPOINT, 1, &broker.endpoint));
	root_must("broker", kaal_domain_make(&broker.domain, KAAL_OBJECT_NOTIFICATION, 1, &broker.notification));
	root_must("broker", kaal_physical_take_slots(&authority.physical, 2, &broker.slots));
	broker.extra = authority_storage(broker_extra_bytes());
	for (uint32_t i = 0; i < components(); i++) {
		struct component *component = &root_system.components[i];

		root_must("broker", kaal_physical_take_slots(&authority.physical, 1, &component->broker));
		give_caller(component, 0);
	}
}

/* --- what it is made with ------------------------------------------------------------------ */

/* A child of the block becomes the broker's: the block itself stays the allocator's. */
static void give_block(kaal_block_t block, bool device, struct kaal_broker_untyped *list)
{
	struct kaal_broker_untyped *entry = &list[broker.untyped_count++];
	uint64_t made;

	*entry = (struct kaal_broker_untyped){
		.base = kaal_physical_base(&authority.physical, block),
		.slot = broker.next_slot++,
		.bits = (uint8_t)kaal_physical_bits(&authority.physical, block),
		.device = device,
	};
	root_must("memory for the broker", kaal_sys_untyped_retype(kaal_physical_cap(&authority.physical, block),
							       KAAL_OBJECT_UNTYPED + UINT64_C(256) * entry->bits, root_system.broker->cnode,
							       entry->slot, 1, &made));
}

/*
 * Takes as many of the pages as one untyped block has and nobody holds: *pages, halved until they can be had. 0: the first is the
 * broker's already.
 */
static kaal_block_t take_registers(const char *name, uint64_t base, uint64_t *pages)
{
	uint64_t all = *pages;
	kaal_block_t blocks = 0;
	kaal_status_t status;

	do {
		status = kaal_physical_take_at(&authority.physical, &authority.account, base, *pages, &blocks);
	} while ((status == KAAL_IN_USE || status == KAAL_OUT_OF_RANGE) && (*pages /= 2) != 0);
	if (status == KAAL_IN_USE)
		return 0;
	if (status == KAAL_OUT_OF_RANGE)
		root_refuse("device %s: found registers at 0x%lx, %lu pages, expected device memory that is not the kernel's", name,
			   (unsigned long)base, (unsigned long)all);
	root_must(name, status);
	return blocks;
}

/* Pages that devices share, as the description says, become the broker's with the first of them. */
static void give_registers(const struct kaal_range *range, const char *name, struct kaal_broker_untyped *list, uint32_t *count)
{
	uint64_t at = range->address & ~PAGE_MASK, pages;

	for (; at < range->address + range->bytes; at += (pages != 0 ? pages : 1) * KAAL_PAGE_BYTES) {
		kaal_block_t block;

		pages = (range->address + range->bytes - at + PAGE_MASK) / KAAL_PAGE_BYTES;
		block = take_registers(name, at, &pages);
		for (; block != 0; block = kaal_physical_next(&authority.physical, block), ++*count) {
			if (*count == DEVICE_BLOCKS_MAX)
				root_refuse("device %s: found registers in more than %u blocks", name, DEVICE_BLOCKS_MAX);
			give_block(block, true, list);
		}
	}
}

/* A line that the device names twice has one handler. */
static void give_line(const char *name, struct kaal_broker_device *device, struct kaal_broker_irq irq)
{
	for (uint32_t i = 0; i < device->line_count && irq.handler_slot == 0; i++) {
		if (device->irq[i].line == irq.line)
			irq.handler_slot = device->irq[i].handler_slot;
	}
	if (irq.handler_slot == 0) {
		irq.handler_slot = broker.next_slot++;
		root_must(name, kaal_sys_irq_handler_make(KAAL_SLOT_IRQ_CONTROL, irq.line, irq.trigger, root_system.broker->cnode, irq.handler_slot));
	}
	device->irq[device->line_count++] = irq;
}

static void give_device(const char *name, const struct kaal_dtb_resources *resources, struct kaal_broker_untyped *list,
			struct kaal_broker_device *device)
{
	uint32_t blocks = 0;

	for (uint32_t i = 0; i < resources->register_count; i++) {
		device->registers[i] = (struct kaal_range){resources->registers[i].base, resources->registers[i].bytes};
		give_registers(&device->registers[i], name, list, &blocks);
	}
	device->range_count = resources->register_count;
	for (uint32_t i = 0; i < resources->line_count; i++)
		give_line(name, device, (struct kaal_broker_irq){.line = resources->line[i].line, .trigger = resources->line[i].edge});
}

static void give_devices(struct kaal_broker_untyped *list, struct kaal_broker_device *device)
{
	for (uint32_t i = 0; i < root_system.manifest->device_count; i++) {
		struct kaal_manifest_device description;

		kaal_manifest_device(root_system.manifest, i, &description);
		if (!root_system.hardware[i].resolved)
			root_refuse("device %s: found no hardware", description.name);
		give_device(description.name, &root_system.hardware[i].resources, list, &device[i]);
	}
}

/* As much RAM as components may ask the broker for, and there is beside what their starts take. */
static uint64_t pool_bytes(void)
{
	uint64_t free_bytes = authority.physical.free_bytes, wanted = 0, starts = RESERVE_BYTES;

	for (uint32_t i = 0; i < components(); i++) {
		const struct component *component = &root_system.components[i];

		wanted += component->description.memory_max_bytes - component->start_bytes;
		starts += component->start_bytes;
	}
	/* What the broker takes for itself comes out of it, too. */
	wanted += broker_own_bytes();
	if (free_bytes <= starts)
		return 0;
	return wanted < free_bytes - starts ? wanted : free_bytes - starts;
}

static void give_pool(struct kaal_broker_untyped *list)
{
	uint64_t left = pool_bytes();

	for (uint32_t blocks = 0; left >= KAAL_PAGE_BYTES && blocks < BROKER_RAM_BLOCKS; blocks++) {
		uint32_t largest = kaal_physical_largest_bits(&authority.physical);
		uint32_t bits = 63u - (uint32_t)__builtin_clzll(left);
		kaal_block_t block;

		if (largest < KAAL_BLOCK_BITS_MIN)
			return;
		bits = bits < largest ? bits : largest;
		bits = bits < KAAL_BLOCK_BITS_MAX ? bits : KAAL_BLOCK_BITS_MAX;
		if (kaal_physical_take(&authority.physical, &authority.account, bits, &block) != KAAL_OK)
			return;
		give_block(block, false, list);
		left -= UINT64_C(1) << bits;
	}
}

static struct kaal_range place(uint64_t *at, uint64_t bytes, const struct load_plan *plan)
{
	struct kaal_range range = {plan->extra->address + *at, bytes};

	*at += align16(bytes);
	return range;
}

/* In the order of the policy's ranges; what lies there is filled in afterwards. */
static void lay_out(const struct load_plan *plan)
{
	struct kaal_broker_policy *policy = (struct kaal_broker_policy *)(void *)(broker.extra + KAAL_PAGE_BYTES);
	uint64_t at = KAAL_PAGE_BYTES + align16(sizeof *policy);

	broker.policy = policy;
	policy->epochs = (struct kaal_range){plan->extra->address, components() * sizeof(uint32_t)};
	policy->purged = (struct kaal_range){plan->scratch->address, components() * sizeof(uint32_t)};
	policy->untyped = place(&at, untyped_bytes(), plan);
	policy->devices = place(&at, root_system.manifest->device_count * sizeof(struct kaal_broker_device), plan);
	policy->components = place(&at, components() * sizeof(struct kaal_broker_component), plan);
	policy->manifest = place(&at, root_system.manifest_bytes, plan);
	policy->endpoint_slot = SLOT_ENDPOINT;
	policy->notification_slot = SLOT_NOTIFICATION;
	policy->supervisor_slot = SLOT_SUPERVISOR;
	policy->reply_slot = SLOT_REPLY;
}

/* Where the broker will read something, in the root task's copy. */
static void *copy_of(const struct kaal_range *range, const struct load_plan *plan)
{
	return broker.extra + (range->address - plan->extra->address);
}

static void give_objects(struct component *component)
{
	kaal_cap_t cnode = component->cnode;

	root_must("broker", kaal_sys_cap_copy(cnode, SLOT_ENDPOINT, OWN, broker.endpoint, KAAL_RIGHT_READ));
	root_must("broker", kaal_sys_cap_copy(cnode, SLOT_NOTIFICATION, OWN, broker.notification, KAAL_RIGHT_READ));
	root_must("broker", kaal_sys_cap_copy(cnode, SLOT_SUPERVISOR, OWN, authority.purged_flag, KAAL_RIGHT_WRITE));
	root_must("broker", kaal_domain_make_in(&component->domain, KAAL_OBJECT_REPLY, 1, cnode, SLOT_REPLY));
}

/* When its CSpace is there: what it gets decides what it is told. */
static struct prepared {
	struct component *component;
	const struct load_plan *plan;
	struct kaal_startup *startup;
} prepared;

static void give_everything(void)
{
	struct kaal_broker_untyped *list = copy_of(&broker.policy->untyped, prepared.plan);

	give_objects(prepared.component);
	broker.next_slot = SLOT_FIRST;
	give_devices(list, copy_of(&broker.policy->devices, prepared.plan));
	give_pool(list);
	broker.policy->untyped.bytes = broker.untyped_count * sizeof(struct kaal_broker_untyped);
	prepared.startup->first_free_slot = broker.next_slot;
}

void broker_run(void)
{
	struct component *component = root_system.broker;
	struct kaal_broker_component *used;
	struct kaal_startup startup = {0};
	struct load_plan plan;

	load_plan(component, broker_extra_bytes(), KAAL_PAGE_BYTES, &plan);
	lay_out(&plan);
	memcpy(copy_of(&broker.policy->manifest, &plan), root_system.manifest->blob, root_system.manifest_bytes);
	used = copy_of(&broker.policy->components, &plan);
	for (uint32_t i = 0; i < components(); i++)
		used[i].bytes = root_system.components[i].start_bytes;
	startup.policy = (struct kaal_range){plan.extra->address + KAAL_PAGE_BYTES, sizeof *broker.policy};
	prepared = (struct prepared){component, &plan, &startup};
	root_must("broker", load_component(component, &plan, &startup, broker.extra, give_everything));
	root_must("broker", window_keep(component->frames + plan.extra->first, broker.slots, EPOCHS_ADDRESS));
	root_must("broker", window_keep(component->frames + plan.scratch->first, broker.slots + 1, PURGED_ADDRESS));
	root_must("broker", kaal_sys_thread_bind_notification(component->thread, broker.notification));
	component->state = KAAL_COMPONENT_RUNNING;
	component->starts = 1;
	root_must("broker", kaal_sys_thread_resume(component->thread));
}

/* --- afterwards ---------------------------------------------------------------------------- */

static _Atomic(uint32_t) *word_at(uint64_t page, const struct component *component)
{
	return (_Atomic(uint32_t) *)(uintptr_t)page + component->index;
}

void broker_purge(const struct component *component)
{
	uint32_t epoch = atomic_fetch_add_explicit(word_at(EPOCHS_ADDRESS, component), 1, memory_order_release) + 1;

	root_must("broker", kaal_sys_cap_delete(OWN, component->broker));
	give_caller(component, epoch);
	kaal_ignore(kaal_sys_notification_signal(broker.notification));
}

bool broker_has_purged(const struct component *component)
{
	return atomic_load_explicit(word_at(PURGED_ADDRESS, component), memory_order_acquire) ==
	       atomic_load_explicit(word_at(EPOCHS_ADDRESS, component), memory_order_relaxed);
}
