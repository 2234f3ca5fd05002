/*
 * Instructions of system calls: PMCCNTR_EL0 is read at EL0 on both sides of
 * the svc, less what two reads without anything between differ by. The svc
 * and the eret count, no user instruction does. Rows stub.NAME are what the
 * generated C stub adds for a caller whose arguments and results lie in memory.
 *
 * Meant for QEMU's -icount shift=0, where an instruction is one cycle. The
 * CSpace has one level, as the one that seL4 was measured with.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <kaal/boot.h>
#include <kaal/syscall.h>
#include <stddef.h>

#define CSPACE KAAL_SLOT_CNODE
#define ALL KAAL_RIGHTS_ALL
#define BLOCK_BITS 20u
#define MANY_RADIX 11u
#define CNODE_OF(radix) (KAAL_OBJECT_CNODE + 256u * (radix))
#define UNTYPED_OF(bits) (KAAL_OBJECT_UNTYPED + 256u * (bits))
#define CNODE_16 CNODE_OF(4u)
#define UNLIMITED UINT64_MAX

/* Slots from the first free one on. */
enum slot {
	BLOCK,    /* untyped, 1 MiB */
	ORIGINAL, /* what is copied, minted, moved: an endpoint, as seL4 was measured with, or a small object */
	SIBLING,  /* a copy of it, so that no list is empty */
	TARGET,
	MANY,     /* a CNode for what does not fit beside these */
	THREAD,   /* two threads, and their contexts */
	CONTEXT = THREAD + 2,
	NTFN = CONTEXT + 2,
	HANDLER,
	DEVICE_TABLES, /* two */
	DEVICE_FRAMES = DEVICE_TABLES + 2,
	DEVICE_SCRATCH, /* up to 64 */
};

/* Finds memory and lets the cycle counter be read. Each program calls it first. */
void start_measuring(void);

kaal_cap_t at(enum slot slot);

/* An untyped that holds the block and more. */
kaal_cap_t memory(void);

/* The smallest untyped of RAM with at least 2^bits bytes. */
kaal_cap_t smallest_of(unsigned bits);

_Noreturn void fail(const char *name, kaal_status_t status);
void must(const char *name, kaal_status_t status);

/* One object or more, or the program fails. */
void retype(kaal_cap_t untyped, uint64_t type, kaal_cap_t cnode, uint64_t slot, uint64_t count);

/* Nothing is used but block and MANY; what was used before is zero. */
void prepare_block(void);
void prepare_nothing(void);

/* A block with one child, an object of that type in ORIGINAL, so that no list is empty. */
void prepare_child(uint64_t type);
void prepare_cnode(void);
void prepare_endpoint(void);

/* A thread in this CSpace and address space that runs `entry` as soon as it is resumed, on the context, without a limit. */
void set_up_thread(kaal_cap_t thread, kaal_cap_t context, void (*entry)(uint64_t), uint64_t argument, void *stack_end,
		   uint64_t priority);

/* --- measuring ---------------------------------------------------------------------- */

/* The counter right before the svc and right after it; what lies between may be another thread's. */
struct counted {
	uint64_t before;
	uint64_t after;
	kaal_status_t status;
};

static inline uint64_t cycles_now(void)
{
	uint64_t cycles;

	__asm__ volatile("mrs %0, pmccntr_el0" : "=r"(cycles) : : "memory");
	return cycles;
}

/* Instructions between two readings, which may be two threads'. */
uint64_t instructions(uint64_t before, uint64_t after);

/* A tick of the timer's counter is 16 ns: as many instructions. */
#define TICK_INSTRUCTIONS 16u

/* Brings both counters together: before instructions_since(). */
void find_tick_0(void);

/*
 * From the instruction before which the timer's counter reached `deadline` to the
 * one that read the cycle counter as `after`. A reading counts its own
 * instruction, an interrupt comes before one.
 */
uint64_t instructions_since(uint64_t deadline, uint64_t after);

typedef struct counted bare_call(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

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
		return (struct counted){before, after, x0};                                                          \
	}

/*
 * Defines path_NAME(): the call alone, between two symbols: path.begin.BEGIN is its
 * svc, path.end.END the instruction behind it. `./kaal bench` looks at the
 * instructions from one to the next path.end of the same name, in whatever
 * thread: where a call leads to another thread, that one's call has the end.
 */
#define PATH_CALL(name, begin, end, number)                                                                          \
	static __attribute__((noinline, used)) uint64_t path_##name(uint64_t a, uint64_t b, uint64_t c)                        \
	{                                                                                                            \
		register uint64_t x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;                  \
                                                                                                                     \
		__asm__ volatile("path.begin." begin ":\n\tsvc %[call]\npath.end." end ":\n\tnop"                     \
				 : "+r"(x0), "+r"(x1), "+r"(x2)                                                      \
				 : [call] "i"(number)                                                                \
				 : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",       \
				   "x14", "x15", "x16", "x17", "x18", "memory", "cc");                               \
		return x0;                                                                                           \
	}

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
		(void)a;                                                                                             \
		(void)stored;                                                                                        \
		return (struct counted){before, after, status};                                                      \
	}

/* --- rows --------------------------------------------------------------------------- */

void print_row(const char *prefix, const char *name, uint64_t value);
void print_number(const char *name, uint64_t value, const char *unit);

/* One call, measured bare and, unless that is NULL, through its stub, each after `prepare`. */
struct row {
	const char *name;
	bare_call *bare;
	struct counted (*stubbed)(const volatile uint64_t *);
	uint64_t divide_by; /* the value is that of one of so many, rounded up */
	void (*prepare)(void);
	uint64_t argument[6];
};

void measure(const struct row *rows, unsigned count);

#define MEASURE(rows) measure((rows), sizeof(rows) / sizeof((rows)[0]))

/* --- which there are ---------------------------------------------------------------- */

void measure_caps(void);
void measure_threads(void);
void measure_ipc(void);
void measure_faults(void);
void measure_irqs(void);
void measure_memory(void);

#endif
