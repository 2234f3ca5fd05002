#include "own_space.h"

#include <kaal/thread.h>
#include <memory-manager/space.h>

#include "memory.h"

#define GIB UINT64_C(0x40000000)
#define WINDOW_BYTES (16 * GIB)
#define TABLE_BYTES UINT64_C(0x200000) /* that one page table of the last level covers */

#define REGIONS 64u
#define MAPPINGS (4u * REGIONS)
#define TABLES 64u
#define BLOCKS 8u /* of memory for tables; each is larger than the one before if that was not enough */

static struct {
	struct kaal_physical_node nodes[KAAL_PHYSICAL_NODES(BLOCKS, TABLES)];
	struct kaal_region regions[REGIONS];
	struct kaal_mapping mappings[MAPPINGS];
	struct kaal_table tables[TABLES];
	struct kaal_physical_memory physical;
	struct kaal_account account;
	struct kaal_space space;
	struct kaal_lock lock; /* of all this; what it makes in slots, it makes with the slots' own lock, too */
	uint64_t bases; /* made-up physical addresses of the blocks: nobody asks for them */
	bool started;
} own;

static kaal_status_t start(struct kaal_slots *slots)
{
	const struct kaal_startup *startup = kaal_startup();
	struct kaal_space_setup setup = {.vspace = KAAL_SLOT_VSPACE, .physical = &own.physical, .account = &own.account,
		.regions = own.regions, .mappings = own.mappings, .tables = own.tables, .regions_max = REGIONS,
		.mappings_max = MAPPINGS, .tables_max = TABLES};
	kaal_status_t status;

	/* Whole tables of the first level: those below are the root task's. */
	setup.first = (startup->free_addresses.address + GIB - 1) / GIB * GIB;
	setup.end = setup.first + WINDOW_BYTES;
	own.account.limit_bytes = UINT64_MAX;
	status = kaal_physical_start(&own.physical, slots, own.nodes, sizeof own.nodes / sizeof own.nodes[0]);
	if (status == KAAL_OK)
		status = kaal_space_start(&own.space, &setup);
	own.started = status == KAAL_OK;
	return status;
}

/* Begins a call of the memory manager's, which may take and give slots. */
static kaal_status_t begin(void)
{
	struct kaal_slots *slots = own_slots_take();
	kaal_status_t status;

	if (slots == NULL)
		return KAAL_NO_MEMORY;
	status = own.started ? KAAL_OK : start(slots);
	if (status != KAAL_OK)
		own_slots_give();
	return status;
}

static kaal_status_t end(kaal_status_t status)
{
	own_slots_give();
	return status;
}

kaal_status_t own_space_reserve(uint64_t bytes, uint64_t alignment, uint64_t *address)
{
	kaal_status_t status;

	kaal_lock_take(&own.lock);
	status = begin();
	if (status == KAAL_OK)
		status = end(kaal_space_reserve(&own.space, bytes, alignment, KAAL_PAGE_BYTES, KAAL_PAGE_BYTES, address));
	kaal_lock_give(&own.lock);
	return status;
}

/* Memory for the tables of so many bytes, wherever they begin, and one table of the level above; NO_MEMORY if that is not what is missing. */
static kaal_status_t feed(uint64_t bytes)
{
	uint64_t pages = bytes / TABLE_BYTES + 3;
	uint32_t bits = log2_up(pages * KAAL_PAGE_BYTES);
	struct kaal_broker_held memory;
	kaal_status_t status;

	if (own.physical.free_bytes >= pages * KAAL_PAGE_BYTES)
		return KAAL_NO_MEMORY;
	status = kaal_broker_memory(bits, &memory);
	if (status != KAAL_OK)
		return status;
	own.bases = (own.bases + (UINT64_C(1) << bits) - 1) >> bits << bits;
	status = begin();
	if (status == KAAL_OK)
		status = end(kaal_physical_add(&own.physical, memory.first, own.bases, bits, false));
	if (status == KAAL_OK)
		own.bases += UINT64_C(1) << bits;
	else
		kaal_ignore(kaal_broker_give(&memory));
	return status;
}

static kaal_status_t map_once(uint64_t address, kaal_cap_t first, uint32_t count, uint32_t size_bits)
{
	kaal_status_t status = begin();

	return status == KAAL_OK
		       ? end(kaal_space_map(&own.space, address, first, count, size_bits, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE))
		       : status;
}

static kaal_status_t mirror_once(uint64_t address, uint64_t bytes, uint64_t to)
{
	kaal_status_t status = begin();

	return status == KAAL_OK ? end(kaal_space_share(&own.space, address, bytes, &own.space, to, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE))
				 : status;
}

/* At the second time there is memory for tables. */
kaal_status_t own_space_map(uint64_t address, kaal_cap_t first, uint32_t count, uint32_t size_bits)
{
	kaal_status_t status;

	kaal_lock_take(&own.lock);
	status = map_once(address, first, count, size_bits);
	if (status == KAAL_NO_MEMORY && feed((uint64_t)count << size_bits) == KAAL_OK)
		status = map_once(address, first, count, size_bits);
	kaal_lock_give(&own.lock);
	return status;
}

kaal_status_t own_space_mirror(uint64_t address, uint64_t bytes, uint64_t to)
{
	kaal_status_t status;

	kaal_lock_take(&own.lock);
	status = mirror_once(address, bytes, to);
	if (status == KAAL_NO_MEMORY && feed(bytes) == KAAL_OK)
		status = mirror_once(address, bytes, to);
	kaal_lock_give(&own.lock);
	return status;
}

kaal_status_t own_space_release(uint64_t address)
{
	kaal_status_t status;

	kaal_lock_take(&own.lock);
	status = begin();
	if (status == KAAL_OK)
		status = end(kaal_space_release(&own.space, address));
	kaal_lock_give(&own.lock);
	return status;
}
