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

kaal_cap_t smallest_of(unsigned bits)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();
	unsigned best = UINT8_MAX;
	kaal_cap_t found = 0;

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		unsigned size = info->untyped[i].size_bits;

		if (info->untyped[i].device == 0 && size >= bits && size < best) {
			best = size;
			found = KAAL_SLOT_FIRST_UNTYPED + i;
		}
	}
	if (found == 0)
		fail("memory", KAAL_NO_MEMORY);
	return found;
}

void retype(kaal_cap_t untyped, uint64_t type, kaal_cap_t cnode, uint64_t slot, uint64_t count)
{
	uint64_t made;

	must("retype", kaal_sys_untyped_retype(untyped, type, cnode, slot, count, &made));
}

void prepare_nothing(void)
{
}

void prepare_block(void)
{
	must("revoke", kaal_sys_cap_revoke(CSPACE, memory()));
	retype(memory(), UNTYPED_OF(BLOCK_BITS), CSPACE, at(BLOCK), 1);
	retype(memory(), CNODE_OF(MANY_RADIX), CSPACE, at(MANY), 1);
}

void prepare_child(uint64_t type)
{
	prepare_block();
	retype(at(BLOCK), type, CSPACE, at(ORIGINAL), 1);
}

void prepare_cnode(void)
{
	prepare_child(CNODE_16);
}

void prepare_endpoint(void)
{
	prepare_child(KAAL_OBJECT_ENDPOINT);
}

void set_up_thread(kaal_cap_t thread, kaal_cap_t context, void (*entry)(uint64_t), uint64_t argument, void *stack_end, uint64_t priority)
{
	must("configure", kaal_sys_thread_configure(thread, KAAL_SLOT_CNODE, KAAL_SLOT_VSPACE));
	must("registers", kaal_sys_thread_set_registers(thread, (uint64_t)(uintptr_t)entry, (uint64_t)(uintptr_t)stack_end, argument, 0));
	must("priority", kaal_sys_thread_set_priority(thread, priority, priority));
	must("budget", kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, context, UNLIMITED, 0));
	must("bind", kaal_sys_sched_bind(context, thread));
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

void print_number(const char *name, uint64_t value, const char *unit)
{
	printf("BENCH %s %" PRIu64 " %s\n", name, value, unit);
}

static uint64_t cycles_at_tick_0;

/*
 * The cycle counter at an instruction with which a tick begins, less
 * TICK_INSTRUCTIONS times that tick: the least that two readings, one right
 * after the other, tell. A round has 9 instructions, so that 16 rounds begin at
 * each distance from a tick.
 */
void find_tick_0(void)
{
	uint64_t least = UINT64_MAX, most = 0, ticks, cycles, rounds = TICK_INSTRUCTIONS;

	__asm__ volatile("1:	mrs	%[ticks], cntvct_el0\n"
			 "	mrs	%[cycles], pmccntr_el0\n"
			 "	sub	%[cycles], %[cycles], %[ticks], lsl #4\n"
			 "	cmp	%[cycles], %[least]\n"
			 "	csel	%[least], %[cycles], %[least], lo\n"
			 "	cmp	%[cycles], %[most]\n"
			 "	csel	%[most], %[cycles], %[most], hi\n"
			 "	subs	%[rounds], %[rounds], #1\n"
			 "	b.ne	1b"
			 : [least] "+r"(least), [most] "+r"(most), [ticks] "=&r"(ticks), [cycles] "=&r"(cycles), [rounds] "+r"(rounds)
			 :
			 : "cc");
	if (most - least != TICK_INSTRUCTIONS - 1)
		fail("the counters' ticks", KAAL_OUT_OF_RANGE);
	cycles_at_tick_0 = least - 1; /* the second reading is one instruction later */
}

uint64_t instructions_since(uint64_t deadline, uint64_t after)
{
	return after - 1 - cycles_at_tick_0 - TICK_INSTRUCTIONS * deadline;
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

static void measure_row(const struct row *row)
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

void measure(const struct row *rows, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		measure_row(&rows[i]);
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
	must("debug_allow_counters", kaal_sys_debug_allow_counters(KAAL_SLOT_DEBUG));
}
