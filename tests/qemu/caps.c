/*
 * System calls on capabilities and untyped memory from EL0: each success and
 * each error that one thread can provoke.
 *
 * Left to cspaces.c: a CSpace of several levels, for the root task's own takes
 * all 64 bits at its first, and what it takes a second thread for. registers.c
 * looks at what registers hold afterwards.
 */
#include <inttypes.h>
#include <string.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

#define READ KAAL_RIGHT_READ
#define WRITE KAAL_RIGHT_WRITE
#define SLOT_BITS 5u
#define SLOTS (UINT64_C(1) << kaal_bootinfo()->cnode_size_bits)
#define BLOCK_BITS 21u
#define SMALL_RADIX 4u
#define SMALL_SLOTS (UINT64_C(1) << SMALL_RADIX)
#define LARGE_RADIX 14u
#define CHILDREN 10000u
#define CHAIN 400u

/* Slots of the root task's CNode, from the first free one on. */
enum slot {
	BLOCK,       /* untyped, 2 MiB, for the tests */
	CNODE,       /* of 16 slots, empty */
	NO_WRITE,    /* the root CNode's capability without WRITE */
	NO_READ,     /* the same without READ */
	DEBUG,       /* a copy of the Debug capability */
	EMPTY,       /* never anything there between tests */
	A, B, C, D,  /* of each test's own */
	FIRST_OF_CHAIN,
};

static kaal_cap_t device; /* an untyped of device memory; 0: none */

static kaal_cap_t at(enum slot slot)
{
	return kaal_bootinfo()->first_free_slot + slot;
}

static bool is_empty(enum slot slot)
{
	return type_of(at(slot)) == KAAL_OBJECT_NULL;
}

static kaal_status_t copy(enum slot to, enum slot from)
{
	return kaal_sys_cap_copy(OWN, at(to), OWN, at(from), ALL);
}

static kaal_status_t move(enum slot to, enum slot from)
{
	return kaal_sys_cap_move(OWN, at(to), OWN, at(from));
}

static kaal_status_t delete(enum slot slot)
{
	return kaal_sys_cap_delete(OWN, at(slot));
}

static kaal_status_t revoke(enum slot slot)
{
	return kaal_sys_cap_revoke(OWN, at(slot));
}

/* One object into the root CNode. */
static kaal_status_t make(enum slot untyped, uint64_t type, enum slot to)
{
	uint64_t made;

	return kaal_sys_untyped_retype(at(untyped), type, OWN, at(to), 1, &made);
}

/* The slots of enum slot as it says, whatever a test has left. */
static void start(void)
{
	uint64_t made;
	bool well;

	kaal_ignore(kaal_sys_cap_revoke(OWN, kaal_largest_untyped().slot));
	for (enum slot slot = NO_WRITE; slot < FIRST_OF_CHAIN; slot++)
		(void)delete(slot);
	well = kaal_sys_untyped_retype(kaal_largest_untyped().slot, UNTYPED_OF(BLOCK_BITS), OWN, at(BLOCK), 1, &made) == KAAL_OK;
	well = make(BLOCK, CNODE_OF(SMALL_RADIX), CNODE) == KAAL_OK && well;
	well = kaal_sys_cap_copy(OWN, at(NO_WRITE), OWN, OWN, READ) == KAAL_OK && well;
	well = kaal_sys_cap_copy(OWN, at(NO_READ), OWN, OWN, WRITE) == KAAL_OK && well;
	well = kaal_sys_cap_copy(OWN, at(DEBUG), OWN, KAAL_SLOT_DEBUG, ALL) == KAAL_OK && well;
	if (!well)
		check(false, "the slots could not be filled");
}

/* --- refusals --------------------------------------------------------------------------- */

/* copy, mint and move take a destination and a source; the other arguments are good ones here. */
typedef kaal_status_t two_slots(kaal_cap_t to, uint64_t to_slot, kaal_cap_t from, uint64_t from_slot);

static kaal_status_t copy_two(kaal_cap_t to, uint64_t to_slot, kaal_cap_t from, uint64_t from_slot)
{
	return kaal_sys_cap_copy(to, to_slot, from, from_slot, ALL);
}

static kaal_status_t mint_two(kaal_cap_t to, uint64_t to_slot, kaal_cap_t from, uint64_t from_slot)
{
	return kaal_sys_cap_mint(to, to_slot, from, from_slot, ALL, 0);
}

/* All of them leave EMPTY empty and CNODE where it is. */
static void test_refused_pairs(const char *name, two_slots *call, kaal_cap_t unfit_source)
{
	const struct {
		kaal_cap_t to;
		uint64_t to_slot;
		kaal_cap_t from;
		uint64_t from_slot;
		kaal_status_t status;
	} refused[] = {
		{SLOTS, at(EMPTY), OWN, at(CNODE), KAAL_INVALID_CAP},
		{UINT64_MAX, at(EMPTY), OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, at(EMPTY), SLOTS, at(CNODE), KAAL_INVALID_CAP},
		{OWN, at(EMPTY), UINT64_C(1) << 63 | OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, 0, OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, SLOTS, OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, UINT64_C(1) << 32 | at(EMPTY), OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, UINT64_MAX, OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, at(EMPTY), OWN, 0, KAAL_INVALID_CAP},
		{OWN, at(EMPTY), OWN, SLOTS, KAAL_INVALID_CAP},
		{OWN, at(EMPTY), OWN, UINT64_MAX, KAAL_INVALID_CAP},
		{at(CNODE), SMALL_SLOTS, OWN, at(CNODE), KAAL_INVALID_CAP},
		{OWN, at(EMPTY), at(CNODE), SMALL_SLOTS, KAAL_INVALID_CAP},
		{KAAL_SLOT_NULL, at(EMPTY), OWN, at(CNODE), KAAL_WRONG_TYPE},
		{at(EMPTY), 1, OWN, at(CNODE), KAAL_WRONG_TYPE},
		{at(DEBUG), at(EMPTY), OWN, at(CNODE), KAAL_WRONG_TYPE},
		{KAAL_SLOT_THREAD, at(EMPTY), OWN, at(CNODE), KAAL_WRONG_TYPE},
		{OWN, at(EMPTY), at(DEBUG), at(CNODE), KAAL_WRONG_TYPE},
		{OWN, at(EMPTY), at(BLOCK), at(CNODE), KAAL_WRONG_TYPE},
		{at(NO_WRITE), at(EMPTY), OWN, at(CNODE), KAAL_NO_RIGHT},
		{OWN, at(EMPTY), unfit_source, at(CNODE), KAAL_NO_RIGHT},
		{OWN, at(DEBUG), OWN, at(CNODE), KAAL_SLOT_OCCUPIED},
		{OWN, at(CNODE), OWN, at(CNODE), KAAL_SLOT_OCCUPIED},
		{OWN, at(EMPTY), OWN, at(EMPTY), KAAL_SLOT_EMPTY},
		{OWN, at(EMPTY), at(CNODE), 1, KAAL_SLOT_EMPTY},
	};

	for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		kaal_status_t status = call(refused[i].to, refused[i].to_slot, refused[i].from, refused[i].from_slot);

		check(status == refused[i].status, "%s: refusal %u is status %" PRIu64 ", found %" PRIu64, name, i,
		      refused[i].status, status);
	}
	check(is_empty(EMPTY), "%s: nothing was put into the empty slot", name);
	check(type_of(at(CNODE)) == KAAL_OBJECT_CNODE && type_of(at(DEBUG)) == KAAL_OBJECT_DEBUG, "%s: nothing was taken away",
	      name);
}

/* delete and revoke take one slot. */
typedef kaal_status_t one_slot(kaal_cap_t cnode, uint64_t slot);

static void test_refused_slots(const char *name, one_slot *call)
{
	const struct {
		kaal_cap_t cnode;
		uint64_t slot;
		kaal_status_t status;
	} refused[] = {
		{SLOTS, at(DEBUG), KAAL_INVALID_CAP},
		{UINT64_MAX, at(DEBUG), KAAL_INVALID_CAP},
		{OWN, 0, KAAL_INVALID_CAP},
		{OWN, SLOTS, KAAL_INVALID_CAP},
		{OWN, UINT64_MAX, KAAL_INVALID_CAP},
		{at(CNODE), SMALL_SLOTS, KAAL_INVALID_CAP},
		{KAAL_SLOT_NULL, at(DEBUG), KAAL_WRONG_TYPE},
		{at(EMPTY), at(DEBUG), KAAL_WRONG_TYPE},
		{at(DEBUG), at(DEBUG), KAAL_WRONG_TYPE},
		{at(NO_WRITE), at(DEBUG), KAAL_NO_RIGHT},
	};

	for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		kaal_status_t status = call(refused[i].cnode, refused[i].slot);

		check(status == refused[i].status, "%s: refusal %u is status %" PRIu64 ", found %" PRIu64, name, i,
		      refused[i].status, status);
	}
	check(type_of(at(DEBUG)) == KAAL_OBJECT_DEBUG, "%s: nothing was taken away", name);
}

static void test_refused_retypes(void)
{
	const struct {
		kaal_cap_t untyped;
		uint64_t type;
		kaal_cap_t to;
		uint64_t to_slot, count;
		kaal_status_t status;
	} refused[] = {
		{SLOTS, CNODE_OF(4u), OWN, at(EMPTY), 1, KAAL_INVALID_CAP},
		{at(BLOCK), CNODE_OF(4u), SLOTS, at(EMPTY), 1, KAAL_INVALID_CAP},
		{at(BLOCK), CNODE_OF(4u), OWN, 0, 1, KAAL_INVALID_CAP},
		{at(BLOCK), CNODE_OF(4u), OWN, SLOTS, 1, KAAL_INVALID_CAP},
		{at(BLOCK), CNODE_OF(4u), OWN, UINT64_MAX, 2, KAAL_INVALID_CAP},
		{at(BLOCK), CNODE_OF(4u), OWN, SLOTS - 1, 2, KAAL_INVALID_CAP},
		{at(BLOCK), CNODE_OF(4u), at(CNODE), 1, SMALL_SLOTS, KAAL_INVALID_CAP},
		{KAAL_SLOT_NULL, CNODE_OF(4u), OWN, at(EMPTY), 1, KAAL_WRONG_TYPE},
		{at(EMPTY), CNODE_OF(4u), OWN, at(EMPTY), 1, KAAL_WRONG_TYPE},
		{at(CNODE), CNODE_OF(4u), OWN, at(EMPTY), 1, KAAL_WRONG_TYPE},
		{at(BLOCK), CNODE_OF(4u), at(DEBUG), at(EMPTY), 1, KAAL_WRONG_TYPE},
		{at(BLOCK), CNODE_OF(4u), at(EMPTY), at(EMPTY), 1, KAAL_WRONG_TYPE},
		{at(BLOCK), CNODE_OF(4u), at(NO_WRITE), at(EMPTY), 1, KAAL_NO_RIGHT},
		{at(BLOCK), KAAL_OBJECT_NULL, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), KAAL_OBJECT_REPLY + 256u, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), KAAL_OBJECT_DEBUG, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), KAAL_OBJECT_SYSTEM_CONTROL, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), KAAL_OBJECT_IRQ_CONTROL, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), 0x80u, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), 0x80u + CNODE_OF(4u), OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), UINT64_MAX, OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), UINT64_C(1) << 40 | CNODE_OF(4u), OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), CNODE_OF(0u), OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), CNODE_OF(21u), OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), UNTYPED_OF(11u), OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), UNTYPED_OF(37u), OWN, at(EMPTY), 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), CNODE_OF(4u), OWN, at(EMPTY), 0, KAAL_OUT_OF_RANGE},
		{at(BLOCK), CNODE_OF(4u), OWN, at(EMPTY), (UINT64_C(1) << 20) + 1, KAAL_OUT_OF_RANGE},
		{at(BLOCK), CNODE_OF(4u), OWN, at(EMPTY), UINT64_MAX, KAAL_OUT_OF_RANGE},
		{at(BLOCK), CNODE_OF(4u), OWN, at(DEBUG), 1, KAAL_SLOT_OCCUPIED},
		{at(BLOCK), CNODE_OF(20u), OWN, at(EMPTY), 1, KAAL_NO_MEMORY},
		{at(BLOCK), UNTYPED_OF(BLOCK_BITS), OWN, at(EMPTY), 1, KAAL_NO_MEMORY},
		{at(BLOCK), UNTYPED_OF(36u), OWN, at(EMPTY), 1, KAAL_NO_MEMORY},
	};

	start();
	for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		uint64_t made = 1;
		kaal_status_t status = kaal_sys_untyped_retype(refused[i].untyped, refused[i].type, refused[i].to, refused[i].to_slot,
							   refused[i].count, &made);

		check(status == refused[i].status && made == 0,
		      "retype: refusal %u is status %" PRIu64 ", found %" PRIu64 ", and makes nothing", i, refused[i].status,
		      status);
	}
	check(is_empty(EMPTY), "retype: nothing was put into the empty slot");
	if (device != 0) {
		uint64_t made = 1;

		check_equal(kaal_sys_untyped_retype(device, CNODE_OF(4u), OWN, at(EMPTY), 1, &made), KAAL_OUT_OF_RANGE);
		check_equal(made, 0);
	}
}

static void test_refusals(void)
{
	start();
	test_refused_pairs("copy", copy_two, at(NO_READ));
	check_equal(kaal_sys_cap_copy(OWN, at(EMPTY), OWN, at(BLOCK), ALL), KAAL_NOT_COPYABLE);
	test_refused_pairs("mint", mint_two, at(NO_READ));
	check_equal(kaal_sys_cap_mint(OWN, at(EMPTY), OWN, at(BLOCK), ALL, 0), KAAL_NOT_COPYABLE);
	check_equal(kaal_sys_cap_mint(OWN, at(EMPTY), OWN, at(DEBUG), ALL, 1), KAAL_WRONG_TYPE);
	/* Guards: value 1 does not fit into 0 bits, 4 not into 2, 61 bits not beside a radix of 4. */
	check_equal(kaal_sys_cap_mint(OWN, at(EMPTY), OWN, at(CNODE), ALL, 1 * 64 + 0), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_cap_mint(OWN, at(EMPTY), OWN, at(CNODE), ALL, 4 * 64 + 2), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_cap_mint(OWN, at(EMPTY), OWN, at(CNODE), ALL, 61), KAAL_OUT_OF_RANGE);
	check_equal(kaal_sys_cap_mint(OWN, at(EMPTY), OWN, at(CNODE), ALL, UINT64_MAX), KAAL_OUT_OF_RANGE);
	check(is_empty(EMPTY), "mint: nothing was put into the empty slot");
	test_refused_pairs("move", kaal_sys_cap_move, at(NO_WRITE));
	test_refused_slots("delete", kaal_sys_cap_delete);
	test_refused_slots("revoke", kaal_sys_cap_revoke);
	check_equal(revoke(EMPTY), KAAL_SLOT_EMPTY);
	check_equal(kaal_sys_cap_revoke(at(CNODE), 1), KAAL_SLOT_EMPTY);
}

/* --- successes ---------------------------------------------------------------------------- */

/* Every mask against every set of rights: what both have, and nothing else. */
static void test_rights_only_shrink(void)
{
	unsigned wrong = 0;

	start();
	(void)delete(DEBUG);
	for (uint64_t first = 0; first <= ALL; first++) {
		for (uint64_t second = 0; second <= ALL; second++) {
			uint64_t original = rights_of(KAAL_SLOT_VSPACE);

			wrong += kaal_sys_cap_copy(OWN, at(A), OWN, KAAL_SLOT_VSPACE, first) != KAAL_OK;
			wrong += kaal_sys_cap_copy(OWN, at(B), OWN, at(A), second) != KAAL_OK;
			wrong += rights_of(at(A)) != (original & first) || rights_of(at(B)) != (original & first & second);
			wrong += revoke(A) != KAAL_OK || delete(A) != KAAL_OK;
		}
	}
	check_equal(wrong, 0);
	check_equal(kaal_sys_cap_copy(OWN, at(A), OWN, at(NO_WRITE), UINT64_MAX), KAAL_OK);
	check_equal(rights_of(at(A)), READ);
	check_equal(kaal_sys_cap_mint(OWN, at(B), OWN, at(NO_READ), UINT64_MAX, 0), KAAL_OK);
	check_equal(rights_of(at(B)), WRITE);
}

static void test_mint_gives_a_guard(void)
{
	start();
	check_equal(kaal_sys_cap_mint(OWN, at(A), OWN, at(CNODE), ALL, 5 * 64 + 3), KAAL_OK);
	check(type_of(at(A)) == KAAL_OBJECT_CNODE && rights_of(at(A)) == rights_of(at(CNODE)) &&
		      bits_of(at(A)) == SMALL_RADIX + SLOT_BITS,
	      "the minted capability is of the same CNode");
	check_equal(kaal_sys_cap_mint(OWN, at(B), OWN, at(A), ALL, 60), KAAL_OK);
	/* A slot is named without regard to the guard. */
	check_equal(kaal_sys_cap_copy(at(A), 3, OWN, at(DEBUG), ALL), KAAL_OK);
	check_equal(kaal_sys_cap_copy(at(CNODE), 3, OWN, at(DEBUG), ALL), KAAL_SLOT_OCCUPIED);
	check_equal(kaal_sys_cap_delete(at(B), 3), KAAL_OK);
	check_equal(kaal_sys_cap_copy(at(CNODE), 3, OWN, at(DEBUG), ALL), KAAL_OK);
}

static void test_move_keeps_the_place_in_the_tree(void)
{
	start();
	check(copy(A, DEBUG) == KAAL_OK && copy(B, A) == KAAL_OK, "A comes from DEBUG, B from A");
	check_equal(move(C, A), KAAL_OK);
	check(is_empty(A) && type_of(at(C)) == KAAL_OBJECT_DEBUG && rights_of(at(C)) == rights_of(at(DEBUG)),
	      "the capability is where it was moved to, and only there");
	check_equal(move(C, C), KAAL_SLOT_OCCUPIED);
	check_equal(revoke(C), KAAL_OK);
	check(is_empty(B), "what came from it goes with its revoke");
	check_equal(kaal_sys_cap_move(at(CNODE), 7, OWN, at(C)), KAAL_OK);
	check_equal(kaal_sys_cap_move(OWN, at(D), at(CNODE), 7), KAAL_OK);
	check_equal(type_of(at(D)), KAAL_OBJECT_DEBUG);
	check_equal(revoke(DEBUG), KAAL_OK);
	check(is_empty(D), "what it came from can still take it back");
	/* Untyped memory cannot be copied, but moved, with its objects. */
	check_equal(move(A, BLOCK), KAAL_OK);
	check_equal(bits_of(at(A)), BLOCK_BITS);
	check_equal(revoke(A), KAAL_OK);
	check(is_empty(CNODE), "an untyped that was moved keeps its objects");
}

static void test_delete_moves_children_up(void)
{
	start();
	check(copy(A, DEBUG) == KAAL_OK && copy(B, A) == KAAL_OK && copy(C, A) == KAAL_OK && copy(D, B) == KAAL_OK,
	      "A comes from DEBUG, B and C from A, D from B");
	check_equal(delete(A), KAAL_OK);
	check(is_empty(A) && !is_empty(B) && !is_empty(C) && !is_empty(D), "delete takes one capability");
	check_equal(delete(A), KAAL_OK);
	check_equal(revoke(B), KAAL_OK);
	check(is_empty(D) && !is_empty(C) && !is_empty(B), "B still is above D, and not above C");
	check_equal(revoke(DEBUG), KAAL_OK);
	check(is_empty(B) && is_empty(C) && !is_empty(DEBUG), "DEBUG now is above B and C");
	check_equal(revoke(DEBUG), KAAL_OK);
}

static void test_a_cnode_ends_with_its_last_capability(void)
{
	start();
	check(kaal_sys_cap_copy(at(CNODE), 1, OWN, at(DEBUG), ALL) == KAAL_OK &&
		      kaal_sys_cap_copy(OWN, at(A), at(CNODE), 1, ALL) == KAAL_OK && copy(B, CNODE) == KAAL_OK,
	      "the CNode holds a capability that another comes from, and there are two of the CNode");
	check_equal(delete(CNODE), KAAL_OK);
	check_equal(kaal_sys_cap_copy(at(B), 1, OWN, at(DEBUG), ALL), KAAL_SLOT_OCCUPIED);
	check_equal(delete(B), KAAL_OK);
	check_equal(type_of(at(A)), KAAL_OBJECT_DEBUG);
	check_equal(revoke(DEBUG), KAAL_OK);
	check(is_empty(A), "what came from the CNode's capability went one level up");
	/* A CNode that holds the only capability of itself: nobody can name it, its memory still comes back. */
	check_equal(make(BLOCK, CNODE_OF(SMALL_RADIX), C), KAAL_OK);
	check_equal(kaal_sys_cap_move(at(C), 1, OWN, at(C)), KAAL_OK);
	check_equal(revoke(BLOCK), KAAL_OK);
	check_equal(make(BLOCK, CNODE_OF(15u), C), KAAL_OK);
}

/* How many 8 KiB blocks a 2 MiB one gives. */
static uint64_t fill_block(void)
{
	uint64_t made, sum = 0;

	while (kaal_sys_untyped_retype(at(BLOCK), UNTYPED_OF(13u), OWN, at(FIRST_OF_CHAIN) + sum, 128, &made) == KAAL_OK)
		sum += made;
	return sum + made;
}

static void test_retype(void)
{
	uint64_t made;

	start();
	check_equal(kaal_sys_untyped_retype(at(BLOCK), CNODE_OF(1u), at(CNODE), 1, SMALL_SLOTS - 1, &made), KAAL_OK);
	check_equal(made, SMALL_SLOTS - 1);
	check_equal(kaal_sys_untyped_retype(at(BLOCK), CNODE_OF(10u), OWN, at(A), 1, &made), KAAL_OK);
	check(type_of(at(A)) == KAAL_OBJECT_CNODE && rights_of(at(A)) == (READ | WRITE | KAAL_RIGHT_GRANT) &&
		      bits_of(at(A)) == 10 + SLOT_BITS,
	      "a CNode comes out as it was asked for");
	check_equal(make(BLOCK, UNTYPED_OF(20u), B), KAAL_OK);
	check(type_of(at(B)) == KAAL_OBJECT_UNTYPED && bits_of(at(B)) == 20, "an untyped comes out as it was asked for");
	check_equal(make(BLOCK, UNTYPED_OF(20u), C), KAAL_NO_MEMORY);
	/* A slot in the middle is taken: what lies before it is made, and told. */
	check_equal(copy(D, DEBUG), KAAL_OK);
	check_equal(kaal_sys_untyped_retype(at(B), UNTYPED_OF(12u), OWN, at(C), 3, &made), KAAL_SLOT_OCCUPIED);
	check_equal(made, 1);
	check_equal(type_of(at(C)), KAAL_OBJECT_UNTYPED);
	check_equal(revoke(BLOCK), KAAL_OK);
	check(is_empty(A) && is_empty(B) && is_empty(C) && is_empty(CNODE) && !is_empty(D), "revoke takes objects of all levels");
	check_equal(fill_block(), UINT64_C(1) << (BLOCK_BITS - 13));
	check_equal(revoke(BLOCK), KAAL_OK);
	check_equal(fill_block(), UINT64_C(1) << (BLOCK_BITS - 13));
	check_equal(revoke(BLOCK), KAAL_OK);
	if (device != 0) {
		check_equal(kaal_sys_untyped_retype(device, UNTYPED_OF(12u), OWN, at(A), 1, &made), KAAL_OK);
		check_equal(kaal_sys_untyped_retype(at(A), CNODE_OF(4u), OWN, at(B), 1, &made), KAAL_OUT_OF_RANGE);
		check_equal(kaal_sys_cap_revoke(OWN, device), KAAL_OK);
		check(is_empty(A), "device memory is revoked as other memory");
	}
}

/* --- many ----------------------------------------------------------------------------------- */

static void test_many_children(void)
{
	start();
	check_equal(make(BLOCK, CNODE_OF(LARGE_RADIX), A), KAAL_OK);
	check_equal(fill_cnode(at(A), CHILDREN, at(DEBUG)), 0);
	check_equal(fill_cnode(at(A), CHILDREN, at(DEBUG)), CHILDREN);
	check_equal(revoke(DEBUG), KAAL_OK);
	check_equal(fill_cnode(at(A), CHILDREN, at(DEBUG)), 0);
	check_equal(delete(A), KAAL_OK);
	check_equal(make(BLOCK, CNODE_OF(LARGE_RADIX), A), KAAL_OK);
	check_equal(fill_cnode(at(A), CHILDREN, at(DEBUG)), 0);
	check_equal(revoke(BLOCK), KAAL_OK);
	check(is_empty(A) && !is_empty(DEBUG), "the CNode goes with its memory, what its capabilities came from stays");
}

static void test_long_chain(void)
{
	unsigned left = 0, failed = 0;

	start();
	failed += copy(FIRST_OF_CHAIN, DEBUG) != KAAL_OK;
	for (unsigned i = 1; i < CHAIN; i++)
		failed += kaal_sys_cap_copy(OWN, at(FIRST_OF_CHAIN) + i, OWN, at(FIRST_OF_CHAIN) + i - 1, ALL) != KAAL_OK;
	check_equal(failed, 0);
	/* The middle loses its link; the ends still belong together. */
	check_equal(kaal_sys_cap_delete(OWN, at(FIRST_OF_CHAIN) + CHAIN / 2), KAAL_OK);
	check_equal(kaal_sys_cap_revoke(OWN, at(FIRST_OF_CHAIN)), KAAL_OK);
	for (unsigned i = 1; i < CHAIN; i++)
		left += type_of(at(FIRST_OF_CHAIN) + i) != KAAL_OBJECT_NULL;
	check_equal(left, 0);
	check_equal(kaal_sys_cap_delete(OWN, at(FIRST_OF_CHAIN)), KAAL_OK);
}

int main(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();

	for (uint32_t i = 0; i < info->untyped_count; i++) {
		if (info->untyped[i].device != 0)
			device = KAAL_SLOT_FIRST_UNTYPED + i;
	}
	test_refusals();
	test_refused_retypes();
	test_rights_only_shrink();
	test_mint_gives_a_guard();
	test_move_keeps_the_place_in_the_tree();
	test_delete_moves_children_up();
	test_a_cnode_ends_with_its_last_capability();
	test_retype();
	test_many_children();
	test_long_chain();
	return tap_finish();
}
