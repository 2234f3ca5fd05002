/*
 * Each call that an operation makes fails in turn, with a status that the kernel would not give there, or after half of its
 * work; or it is interrupted there. A failure leaves all as it was; an interruption is not noticed.
 */
#include "mm_fixture.h"

static struct kaal_space *const space = &mm.space[0];
static struct kaal_space *const other = &mm.space[1];

/* A place for what an operation makes. */
static struct kaal_domain domain;
static struct kaal_frames frames, taken;
static kaal_block_t block;
static kaal_cap_t cap;
static uint64_t address;

#define AT (WINDOW + 4 * LARGE)
#define FAR (WINDOW + 0x40000000 + LARGE - 4 * PAGE) /* in another gigabyte, where three tables are missing */

/* Mapped in one region: 8 frames, 8 pages of memory with a piece of other rights, 8 frames; the first 8 also in the other space. */
static void furnish(void)
{
	ok(kaal_frames_take(&mm.physical, &mm.account, 12, 24, 0, &frames));
	ok(kaal_space_reserve_at(space, AT, 600 * PAGE, 0, PAGE));
	ok(kaal_space_map(space, AT, frames.first, 8, 12, RW));
	ok(kaal_space_add(space, AT + 8 * PAGE, 8 * PAGE, RW, 0));
	ok(kaal_space_map(space, AT + 16 * PAGE, frames.first + 8, 8, 12, RW));
	ok(kaal_space_protect(space, AT + 10 * PAGE, 2 * PAGE, R));
	ok(kaal_space_reserve_at(space, FAR, 8 * PAGE, 0, 0));
	ok(kaal_space_reserve_at(other, AT, 600 * PAGE, 0, 0));
	ok(kaal_space_share(space, AT, 8 * PAGE, other, AT, R));
}

static void furnish_domain(void)
{
	furnish();
	ok(kaal_domain_start(&domain, &mm.physical, &mm.account, 13, 200));
	ok(kaal_domain_make(&domain, KAAL_OBJECT_THREAD, 3, &cap));
}

/* The halves are a smaller block's than one that is free as a whole. */
static void furnish_halves(void)
{
	kaal_block_t small;

	ok(kaal_physical_take(&mm.physical, &mm.account, 12, &small));
	ok(kaal_physical_give(&mm.physical, &small));
}

static void furnish_frames(void)
{
	furnish();
	ok(kaal_frames_take(&mm.physical, &mm.account, 12, 13, KAAL_FRAMES_CONTIGUOUS, &taken));
}

static void furnish_domain_space(void)
{
	furnish_domain();
	other->setup.domain = &domain;
}

static kaal_status_t take_block(void) { return kaal_physical_take(&mm.physical, &mm.account, 12, &block); }
static kaal_status_t take_whole(void) { return kaal_physical_take(&mm.physical, &mm.account, 18, &block); }
static kaal_status_t take_pages(void) { return kaal_physical_take_pages(&mm.physical, &mm.account, 7, &block); }
static kaal_status_t take_at(void) { return kaal_physical_take_at(&mm.physical, &mm.account, DEVICE + 3 * PAGE, 5, &block); }
static kaal_status_t take_frames(void) { return kaal_frames_take(&mm.physical, &mm.account, 12, 21, 0, &taken); }
static kaal_status_t take_frames_at(void) { return kaal_frames_take_at(&mm.physical, &mm.account, DEVICE + 3 * PAGE, 5, &taken); }
static kaal_status_t start_domain(void) { return kaal_domain_start(&domain, &mm.physical, &mm.account, 13, 20); }
static kaal_status_t grow_domain(void) { return kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 150, &cap); }
static kaal_status_t make_objects(void) { return kaal_domain_make(&domain, KAAL_OBJECT_ENDPOINT, 20, &cap); }
static kaal_status_t map(void) { return kaal_space_map(space, AT + 508 * PAGE, frames.first + 16, 8, 12, RW); }
static kaal_status_t map_far(void) { return kaal_space_map(space, FAR, frames.first + 16, 8, 12, RW); }
static kaal_status_t map_in_domain(void) { return kaal_space_map(other, AT + 508 * PAGE, frames.first + 16, 8, 12, RW); }
static kaal_status_t add_memory(void) { return kaal_space_add(space, AT + 500 * PAGE, 21 * PAGE, RW, 0); }
static kaal_status_t grow(void) { return kaal_space_grow_memory(space, AT, 7 * PAGE, RW, 0); }
static kaal_status_t allocate(void)
{
	return kaal_space_allocate(space, LARGE + 3 * PAGE, LARGE, PAGE, PAGE, RW, KAAL_SPACE_LARGE, &address);
}

static kaal_status_t share(void) { return kaal_space_share(space, AT + 4 * PAGE, 16 * PAGE, other, AT + 503 * PAGE, RW); }
static kaal_status_t protect(void) { return kaal_space_protect(space, AT + 4 * PAGE, 16 * PAGE, RX); }
static kaal_status_t unmap_frames(void) { return kaal_space_unmap(space, AT + 18 * PAGE, 5 * PAGE); }
static kaal_status_t unmap_all(void) { return kaal_space_unmap(space, AT, 24 * PAGE); }
static kaal_status_t unmap_copies(void) { return kaal_space_unmap(other, AT + 2 * PAGE, 4 * PAGE); }
static kaal_status_t release(void) { return kaal_space_release(space, AT); }
static kaal_status_t end_space(void) { return kaal_space_end(space); }
static kaal_status_t end_domain(void) { return kaal_domain_end(&domain); }
static kaal_status_t give_frames(void) { return kaal_frames_give(&mm.physical, &taken); }

/* What gives back cannot be undone, nor what comes out of a domain: it leaves a sound state from which it can go on. */
static const struct operation {
	const char *name;
	void (*furnish)(void);
	kaal_status_t (*act)(void);
	bool restores;
	unsigned calls; /* that it makes at least */
} operations[] = {
	{"take a block", furnish, take_block, true, 0},
	{"take a block that was halved", furnish_halves, take_whole, true, 0},
	{"take pages", furnish, take_pages, true, 0},
	{"take at an address", furnish, take_at, true, 4},
	{"take frames", furnish, take_frames, true, 3},
	{"take frames at an address", furnish, take_frames_at, true, 6},
	{"start a domain", furnish, start_domain, true, 0},
	{"make objects, with more memory", furnish_domain, grow_domain, true, 1},
	{"make objects", furnish_domain, make_objects, true, 1},
	{"map, with a table", furnish, map, true, 2},
	{"map, with three tables", furnish, map_far, true, 7},
	{"map, with a domain's table", furnish_domain_space, map_in_domain, false, 2},
	{"add memory", furnish, add_memory, true, 5},
	{"grow", furnish, grow, true, 2},
	{"allocate large", furnish, allocate, true, 5},
	{"share", furnish, share, true, 20},
	{"protect", furnish, protect, true, 5},
	{"unmap frames", furnish, unmap_frames, true, 1},
	{"unmap all", furnish, unmap_all, false, 4},
	{"unmap copies", furnish, unmap_copies, false, 4},
	{"release", furnish, release, false, 4},
	{"end a space", furnish, end_space, false, 4},
	{"end a domain", furnish_domain, end_domain, false, 1},
	{"give frames", furnish_frames, give_frames, false, 2},
};
#define OPERATIONS (sizeof operations / sizeof operations[0])

/* Everything afresh, and the halves that an earlier use has left, if `warm`. */
static void prepare(const struct operation *operation, bool warm)
{
	mm_start();
	operation->furnish();
	if (warm) {
		kaal_block_t pages;

		ok(kaal_physical_take_pages(&mm.physical, &mm.account, 45, &pages));
		ok(kaal_physical_give(&mm.physical, &pages));
	}
	calls.made = 0;
}

/* Both spaces and all else given back: nothing is missing. */
static void tidy_up(void)
{
	calls.fail_at = 0;
	ok(kaal_space_end(other));
	ok(kaal_space_end(space));
	for (uint32_t at = 2; at < NODES; at++) {
		kaal_block_t chain = at;

		mm.node[at].next = mm.node[at].state == 3 ? 0 : mm.node[at].next;
		if (mm.node[at].state == 3)
			ok(kaal_physical_give(&mm.physical, &chain));
	}
	ok(kaal_physical_trim(&mm.physical));
	mm_check_physical();
	cr_assert_eq(mm.physical.free_bytes, RAM_BYTES);
	cr_assert_eq(kaal_physical_largest_bits(&mm.physical), 21);
}

static void fail_each_call(const struct operation *operation, uint64_t status, bool partly, bool warm)
{
	unsigned at = 1;

	for (;; at++) {
		struct state before, after;
		kaal_status_t found;

		prepare(operation, warm);
		if (!warm)
			state_take(&before);
		calls = (struct calls){.fail_at = at, .status = status, .partly = partly};
		found = operation->act();
		calls.fail_at = 0;
		if (!calls.failed)
			break;
		cr_assert(found == KAAL_OK || found == status, "%s, call %u: status %lu", operation->name, at, found);
		mm_check();
		if (operation->restores && found != KAAL_OK && !warm) {
			state_take(&after);
			state_equal(&before, &after, operation->name);
		} else if (found != KAAL_OK) {
			says(operation->act(), KAAL_OK, "%s, again after call %u", operation->name, at);
		}
		mm_check();
		tidy_up();
	}
	cr_assert_gt(at, operation->calls, "%s makes %u calls", operation->name, at - 1);
}

Test(failures, each_call_refused)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		fail_each_call(&operations[i], KAAL_NO_REPLY, false, false);
		fail_each_call(&operations[i], KAAL_NO_REPLY, false, true);
	}
}

Test(failures, each_call_refused_half_way)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		fail_each_call(&operations[i], KAAL_NO_REPLY, true, false);
		fail_each_call(&operations[i], KAAL_NO_REPLY, true, true);
	}
}

/* INTERRUPTED half-way: each call of a range in turn, by itself and by the kernel. */
Test(failures, each_call_interrupted)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		const struct operation *operation = &operations[i];
		struct state straight, stopped;

		prepare(operation, false);
		ok(operation->act());
		state_take(&straight);
		for (unsigned at = 1; at < 60; at++) {
			prepare(operation, false);
			calls = (struct calls){.fail_at = at, .status = KAAL_INTERRUPTED, .partly = true};
			says(operation->act(), KAAL_OK, "%s, call %u", operation->name, at);
			mm_check();
			state_take(&stopped);
			state_equal(&straight, &stopped, operation->name);
		}
		for (unsigned at = 1; at < 60; at++) {
			prepare(operation, false);
			mm_interrupt_in(at);
			says(operation->act(), KAAL_OK, "%s, interrupted after %u looks", operation->name, at);
			mm_interrupt_in(0);
			state_take(&stopped);
			state_equal(&straight, &stopped, operation->name);
		}
	}
}
