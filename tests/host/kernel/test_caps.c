/*
 * Capabilities in CNodes: copy, mint, move, delete, revoke, retype, by system
 * call, with an interrupt pending at any point.
 */
#include "fixture.h"

#include <kaal/status.h>
#include <kaal/syscall_numbers.h>
#include <object/cnode.h>
#include <object/untyped.h>

#define CNODE_BASE FIXTURE_CNODE
#define RADIX 6u
#define SLOTS (1u << RADIX)
#define UNTYPED_BASE 0x100000u   /* 1 MiB */
#define UNTYPED_BITS 20u
#define OWN 1u                   /* capability of the CNode */
#define UNTYPED 2u
#define DEBUG 3u
#define CNODE_TYPE(radix) (KAAL_OBJECT_CNODE + 256u * (radix))
#define BLOCK_TYPE(bits) (KAAL_OBJECT_UNTYPED + 256u * (bits))

static struct arch_frame *frame;

static void start(void)
{
	fixture_start(RADIX);
	frame = &thread_view[FIXTURE_CALLER].frame;
	fixture_put(OWN, cnode_cap(CNODE_BASE, RADIX, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE));
	fixture_put(UNTYPED, untyped_cap(UNTYPED_BASE, UNTYPED_BITS, false));
	fixture_put(DEBUG, (struct cap){.word = cap_word(KAAL_OBJECT_DEBUG, KAAL_RIGHTS_ALL, 0)});
	/* What the arena held before: retype must not hand it out. */
	memset(host_arena + UNTYPED_BASE, 0xa5, 1u << UNTYPED_BITS);
}

TestSuite(caps, .init = start);

static uint64_t copy(uint64_t to, uint64_t from, uint64_t rights)
{
	return fixture_call(KAAL_SYS_CAP_COPY, OWN, to, OWN, from, rights, 0);
}

static uint64_t move(uint64_t to, uint64_t from)
{
	return fixture_call(KAAL_SYS_CAP_MOVE, OWN, to, OWN, from, 0, 0);
}

static uint64_t delete(uint64_t slot)
{
	return fixture_call(KAAL_SYS_CAP_DELETE, OWN, slot, 0, 0, 0, 0);
}

static uint64_t revoke(uint64_t slot)
{
	return fixture_call(KAAL_SYS_CAP_REVOKE, OWN, slot, 0, 0, 0, 0);
}

static uint64_t retype(uint64_t untyped, uint64_t type, uint64_t to, uint64_t count)
{
	return fixture_call(KAAL_SYS_UNTYPED_RETYPE, untyped, type, OWN, to, count, 0);
}

static struct slot *slot(uint32_t index)
{
	return &slot_view[CNODE_BASE + index];
}

static bool is_empty(uint32_t index)
{
	static const struct slot nothing;

	return memcmp(slot(index), &nothing, sizeof nothing) == 0;
}

/* DT-1..DT-4 over the CNode. */
static void check_tree(void)
{
	for (uint32_t i = 1; i < SLOTS; i++) {
		const struct slot *s = slot(i);
		slot_t self = CNODE_BASE + i, at = self;
		unsigned height = 0;

		if (cap_is_null(s->cap)) {
			cr_assert(is_empty(i), "slot %u is empty but linked", i);
			continue;
		}
		if (s->child != 0) {
			cr_assert_eq(slot_view[s->child].parent, self);
			cr_assert_eq(slot_view[s->child].previous, 0);
		}
		if (s->next != 0) {
			cr_assert_eq(slot_view[s->next].previous, self);
			cr_assert_eq(slot_view[s->next].parent, s->parent);
		}
		if (s->previous != 0)
			cr_assert_eq(slot_view[s->previous].next, self);
		else if (s->parent != 0)
			cr_assert_eq(slot_view[s->parent].child, self);
		for (; slot_view[at].parent != 0; at = slot_view[at].parent)
			cr_assert_lt(height++, SLOTS, "a cycle");
	}
}

Test(caps, a_copy_has_fewer_rights_never_more)
{
	cr_assert_eq(copy(10, DEBUG, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE), KAAL_OK);
	cr_assert_eq(cap_rights(slot(10)->cap), KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	cr_assert_eq(copy(11, 10, UINT64_MAX), KAAL_OK);
	cr_assert_eq(cap_rights(slot(11)->cap), KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	cr_assert_eq(copy(12, 11, KAAL_RIGHT_EXECUTE), KAAL_OK);
	cr_assert_eq(cap_rights(slot(12)->cap), 0);
	cr_assert_eq(cap_type(slot(12)->cap), KAAL_OBJECT_DEBUG);
	check_tree();
}

Test(caps, what_copy_refuses)
{
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, 99, 10, OWN, DEBUG, 15, 0), KAAL_INVALID_CAP);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 10, 99, DEBUG, 15, 0), KAAL_INVALID_CAP);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, DEBUG, 10, OWN, DEBUG, 15, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 10, UNTYPED, DEBUG, 15, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(copy(0, DEBUG, 15), KAAL_INVALID_CAP);
	cr_assert_eq(copy(SLOTS, DEBUG, 15), KAAL_INVALID_CAP);
	cr_assert_eq(copy(UINT64_MAX, DEBUG, 15), KAAL_INVALID_CAP);
	cr_assert_eq(copy(10, 0, 15), KAAL_INVALID_CAP);
	cr_assert_eq(copy(10, SLOTS, 15), KAAL_INVALID_CAP);
	cr_assert_eq(copy(10, 20, 15), KAAL_SLOT_EMPTY);
	cr_assert_eq(copy(DEBUG, DEBUG, 15), KAAL_SLOT_OCCUPIED);
	cr_assert_eq(copy(10, UNTYPED, 15), KAAL_NOT_COPYABLE);
	/* A CNode capability without the rights. */
	cr_assert_eq(copy(20, OWN, KAAL_RIGHT_READ), KAAL_OK);
	cr_assert_eq(copy(21, OWN, KAAL_RIGHT_WRITE), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, 20, 10, OWN, DEBUG, 15, 0), KAAL_NO_RIGHT);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 10, 21, DEBUG, 15, 0), KAAL_NO_RIGHT);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MOVE, OWN, 10, 20, DEBUG, 0, 0), KAAL_NO_RIGHT);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_DELETE, 20, DEBUG, 0, 0, 0, 0), KAAL_NO_RIGHT);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_REVOKE, 20, DEBUG, 0, 0, 0, 0), KAAL_NO_RIGHT);
	cr_assert(is_empty(10));
	check_tree();
}

Test(caps, calls_on_cnodes_need_one_with_the_right)
{
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, OWN, 10, OWN, OWN, KAAL_RIGHT_READ, 0), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, 10, 11, OWN, OWN, KAAL_RIGHTS_ALL, 58), KAAL_NO_RIGHT);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MOVE, DEBUG, 11, OWN, OWN, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_DELETE, DEBUG, 10, 0, 0, 0, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_REVOKE, DEBUG, 10, 0, 0, 0, 0), KAAL_WRONG_TYPE);
	cr_assert(!is_empty(10) && is_empty(11));
}

Test(caps, mint_gives_a_cnode_a_guard)
{
	slot_t found = 0;
	uint32_t rights = 0;

	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 10, OWN, OWN, 15, 5 * 64 + 58), KAAL_OK);
	cr_assert(cnode_look_up(slot(10)->cap, UINT64_C(5) << RADIX | 7, &found, &rights));
	cr_assert_eq(found, CNODE_BASE + 7);
	cr_assert_not(cnode_look_up(slot(10)->cap, UINT64_C(4) << RADIX | 7, &found, &rights));
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 11, OWN, OWN, 15, 59), KAAL_OUT_OF_RANGE, "59 + 6 bits");
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 11, OWN, OWN, 15, 4 * 64 + 2), KAAL_OUT_OF_RANGE, "4 needs three bits");
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 11, OWN, DEBUG, 15, 1), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 11, OWN, UNTYPED, 15, 1), KAAL_NOT_COPYABLE);
	cr_assert(is_empty(11));
}

Test(caps, an_index_goes_through_several_levels)
{
	slot_t found = 0;
	uint32_t rights = 0;
	struct cap root;

	/* Level 1: 6 bits at 10 zero bits of guard; level 2: a CNode of 8 slots with a guard of 45 bits. */
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(3), 10, 1), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_MINT, OWN, 11, OWN, 10, KAAL_RIGHT_READ, 9 * 64 + 45), KAAL_OK);
	root = slot(OWN)->cap;
	cr_assert(cnode_set_guard(&root, 10));
	cr_assert(cnode_look_up(root, UINT64_C(11) << 48 | UINT64_C(9) << 3 | 5, &found, &rights));
	cr_assert_eq(found, slot(10)->cap.object + 5);
	cr_assert_eq(rights, KAAL_RIGHT_READ, "those of the last level");
	cr_assert_not(cnode_look_up(root, UINT64_C(11) << 48 | UINT64_C(8) << 3 | 5, &found, &rights), "guard differs");
	cr_assert_not(cnode_look_up(root, UINT64_C(3) << 48 | UINT64_C(9) << 3 | 5, &found, &rights), "no CNode there");
	cr_assert_not(cnode_look_up(root, UINT64_C(0) << 48 | UINT64_C(9) << 3 | 5, &found, &rights), "slot 0");
	cr_assert_not(cnode_look_up(root, UINT64_C(1) << 63 | UINT64_C(11) << 48 | UINT64_C(9) << 3 | 5, &found, &rights), "first guard differs");
	/* A capability whose bits do not come out at 64 addresses nothing. */
	cr_assert(cnode_set_guard(&slot(11)->cap, 44));
	cr_assert_not(cnode_look_up(root, UINT64_C(11) << 48 | 5, &found, &rights));
}

Test(caps, a_cnode_that_contains_itself_ends_every_look_up)
{
	struct cap root = slot(OWN)->cap;
	slot_t found = 0;
	uint32_t rights = 0;

	slot(OWN)->cap.word = cap_word(KAAL_OBJECT_CNODE, 3, RADIX);
	root.word = slot(OWN)->cap.word;
	/* 64 is not a multiple of 6: the last level has too few bits left. */
	cr_assert_not(cnode_look_up(root, UINT64_C(0x0410410410410410), &found, &rights));
}

Test(caps, move_keeps_the_place_in_the_tree)
{
	cr_assert_eq(copy(10, DEBUG, 15), KAAL_OK);
	for (uint32_t i = 11; i < 20; i++)
		cr_assert_eq(copy(i, 10, 15), KAAL_OK);
	host.calls_until_pending = 3;
	cr_assert_eq(move(30, 10), KAAL_OK);
	cr_assert(is_empty(10));
	check_tree();
	cr_assert_eq(slot(30)->parent, CNODE_BASE + DEBUG);
	for (uint32_t i = 11; i < 20; i++)
		cr_assert_eq(slot(i)->parent, CNODE_BASE + 30);
	cr_assert_eq(move(10, 10), KAAL_SLOT_EMPTY);
	cr_assert_eq(move(30, 30), KAAL_SLOT_OCCUPIED);
	cr_assert_eq(move(DEBUG, 30), KAAL_SLOT_OCCUPIED);
	cr_assert_eq(move(31, UNTYPED), KAAL_OK);
	cr_assert_eq(cap_type(slot(31)->cap), KAAL_OBJECT_UNTYPED);
}

/* What is at 10, with its children at 11 to 19, is on its way to 30: an interrupt has stopped the call in between. */
static void begin_move(void)
{
	cr_assert_eq(copy(10, DEBUG, 15), KAAL_OK);
	for (uint32_t i = 11; i < 20; i++)
		cr_assert_eq(copy(i, 10, 15), KAAL_OK);
	frame->argument[0] = OWN;
	frame->argument[1] = 30;
	frame->argument[2] = OWN;
	frame->argument[3] = 10;
	host.calls_until_pending = 4;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_CAP_MOVE);
	cr_assert_eq(frame->restarts, 1);
}

Test(caps, a_half_done_move_hides_no_authority)
{
	begin_move();
	/* The caller never comes back. The slot it reserved is no capability, and revoke reaches all. */
	cr_assert_eq(copy(40, 30, 15), KAAL_SLOT_EMPTY);
	cr_assert_eq(move(41, 30), KAAL_SLOT_EMPTY);
	cr_assert_eq(revoke(30), KAAL_SLOT_EMPTY);
	cr_assert_eq(copy(30, DEBUG, 15), KAAL_SLOT_OCCUPIED);
	cr_assert_eq(move(30, 11), KAAL_SLOT_OCCUPIED, "it is reserved for another capability");
	cr_assert_eq(revoke(DEBUG), KAAL_OK);
	for (uint32_t i = 10; i <= 30; i++)
		cr_assert(is_empty(i));
	check_tree();
}

/* What is copied between two steps of a move moves with the rest. */
Test(caps, a_move_takes_along_what_is_copied_meanwhile)
{
	begin_move();
	cr_assert_eq(copy(20, 10, 15), KAAL_OK);
	cr_assert_eq(move(30, 10), KAAL_OK);
	cr_assert(is_empty(10));
	for (uint32_t i = 11; i <= 20; i++)
		cr_assert_eq(slot(i)->parent, CNODE_BASE + 30);
	check_tree();
}

Test(caps, delete_moves_children_one_level_up)
{
	cr_assert_eq(copy(10, DEBUG, 15), KAAL_OK);
	for (uint32_t i = 11; i < 20; i++)
		cr_assert_eq(copy(i, 10, 15), KAAL_OK);
	host.calls_until_pending = 2;
	cr_assert_eq(delete(10), KAAL_OK);
	cr_assert(is_empty(10));
	for (uint32_t i = 11; i < 20; i++)
		cr_assert_eq(slot(i)->parent, CNODE_BASE + DEBUG);
	check_tree();
	cr_assert_eq(delete(10), KAAL_OK, "an empty slot is a success");
	cr_assert_eq(delete(DEBUG), KAAL_OK);
	for (uint32_t i = 11; i < 20; i++)
		cr_assert_eq(slot(i)->parent, 0);
	check_tree();
}

Test(caps, revoke_deletes_all_below_and_keeps_the_rest)
{
	cr_assert_eq(copy(10, DEBUG, 15), KAAL_OK);
	cr_assert_eq(copy(11, DEBUG, 15), KAAL_OK);
	for (uint32_t i = 12; i < 40; i++)
		cr_assert_eq(copy(i, i % 3 == 0 ? 10 : i - 1, 15), KAAL_OK);
	host.calls_until_pending = 5;
	cr_assert_eq(revoke(10), KAAL_OK);
	check_tree();
	cr_assert_not(is_empty(10));
	cr_assert_not(is_empty(11));
	cr_assert_eq(slot(10)->child, 0);
	cr_assert_eq(revoke(40), KAAL_SLOT_EMPTY);
	cr_assert_eq(revoke(DEBUG), KAAL_OK);
	cr_assert(is_empty(10));
	cr_assert(is_empty(11));
	cr_assert_not(is_empty(DEBUG));
}

Test(caps, retype_makes_zeroed_objects_that_do_not_overlap)
{
	uint64_t end = 0;

	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 10, 7), KAAL_OK);
	cr_assert_eq(frame->result[1], 7);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(7), 20, 4), KAAL_OK);
	for (uint32_t i = 10; i < 24; i = i == 16 ? 20 : i + 1) {
		uint64_t base = (uint64_t)slot(i)->cap.object << 5, bytes = UINT64_C(1) << cap_size_bits(slot(i)->cap);

		cr_assert_eq(base % bytes, 0);
		cr_assert_geq(base, end);
		cr_assert_geq(base, UNTYPED_BASE);
		for (uint64_t at = 32; at < bytes; at++)
			cr_assert_eq(host_arena[base + at], 0, "byte %lu of object %u", (unsigned long)at, i);
		cr_assert_eq(slot(i)->parent, CNODE_BASE + UNTYPED);
		end = base + bytes;
	}
	check_tree();
}

Test(caps, a_block_of_a_block_zeroes_only_what_is_made_of_it)
{
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(16), 10, 2), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 0);
	cr_assert_eq(retype(11, CNODE_TYPE(8), 12, 1), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 2);
	cr_assert_eq((uint64_t)slot(12)->cap.object << 5, UNTYPED_BASE + 0x10000);
}

/* Between two objects a gap stays that nobody zeroes: it is no one's. */
Test(caps, an_aligned_object_leaves_a_gap)
{
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(2), 10, 1), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 1);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(9), 11, 1), KAAL_OK);
	cr_assert_eq((uint64_t)slot(11)->cap.object << 5, UNTYPED_BASE + 0x4000);
	cr_assert_eq(host.zeroed_pages, 1 + 4);
	cr_assert_eq(host_arena[UNTYPED_BASE + 0x2000], 0xa5);
}

/* A block of memory that is known to be zero knows as much, and no more than its own size. */
Test(caps, what_is_known_to_be_zero_stays_known)
{
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(10), 10, 2), KAAL_OK);
	cr_assert_eq(revoke(UNTYPED), KAAL_OK);
	host.zeroed_pages = 0;
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(14), 10, 1), KAAL_OK);
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(17), 11, 1), KAAL_OK);
	cr_assert_eq(retype(10, CNODE_TYPE(9), 12, 1), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 0, "64 KiB were zeroed");
	cr_assert_eq(retype(11, CNODE_TYPE(9), 13, 1), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 4, "it lies behind them");
}

/*
 * An interrupt has stopped a revoke that has lifted what was made of a block from below it, and its caller does not come back: nobody
 * can make the block's memory new, or think that what came from it is gone.
 */
Test(caps, a_half_done_revoke_leaves_no_block_without_its_objects)
{
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(14), 10, 1), KAAL_OK);
	cr_assert_eq(retype(10, CNODE_TYPE(4), 11, 1), KAAL_OK);
	frame->argument[0] = OWN;
	frame->argument[1] = UNTYPED;
	host.calls_until_pending = 1;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_CAP_REVOKE);
	cr_assert_eq(frame->restarts, 1);
	cr_assert_not(is_empty(11));
	cr_assert_eq(revoke(10), KAAL_SLOT_EMPTY);
	cr_assert_eq(retype(10, KAAL_OBJECT_ENDPOINT, 12, 1), KAAL_WRONG_TYPE);
	cr_assert_eq(copy(12, 10, 15), KAAL_SLOT_EMPTY);
	check_tree();
	cr_assert_eq(delete(10), KAAL_OK, "its owner can give it up");
	cr_assert_eq(revoke(UNTYPED), KAAL_OK);
	cr_assert(is_empty(11));
	check_tree();
}

Test(caps, revoke_of_what_is_new_does_nothing)
{
	cr_assert_eq(revoke(UNTYPED), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 0);
	cr_assert_eq(slot(UNTYPED)->cap.data, 0);
}

Test(caps, what_retype_refuses)
{
	cr_assert_eq(retype(99, CNODE_TYPE(4), 10, 1), KAAL_INVALID_CAP);
	cr_assert_eq(retype(DEBUG, CNODE_TYPE(4), 10, 1), KAAL_WRONG_TYPE);
	cr_assert_eq(fixture_call(KAAL_SYS_UNTYPED_RETYPE, UNTYPED, CNODE_TYPE(4), DEBUG, 10, 1, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(copy(20, OWN, KAAL_RIGHT_READ), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_UNTYPED_RETYPE, UNTYPED, CNODE_TYPE(4), 20, 10, 1, 0), KAAL_NO_RIGHT);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(0), 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(21), 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(11), 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(37), 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, UINT64_MAX, 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, KAAL_OBJECT_DEBUG, 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, KAAL_OBJECT_NULL, 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 10, 0), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 10, (1u << 20) + 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 0, 1), KAAL_INVALID_CAP);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), SLOTS, 1), KAAL_INVALID_CAP);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), UINT64_MAX, 2), KAAL_INVALID_CAP);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), SLOTS - 1, 2), KAAL_INVALID_CAP);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 18, 4), KAAL_SLOT_OCCUPIED, "slot 20");
	cr_assert_eq(frame->result[1], 2, "the two before it are made");
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(20), 30, 1), KAAL_NO_MEMORY);
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(21), 30, 1), KAAL_NO_MEMORY, "larger than all of it");
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(18), 30, 8), KAAL_NO_MEMORY);
	cr_assert_eq(frame->result[1], 3);
}

Test(caps, device_memory_becomes_blocks_only_and_is_never_touched)
{
	slot(UNTYPED)->cap = untyped_cap(UNTYPED_BASE, UNTYPED_BITS, true);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, KAAL_OBJECT_THREAD, 10, 1), KAAL_OUT_OF_RANGE);
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(13), 10, 2), KAAL_OK);
	cr_assert(untyped_is_device(slot(11)->cap));
	cr_assert_eq(revoke(UNTYPED), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 0);
	cr_assert_eq(retype(UNTYPED, BLOCK_TYPE(13), 10, 1), KAAL_OK);
	cr_assert_eq((uint64_t)slot(10)->cap.object << 5, UNTYPED_BASE);
}

Test(caps, revoke_makes_memory_new)
{
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(10), 10, 4), KAAL_OK);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, 10, 5, OWN, DEBUG, 15, 0), KAAL_OK, "into the new CNode");
	cr_assert_neq(slot(DEBUG)->child, 0);
	host.calls_until_pending = 7;
	cr_assert_eq(revoke(UNTYPED), KAAL_OK);
	cr_assert_eq(slot(DEBUG)->child, 0, "what lay in the CNode is gone");
	for (uint32_t i = 10; i < 14; i++)
		cr_assert(is_empty(i));
	for (uint32_t at = 0; at < 4u << 15; at++)
		cr_assert_eq(host_arena[UNTYPED_BASE + at], 0);
	host.zeroed_pages = 0;
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(10), 10, 4), KAAL_OK);
	cr_assert_eq((uint64_t)slot(10)->cap.object << 5, UNTYPED_BASE, "all of it can be used again");
	cr_assert_eq(host.zeroed_pages, 0, "zeroed once between owners");
	check_tree();
}

Test(caps, the_last_capability_of_a_cnode_empties_it)
{
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(8), 10, 1), KAAL_OK);
	cr_assert_eq(copy(11, 10, 15), KAAL_OK);
	for (uint32_t i = 1; i < 256; i += 7)
		cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, 10, i, OWN, DEBUG, 15, 0), KAAL_OK);
	cr_assert_eq(delete(10), KAAL_OK);
	cr_assert_neq(slot(DEBUG)->child, 0, "a capability is left");
	host.calls_until_pending = 3;
	cr_assert_eq(delete(11), KAAL_OK);
	cr_assert_eq(slot(DEBUG)->child, 0);
	check_tree();
}

Test(caps, a_slot_stays_taken_until_what_it_ended_is_empty)
{
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(8), 10, 1), KAAL_OK);
	for (uint32_t i = 1; i < 256; i += 7)
		cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, 10, i, OWN, DEBUG, 15, 0), KAAL_OK);
	frame->argument[0] = OWN;
	frame->argument[1] = 10;
	host.calls_until_pending = 3;
	frame->restarts = 0;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_CAP_DELETE);
	cr_assert_eq(frame->restarts, 1);
	/* Another thread comes in between. */
	cr_assert_eq(copy(10, DEBUG, 15), KAAL_SLOT_OCCUPIED);
	cr_assert_eq(copy(11, 10, 15), KAAL_SLOT_EMPTY);
	cr_assert_eq(fixture_call(KAAL_SYS_CAP_IDENTIFY, 10, 0, 0, 0, 0, 0), KAAL_OK);
	cr_assert_eq(frame->result[1] | frame->result[2] | frame->result[3], 0, "nothing, for whoever asks");
	cr_assert_eq(delete(10), KAAL_OK);
	cr_assert(is_empty(10));
	cr_assert_eq(slot(DEBUG)->child, 0);
	check_tree();
}

Test(caps, cnodes_in_cnodes_end_without_recursion)
{
	/* A chain: each CNode holds the only capability of the next. */
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(2), 10, 20), KAAL_OK);
	for (uint32_t i = 29; i > 10; i--)
		cr_assert_eq(fixture_call(KAAL_SYS_CAP_MOVE, i - 1, 1, OWN, i, 0, 0), KAAL_OK);
	cr_assert_eq(delete(10), KAAL_OK);
	cr_assert_eq(slot(UNTYPED)->child, 0);
	check_tree();
}

/* The same calls with an interrupt at every possible point end in the same state. */
Test(caps, an_interrupt_anywhere_changes_nothing)
{
	struct slot expected[SLOTS];

	for (unsigned point = 0; point < 120; point++) {
		start();
		cr_assert_eq(retype(UNTYPED, CNODE_TYPE(9), 10, 1), KAAL_OK);
		for (uint32_t i = 1; i < 30; i++)
			cr_assert_eq(fixture_call(KAAL_SYS_CAP_COPY, 10, i, OWN, DEBUG, 15, 0), KAAL_OK);
		cr_assert_eq(copy(11, 10, 15), KAAL_OK);
		host.calls_until_pending = point;
		cr_assert_eq(move(12, DEBUG), KAAL_OK);
		cr_assert_eq(delete(10), KAAL_OK);
		cr_assert_eq(delete(11), KAAL_OK);
		cr_assert_eq(revoke(UNTYPED), KAAL_OK);
		if (point == 0)
			memcpy(expected, slot(0), sizeof expected);
		else
			cr_assert_eq(memcmp(expected, slot(0), sizeof expected), 0, "interrupted at point %u", point);
		check_tree();
	}
}

/* Retype tells how far it came. */
Test(caps, an_interrupted_retype_can_be_continued)
{
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(4), 10, 1), KAAL_OK);
	host.calls_until_pending = 3;
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(2), 11, 10), KAAL_INTERRUPTED);
	cr_assert_eq(frame->result[1], 3);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(2), 14, 7), KAAL_OK);
	for (uint32_t i = 10; i < 21; i++)
		cr_assert_eq(cap_type(slot(i)->cap), KAAL_OBJECT_CNODE);
	check_tree();
}

/* Before the first object there is nothing to tell: the call is made again. */
Test(caps, a_retype_interrupted_before_its_first_object_starts_again)
{
	const uint64_t argument[6] = {UNTYPED, CNODE_TYPE(9), OWN, 10, 1};

	memcpy(frame->argument, argument, sizeof argument);
	host.calls_until_pending = 2;
	frame->restarts = 0;
	fixture_dispatch(FIXTURE_CALLER, KAAL_SYS_UNTYPED_RETYPE);
	cr_assert_eq(frame->restarts, 1);
	cr_assert(is_empty(10));
	cr_assert_eq(host.zeroed_pages, 2);
	cr_assert_eq(retype(UNTYPED, CNODE_TYPE(9), 10, 1), KAAL_OK);
	cr_assert_eq(host.zeroed_pages, 4, "what was zeroed is not zeroed again");
	check_tree();
}

/* Random calls: the tree stays a tree, rights only shrink along it, memory has one owner. */
Test(caps, random_calls_keep_every_invariant)
{
	uint64_t seed = 20261122;

	for (unsigned round = 0; round < 20000; round++) {
		uint64_t a, b;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		a = seed >> 33 & 63;
		b = seed >> 39 & 63;
		if (a == OWN || b == 0)
			continue;
		host.calls_until_pending = (unsigned)(seed >> 56 & 7);
		switch (seed >> 45 & 7) {
		case 0: case 1: copy(a, b, seed >> 50 & 15); break;
		case 2: fixture_call(KAAL_SYS_CAP_MINT, OWN, a, OWN, b, seed >> 50 & 15, seed >> 20 & 0xfff); break;
		case 3: move(a, b == OWN ? UNTYPED : b); break;
		case 4: delete(a); break;
		case 5: revoke(a); break;
		case 6: retype(b, BLOCK_TYPE(12 + (seed >> 50 & 7)), a, 1 + (seed >> 20 & 3)); break;
		default: retype(b, CNODE_TYPE(1 + (seed >> 50 & 7)), a, 1 + (seed >> 20 & 3)); break;
		}
		check_tree();
		for (uint32_t i = 1; i < SLOTS; i++) {
			const struct slot *s = slot(i);

			if (s->parent == 0 || cap_type(slot_view[s->parent].cap) == KAAL_OBJECT_UNTYPED)
				continue;
			cr_assert_eq(cap_rights(s->cap) & ~cap_rights(slot_view[s->parent].cap), 0, "round %u: slot %u has more rights", round, i);
			cr_assert_eq(s->cap.object, slot_view[s->parent].cap.object);
		}
	}
}
