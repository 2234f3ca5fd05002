/*
 * What takes a second thread: CSpaces of several levels, their loss while a
 * thread runs in them, and a revoke that the timer interrupts. The other thread
 * reports through shared memory.
 */
#include <inttypes.h>

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <kaal/time.h>

#include "tap.h"
#include "untyped.h"

#define GUARD(value, bits) (UINT64_C(64) * (value) + (bits))
#define STACK_WORDS 512u
#define PRIORITY_MAIN 10u
#define PRIORITY_LESS 5u
#define PRIORITY_MORE 100u
#define CEILING 255u
#define UNLIMITED UINT64_MAX
#define US(n) ((n) * kaal_bootinfo()->counter_hz / 1000000)

/* Slots from the first free one on. */
enum slot {
	THREAD,
	CONTEXT,
	TOP,      /* CNode of 16 slots */
	TOP_CAP,  /* the same, with its guard */
	LEAF,     /* CNode of 64 slots */
	MIDDLE,   /* CNode of 4 slots */
	MANY,     /* CNode of 16384 slots */
	ORIGINAL, /* what MANY's capabilities are copies of */
};

static _Alignas(16) uint64_t stack[STACK_WORDS];

static kaal_cap_t at(enum slot slot)
{
	return kaal_bootinfo()->first_free_slot + slot;
}

static kaal_status_t make(uint64_t type, enum slot to)
{
	uint64_t made;

	return kaal_sys_untyped_retype(kaal_largest_untyped().slot, type, OWN, at(to), 1, &made);
}

/* The thread, stopped whatever it did, is to begin at `entry` with the CSpace that `cspace` names. */
static bool prepare_thread(void (*entry)(uint64_t), kaal_cap_t cspace, uint64_t priority, uint64_t budget, uint64_t period)
{
	return kaal_sys_thread_suspend(at(THREAD)) == KAAL_OK && kaal_sys_thread_configure(at(THREAD), cspace, KAAL_SLOT_VSPACE) == KAAL_OK &&
	       kaal_sys_thread_set_registers(at(THREAD), (uint64_t)(uintptr_t)entry, (uint64_t)(uintptr_t)&stack[STACK_WORDS], 0, 0) == KAAL_OK &&
	       kaal_sys_thread_set_priority(at(THREAD), priority, priority) == KAAL_OK &&
	       kaal_sys_sched_configure(KAAL_SLOT_SCHED_CONTROL, at(CONTEXT), budget, period) == KAAL_OK;
}

static void sleep_us(uint64_t us)
{
	kaal_ignore(kaal_sys_thread_sleep(kaal_ticks_now() + US(us)));
}

/* --- several levels ------------------------------------------------------------------- */

/*
 * The thread's index, from the most significant bit: 20 bits of guard, 4 that
 * choose a slot of TOP, 34 bits of LEAF's guard, 6 that choose a slot of it.
 */
#define TOP_RADIX 4u
#define TOP_GUARD UINT64_C(0xabcde)
#define TOP_GUARD_BITS 20u
#define LEAF_RADIX 6u
#define LEAF_GUARD UINT64_C(0x212345678)
#define LEAF_GUARD_BITS 34u
#define MIDDLE_RADIX 2u
/* LEAF's guard below a slot of MIDDLE takes less. */
#define DEEP_GUARD UINT64_C(0x12345678)
#define DEEP_GUARD_BITS (LEAF_GUARD_BITS - MIDDLE_RADIX)

#define INDEX(top_guard, top, guard, leaf) ((top_guard) << 44 | (uint64_t)(top) << 40 | (guard) << 6 | (uint64_t)(leaf))
#define TWO(top, leaf) INDEX(TOP_GUARD, top, LEAF_GUARD, leaf)
#define THREE(top, middle, leaf) INDEX(TOP_GUARD, top, (uint64_t)(middle) << DEEP_GUARD_BITS | DEEP_GUARD, leaf)

/* Slots of TOP. */
enum { TO_LEAF = 1, TO_MIDDLE = 2, TO_DEBUG = 3, TOO_SHORT = 4, TOO_LONG = 5, EMPTY_TOP = 6, TO_LEAF_AGAIN = 15 };
/* Slots of LEAF. */
enum { DEBUG_IN_LEAF = 1, THREAD_IN_LEAF = 2, EMPTY_LEAF = 3, LAST_IN_LEAF = 63 };
/* Slots of MIDDLE. */
enum { DEEP_IN_MIDDLE = 3, EMPTY_MIDDLE = 1 };

static const struct look {
	const char *what;
	kaal_cap_t index;
	kaal_status_t status;
	uint64_t type;
} looks[] = {
	{"two levels", TWO(TO_LEAF, DEBUG_IN_LEAF), KAAL_OK, KAAL_OBJECT_DEBUG},
	{"two levels, another slot", TWO(TO_LEAF, THREAD_IN_LEAF), KAAL_OK, KAAL_OBJECT_THREAD},
	{"two levels, the last slots", TWO(TO_LEAF_AGAIN, LAST_IN_LEAF), KAAL_OK, KAAL_OBJECT_VSPACE},
	{"an empty slot of the second level", TWO(TO_LEAF, EMPTY_LEAF), KAAL_OK, KAAL_OBJECT_NULL},
	{"the second level's header", TWO(TO_LEAF, 0), KAAL_OK, KAAL_OBJECT_NULL},
	{"three levels", THREE(TO_MIDDLE, DEEP_IN_MIDDLE, DEBUG_IN_LEAF), KAAL_OK, KAAL_OBJECT_DEBUG},
	{"three levels, another slot", THREE(TO_MIDDLE, DEEP_IN_MIDDLE, THREAD_IN_LEAF), KAAL_OK, KAAL_OBJECT_THREAD},
	{"an empty slot of the middle level", THREE(TO_MIDDLE, EMPTY_MIDDLE, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the middle level's header", THREE(TO_MIDDLE, 0, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the guard of three levels after two", INDEX(TOP_GUARD, TO_LEAF, DEEP_GUARD, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the guard of two levels after the middle one", TWO(TO_MIDDLE, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the first guard, lowest bit wrong", INDEX(TOP_GUARD ^ 1, TO_LEAF, LEAF_GUARD, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the first guard, highest bit wrong", INDEX(TOP_GUARD ^ 0x80000, TO_LEAF, LEAF_GUARD, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the second guard, lowest bit wrong", INDEX(TOP_GUARD, TO_LEAF, LEAF_GUARD ^ 1, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the second guard, highest bit wrong", INDEX(TOP_GUARD, TO_LEAF, LEAF_GUARD ^ UINT64_C(1) << 33, DEBUG_IN_LEAF),
	 KAAL_INVALID_CAP, 0},
	{"no guard", DEBUG_IN_LEAF, KAAL_INVALID_CAP, 0},
	{"all ones", UINT64_MAX, KAAL_INVALID_CAP, 0},
	{"zero", 0, KAAL_INVALID_CAP, 0},
	{"an empty slot of the first level", TWO(EMPTY_TOP, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"the first level's header", TWO(0, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"no CNode in the first level", TWO(TO_DEBUG, 0), KAAL_INVALID_CAP, 0},
	{"a CNode after which bits are left", TWO(TOO_SHORT, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"a CNode that takes more bits than are left", TWO(TOO_LONG, DEBUG_IN_LEAF), KAAL_INVALID_CAP, 0},
	{"a slot of the root task's CSpace", KAAL_SLOT_DEBUG, KAAL_INVALID_CAP, 0},
};
#define LOOKS (sizeof looks / sizeof looks[0])

static volatile kaal_status_t seen_status[LOOKS];
static volatile uint64_t seen_type[LOOKS];
static volatile uint64_t looked;

static void look(uint64_t argument)
{
	(void)argument;
	for (unsigned i = 0; i < LOOKS; i++) {
		uint64_t type, rights, bits;

		seen_status[i] = kaal_sys_cap_identify(looks[i].index, &type, &rights, &bits);
		seen_type[i] = type;
		looked++;
	}
	/* Its own thread, by two different ways, for other calls than cap_identify. */
	for (;;) {
		kaal_ignore(kaal_sys_thread_suspend(TWO(TO_LEAF, THREAD_IN_LEAF)));
		looked++;
		kaal_ignore(kaal_sys_thread_suspend(THREE(TO_MIDDLE, DEEP_IN_MIDDLE, THREAD_IN_LEAF)));
		looked++;
	}
}

static bool make_levels(void)
{
	return make(CNODE_OF(TOP_RADIX), TOP) == KAAL_OK && make(CNODE_OF(LEAF_RADIX), LEAF) == KAAL_OK &&
	       make(CNODE_OF(MIDDLE_RADIX), MIDDLE) == KAAL_OK &&
	       kaal_sys_cap_mint(OWN, at(TOP_CAP), OWN, at(TOP), ALL, GUARD(TOP_GUARD, TOP_GUARD_BITS)) == KAAL_OK &&
	       kaal_sys_cap_mint(at(TOP), TO_LEAF, OWN, at(LEAF), ALL, GUARD(LEAF_GUARD, LEAF_GUARD_BITS)) == KAAL_OK &&
	       kaal_sys_cap_mint(at(TOP), TO_LEAF_AGAIN, OWN, at(LEAF), ALL, GUARD(LEAF_GUARD, LEAF_GUARD_BITS)) == KAAL_OK &&
	       kaal_sys_cap_mint(at(TOP), TO_MIDDLE, OWN, at(MIDDLE), ALL, GUARD(0, 0)) == KAAL_OK &&
	       kaal_sys_cap_copy(at(TOP), TO_DEBUG, OWN, KAAL_SLOT_DEBUG, ALL) == KAAL_OK &&
	       kaal_sys_cap_mint(at(TOP), TOO_SHORT, OWN, at(LEAF), ALL, GUARD(LEAF_GUARD >> 1, LEAF_GUARD_BITS - 1)) == KAAL_OK &&
	       kaal_sys_cap_mint(at(TOP), TOO_LONG, OWN, at(LEAF), ALL, GUARD(LEAF_GUARD, LEAF_GUARD_BITS + 1)) == KAAL_OK &&
	       kaal_sys_cap_mint(at(MIDDLE), DEEP_IN_MIDDLE, OWN, at(LEAF), ALL, GUARD(DEEP_GUARD, DEEP_GUARD_BITS)) == KAAL_OK &&
	       kaal_sys_cap_copy(at(LEAF), DEBUG_IN_LEAF, OWN, KAAL_SLOT_DEBUG, ALL) == KAAL_OK &&
	       kaal_sys_cap_copy(at(LEAF), THREAD_IN_LEAF, OWN, at(THREAD), ALL) == KAAL_OK &&
	       kaal_sys_cap_copy(at(LEAF), LAST_IN_LEAF, OWN, KAAL_SLOT_VSPACE, ALL) == KAAL_OK;
}

static void test_levels(void)
{
	check(prepare_thread(look, at(TOP_CAP), PRIORITY_MORE, UNLIMITED, 0), "a thread with a CSpace of several levels is prepared");
	check_equal(kaal_sys_thread_resume(at(THREAD)), KAAL_OK);
	check_equal(looked, LOOKS);
	for (unsigned i = 0; i < LOOKS; i++)
		check(seen_status[i] == looks[i].status && seen_type[i] == looks[i].type,
		      "%s: status %" PRIu64 " and type %" PRIu64 ", found %" PRIu64 " and %" PRIu64, looks[i].what, looks[i].status,
		      looks[i].type, seen_status[i], seen_type[i]);
	kaal_ignore(kaal_sys_thread_resume(at(THREAD)));
	check_equal(looked, LOOKS + 1);
	kaal_ignore(kaal_sys_thread_resume(at(THREAD)));
	check_equal(looked, LOOKS + 2);
}

/* --- loss ------------------------------------------------------------------------------- */

/* What the thread's look-ups have told so far; it alone writes them. */
static volatile uint64_t all_found, all_invalid, otherwise;
/* Of these, what was told while the main thread watched. */
static uint64_t found, invalid;

static void look_again_and_again(uint64_t argument)
{
	(void)argument;
	for (;;) {
		uint64_t type, rights, bits;
		kaal_status_t status = kaal_sys_cap_identify(TWO(TO_LEAF, DEBUG_IN_LEAF), &type, &rights, &bits);

		if (status == KAAL_OK && type == KAAL_OBJECT_DEBUG)
			all_found++;
		else if (status == KAAL_INVALID_CAP && type == 0 && rights == 0 && bits == 0)
			all_invalid++;
		else
			otherwise++;
	}
}

/* First, the look-up that the thread was in has its time to end. */
static void watch(void)
{
	sleep_us(20);
	found = all_found;
	invalid = all_invalid;
	sleep_us(200);
	found = all_found - found;
	invalid = all_invalid - invalid;
}

static void start_looking(void)
{
	check(prepare_thread(look_again_and_again, at(TOP_CAP), PRIORITY_LESS, UNLIMITED, 0) && kaal_sys_thread_resume(at(THREAD)) == KAAL_OK,
	      "a thread looks again and again");
	watch();
	check(found > 10 && invalid == 0, "it finds its capability: %" PRIu64 " times", found);
}

static void check_lost(const char *what)
{
	watch();
	check(found == 0 && invalid > 10, "%s: it runs on and finds nothing %" PRIu64 " times", what, invalid);
}

static void test_loss(void)
{
	start_looking();
	check_equal(kaal_sys_cap_revoke(OWN, at(TOP_CAP)), KAAL_OK);
	check_lost("the capability that its CSpace came from is revoked");
	check_equal(type_of(at(TOP_CAP)), KAAL_OBJECT_CNODE);
	check_equal(kaal_sys_thread_resume(at(THREAD)), KAAL_OK);
	check_lost("resume changes nothing");
	/* The CNode and what it holds are untouched: given again, all is there. */
	start_looking();
	check_equal(kaal_sys_cap_delete(at(TOP), TO_LEAF), KAAL_OK);
	check_lost("the way to the second level is deleted");
	check_equal(kaal_sys_cap_mint(at(TOP), TO_LEAF, OWN, at(LEAF), ALL, GUARD(LEAF_GUARD, LEAF_GUARD_BITS)), KAAL_OK);
	watch();
	check(found > 10 && invalid == 0, "it is there again");
	check_equal(kaal_sys_cap_revoke(OWN, at(LEAF)), KAAL_OK);
	check_lost("the second level's CNode is revoked");
	check_equal(type_of(at(LEAF)), KAAL_OBJECT_CNODE);
	check_equal(kaal_sys_cap_revoke(OWN, at(TOP)), KAAL_OK);
	check_lost("the first level's CNode is revoked, with the capability that the thread's came from");
	check_equal(type_of(at(TOP_CAP)), KAAL_OBJECT_NULL);
	check_equal(otherwise, 0);
	kaal_ignore(kaal_sys_thread_suspend(at(THREAD)));
}

/* --- an interrupted revoke --------------------------------------------------------------- */

#define MANY_RADIX 14u
#define CHILDREN 10000u
#define PERIOD US(100)

static volatile uint64_t wakes, worst, halfway;

static bool is_gone(uint64_t child)
{
	/* A move onto itself is refused in any case, and says why. */
	return kaal_sys_cap_move(at(MANY), child, at(MANY), child) == KAAL_SLOT_EMPTY;
}

/* Wakes each 0.1 ms and notes by how much too late. */
static void wake_again_and_again(uint64_t argument)
{
	kaal_ticks_t next = kaal_ticks_now();

	(void)argument;
	for (;;) {
		kaal_ticks_t late;

		next += PERIOD;
		kaal_ignore(kaal_sys_thread_sleep(next));
		late = kaal_ticks_now() - next;
		worst = late > worst ? late : worst;
		wakes++;
		halfway += is_gone(1) != is_gone(CHILDREN);
	}
}

static void count_anew(void)
{
	wakes = 0;
	worst = 0;
	halfway = 0;
}

static void start_waking(void)
{
	check(prepare_thread(wake_again_and_again, OWN, PRIORITY_MORE, PERIOD, PERIOD) && kaal_sys_thread_resume(at(THREAD)) == KAAL_OK,
	      "a more urgent thread wakes each 0.1 ms");
}

static void test_interrupted_revoke(void)
{
	uint64_t idle, left = 0;
	kaal_ticks_t start, spent;

	check(make(CNODE_OF(MANY_RADIX), MANY) == KAAL_OK && kaal_sys_cap_copy(OWN, at(ORIGINAL), OWN, KAAL_SLOT_DEBUG, ALL) == KAAL_OK &&
		      fill_cnode(at(MANY), CHILDREN, at(ORIGINAL)) == 0,
	      "a capability has %u children", CHILDREN);
	start_waking();
	count_anew();
	sleep_us(2050);
	idle = worst;
	check_equal(wakes, 20);
	check_equal(halfway, 0);
	count_anew();
	start = kaal_ticks_now();
	check_equal(kaal_sys_cap_revoke(OWN, at(ORIGINAL)), KAAL_OK);
	spent = kaal_ticks_now() - start;
	kaal_ignore(kaal_sys_thread_suspend(at(THREAD)));
	check(wakes >= 3, "the revoke took %" PRIu64 " us and was interrupted %" PRIu64 " times", spent * 1000000 / kaal_bootinfo()->counter_hz,
	      wakes);
	check(wakes >= spent / PERIOD, "no wake-up was left out");
	check(halfway >= 3, "it kept its progress: some children were gone, some not, %" PRIu64 " times", halfway);
	check(worst <= 10 * idle, "worst lateness of a wake-up: %" PRIu64 " ticks idle, %" PRIu64 " during the revoke", idle, worst);
	for (uint64_t i = 1; i <= CHILDREN; i++)
		left += !is_gone(i);
	check_equal(left, 0);
	check_equal(type_of(at(ORIGINAL)), KAAL_OBJECT_DEBUG);
}

int main(void)
{
	check(make(KAAL_OBJECT_THREAD, THREAD) == KAAL_OK && make(KAAL_OBJECT_SCHED_CONTEXT, CONTEXT) == KAAL_OK &&
		      kaal_sys_sched_bind(at(CONTEXT), at(THREAD)) == KAAL_OK &&
		      kaal_sys_thread_set_priority(KAAL_SLOT_THREAD, PRIORITY_MAIN, CEILING) == KAAL_OK,
	      "there is a second thread");
	check(make_levels(), "CNodes of three levels are filled");
	test_levels();
	test_loss();
	test_interrupted_revoke();
	check_equal(kaal_sys_cap_revoke(OWN, kaal_largest_untyped().slot), KAAL_OK);
	return tap_finish();
}
