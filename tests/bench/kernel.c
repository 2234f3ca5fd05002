/*
 * Instructions of system calls: PMCCNTR_EL0 is read at EL0 on both sides of
 * the svc, less what two reads without anything between differ by. The svc
 * and the eret count, no user instruction does. Rows stub.NAME are what the
 * generated C stub adds for a caller whose arguments and results lie in memory.
 *
 * Meant for QEMU's -icount shift=0, where an instruction is one cycle. The
 * CSpace has one level, as the one that seL4 was measured with.
 */
#include <inttypes.h>
#include <kaal/boot.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <stdio.h>
#include <stdlib.h>

#define CSPACE KAAL_SLOT_CNODE
#define ALL KAAL_RIGHTS_ALL
#define BLOCK_BITS 20u
#define MANY_RADIX 11u
#define CNODE_OF(radix) (KAAL_OBJECT_CNODE + 256u * (radix))
#define UNTYPED_OF(bits) (KAAL_OBJECT_UNTYPED + 256u * (bits))
#define SMALLEST_CNODE CNODE_OF(1u)
#define CNODE_16 CNODE_OF(4u)
#define SMALLEST_UNTYPED UNTYPED_OF(12u)
#define COPIES 1000u
#define UNTYPED_CHILDREN 376u

/* Slots from the first free one on. */
enum slot {
	BLOCK,    /* untyped, 1 MiB */
	ORIGINAL, /* a CNode of 16 slots: the one type today with a count of its capabilities, as an endpoint has */
	SIBLING,  /* a copy of it, so that no list is empty */
	TARGET,
	MANY,     /* a CNode for what does not fit beside these */
};

static kaal_cap_t first_slot;
static kaal_cap_t memory; /* an untyped that holds the block and more */

static kaal_cap_t at(enum slot slot)
{
	return first_slot + slot;
}

static _Noreturn void fail(const char *name, kaal_status_t status)
{
	printf("BENCH-FAILED %s: %s\n", name, kaal_status_text(status));
	exit(1);
}

static void must(const char *name, kaal_status_t status)
{
	if (status != KAAL_OK)
		fail(name, status);
}

/* --- measuring ---------------------------------------------------------------------- */

struct counted {
	uint64_t instructions;
	kaal_status_t status;
};

static inline uint64_t cycles_now(void)
{
	uint64_t cycles;

	__asm__ volatile("mrs %0, pmccntr_el0" : "=r"(cycles) : : "memory");
	return cycles;
}

/* What two reads of the counter differ by. */
static uint64_t empty_pair(void)
{
	uint64_t before, after;

	__asm__ volatile("mrs %0, pmccntr_el0\n\tmrs %1, pmccntr_el0" : "=&r"(before), "=r"(after));
	return after - before;
}

/* Defines bare_NAME(): the call with nothing but its svc between two reads of the counter. */
#define BARE_CALL(name, number)                                                                                      \
	static __attribute__((noinline)) struct counted bare_##name(uint64_t a, uint64_t b, uint64_t c, uint64_t d,  \
								    uint64_t e, uint64_t f)                          \
	{                                                                                                            \
		register uint64_t x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;                  \
		register uint64_t x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;                  \
		uint64_t before, after;                                                                              \
                                                                                                                     \
		__asm__ volatile("mrs %[before], pmccntr_el0\n\tsvc %[call]\n\tmrs %[after], pmccntr_el0"            \
				 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), [before] "=&r"(before), \
				   [after] "=&r"(after)                                                              \
				 : [call] "i"(number)                                                                \
				 : "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",   \
				   "x18", "memory", "cc");                                                           \
		return (struct counted){after - before - empty_pair(), x0};                                          \
	}

BARE_CALL(cap_identify, KAAL_SYS_CAP_IDENTIFY)
BARE_CALL(cap_copy, KAAL_SYS_CAP_COPY)
BARE_CALL(cap_mint, KAAL_SYS_CAP_MINT)
BARE_CALL(cap_move, KAAL_SYS_CAP_MOVE)
BARE_CALL(cap_delete, KAAL_SYS_CAP_DELETE)
BARE_CALL(cap_revoke, KAAL_SYS_CAP_REVOKE)
BARE_CALL(untyped_retype, KAAL_SYS_UNTYPED_RETYPE)

/* Defines stubbed_NAME(): the same through `stub`, an expression over the arguments a[] and for results out[]. */
#define STUBBED_CALL(name, results, stub)                                                                            \
	static __attribute__((noinline)) struct counted stubbed_##name(const volatile uint64_t a[6])                 \
	{                                                                                                            \
		uint64_t before, after, out[3];                                                                      \
		volatile uint64_t status, stored[3];                                                                 \
                                                                                                                     \
		before = cycles_now();                                                                               \
		status = (stub);                                                                                     \
		for (int i = 0; i < (results); i++)                                                                  \
			stored[i] = out[i];                                                                          \
		after = cycles_now();                                                                                \
		(void)stored;                                                                                        \
		return (struct counted){after - before - empty_pair(), status};                                      \
	}

STUBBED_CALL(cap_identify, 3, kaal_cap_identify(a[0], &out[0], &out[1], &out[2]))
STUBBED_CALL(cap_copy, 0, kaal_cap_copy(a[0], a[1], a[2], a[3], a[4]))
STUBBED_CALL(cap_mint, 0, kaal_cap_mint(a[0], a[1], a[2], a[3], a[4], a[5]))
STUBBED_CALL(cap_move, 0, kaal_cap_move(a[0], a[1], a[2], a[3]))
STUBBED_CALL(cap_delete, 0, kaal_cap_delete(a[0], a[1]))
STUBBED_CALL(cap_revoke, 0, kaal_cap_revoke(a[0], a[1]))
STUBBED_CALL(untyped_retype, 1, kaal_untyped_retype(a[0], a[1], a[2], a[3], a[4], &out[0]))

/* --- rows --------------------------------------------------------------------------- */

static void print_row(const char *prefix, const char *name, uint64_t value)
{
	printf("BENCH %s%s %" PRIu64 " instructions\n", prefix, name, value);
}

/* One call, measured bare and through its stub, each after `prepare`. */
struct row {
	const char *name;
	struct counted (*bare)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
	struct counted (*stubbed)(const volatile uint64_t *);
	uint64_t divide_by; /* the value is that of one of so many, rounded up */
	void (*prepare)(void);
	uint64_t argument[6];
};

static uint64_t measure_bare(const struct row *row)
{
	const uint64_t *a = row->argument;
	struct counted counted;

	row->prepare();
	counted = row->bare(a[0], a[1], a[2], a[3], a[4], a[5]);
	must(row->name, counted.status);
	return counted.instructions;
}

static void measure(const struct row *row)
{
	uint64_t bare = measure_bare(row);

	print_row("", row->name, (bare + row->divide_by - 1) / row->divide_by);
	if (row->stubbed != NULL) {
		struct counted counted;

		row->prepare();
		counted = row->stubbed(row->argument);
		must(row->name, counted.status);
		print_row("stub.", row->name, counted.instructions - bare);
	}
}

/* --- what each row starts from ------------------------------------------------------ */

static void retype(kaal_cap_t untyped, uint64_t type, kaal_cap_t cnode, uint64_t slot, uint64_t count)
{
	uint64_t made;

	must("retype", kaal_untyped_retype(untyped, type, cnode, slot, count, &made));
}

static void copy_original(kaal_cap_t cnode, uint64_t slot)
{
	must("copy", kaal_cap_copy(cnode, slot, CSPACE, at(ORIGINAL), ALL));
}

static void prepare_nothing(void)
{
}

/* Nothing is used; what was used before is zero. */
static void prepare_block(void)
{
	must("revoke", kaal_cap_revoke(CSPACE, memory));
	retype(memory, UNTYPED_OF(BLOCK_BITS), CSPACE, at(BLOCK), 1);
	retype(memory, CNODE_OF(MANY_RADIX), CSPACE, at(MANY), 1);
}

/* One child, so that no list is empty. */
static void prepare_retype(void)
{
	prepare_block();
	retype(at(BLOCK), CNODE_16, CSPACE, at(ORIGINAL), 1);
}

static void prepare_original(void)
{
	prepare_retype();
	copy_original(CSPACE, at(SIBLING));
}

static void prepare_target(void)
{
	prepare_original();
	copy_original(CSPACE, at(TARGET));
}

static void prepare_copies(void)
{
	prepare_retype();
	for (unsigned i = 1; i <= COPIES; i++)
		copy_original(at(MANY), i);
}

static void prepare_smallest_children(void)
{
	prepare_block();
	retype(at(BLOCK), SMALLEST_CNODE, at(MANY), 1, UNTYPED_CHILDREN);
}

static void prepare_cnode_children(void)
{
	prepare_block();
	retype(at(BLOCK), CNODE_16, at(MANY), 1, UNTYPED_CHILDREN);
}

static void start(void)
{
	const struct kaal_bootinfo *info = kaal_bootinfo();

	first_slot = info->first_free_slot;
	for (uint32_t i = 0; i < info->untyped_count; i++) {
		if (info->untyped[i].device == 0 && info->untyped[i].size_bits > BLOCK_BITS)
			memory = KAAL_SLOT_FIRST_UNTYPED + i;
	}
	if (memory == 0)
		fail("start", KAAL_NO_MEMORY);
	must("debug_allow_counters", kaal_debug_allow_counters(KAAL_SLOT_DEBUG));
}

int main(void)
{
	start();

	const struct row rows[] = {
		/* First of all, while no memory has been used: a page is zeroed on the way. */
		{"untyped.retype.cnode.zeroing", bare_untyped_retype, NULL, 1, prepare_nothing,
		 {memory, CNODE_16, CSPACE, at(TARGET), 1}},
		/* The cheapest valid call there is: cap_identify of the null slot. */
		{"syscall.null", bare_cap_identify, stubbed_cap_identify, 1, prepare_nothing, {KAAL_SLOT_NULL}},
		{"cap.copy", bare_cap_copy, stubbed_cap_copy, 1, prepare_original,
		 {CSPACE, at(TARGET), CSPACE, at(ORIGINAL), ALL}},
		/* A CNode's guard until endpoints, which take a badge, exist. */
		{"cap.mint", bare_cap_mint, stubbed_cap_mint, 1, prepare_original,
		 {CSPACE, at(TARGET), CSPACE, at(ORIGINAL), ALL, 60}},
		{"cap.move", bare_cap_move, stubbed_cap_move, 1, prepare_original,
		 {CSPACE, at(TARGET), CSPACE, at(SIBLING)}},
		{"cap.delete", bare_cap_delete, stubbed_cap_delete, 1, prepare_target, {CSPACE, at(TARGET)}},
		{"cap.revoke.empty", bare_cap_revoke, stubbed_cap_revoke, 1, prepare_retype, {CSPACE, at(ORIGINAL)}},
		{"cap.revoke.child", bare_cap_revoke, NULL, COPIES, prepare_copies, {CSPACE, at(ORIGINAL)}},
		/* Stands in for the smallest objects until there are endpoints. */
		{"untyped.retype.cnode", bare_untyped_retype, stubbed_untyped_retype, 1, prepare_retype,
		 {at(BLOCK), CNODE_16, CSPACE, at(TARGET), 1}},
		{"untyped.retype.untyped", bare_untyped_retype, NULL, 1, prepare_retype,
		 {at(BLOCK), SMALLEST_UNTYPED, CSPACE, at(TARGET), 1}},
		{"untyped.revoke.376", bare_cap_revoke, NULL, 1, prepare_smallest_children, {CSPACE, at(BLOCK)}},
		{"untyped.revoke.376.cnode16", bare_cap_revoke, NULL, 1, prepare_cnode_children, {CSPACE, at(BLOCK)}},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		measure(&rows[i]);
	return 0;
}
