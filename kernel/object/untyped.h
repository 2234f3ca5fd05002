/*
 * Untyped memory: the right to make objects out of a block.
 *
 *   UT-1: a block has 2^size_bits bytes and is aligned to its size
 *   UT-2: no two untyped capabilities that are not parent and child name the same byte, but that what came from one
 *         that is being deleted may stand beside it (nobody can use that one)
 *   UT-3: used <= clean, clean is a multiple of a page, bytes in [used, clean) are zero
 *   UT-4: every object made from the block lies in [0, used)
 *   UT-5: a block has at most the rights of the block it was made of; address spaces need EXECUTE
 */
#ifndef OBJECT_UNTYPED_H
#define OBJECT_UNTYPED_H

#include <stdbool.h>

#include "cap.h"

#define UNTYPED_BITS_MIN 12u /* of the blocks that boot makes */
#define UNTYPED_BITS_MAX 36u /* half of what objects can name: the cursors fit 32 bits */

/* The capability of a block, all of it unused and unknown: aux is its size and whether it is device memory. */
struct cap untyped_cap(uint64_t base, uint32_t size_bits, bool device);
uint32_t untyped_size_bits(struct cap cap);
bool untyped_is_device(struct cap cap);
uint64_t untyped_base(struct cap cap); /* physical address */

/*
 * log2 of the largest block that starts at `base` and ends no later than `end`,
 * both multiples of 4 KiB, base < end.
 */
uint32_t untyped_block_bits(uint64_t base, uint64_t end);

/* What retype makes of a block. */
enum untyped_step {
	UNTYPED_DONE,    /* *object is the new object's capability */
	UNTYPED_AGAIN,   /* memory was zeroed; the step is to be repeated */
	UNTYPED_NO_ROOM,
};

/*
 * Makes one object of `type` out of the untyped in `slot`, or zeroes a page for
 * it. size_bits as in the capability that comes out (untyped: log2 of bytes;
 * CNode: log2 of slots), flags as KAAL_RETYPE_*. It can be made: untyped_can_make(), untyped_may_make().
 */
enum untyped_step untyped_make_step(slot_t slot, enum kaal_object_type type, uint32_t size_bits, uint32_t flags, struct cap *object);

/*
 * Makes up to `count` more objects like `last`, which the step before has made,
 * in the slots from `to` on, derived from the untyped. Stops earlier at a slot that is not
 * empty, where memory would have to be zeroed, and for an interrupt. How many it has made: none, of types that take more than a unit.
 */
uint64_t untyped_make_more(slot_t slot, struct cap last, slot_t to, uint64_t count);

/* Whether retype makes such objects, out of this block's kind of memory. */
bool untyped_can_make(struct cap untyped, enum kaal_object_type type, uint32_t size_bits, uint32_t flags);

/* Whether the capability has the right to make them (UT-5). */
bool untyped_may_make(struct cap untyped, enum kaal_object_type type);

/* Takes back a page of what was used, zeroing it; true when nothing is used. No object may be left. */
bool untyped_reset_step(slot_t slot);

#endif
