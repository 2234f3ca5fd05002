/* What a piece of memory is made of. */
#ifndef LIBKAAL_MEMORY_H
#define LIBKAAL_MEMORY_H

#include <kaal/memory.h>

/* Log2 of a number, rounded up. */
static inline uint32_t log2_up(uint64_t number)
{
	return number <= 1 ? 0 : 64u - (uint32_t)__builtin_clzll(number - 1);
}

/* Takes a block of 2^bits bytes and maps it at an address in what own_space_reserve() gave. Errors and all else as kaal_memory_take(). */
kaal_status_t memory_block_take(struct kaal_memory_block *block, uint32_t bits, uint64_t address);

#endif
