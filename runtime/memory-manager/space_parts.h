/* What the space manager's files share; internal to the library. */
#ifndef KAAL_MEMORY_MANAGER_SPACE_PARTS_H
#define KAAL_MEMORY_MANAGER_SPACE_PARTS_H

#include "space.h"

enum { MM_PLAIN = 0, MM_COPIES, MM_OWNED, MM_PART };

/* [address, address + bytes), in whole pages and not empty. */
static inline bool mm_range_ok(uint64_t address, uint64_t bytes)
{
	return bytes != 0 && (address | bytes) % KAAL_PAGE_BYTES == 0 && bytes <= KAAL_USER_VA_END && address < KAAL_USER_VA_END;
}

static inline uint64_t mm_mapping_bytes(const struct kaal_mapping *mapping)
{
	return (uint64_t)mapping->count << mapping->size_bits;
}

static inline uint64_t mm_mapping_end(const struct kaal_mapping *mapping)
{
	return mapping->address + mm_mapping_bytes(mapping);
}

/* --- space.c ----------------------------------------------------------------------- */

/* The region in whose usable part the range lies; NULL: none. */
const struct kaal_region *mm_region_around(const struct kaal_space *space, uint64_t address, uint64_t bytes);

/* --- mappings.c -------------------------------------------------------------------- */

/* The first mapping that ends after `address`; `mappings` if there is none. */
uint32_t mm_find_mapping(const struct kaal_space *space, uint64_t address);

/* Gives back what the space owns or has copied, without a call for the frames of others. */
kaal_status_t mm_mappings_forget(struct kaal_space *space);

/* kaal_space_map() of capabilities that belong to the space in the way `kind` says. */
kaal_status_t mm_map(struct kaal_space *space, const struct kaal_mapping *mapping);

/* --- tables.c ---------------------------------------------------------------------- */

/* Sees to the tables for a range that frames of 2^size_bits bytes are to be mapped in. */
kaal_status_t mm_tables_make(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t size_bits);

/* The range has been mapped, or is no longer, in frames of that size: counts. */
void mm_tables_count(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t size_bits, bool mapped);

/* Gives back the tables of the range that map nothing. */
void mm_tables_drop(struct kaal_space *space, uint64_t address, uint64_t bytes);

/* Gives back all tables but those in the domain, which are forgotten. */
kaal_status_t mm_tables_end(struct kaal_space *space);

#endif
