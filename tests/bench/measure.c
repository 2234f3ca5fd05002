/* What the programs that measure have in common. */
#include "measure.h"

#include <inttypes.h>
#include <kaal/status_text.h>
#include <stdio.h>
#include <stdlib.h>

static kaal_cap_t first_slot;
static kaal_cap_t large_untyped;

kaal_cap_t at(enum slot slot)
{
	return first_slot + slot;
}

kaal_cap_t memory(void)
{
	return large_untyped;
}

_Noreturn void fail(const char *name, kaal_status_t status)
{
	printf("BENCH-FAILED %s: %s\n", name, kaal_status_text(status));
	exit(1);
}

void must(const char *name, kaal_status_t status)
{
	if (status != KAAL_OK)
		fail(name, status);
}

void retype(kaal_cap_t untyped, uint64_t type, kaal_cap_t cnode, uint64_t slot, uint64_t count)
{
	uint64_t made;

	must("retype", kaal_untyped_retype(untyped, type, cnode, slot, count, &made));
}

void prepare_nothing(void)
{
}

void prepare_block(void)
{
	must("revoke", kaal_cap_revoke(CSPACE, memory()));
	retype(memory(), UNTYPED_OF(BLOCK_BITS), CSPACE, at(BLOCK), 1);
	retype(memory(), CNODE_OF(MANY_RADIX), CSPACE, at(MANY), 1);
}

/* What two reads of the counter differ by. */
static uint64_t empty_pair(void)
{
	uint64_t before, after;

	__asm__ volatile("mrs %0, pmccntr_el0\n\tmrs %1, pmccntr_el0" : "=&r"(before), "=r"(after));
	return after - before;
}

uint64_t instructions(uint64_t before, uint64_t after)
{
	return after - before - empty_pair();
}

void print_row(const char *prefix, const char *name, uint64_t value)
{
	printf("BENCH %s%s %" PRIu64 " instructions\n", prefix, name, value);
}

static uint64_t measure_bare(const struct row *row)
{
	const uint64_t *a = row->argument;
	struct counted counted;

	row->prepare();
	counted = row->bare(a[0], a[1], a[2], a[3], a[4], a[5]);
	must(row->name, counted.status);
	return instructions(counted.before, counted.after);
}

void measure(const struct row *row)
{
	uint64_t bare = measure_bare(row);

	print_row("", row->name, (bare + row->divide_by - 1) / row->divide_by);
	if (row->stubbed != NULL) {
		struct counted counted;

		row->prepare();
		counted = row->stubbed(row->argument);
		must(row->name, counted.status);
		print_row("stub.", row->name, instructions(counted.before, counted.after) - bare);
	}
}

void start_measuring(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();

	first_slot = info->first_free_slot;
	for (uint32_t i = 0; i < info->untyped_count; i++) {
		if (info->untyped[i].device == 0 && info->untyped[i].size_bits > BLOCK_BITS)
			large_untyped = KAAL_SLOT_FIRST_UNTYPED + i;
	}
	if (large_untyped == 0)
		fail("start", KAAL_NO_MEMORY);
	must("debug_allow_counters", kaal_debug_allow_counters(KAAL_SLOT_DEBUG));
}
