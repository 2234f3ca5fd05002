/*
 * The memory manager over the production kernel, built for the host: its calls go to the kernel's dispatch, as one
 * running thread's. Any call can be made to fail, or to stop half-way, and all state be compared to what it was.
 *
 *   96 KiB    VSpaces
 *   128 KiB   the CNode, 4,096 slots
 *   256 KiB   RAM for the allocator: blocks of 2^18, 2^19, 2^20 and 2^21 bytes
 *   144 MiB   64 KiB of a device's
 */
#ifndef MM_FIXTURE_H
#define MM_FIXTURE_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>

#include <kaal/syscall.h>
#include <memory-manager/frames.h>
#include <memory-manager/objects.h>
#include <memory-manager/physical.h>
#include <memory-manager/slots.h>
#include <memory-manager/space.h>

#define OWN 1u /* the CNode, in itself */
#define VSPACE(i) (3u + (i))
#define SPACES 2u
#define UNTYPED 16u /* capabilities of RAM, then the device's */
#define RAM_BLOCKS 4u
#define RAM_BYTES UINT64_C(0x3c0000)
#define DEVICE UINT64_C(0x9000000)
#define DEVICE_BITS 16u
#define FIRST_SLOT 64u
#define SLOTS 4000u
#define NODES 2048u
#define REGIONS 64u
#define MAPPINGS 96u
#define TABLES 24u
#define WINDOW UINT64_C(0x40000000)
#define WINDOW_END UINT64_C(0x140000000)
#define PAGE UINT64_C(0x1000)
#define LARGE UINT64_C(0x200000)
#define R KAAL_RIGHT_READ
#define RW (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)
#define RX (KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE)

struct mm {
	struct kaal_slots slots;
	struct kaal_physical_memory physical;
	struct kaal_account account;
	struct kaal_space space[SPACES];
	struct kaal_physical_node node[NODES];
	uint64_t bitmap[KAAL_SLOTS_WORDS(SLOTS)];
	uint64_t holders[KAAL_PHYSICAL_HOLDERS(NODES, 1)];
	struct kaal_region region[SPACES][REGIONS];
	struct kaal_mapping mapping[SPACES][MAPPINGS];
	struct kaal_table table[SPACES][TABLES];
};
extern struct mm mm;

/* Calls made, and what is to become of one of them. */
struct calls {
	unsigned made;
	unsigned fail_at; /* counted from 1; 0: none */
	uint64_t status;  /* that it ends with */
	bool partly;      /* after half of it was done, where it is a range's; else without effect */
	bool failed;      /* it has come to that */
	bool spared;      /* calls that undo something do not fail: nothing could be done about it */
};
extern struct calls calls;

/* Everything afresh, all of it free, two empty spaces. */
void mm_start(void);

/* The kernel sees an interrupt when it has looked for one so many times; 0: never. */
void mm_interrupt_in(unsigned looks);

/* The caller's CSpace has two levels from now on: slot i of the CNode is index base + i, and no other. Returns base. */
kaal_cap_t mm_two_levels(void);

/* All that is to be as before after a failure. */
struct state {
	uint64_t bitmap[KAAL_SLOTS_WORDS(SLOTS)];
	uint64_t free_bytes, used_bytes;
	uint32_t free_slots, largest_bits;
	uint64_t lists;  /* a sum over regions, mappings and tables */
	uint64_t kernel; /* a sum over capabilities and translation tables */
};
/* Merges free halves, so that what is compared is what counts. */
void state_take(struct state *state);
void state_equal(const struct state *one, const struct state *other, const char *when);

/* The invariants of the library's parts, and that the kernel has the same opinion. */
void mm_check(void);
void mm_check_physical(void);
extern uint32_t mm_split_count[64]; /* by account, as the last check has found it (PM-5) */

/* A status, told by name in a failure. */
#define ok(call) cr_assert_eq((call), KAAL_OK)
#define says(call, status, ...) cr_assert_eq((call), (status), ##__VA_ARGS__)

/* The physical address of a frame capability. */
uint64_t mm_frame(kaal_cap_t frame);

/* The leaf that maps an address of a space: physical address and KAAL_RIGHT_ bits; false: none. */
bool mm_mapped(unsigned space, uint64_t address, uint64_t *physical, uint32_t *rights);

#endif
