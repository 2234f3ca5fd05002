/*
 * What libkaal's calls to broker, services and memory manager take, in a system with the broker. Its first argument says what it does:
 *   serve   answers "echo" for ever
 *   ask     measures, tells, and switches off
 *
 * Each figure is the mean of REPEATS, so that the counter's tick of 16 instructions does not matter; the first time is not counted.
 */
#include "bare.h"

#include <string.h>

#include <kaal/broker.h>
#include <kaal/message.h>
#include <kaal/service.h>
#include <kaal/slot.h>
#include <memory-manager/space.h>

#define REPEATS 64u
#define MIB UINT64_C(0x100000)
#define POOL_BITS 21u
#define SLOTS 512u
#define NODES 128u
#define SPACE_ADDRESS UINT64_C(0x2000000000)

static void print_mean(const char *name, kaal_ticks_t ticks)
{
	print_row(name, instructions(ticks) / REPEATS, "instructions");
}

static void measure_find(void)
{
	struct kaal_broker_found found;
	kaal_ticks_t sum = 0;

	for (uint32_t i = 0; i <= REPEATS; i++) {
		kaal_ticks_t start = kaal_ticks_now();

		must("find", kaal_broker_find("echo", &found));
		sum += i != 0 ? kaal_ticks_now() - start : 0;
		must("drop", kaal_slot_drop(found.endpoint.slot, 1));
	}
	print_mean("broker.find", sum);
}

static void measure_memory(void)
{
	struct kaal_broker_held held;
	kaal_ticks_t taken = 0, all = 0;

	for (uint32_t i = 0; i <= REPEATS; i++) {
		kaal_ticks_t start = kaal_ticks_now();

		must("memory", kaal_broker_memory(12, &held));
		taken += i != 0 ? kaal_ticks_now() - start : 0;
		must("give", kaal_broker_give(&held));
		all += i != 0 ? kaal_ticks_now() - start : 0;
	}
	print_mean("broker.memory", taken);
	print_mean("broker.memory.give", all);
}

static void measure_echo(void)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0}, answer;
	struct kaal_service echo;
	kaal_ticks_t sum = 0;

	must("open", kaal_service_open(&echo, "echo", UINT64_MAX));
	for (uint32_t i = 0; i <= REPEATS; i++) {
		kaal_ticks_t start = kaal_ticks_now();

		must("call", kaal_service_call(&echo, kaal_message(1, 0, 0), words, UINT64_MAX, &answer));
		sum += i != 0 ? kaal_ticks_now() - start : 0;
	}
	print_mean("service.echo", sum);
}

/* 1 MiB of pages that are there already; the table comes and goes each time. */
static void measure_space(void)
{
	static uint64_t used[KAAL_SLOTS_WORDS(SLOTS)];
	static struct kaal_physical_node nodes[NODES];
	static struct kaal_region regions[2];
	static struct kaal_mapping mappings[2];
	static struct kaal_table tables[4];
	static struct kaal_slots slots;
	static struct kaal_physical_memory physical;
	static struct kaal_account account = {.limit_bytes = UINT64_MAX};
	static struct kaal_space space;
	struct kaal_space_setup setup = {.vspace = KAAL_SLOT_VSPACE, .first = SPACE_ADDRESS, .end = SPACE_ADDRESS + 1024 * MIB,
		.physical = &physical, .account = &account, .regions = regions, .mappings = mappings, .tables = tables,
		.regions_max = 2, .mappings_max = 2, .tables_max = 4};
	struct kaal_broker_held memory;
	struct kaal_frames frames;
	kaal_ticks_t map = 0, unmap = 0;
	kaal_cap_t range;

	must("memory", kaal_broker_memory(POOL_BITS, &memory));
	must("slots", kaal_slot_take(SLOTS, &range));
	must("slots", kaal_slots_start(&slots, KAAL_SLOT_CNODE, 0, (uint32_t)range, SLOTS, used));
	must("allocator", kaal_physical_start(&physical, &slots, nodes, NODES));
	must("allocator", kaal_physical_add(&physical, memory.first, 0, POOL_BITS, false));
	must("space", kaal_space_start(&space, &setup));
	must("frames", kaal_frames_take(&physical, &account, KAAL_PAGE_BITS, MIB / KAAL_PAGE_BYTES, 0, &frames));
	must("reserve", kaal_space_reserve_at(&space, SPACE_ADDRESS, MIB, 0, 0));
	for (uint32_t i = 0; i <= REPEATS; i++) {
		kaal_ticks_t start = kaal_ticks_now(), mapped;

		must("map", kaal_space_map(&space, SPACE_ADDRESS, frames.first, frames.count, KAAL_PAGE_BITS,
					   KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
		mapped = kaal_ticks_now();
		must("unmap", kaal_space_unmap(&space, SPACE_ADDRESS, MIB));
		map += i != 0 ? mapped - start : 0;
		unmap += i != 0 ? kaal_ticks_now() - mapped : 0;
	}
	print_mean("space.map.1mib", map);
	print_mean("space.unmap.1mib", unmap);
}

int main(int argc, char **argv)
{
	struct kaal_service echo;

	if (argc == 2 && strcmp(argv[1], "serve") == 0) {
		serve_bare("echo");
		return EXIT_FAILURE;
	}
	must("open", kaal_service_open(&echo, "echo", UINT64_MAX));
	measure_find();
	measure_memory();
	measure_echo();
	measure_space();
	/* What has been printed is in the log ring: the root task is more urgent, and writes it first. */
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
	return EXIT_FAILURE;
}
