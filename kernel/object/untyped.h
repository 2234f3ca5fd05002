/*
 * Untyped memory: the right to make objects out of a block.
 *
 *   UT-1: a block has 2^size_bits bytes and is aligned to its size
 *   UT-2: no two untyped capabilities that are not parent and child name the same byte
 */
#ifndef OBJECT_UNTYPED_H
#define OBJECT_UNTYPED_H

#include <stdbool.h>

#include "cap.h"

#define UNTYPED_BITS_MIN 12u /* of the blocks that boot makes */
#define UNTYPED_BITS_MAX 37u /* all that objects can name */

/* The capability of a block: aux is its size and whether it is device memory. */
struct cap untyped_cap(uint64_t base, uint32_t size_bits, bool device);
uint32_t untyped_size_bits(struct cap cap);
bool untyped_is_device(struct cap cap);

/*
 * log2 of the largest block that starts at `base` and ends no later than `end`,
 * both multiples of 4 KiB, base < end.
 */
uint32_t untyped_block_bits(uint64_t base, uint64_t end);

#endif
