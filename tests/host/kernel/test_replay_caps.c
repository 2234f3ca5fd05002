/* What the model of capabilities and their derivation (tests/model/caps.pml) does, done to the kernel. */
#include "replay.h"

#include <kaal/syscall_numbers.h>
#include <object/endpoint.h>
#include <object/untyped.h>

#define RADIX 4u
#define OWN 1u
#define FIRST 2u /* the model's slot 0 */
#define OTHER 16u
#define OTHERS_CONTEXT (FIXTURE_CONTEXT + 1)
#define MEMORY UINT64_C(0x100000)
#define MEMORY_BITS 12u
#define CLEAN_UNIT (UINT64_C(1) << 32) /* of an untyped capability's data: untyped.c */
#define OBJECT ((object_t)(MEMORY >> OBJECT_UNIT_BITS)) /* the first */
#define INNER_SLOT (OBJECT + 1)
#define CNODE_RADIX 1u
#define WAITS UINT64_MAX

/* As caps.pml numbers them. */
enum holds { EMPTY, UNTYPED, ENDPOINT, CNODE, RESERVED };
enum call { MOVE = 1, DELETE, REVOKE };

static unsigned slots;       /* but the CNode's own, which is the next number */
static enum holds first_kind; /* of the object made first */

/* One way into the kernel, which an interrupt stops after one step. */
static void enter_with(thread_t thread, uint32_t number, const uint64_t *argument)
{
	struct arch_frame *frame = &thread_view[thread].frame;

	if (cpu.current != thread) {
		sched_give_way(cpu.current);
		(void)sched_next();
	}
	cr_assert_eq(cpu.current, thread);
	memcpy(frame->argument, argument, sizeof frame->argument);
	host.calls_until_pending = 1;
	fixture_dispatch(thread, number);
	host.calls_until_pending = 0;
	(void)sched_next();
}

#define enter(thread, number, ...) enter_with((thread), KAAL_SYS_##number, (const uint64_t[6]){__VA_ARGS__})

/* Where a call finds the model's slot, `by` being the one with the capability to the CNode. */
static uint64_t cnode_of_slot(unsigned number, unsigned by)
{
	return number == slots ? FIRST + by : OWN;
}

static uint64_t index_of(unsigned number)
{
	return number == slots ? 1 : FIRST + number;
}

/* thread, call, from, to, by */
static void do_go(const unsigned *a)
{
	thread_t thread = a[0] == 0 ? FIXTURE_CALLER : OTHER;

	if (a[1] == MOVE)
		enter(thread, CAP_MOVE, cnode_of_slot(a[3], a[4]), index_of(a[3]), cnode_of_slot(a[2], a[4]), index_of(a[2]));
	else if (a[1] == DELETE)
		enter(thread, CAP_DELETE, cnode_of_slot(a[2], a[4]), index_of(a[2]));
	else
		enter(thread, CAP_REVOKE, cnode_of_slot(a[2], a[4]), index_of(a[2]));
}

static void do_plan(const unsigned *a)
{
	(void)a;
}

static void must_be_done(void)
{
	cr_assert_eq(thread_view[FIXTURE_CALLER].frame.status, KAAL_OK);
	thread_view[FIXTURE_CALLER].frame.status = WAITS;
}

/* from, to, by */
static void do_copy(const unsigned *a)
{
	enter(FIXTURE_CALLER, CAP_COPY, cnode_of_slot(a[1], a[2]), index_of(a[1]), cnode_of_slot(a[0], a[2]), index_of(a[0]), KAAL_RIGHTS_ALL);
	must_be_done();
}

/* from, to, what */
static void do_retype(const unsigned *a)
{
	uint64_t type = a[2] == CNODE ? KAAL_OBJECT_CNODE + 256u * CNODE_RADIX : KAAL_OBJECT_ENDPOINT;

	if (slot_view[FIXTURE_CNODE + FIRST + a[0]].cap.data % CLEAN_UNIT == 0)
		first_kind = (enum holds)a[2];
	enter(FIXTURE_CALLER, UNTYPED_RETYPE, FIRST + a[0], type, OWN, FIRST + a[1], 1);
	must_be_done();
}

static void start_world(const unsigned *a)
{
	struct cap memory = untyped_cap(MEMORY, MEMORY_BITS, false);

	slots = a[0];
	first_kind = EMPTY;
	fixture_start(RADIX);
	fixture_put(OWN, cnode_cap(FIXTURE_CNODE, RADIX, KAAL_RIGHTS_ALL));
	memory.data = CLEAN_UNIT << (MEMORY_BITS - OBJECT_UNIT_BITS); /* no step of a retype zeroes it */
	fixture_put(FIRST, memory);
	fixture_thread(OTHER, RADIX);
	fixture_keep_thread(OTHER);
	fixture_context(OTHERS_CONTEXT, SCHED_UNLIMITED, SCHED_UNLIMITED);
	check_keep(KAAL_OBJECT_SCHED_CONTEXT, OTHERS_CONTEXT << (SCHED_CONTEXT_BITS - OBJECT_UNIT_BITS));
	sched_bind(OTHERS_CONTEXT, OTHER);
	sched_ready(OTHER);
	thread_view[OTHER].frame.status = WAITS;
	thread_view[FIXTURE_CALLER].frame.status = WAITS;
	(void)sched_next();
}

/* --- the kernel's state in the model's words --------------------------------------------------- */

static void say_status(thread_t thread)
{
	struct arch_frame *frame = &thread_view[thread].frame;

	replay_say(" -");
	if (frame->status == WAITS)
		return;
	replay_say("=%s", replay_status(frame->status));
	frame->status = WAITS;
}

static slot_t handle_of(unsigned number)
{
	return number == slots ? INNER_SLOT : FIXTURE_CNODE + FIRST + number;
}

static unsigned number_of(slot_t handle)
{
	for (unsigned i = 0; i <= slots; i++) {
		if (handle_of(i) == handle)
			return i;
	}
	cr_assert_eq(handle, 0, "a link to a slot that the model has not");
	return REPLAY_NONE;
}

static enum holds kind_of(struct cap cap)
{
	cap.word &= ~CAP_ZOMBIE;
	switch (cap_type(cap)) {
	case KAAL_OBJECT_NULL:
		return EMPTY;
	case KAAL_OBJECT_UNTYPED:
		return UNTYPED;
	case KAAL_OBJECT_ENDPOINT:
		return ENDPOINT;
	default:
		return CNODE;
	}
}

/* Where the second object lies, in units behind the first. */
static unsigned second_at(void)
{
	return first_kind == CNODE ? 1u << CNODE_RADIX : 1u;
}

/* The object, or of memory how many have been made of it. */
static unsigned object_of(struct cap cap)
{
	uint64_t used = cap.data % CLEAN_UNIT;

	if (kind_of(cap) == UNTYPED)
		return used == 0 ? 0 : used <= second_at() ? 1 : 2;
	return kind_of(cap) == EMPTY ? REPLAY_NONE : cap.object != OBJECT;
}

static void say_slot(unsigned number)
{
	static const struct slot nothing;
	const struct slot *slot = number == slots && first_kind != CNODE ? &nothing : &slot_view[handle_of(number)];
	bool reserved = slot->cap.word == CAP_ZOMBIE;

	replay_say(" %u.%d.%u.%u.%u.%u.%u", reserved ? (unsigned)RESERVED : (unsigned)kind_of(slot->cap), cap_is_zombie(slot->cap) && !reserved,
		   object_of(slot->cap), number_of(slot->parent), number_of(slot->child), number_of(slot->next), number_of(slot->previous));
}

static bool endpoint_ends(endpoint_t endpoint)
{
	for (endpoint_t at = destroy_worklists.endpoint; at != 0; at = endpoint_view[at].destroy_next) {
		if (at == endpoint)
			return true;
	}
	return false;
}

/* kernel/check does not find a CNode whose only capability lies in itself. */
static bool is_lost(void)
{
	return first_kind == CNODE && *cnode_count(OBJECT) == 1 && kind_of(slot_view[INNER_SLOT].cap) == CNODE;
}

static void say_all(void)
{
	if (!is_lost())
		check_invariants();
	say_status(FIXTURE_CALLER);
	say_status(OTHER);
	replay_say(" |");
	for (unsigned i = 0; i <= slots; i++)
		say_slot(i);
	replay_say(" | %u.%d", first_kind == CNODE ? *cnode_count(OBJECT) : endpoint_view[OBJECT].count,
		   destroy_worklists.cnode == OBJECT || endpoint_ends(OBJECT));
	replay_say(" %u.%d ", endpoint_view[OBJECT + second_at()].count, endpoint_ends(OBJECT + second_at()));
}

static const struct replay_action actions[] = {
	{"plan", do_plan},
	{"go", do_go},
	{"copy", do_copy},
	{"retype", do_retype},
	{"world", start_world},
};

static void begin(void)
{
}

Test(replay, kernel_does_what_the_model_does)
{
	replay_all(actions, sizeof actions / sizeof *actions, begin, say_all);
}
