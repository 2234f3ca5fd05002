/*
 * The memory manager on the real kernel: all of the machine's untyped memory, the root task's own space and another,
 * a device; and everything as before when it is given back.
 */
#include <kaal/boot.h>
#include <kaal/syscall.h>

#include <memory-manager/objects.h>
#include <memory-manager/space.h>

#include "tap.h"
#include "untyped.h"

#define SLOTS 900u
#define NODES KAAL_PHYSICAL_NODES(KAAL_BOOTINFO_UNTYPED_MAX, 200u)
#define REGIONS 16u
#define MAPPINGS 16u
#define TABLES 16u
/* Four gigabytes of the root task's space that boot leaves empty. */
#define WINDOW UINT64_C(0x1000000000)
#define WINDOW_END UINT64_C(0x1100000000)
#define PAGE UINT64_C(0x1000)
#define LARGE UINT64_C(0x200000)
#define MIB UINT64_C(0x100000)
#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define EXECUTE KAAL_RIGHT_EXECUTE
#define UART UINT64_C(0x9000000)
#define UART_ID 0xfe0u /* PL011 TRM DDI 0183, 3.3.15: 0x11, 0x10, ... */

static uint64_t bitmap[KAAL_SLOTS_WORDS(SLOTS)];
static struct kaal_physical_node nodes[NODES];
static struct kaal_region regions[2][REGIONS];
static struct kaal_mapping mappings[2][MAPPINGS];
static struct kaal_table tables[2][TABLES];
static struct kaal_slots slots;
static struct kaal_physical_memory physical;
static struct kaal_account account = {.limit_bytes = UINT64_MAX};
static struct kaal_space space, other;
static uint64_t before_bytes;
static uint32_t before_slots;

static volatile uint64_t *at(uint64_t address)
{
	return (volatile uint64_t *)(uintptr_t)address;
}

static kaal_status_t start_space(struct kaal_space *which, unsigned i, kaal_cap_t vspace)
{
	struct kaal_space_setup setup = {
		.vspace = vspace, .first = WINDOW, .end = WINDOW_END, .physical = &physical, .account = &account, .regions = regions[i],
		.mappings = mappings[i], .tables = tables[i], .regions_max = REGIONS, .mappings_max = MAPPINGS, .tables_max = TABLES};

	return kaal_space_start(which, &setup);
}

static void test_start(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();
	uint64_t bytes = 0;
	bool added = true;

	check_equal(kaal_slots_start(&slots, OWN, 0, info->first_free_slot, SLOTS, bitmap), KAAL_OK);
	check_equal(kaal_physical_start(&physical, &slots, nodes, NODES), KAAL_OK);
	for (uint32_t i = 0; i < info->untyped_count; i++) {
		const struct kaal_untyped *untyped = &info->untyped[i];

		added = added && kaal_physical_add(&physical, KAAL_SLOT_FIRST_UNTYPED + i, untyped->base, untyped->size_bits, untyped->device) == KAAL_OK;
		bytes += untyped->device ? 0 : UINT64_C(1) << untyped->size_bits;
	}
	check(added, "all untyped memory is added");
	check_equal(physical.free_bytes, bytes);
	check_equal(start_space(&space, 0, KAAL_SLOT_VSPACE), KAAL_OK);
	before_bytes = physical.free_bytes;
	before_slots = slots.free;
}

static void test_memory(void)
{
	uint64_t address, sum = 0;

	check_equal(kaal_space_allocate(&space, MIB, PAGE, PAGE, PAGE, READ | WRITE, 0, &address), KAAL_OK);
	for (uint64_t i = 0; i < MIB; i += 8)
		sum |= *at(address + i);
	check_equal(sum, 0);
	for (uint64_t i = 0; i < MIB; i += 8)
		*at(address + i) = i;
	check_equal(kaal_space_protect(&space, address + 16 * PAGE, 16 * PAGE, READ), KAAL_OK);
	for (uint64_t i = 0; i < MIB; i += 8)
		sum |= *at(address + i) ^ i;
	check_equal(sum, 0);
	check_equal(kaal_space_protect(&space, address, PAGE, READ | WRITE | EXECUTE), KAAL_OUT_OF_RANGE);
	check_equal(account.used_bytes, MIB + 2 * PAGE);
	check_equal(kaal_space_grow_memory(&space, address, 5 * PAGE, READ | WRITE, 0), KAAL_OK);
	*at(address + MIB + 4 * PAGE) = 1;
	check_equal(kaal_space_release(&space, address), KAAL_OK);
	check_equal(account.used_bytes, 0);
	check_equal(kaal_space_allocate(&space, MIB, PAGE, PAGE, PAGE, READ | WRITE, 0, &address), KAAL_OK);
	for (uint64_t i = 0; i < MIB; i += 8)
		sum |= *at(address + i);
	check_equal(sum, 0);
	check_equal(kaal_space_release(&space, address), KAAL_OK);
}

/* Code written, and run once it may no longer be written: mov w0, #42; ret. */
static void test_code(void)
{
	uint64_t address;

	check_equal(kaal_space_allocate(&space, PAGE, PAGE, 0, 0, READ | WRITE, 0, &address), KAAL_OK);
	*at(address) = UINT64_C(0xd65f03c052800540);
	check_equal(kaal_space_protect(&space, address, PAGE, READ | EXECUTE), KAAL_OK);
	check_equal((uint64_t)((int (*)(void))(uintptr_t)address)(), 42);
	check_equal(kaal_space_release(&space, address), KAAL_OK);
}

static void test_large(void)
{
	uint64_t address;

	check_equal(kaal_space_allocate(&space, 2 * LARGE + 3 * PAGE, LARGE, PAGE, PAGE, READ | WRITE, KAAL_SPACE_LARGE, &address), KAAL_OK);
	check_equal(space.mappings, 2);
	check_equal(mappings[0][0].size_bits, 21);
	*at(address + 2 * LARGE - 8) = 5;
	*at(address + 2 * LARGE) = 6;
	check(*at(address + 2 * LARGE - 8) == 5 && *at(address) == 0, "large frames and pages follow each other");
	check_equal(kaal_space_release(&space, address), KAAL_OK);
}

static void test_share(void)
{
	struct kaal_domain domain;
	kaal_cap_t vspace;
	uint64_t address, alias;

	check_equal(kaal_domain_start(&domain, &physical, &account, 15, 4), KAAL_OK);
	check_equal(kaal_domain_make(&domain, KAAL_OBJECT_VSPACE, 1, &vspace), KAAL_OK);
	check_equal(start_space(&other, 1, vspace), KAAL_OK);
	other.setup.domain = &domain;
	check_equal(kaal_space_allocate(&space, 4 * PAGE, PAGE, 0, 0, READ | WRITE, 0, &address), KAAL_OK);
	check_equal(kaal_space_reserve(&space, 4 * PAGE, PAGE, 0, 0, &alias), KAAL_OK);
	check_equal(kaal_space_share(&space, address, 4 * PAGE, &space, alias, READ), KAAL_OK);
	*at(address + 3 * PAGE) = 7;
	check_equal(*at(alias + 3 * PAGE), 7);
	check_equal(kaal_space_reserve_at(&other, WINDOW, 4 * PAGE, 0, 0), KAAL_OK);
	check_equal(kaal_space_share(&space, address, 4 * PAGE, &other, WINDOW, READ), KAAL_OK);
	check_equal(kaal_space_release(&space, alias), KAAL_OK);
	check_equal(kaal_domain_end(&domain), KAAL_OK);
	check_equal(kaal_space_forget(&other), KAAL_OK);
	check_equal(kaal_space_release(&space, address), KAAL_OK);
}

static void test_device(void)
{
	struct kaal_frames uart, again;
	uint64_t address;

	check_equal(kaal_frames_take_at(&physical, &account, UART, 1, &uart), KAAL_OK);
	check_equal(kaal_frames_take_at(&physical, &account, UART, 1, &again), KAAL_IN_USE);
	check_equal(kaal_space_reserve(&space, PAGE, PAGE, PAGE, PAGE, &address), KAAL_OK);
	check_equal(kaal_space_map(&space, address, uart.first, 1, KAAL_PAGE_BITS, READ | EXECUTE), KAAL_NO_RIGHT);
	check_equal(kaal_space_map(&space, address, uart.first, 1, KAAL_PAGE_BITS, READ | WRITE), KAAL_OK);
	check_equal(*(volatile uint32_t *)(uintptr_t)(address + UART_ID), 0x11);
	check_equal(kaal_space_release(&space, address), KAAL_OK);
	check_equal(kaal_frames_give(&physical, &uart), KAAL_OK);
}

/* Memory for a device: contiguous, uncached, and no more than asked for. */
static void test_dma(void)
{
	struct kaal_frames frames;
	uint64_t address;

	check_equal(kaal_frames_take(&physical, &account, KAAL_PAGE_BITS, 5, KAAL_FRAMES_CONTIGUOUS | KAAL_FRAMES_UNCACHED, &frames), KAAL_OK);
	check_equal(account.used_bytes, 5 * PAGE);
	check_equal(kaal_frames_base(&physical, &frames, 4), kaal_frames_base(&physical, &frames, 0) + 4 * PAGE);
	check_equal(kaal_space_reserve(&space, 5 * PAGE, PAGE, 0, 0, &address), KAAL_OK);
	check_equal(kaal_space_map(&space, address, frames.first, 5, KAAL_PAGE_BITS, READ | WRITE), KAAL_OK);
	*at(address + 4 * PAGE) = 9;
	check_equal(*at(address + 4 * PAGE), 9);
	check_equal(kaal_space_release(&space, address), KAAL_OK);
	check_equal(kaal_frames_give(&physical, &frames), KAAL_OK);
}

static void test_end(void)
{
	check_equal(kaal_space_end(&space), KAAL_OK);
	check_equal(account.used_bytes, 0);
	check_equal(physical.free_bytes, before_bytes);
	check_equal(kaal_physical_trim(&physical), KAAL_OK);
	check_equal(slots.free, before_slots);
	check_equal(type_of(kaal_bootinfo()->first_free_slot), KAAL_OBJECT_NULL);
}

int main(void)
{
	test_start();
	test_memory();
	test_code();
	test_large();
	test_share();
	test_device();
	test_dma();
	test_end();
	return tap_finish();
}
