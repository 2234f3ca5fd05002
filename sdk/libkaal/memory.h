/* What a piece of memory is made of. */
#ifndef LIBKAAL_MEMORY_H
#define LIBKAAL_MEMORY_H

#include <kaal/memory.h>

/* Takes a block of 2^bits bytes and maps it at an address in what own_space_reserve() gave. Errors and all else as kaal_memory_take(). */
kaal_status_t memory_block_take(struct kaal_memory_block *block, uint32_t bits, uint64_t address);

#endif
