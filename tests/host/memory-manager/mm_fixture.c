#include "mm_fixture.h"

#include "../kernel/fixture.h"

#include <freestanding/translation.h>
#include <object/frame.h>
#include <object/untyped.h>
#include <object/vspace.h>

#define RADIX 12u
#define UPPER 0x900u /* at 72 KiB */
#define CONTEXT 512u /* at 64 KiB */
#define SPACE_MEMORY 30u
#define LEAF_READ_ONLY (UINT64_C(1) << 7)
#define LEAF_UXN (UINT64_C(1) << 54)

struct mm mm;
struct calls calls;
uint32_t mm_split_count[64];

/* The argument that says how many, for calls that go through a range; 0: no such call. */
static unsigned count_argument(uint32_t number)
{
	switch (number) {
	case KAAL_SYS_UNTYPED_RETYPE:
	case KAAL_SYS_FRAME_MAP:
		return 4;
	case KAAL_SYS_FRAME_UNMAP:
		return 1;
	case KAAL_SYS_FRAME_PROTECT:
		return 2;
	default:
		return 0;
	}
}

/* Made once: by the library, or as a part of a call that is to fail. */
static uint64_t make_call(uint32_t number, const uint64_t argument[6], uint64_t result[3])
{
	uint64_t status = fixture_call(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);

	for (unsigned i = 0; i < 3; i++)
		result[i] = thread_view[FIXTURE_CALLER].frame.result[i + 1];
	return status;
}

kaal_status_t host_call(uint32_t number, const uint64_t argument[6], uint64_t result[3])
{
	uint64_t changed[6];
	unsigned count = count_argument(number);
	uint64_t status;

	if (++calls.made != calls.fail_at || (calls.spared && (number == KAAL_SYS_CAP_REVOKE || number == KAAL_SYS_CAP_DELETE ||
							       number == KAAL_SYS_FRAME_UNMAP)))
		return make_call(number, argument, result);
	if (calls.status == KAAL_INTERRUPTED && (count == 0 || argument[count] < 2))
		return make_call(number, argument, result);
	calls.failed = true;
	memset(result, 0, 3 * sizeof *result);
	if (!calls.partly || count == 0 || argument[count] < 2)
		return calls.status;
	memcpy(changed, argument, sizeof changed);
	changed[count] /= 2;
	status = make_call(number, changed, result);
	return status == KAAL_OK ? calls.status : status;
}

static void start_space(unsigned i)
{
	struct kaal_space_setup setup = {
		.vspace = VSPACE(i), .first = WINDOW, .end = WINDOW_END, .physical = &mm.physical, .account = &mm.account,
		.regions = mm.region[i], .mappings = mm.mapping[i], .tables = mm.table[i],
		.regions_max = REGIONS, .mappings_max = MAPPINGS, .tables_max = TABLES};

	ok(kaal_space_start(&mm.space[i], &setup));
}

void mm_start(void)
{
	static const struct {
		uint64_t base;
		uint32_t bits;
	} ram[RAM_BLOCKS] = {{0x40000, 18}, {0x80000, 19}, {0x100000, 20}, {0x200000, 21}};
	static bool started;
	uint64_t made;

	/* The kernel's list of address spaces outlives the arena. */
	for (unsigned i = 0; i < SPACES && started; i++)
		ok(kaal_sys_cap_delete(OWN, VSPACE(i)));
	started = true;
	memset(&mm, 0, sizeof mm);
	memset(&calls, 0, sizeof calls);
	host_reset();
	sched_start();
	cnode_start(FIXTURE_CNODE, RADIX);
	fixture_thread(FIXTURE_CALLER, RADIX);
	fixture_context(CONTEXT, SCHED_UNLIMITED, SCHED_UNLIMITED);
	sched_bind(CONTEXT, FIXTURE_CALLER);
	sched_ready(FIXTURE_CALLER);
	(void)sched_next();
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
	cnode_put_initial(FIXTURE_CNODE + SPACE_MEMORY, untyped_cap(0x18000, 15, false));
	ok(kaal_sys_untyped_retype(SPACE_MEMORY, KAAL_OBJECT_VSPACE, OWN, VSPACE(0), SPACES, &made));

	ok(kaal_slots_start(&mm.slots, OWN, 0, FIRST_SLOT, SLOTS, mm.bitmap));
	ok(kaal_physical_start(&mm.physical, &mm.slots, mm.node, NODES));
	for (uint32_t i = 0; i < RAM_BLOCKS; i++) {
		cnode_put_initial(FIXTURE_CNODE + UNTYPED + i, untyped_cap(ram[i].base, ram[i].bits, false));
		ok(kaal_physical_add(&mm.physical, UNTYPED + i, ram[i].base, ram[i].bits, false));
	}
	cnode_put_initial(FIXTURE_CNODE + UNTYPED + RAM_BLOCKS, untyped_cap(DEVICE, DEVICE_BITS, true));
	ok(kaal_physical_add(&mm.physical, UNTYPED + RAM_BLOCKS, DEVICE, DEVICE_BITS, true));
	mm.account.limit_bytes = UINT64_MAX;
	mm.account.limit_splits = UINT32_MAX;
	kaal_physical_count_splits(&mm.physical, 15, mm.holders, 1);
	for (unsigned i = 0; i < SPACES; i++)
		start_space(i);
}

void mm_interrupt_in(unsigned looks)
{
	host.calls_until_pending = looks;
}

kaal_cap_t mm_two_levels(void)
{
	struct cap lower = cnode_cap(FIXTURE_CNODE, RADIX, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	struct cap upper = cnode_cap(UPPER, 2, 0);

	cnode_start(UPPER, 2);
	cr_assert(cnode_set_guard(&lower, 0) && cnode_set_guard(&upper, 64 - RADIX - 2));
	cnode_put_initial(UPPER + 1, lower);
	destroy_count_reference(lower);
	++*cnode_count(UPPER);
	--*cnode_count(FIXTURE_CNODE);
	slot_view[thread_slot(FIXTURE_CALLER, THREAD_SLOT_CSPACE)].cap = upper;
	slot_view[thread_slot(FIXTURE_CALLER, THREAD_SLOT_CSPACE)].cap.word |= CAP_IN_THREAD;
	thread_slot_changed(thread_slot(FIXTURE_CALLER, THREAD_SLOT_CSPACE));
	return UINT64_C(1) << RADIX;
}

/* --- what the kernel knows --------------------------------------------------------- */

static vspace_t number_of(unsigned space)
{
	return vspace_of(slot_view[FIXTURE_CNODE + VSPACE(space)].cap);
}

uint64_t mm_frame(kaal_cap_t frame)
{
	return (uint64_t)slot_view[FIXTURE_CNODE + frame].cap.object << OBJECT_UNIT_BITS;
}

/* Each leaf of a space's tables, in the order of addresses. */
static void each_leaf(unsigned space, void (*see)(void *context, uint64_t address, uint64_t entry, unsigned level), void *context)
{
	vspace_t vspace = number_of(space);
	uint64_t address = 0;

	while (address < KAAL_USER_VA_END) {
		uint64_t step = 0;

		for (unsigned level = 1; level <= 3 && step == 0; level++) {
			table_t table;
			unsigned index;
			uint64_t entry = 0;

			if (vspace_find_entry(vspace, address, level, &table, &index))
				entry = table_view[table].entry[index];
			if (translation_is_leaf(entry, level))
				see(context, address, entry, level);
			if (!translation_is_table(entry, level))
				step = level == 1 ? UINT64_C(1) << 30 : level == 2 ? LARGE : PAGE;
		}
		address += step;
	}
}

bool mm_mapped(unsigned space, uint64_t address, uint64_t *physical, uint32_t *rights)
{
	table_t table;
	unsigned index;

	for (unsigned level = 1; level <= 3; level++) {
		uint64_t entry, covered = level == 1 ? UINT64_C(1) << 30 : level == 2 ? LARGE : PAGE;

		if (!vspace_find_entry(number_of(space), address, level, &table, &index))
			return false;
		entry = table_view[table].entry[index];
		if (!translation_is_leaf(entry, level))
			continue;
		*physical = translation_address(entry) + address % covered;
		*rights = R | ((entry & LEAF_READ_ONLY) == 0 ? KAAL_RIGHT_WRITE : 0) | ((entry & LEAF_UXN) == 0 ? KAAL_RIGHT_EXECUTE : 0);
		return true;
	}
	return false;
}

/* FNV-1a, by words. */
static void add(uint64_t *sum, uint64_t value)
{
	*sum = (*sum ^ value) * UINT64_C(0x100000001b3);
}

static void add_leaf(void *context, uint64_t address, uint64_t entry, unsigned level)
{
	add(context, address + level);
	add(context, entry);
}

/* --- state ------------------------------------------------------------------------- */

static uint64_t sum_of_lists(const struct kaal_space *space)
{
	uint64_t sum = 1;

	for (uint32_t i = 0; i < space->regions; i++) {
		add(&sum, space->setup.regions[i].address);
		add(&sum, space->setup.regions[i].bytes);
		add(&sum, space->setup.regions[i].guard_below);
		add(&sum, space->setup.regions[i].guard_above);
	}
	for (uint32_t i = 0; i < space->mappings; i++) {
		const struct kaal_mapping *m = &space->setup.mappings[i];

		add(&sum, m->address);
		add(&sum, m->first);
		add(&sum, m->count + UINT64_C(0x100000000) * m->size_bits);
		add(&sum, m->rights + 16u * m->kind);
	}
	for (uint32_t i = 0; i < space->tables; i++) {
		add(&sum, space->setup.tables[i].base + space->setup.tables[i].level);
		add(&sum, space->setup.tables[i].entries);
		add(&sum, space->setup.tables[i].cap);
	}
	return sum;
}

static uint64_t sum_of_kernel(void)
{
	uint64_t sum = 1;

	for (slot_t slot = FIXTURE_CNODE + 1; slot < FIXTURE_CNODE + (1u << RADIX); slot++) {
		struct cap cap = slot_view[slot].cap;

		add(&sum, cap.word);
		add(&sum, cap.object);
		if (cap_type(cap) == KAAL_OBJECT_FRAME)
			add(&sum, place_of(cap.data).virtual_address + (frame_is_mapped(cap) ? 1 : 0));
	}
	for (unsigned i = 0; i < SPACES; i++)
		each_leaf(i, add_leaf, &sum);
	return sum;
}

void state_take(struct state *state)
{
	struct calls kept = calls;

	calls.fail_at = 0;
	ok(kaal_physical_trim(&mm.physical));
	calls = kept;
	*state = (struct state){.free_bytes = mm.physical.free_bytes, .used_bytes = mm.account.used_bytes, .free_slots = mm.slots.free,
				.largest_bits = kaal_physical_largest_bits(&mm.physical), .kernel = sum_of_kernel()};
	memcpy(state->bitmap, mm.bitmap, sizeof mm.bitmap);
	for (unsigned i = 0; i < SPACES; i++)
		add(&state->lists, sum_of_lists(&mm.space[i]));
}

void state_equal(const struct state *one, const struct state *other, const char *when)
{
	cr_assert_eq(one->free_bytes, other->free_bytes, "%s: %lx bytes free, then %lx", when, one->free_bytes, other->free_bytes);
	cr_assert_eq(one->used_bytes, other->used_bytes, "%s: account", when);
	cr_assert_eq(one->free_slots, other->free_slots, "%s: %u slots free, then %u", when, one->free_slots, other->free_slots);
	cr_assert_eq(memcmp(one->bitmap, other->bitmap, sizeof one->bitmap), 0, "%s: slots", when);
	cr_assert_eq(one->largest_bits, other->largest_bits, "%s: largest block", when);
	cr_assert_eq(one->lists, other->lists, "%s: regions, mappings or tables", when);
	cr_assert_eq(one->kernel, other->kernel, "%s: the kernel", when);
}

/* --- invariants -------------------------------------------------------------------- */

enum { FREE = 1, SPLIT, TAKEN };

/* PM-5: which accounts have something in a node. */
static uint64_t check_holders(uint32_t at)
{
	const struct kaal_physical_node *node = &mm.physical.node[at];
	uint64_t mask;

	if (node->state == TAKEN && node->account->limit_splits != 0)
		return UINT64_C(1) << node->account->index;
	if (node->state != SPLIT)
		return 0;
	mask = check_holders(node->child) | check_holders(node->child + 1);
	if (node->bits > mm.physical.counted_bits)
		return mask;
	cr_assert_eq(mm.physical.holders[node->child / 2], mask, "PM-5: node %u", at);
	for (unsigned i = 0; i < 64; i++)
		mm_split_count[i] += (uint32_t)(mask >> i & 1);
	return mask;
}

static void check_splits(void)
{
	memset(mm_split_count, 0, sizeof mm_split_count);
	for (uint32_t at = mm.physical.roots; at != 0; at = mm.physical.node[at].next_root)
		(void)check_holders(at);
	for (uint32_t at = 2; at < mm.physical.nodes; at++) {
		const struct kaal_physical_node *node = &mm.physical.node[at];

		if (node->state == TAKEN && node->account->limit_splits != 0)
			cr_assert_eq(node->account->used_splits, mm_split_count[node->account->index], "PM-5");
	}
}

/* PM-1 to PM-4, by going through the trees; each taken page is counted once. */
static void check_node(uint32_t at, bool in_free, uint64_t *free_bytes, uint64_t *taken_bytes)
{
	const struct kaal_physical_node *node = &mm.physical.node[at];

	cr_assert(node->state >= FREE && node->state <= TAKEN, "node %u", at);
	cr_assert(!in_free || node->state == FREE, "PM-3: node %u", at);
	cr_assert(node->state != TAKEN || node->child == 0, "node %u is taken and has halves", at);
	cr_assert_eq(cap_type(slot_view[FIXTURE_CNODE + node->cap].cap), KAAL_OBJECT_UNTYPED);
	cr_assert_eq(untyped_base(slot_view[FIXTURE_CNODE + node->cap].cap), node->base);
	cr_assert_eq(untyped_size_bits(slot_view[FIXTURE_CNODE + node->cap].cap), node->bits);
	if (node->state == FREE && !in_free)
		*free_bytes += node->device ? 0 : UINT64_C(1) << node->bits;
	if (node->state == TAKEN)
		*taken_bytes += UINT64_C(1) << node->bits;
	if (node->child == 0) {
		cr_assert_neq(node->state, SPLIT);
		cr_assert(node->state != FREE || slot_view[FIXTURE_CNODE + node->cap].child == 0, "something is made of free node %u", at);
		return;
	}
	cr_assert(node->state != SPLIT || mm.physical.node[node->child].state != FREE || mm.physical.node[node->child + 1].state != FREE, "PM-1: node %u", at);
	for (uint32_t half = node->child; half < node->child + 2; half++) {
		cr_assert_eq(mm.physical.node[half].parent, at);
		check_node(half, in_free || node->state == FREE, free_bytes, taken_bytes);
	}
}

void mm_check_physical(void)
{
	uint64_t free_bytes = 0, taken_bytes = 0, listed = 0;

	check_splits();
	for (uint32_t at = mm.physical.roots; at != 0; at = mm.physical.node[at].next_root)
		check_node(at, false, &free_bytes, &taken_bytes);
	for (uint32_t size = 0; size < KAAL_BLOCK_SIZES; size++) {
		for (uint32_t at = mm.physical.list[0][size].first; at != 0; at = mm.physical.node[at].next) {
			cr_assert(mm.physical.node[at].state == 1 && mm.physical.node[at].bits == size + 12);
			cr_assert(mm.physical.node[at].next != 0 || mm.physical.list[0][size].last == at);
			cr_assert(mm.physical.node[at].next == 0 || mm.physical.node[at].child == 0 || mm.physical.node[mm.physical.node[at].next].child != 0, "order of list %u", size);
			listed += UINT64_C(1) << mm.physical.node[at].bits;
		}
		cr_assert_eq(mm.physical.filled[0] >> size & 1, mm.physical.list[0][size].first != 0);
	}
	cr_assert_eq(listed, free_bytes, "PM-2");
	cr_assert_eq(free_bytes, mm.physical.free_bytes, "PM-4");
	cr_assert_eq(taken_bytes, mm.account.used_bytes, "PM-4: %lx taken, %lx charged", taken_bytes, mm.account.used_bytes);
}

/* A free slot is empty; the derivation tree is one (DT-1, DT-2). */
static void check_slots(void)
{
	uint32_t free_slots = 0;

	for (uint32_t i = 0; i < SLOTS; i++) {
		if ((mm.bitmap[i / 64] >> i % 64 & 1) == 0) {
			free_slots++;
			cr_assert(cap_is_null(slot_view[FIXTURE_CNODE + FIRST_SLOT + i].cap), "slot %u is free and holds a capability", FIRST_SLOT + i);
			cr_assert_geq(i, mm.slots.lowest, "SL-2");
		}
	}
	cr_assert_eq(free_slots, mm.slots.free, "SL-1");
	for (slot_t slot = FIXTURE_CNODE + 1; slot < FIXTURE_CNODE + (1u << RADIX); slot++) {
		const struct slot *s = &slot_view[slot];

		cr_assert(s->child == 0 || (slot_view[s->child].parent == slot && slot_view[s->child].previous == 0), "slot %#x: child", slot);
		cr_assert(s->next == 0 || (slot_view[s->next].previous == slot && slot_view[s->next].parent == s->parent), "slot %#x: next", slot);
	}
}

/* SM-3: each leaf is a mapping's, and as many as there should be. */
struct leaves {
	const struct kaal_space *space;
	uint64_t count;
};

static void check_leaf(void *context, uint64_t address, uint64_t entry, unsigned level)
{
	struct leaves *leaves = context;
	const struct kaal_space *space = leaves->space;

	leaves->count++;
	for (uint32_t i = 0; i < space->mappings; i++) {
		const struct kaal_mapping *m = &space->setup.mappings[i];
		uint64_t index = (address - m->address) >> m->size_bits;
		uint32_t rights;
		uint64_t physical;

		if (address < m->address || index >= m->count)
			continue;
		cr_assert_eq(m->size_bits, level == 3 ? 12 : level == 2 ? 21 : 30);
		cr_assert_eq(mm_frame(m->first + index), translation_address(entry));
		cr_assert(mm_mapped((unsigned)(space - mm.space), address, &physical, &rights) && rights == m->rights, "rights at %lx", address);
		return;
	}
	cr_assert_fail("%lx is mapped and in no mapping", address);
}

static void check_table(const struct kaal_space *space, const struct kaal_table *table, uint64_t gone)
{
	uint64_t covered = table->level == 2 ? UINT64_C(1) << 30 : LARGE;
	unsigned entries = 0, index;
	table_t at;

	if (table->level == 0) {
		cr_assert_eq(slot_view[FIXTURE_CNODE + table->cap].cap.data, 0, "a spare table is mapped");
		return;
	}
	cr_assert(vspace_find_entry(number_of((unsigned)(space - mm.space)), table->base, table->level, &at, &index), "SM-4");
	cr_assert_eq(mm_frame(table->cap), (uint64_t)at * PAGE, "SM-4");
	for (unsigned i = 0; i < 512; i++)
		entries += table_view[at].entry[i] != 0;
	cr_assert(entries <= table->entries && entries + gone >= table->entries,
		  "SM-4: table at %lx, level %u: %u entries, %u counted", table->base, table->level, entries, table->entries);
	cr_assert_eq(table->base % covered, 0);
}

static void check_space(const struct kaal_space *space)
{
	struct leaves leaves = {space, 0};
	uint64_t end = WINDOW, mapped = 0, gone = 0;

	for (uint32_t i = 0; i < space->regions; i++) {
		const struct kaal_region *region = &space->setup.regions[i];

		cr_assert_geq(region->address - region->guard_below, end, "SM-1");
		end = region->address + region->bytes + region->guard_above;
	}
	cr_assert_leq(end, WINDOW_END, "SM-1");
	end = 0;
	for (uint32_t i = 0; i < space->mappings; i++) {
		const struct kaal_mapping *m = &space->setup.mappings[i];
		const struct kaal_region *region = kaal_space_find(space, m->address);

		cr_assert_geq(m->address, end, "SM-2");
		end = m->address + ((uint64_t)m->count << m->size_bits);
		cr_assert(region != NULL && m->address >= region->address && end <= region->address + region->bytes, "SM-2");
		/* Copies go with the original. */
		for (uint32_t k = 0; k < m->count; k++)
			gone += cap_is_null(slot_view[FIXTURE_CNODE + m->first + k].cap);
		mapped += m->count;
	}
	each_leaf((unsigned)(space - mm.space), check_leaf, &leaves);
	cr_assert_eq(leaves.count, mapped - gone, "SM-3: %lu of %lu frames are mapped, %lu have gone", leaves.count, mapped, gone);
	for (uint32_t i = 0; i < space->tables; i++)
		check_table(space, &space->setup.tables[i], gone);
}

void mm_check(void)
{
	check_slots();
	mm_check_physical();
	for (unsigned i = 0; i < SPACES; i++)
		check_space(&mm.space[i]);
}
