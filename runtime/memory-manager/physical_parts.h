/* What the files of the physical allocator share; internal to the library. */
#ifndef KAAL_MEMORY_MANAGER_PHYSICAL_PARTS_H
#define KAAL_MEMORY_MANAGER_PHYSICAL_PARTS_H

#include "physical.h"

/* Of a node. */
enum { UNUSED = 0, FREE, SPLIT, TAKEN };

/* Whether the account may split as is needed for 2^bits bytes of a free block. */
bool mm_may_split(const struct kaal_physical_memory *physical, uint32_t at, uint32_t bits, const struct kaal_account *account);

/* A block has been taken for the account. */
void mm_count_splits(struct kaal_physical_memory *physical, uint32_t at, struct kaal_account *account);

/* It is given back, and its node as it was yet. */
void mm_discount_splits(struct kaal_physical_memory *physical, uint32_t at, struct kaal_account *account);

#endif
