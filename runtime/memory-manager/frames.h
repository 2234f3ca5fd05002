/*
 * Frames made of physical memory: capabilities in slots in a row, as frame_map wants them. They own their
 * memory: giving them back ends every copy and mapping of it.
 */
#ifndef KAAL_MEMORY_MANAGER_FRAMES_H
#define KAAL_MEMORY_MANAGER_FRAMES_H

#include <memory-manager/physical.h>

#define KAAL_FRAMES_CONTIGUOUS (1u << 0) /* one physical range */
#define KAAL_FRAMES_UNCACHED   (1u << 1) /* mapped past the caches; pages only */

struct kaal_frames {
	kaal_block_t blocks; /* what they are made of, in the order of the slots */
	kaal_cap_t first;
	uint32_t count;
	uint8_t size_bits;
};

/*
 * Takes RAM for `count` frames, 1..2^20, of 2^size_bits bytes (12, 21, 30), charged to `account`, and makes them.
 * Without KAAL_FRAMES_CONTIGUOUS they are contiguous if there is such a block, else in as few pieces as there are
 * large ones. OUT_OF_RANGE: `count`, `size_bits`, `flags`. NO_MEMORY: memory, the account's limit, slots, nodes.
 * Or what the kernel says. Nothing is taken, charged or made then.
 */
kaal_status_t kaal_frames_take(struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t size_bits, uint32_t count,
			       uint32_t flags, struct kaal_frames *frames);

/*
 * The same of the `count` pages from physical address `base` on, of a device or of RAM; errors, too, as
 * kaal_physical_take_at(): IN_USE where somebody has one of them.
 */
kaal_status_t kaal_frames_take_at(struct kaal_physical_memory *physical, struct kaal_account *account, uint64_t base, uint32_t count,
				  struct kaal_frames *frames);

/* The physical address of frame `index`, for a device that is to access it. */
uint64_t kaal_frames_base(const struct kaal_physical_memory *physical, const struct kaal_frames *frames, uint32_t index);

/*
 * Gives all of it back: capabilities and slots, copies anywhere, mappings, memory, charge. `frames` is empty then.
 * If the kernel refuses a revoke (its status is returned), what is left can be given back by another call, and is of no other use.
 */
kaal_status_t kaal_frames_give(struct kaal_physical_memory *physical, struct kaal_frames *frames);

#endif
