/*
 * Physical memory: blocks of 2^n bytes out of untyped memory, by halving ("buddies").
 *
 *   PM-1: a node is FREE, TAKEN, or SPLIT into two that are not both FREE
 *   PM-2: exactly the FREE nodes that do not lie in a FREE one are in the list of their size and kind
 *   PM-3: a FREE node may have halves in the kernel from an earlier time; all below them is FREE, nothing is made of it
 *   PM-4: free_bytes is the sum of the FREE nodes of RAM that are in lists; an account's used_bytes of the TAKEN ones charged to it
 *   PM-5: an account's used_splits, if it has a limit of them, is the number of SPLIT nodes of at most 2^counted_bits bytes with a TAKEN
 *         one of the account below them; a bit of the account in `holders` says which
 *
 * Halves that are given back stay for the next who needs small blocks (PM-3), for making a block whole again
 * means a revoke of it, which zeroes all of it. They are merged when their block is taken as a whole,
 * and, the smallest first, when slots or nodes run out; kaal_physical_trim() merges all. To the caller
 * a block whose halves are free is a free block.
 *
 * All storage is the caller's. One thread at a time uses an allocator. No function blocks; those that make
 * memory whole or give it back revoke, which takes time by what was made and used, with interrupts between.
 */
#ifndef KAAL_MEMORY_MANAGER_PHYSICAL_H
#define KAAL_MEMORY_MANAGER_PHYSICAL_H

#include <stdbool.h>

#include <memory-manager/slots.h>

#define KAAL_BLOCK_BITS_MIN 12u
#define KAAL_BLOCK_BITS_MAX 36u
#define KAAL_BLOCK_SIZES (KAAL_BLOCK_BITS_MAX - KAAL_BLOCK_BITS_MIN + 1u)

/* Nodes for so many untyped capabilities, and blocks halved at a time (a split takes two slots, too). */
#define KAAL_PHYSICAL_NODES(untyped, splits) (2u + 2u * ((untyped) + (splits)))

/* Who pays: what is taken is added to used_bytes, which never exceeds limit_bytes (PM-4); what is given back is subtracted. */
struct kaal_account {
	uint64_t limit_bytes;
	uint64_t used_bytes;
	/* The same of splits, after kaal_physical_count_splits() (PM-5). limit_splits 0: they are not counted. */
	uint32_t limit_splits;
	uint32_t used_splits;
	uint32_t index;      /* among the accounts that are counted */
	bool splits_refused; /* set when a block is refused by limit_splits; never cleared here */
};

/* A block that was taken, or the first of a chain of them; 0: none. */
typedef uint32_t kaal_block_t;

/* Bookkeeping of one block; the fields are the library's. */
struct kaal_physical_node {
	uint64_t base;
	kaal_cap_t cap;
	struct kaal_account *account; /* of a taken block */
	uint32_t parent;
	uint32_t child;    /* the first of two halves next to each other; 0: none */
	uint32_t next;     /* in a list, in a chain, among unused pairs */
	uint32_t previous; /* in a list */
	uint32_t next_root;
	uint8_t bits;
	uint8_t state;
	uint8_t device;
};

struct kaal_physical_list {
	uint32_t first; /* blocks without halves come first */
	uint32_t last;
};

struct kaal_physical_memory {
	struct kaal_slots *slots;
	struct kaal_physical_node *node;
	uint32_t unused; /* pairs of nodes */
	uint32_t roots;
	uint32_t filled[2]; /* bit n: list n is not empty; RAM, device memory */
	struct kaal_physical_list list[2][KAAL_BLOCK_SIZES];
	uint64_t free_bytes; /* of RAM */
	uint32_t nodes;
	uint32_t counted_bits; /* PM-5; 0: no splits are counted */
	uint32_t holder_words;
	uint64_t *holders; /* of each pair of nodes: which accounts have a block in it */
};

/*
 * An allocator without memory.
 *   slots  for the capabilities of halves; lent for as long as the allocator is used, others may take slots of it, too
 *   node   storage, lent likewise; count as KAAL_PHYSICAL_NODES() says, 4..2^24
 * OUT_OF_RANGE: `count`.
 */
kaal_status_t kaal_physical_start(struct kaal_physical_memory *physical, struct kaal_slots *slots, struct kaal_physical_node *node,
				  uint32_t count);

/*
 * Moves the bookkeeping to larger storage, lent from now on instead of the first: of `count` nodes, at most 2^24. The nodes of the first
 * are copied. OUT_OF_RANGE, and nothing has changed: `count` is less than before, or too large.
 */
kaal_status_t kaal_physical_extend(struct kaal_physical_memory *physical, struct kaal_physical_node *node, uint32_t count);

/* Words of storage for kaal_physical_count_splits(), with so many nodes and accounts. */
#define KAAL_PHYSICAL_HOLDERS(nodes, accounts) ((uint64_t)((nodes) / 2u) * (((accounts) + 63u) / 64u))

/*
 * Has splits counted by account, so that slots and nodes can be divided among those who take: an account is charged with each block of at
 * most 2^bits bytes that is split and in which it has something, whoever else has something there. So what one pays does not
 * depend on what others do, and no more is split than all together may. kaal_physical_splits_above() tells how many larger blocks there can be.
 *   bits      12: none is counted
 *   holders   KAAL_PHYSICAL_HOLDERS() words, zero, lent; nodes as they are from then on
 *   accounts  that are counted: they have index 0..accounts - 1, a limit_splits, and nothing taken yet
 */
void kaal_physical_count_splits(struct kaal_physical_memory *physical, uint32_t bits, uint64_t *holders, uint32_t accounts);

/* How many blocks of RAM of more than 2^bits bytes there are when everything is split down to 2^bits. */
uint64_t kaal_physical_splits_above(const struct kaal_physical_memory *physical, uint32_t bits);

/*
 * Adds an untyped capability, in the CNode of the slots, of which nothing is made; it belongs to the allocator from now on.
 *   base    physical address, as the bootinfo tells
 *   device  device memory: taken by address only
 * WRONG_TYPE, OUT_OF_RANGE: the capability is not untyped memory of 2^size_bits bytes, or `base` not a multiple of them.
 * NO_MEMORY: no node. IN_USE: memory at these addresses was added before. INVALID_CAP. Nothing has changed then.
 */
kaal_status_t kaal_physical_add(struct kaal_physical_memory *physical, kaal_cap_t untyped, uint64_t base, uint32_t size_bits, bool device);

/*
 * Takes 2^bits bytes of RAM, bits 12..36, charged to `account`: untyped memory of which nothing is made, with the rights of
 * the untyped that it came from.
 * OUT_OF_RANGE: `bits`. NO_MEMORY: one of the account's limits, no block of this size, or no slots or nodes to make it.
 * Or what the kernel says. Nothing is taken or charged then.
 */
kaal_status_t kaal_physical_take(struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t bits, kaal_block_t *block);

/*
 * Takes `pages` pages in a row, 1..2^24: a chain of blocks in the order of their addresses, the first aligned to the
 * power of two around all of them. Only these pages are charged, and no others taken. Errors as kaal_physical_take().
 */
kaal_status_t kaal_physical_take_pages(struct kaal_physical_memory *physical, struct kaal_account *account, uint64_t pages,
				       kaal_block_t *blocks);

/*
 * Takes the `pages` pages from physical address `base` on, of RAM or of a device, as a chain of blocks in the order of
 * their addresses. OUT_OF_RANGE: `base` is not a multiple of 4 KiB, `pages`, or some of it is not the allocator's.
 * IN_USE: some of it is taken. NO_MEMORY and others as kaal_physical_take(). Nothing is taken or charged then.
 */
kaal_status_t kaal_physical_take_at(struct kaal_physical_memory *physical, struct kaal_account *account, uint64_t base, uint64_t pages,
				    kaal_block_t *blocks);

/*
 * Gives back a chain: all that was made of its blocks is gone, wherever the capabilities lie, and the memory zeroed.
 * *blocks is 0 then. If the kernel refuses a revoke (its status is returned), *blocks is the chain of what is still taken.
 */
kaal_status_t kaal_physical_give(struct kaal_physical_memory *physical, kaal_block_t *blocks);

/* The block's capability, in the caller's CSpace; it stays the allocator's: not to be deleted or moved. */
kaal_cap_t kaal_physical_cap(const struct kaal_physical_memory *physical, kaal_block_t block);

/* Its physical address; log2 of its bytes; the next in its chain. */
uint64_t kaal_physical_base(const struct kaal_physical_memory *physical, kaal_block_t block);
uint32_t kaal_physical_bits(const struct kaal_physical_memory *physical, kaal_block_t block);
kaal_block_t kaal_physical_next(const struct kaal_physical_memory *physical, kaal_block_t block);

/* Appends chain `more` to chain *blocks, which may be 0. */
void kaal_physical_chain(struct kaal_physical_memory *physical, kaal_block_t *blocks, kaal_block_t more);

/* log2 of the bytes of the largest free block of RAM; 0: there is none. */
uint32_t kaal_physical_largest_bits(const struct kaal_physical_memory *physical);

/*
 * Slots in a row, as kaal_slots_take(); where there are none, halves that nobody uses are merged until there are.
 */
kaal_status_t kaal_physical_take_slots(struct kaal_physical_memory *physical, uint32_t count, kaal_cap_t *index);

/* Merges all free halves: their slots and nodes are free. Or what the kernel says, and the rest is as it was. */
kaal_status_t kaal_physical_trim(struct kaal_physical_memory *physical);

#endif
