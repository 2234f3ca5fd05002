/*
 * An address space: what lies where in a window of a VSpace.
 *
 *   SM-1: regions are sorted by address; their ranges, guards included, lie in the window and do not overlap
 *   SM-2: mappings are sorted by address, do not overlap, and each lies in one region's usable part
 *   SM-3: each mapping is mapped in the kernel, in consecutive frame capabilities of one size, with its rights; nothing else in the
 *         window is, unless a capability has been taken away since
 *   SM-4: for each mapped address there is a table of each level that it needs; `entries` counts what a table maps
 *   SM-5: frames of an OWNED mapping and the PARTs that follow it belong to the space; those of COPIES only their capabilities
 *
 * All storage is the caller's; regions are named by their address. One thread at a time uses a space, or spaces that share
 * an allocator. Nothing blocks; INTERRUPTED is dealt with. Addresses and sizes are multiples of 4 KiB or OUT_OF_RANGE.
 * A function that fails leaves all as it was, unless it says otherwise; what is excepted waits to be used: halves of free memory
 * (physical.h), and page tables that came out of a domain.
 */
#ifndef KAAL_MEMORY_MANAGER_SPACE_H
#define KAAL_MEMORY_MANAGER_SPACE_H

#include <memory-manager/frames.h>
#include <memory-manager/objects.h>

/* Reserved addresses: guard, usable part, guard. Nothing is ever mapped in a guard. */
struct kaal_region {
	uint64_t address; /* of the usable part */
	uint64_t bytes;
	uint64_t guard_below; /* bytes */
	uint64_t guard_above;
};

/* What is mapped; the fields are the library's. */
struct kaal_mapping {
	uint64_t address;
	kaal_cap_t first;
	uint32_t count; /* frames */
	uint8_t size_bits;
	uint8_t rights;
	uint8_t kind;
	kaal_block_t blocks; /* of an owned one */
};

/* A page table, or one that waits to be used again; the fields are the library's. */
struct kaal_table {
	uint64_t base; /* first address that it covers */
	kaal_cap_t cap;
	kaal_block_t block; /* 0: made of the domain */
	uint16_t entries;
	uint8_t level; /* 2 (1 GiB) or 3 (2 MiB); 0: spare */
};

/* What a space is made of. */
struct kaal_space_setup {
	kaal_cap_t vspace;              /* needs WRITE */
	uint64_t first, end;            /* the window; no page table covers an address in it when it is handed over */
	struct kaal_physical_memory *physical; /* tables, owned memory, slots */
	struct kaal_account *account;   /* who pays for them */
	struct kaal_domain *domain;     /* tables come out of it instead and stay there; NULL: tables go back when empty */
	struct kaal_region *regions;
	struct kaal_mapping *mappings;
	struct kaal_table *tables;      /* one for each 1 GiB, and for each 2 MiB with pages, that are mapped in */
	uint32_t regions_max, mappings_max, tables_max;
};

struct kaal_space {
	struct kaal_space_setup setup;
	uint32_t regions, mappings, tables; /* in use */
};

/* For kaal_space_add(), kaal_space_allocate(). */
#define KAAL_SPACE_LARGE (1u << 0) /* 2 MiB frames where address, size and free memory allow; EXECUTE from the start only */

/*
 * An empty space. `setup` is copied, what it names is lent until the end. Callers that lend two spaces the same
 * VSpace give windows without a common 1 GiB.
 * OUT_OF_RANGE: the window is not in KAAL_USER_VA_MIN..KAAL_USER_VA_END.
 */
kaal_status_t kaal_space_start(struct kaal_space *space, const struct kaal_space_setup *setup);

/*
 * Reserves `bytes` at the lowest free address that is a multiple of `alignment` (a power of two, at least 4 KiB), with guards
 * of so many bytes below and above. No system call. OUT_OF_RANGE: sizes or alignment. NO_MEMORY: no such gap, or no entry in the table.
 */
kaal_status_t kaal_space_reserve(struct kaal_space *space, uint64_t bytes, uint64_t alignment, uint64_t guard_below,
				 uint64_t guard_above, uint64_t *address);

/* The same at an address. OUT_OF_RANGE: outside the window. ADDRESS_IN_USE: reserved. NO_MEMORY: no entry in the table. */
kaal_status_t kaal_space_reserve_at(struct kaal_space *space, uint64_t address, uint64_t bytes, uint64_t guard_below,
				    uint64_t guard_above);

/* The region that an address, also one in a guard, lies in; NULL: none. Valid until the next call that changes the space. */
const struct kaal_region *kaal_space_find(const struct kaal_space *space, uint64_t address);

/*
 * Makes the region at `address` (its usable part's first) `bytes` larger; its upper guard moves along. No system call.
 * OUT_OF_RANGE: no such region, `bytes`, or the window ends. ADDRESS_IN_USE: what follows is reserved.
 */
kaal_status_t kaal_space_grow(struct kaal_space *space, uint64_t address, uint64_t bytes);

/*
 * Maps `count` frames of 2^size_bits bytes, capabilities at consecutive indices, from `address` on, which lies with all of them in
 * one region. The frames stay the caller's, who must not take them away while they are mapped without unmapping.
 *   rights  READ, READ with WRITE, READ with EXECUTE
 * OUT_OF_RANGE: not in a region, or as frame_map. ADDRESS_IN_USE: something is mapped. NO_MEMORY: no memory, slot or entry for a page
 * table or the mapping. Or what frame_map says: NO_RIGHT, MAPPED, WRONG_TYPE, INVALID_CAP.
 */
kaal_status_t kaal_space_map(struct kaal_space *space, uint64_t address, kaal_cap_t first, uint32_t count, uint32_t size_bits,
			     uint32_t rights);

/*
 * Maps fresh zeroed memory, charged to the space's account, from `address` on; it belongs to the space.
 * Errors as kaal_space_map() and kaal_frames_take().
 */
kaal_status_t kaal_space_add(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t rights, uint32_t flags);

/* kaal_space_reserve() and kaal_space_add() of all of it. KAAL_SPACE_LARGE wants an `alignment` of 2 MiB to be of use. */
kaal_status_t kaal_space_allocate(struct kaal_space *space, uint64_t bytes, uint64_t alignment, uint64_t guard_below,
				  uint64_t guard_above, uint32_t rights, uint32_t flags, uint64_t *address);

/* kaal_space_grow() and kaal_space_add() of what was added. */
kaal_status_t kaal_space_grow_memory(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t rights, uint32_t flags);

/*
 * Maps what is mapped at address..address + bytes - 1 also in `to` (which may be `space`), from `to_address` on, through copies
 * of the capabilities in slots of `to`, which lie there in one region. The capabilities lie in the CNode of the space's slots, which
 * the copies need READ of. The copies end when the originals do. NOT_MAPPED: some of it is not. OUT_OF_RANGE: it cuts a large
 * frame. NO_RIGHT: the capabilities lack one of `rights`. Others as kaal_space_map().
 */
kaal_status_t kaal_space_share(const struct kaal_space *space, uint64_t address, uint64_t bytes, struct kaal_space *to,
			       uint64_t to_address, uint32_t rights);

/*
 * Gives what is mapped at address..address + bytes - 1, all of it, other rights. NOT_MAPPED: some of it is not, or the frame is gone.
 * OUT_OF_RANGE: WRITE with EXECUTE, EXECUTE for a large frame, part of a large frame. NO_RIGHT. NO_MEMORY: no entry in the
 * table (one for each end of the range that lies inside a mapping). Until it returns
 * some pages have the new rights already, also if it fails.
 */
kaal_status_t kaal_space_protect(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t rights);

/*
 * Unmaps what is mapped at address..address + bytes - 1, in one region. Memory of the space goes back, and must be named with all
 * that one kaal_space_add() has made in one piece: for a part of it OUT_OF_RANGE. Copies are deleted. Page tables go back
 * when nothing is left in them; one that the kernel does not let go stays for later. NOT_MAPPED: nothing is mapped there. OUT_OF_RANGE:
 * also if it cuts a large frame. NO_MEMORY: no entry for the rest of a mapping
 * (one for each end of the range that lies inside one). If the kernel refuses to
 * delete a copy or revoke memory (its status is returned), what is left is still mapped, and the call can be made again.
 */
kaal_status_t kaal_space_unmap(struct kaal_space *space, uint64_t address, uint64_t bytes);

/* Unmaps all of the region at `address` and ends it. OUT_OF_RANGE: no such region. Others as kaal_space_unmap(). */
kaal_status_t kaal_space_release(struct kaal_space *space, uint64_t address);

/* Releases all regions. Spare tables of a domain stay in it. Errors as kaal_space_unmap(): what is left can be ended by another call. */
kaal_status_t kaal_space_end(struct kaal_space *space);

/*
 * The end of a space whose VSpace is gone, as after kaal_domain_end(): gives back memory, tables and copies, and makes no call
 * for tables in the domain nor for frames of others. Errors as kaal_space_end().
 */
kaal_status_t kaal_space_forget(struct kaal_space *space);

#endif
