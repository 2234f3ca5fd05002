/*
 * Cache maintenance and zeroing by range (Arm ARM DDI 0487, D7.5). Addresses
 * are those that the running code uses; half-open, widened to whole lines.
 */
#ifndef FREESTANDING_CACHE_H
#define FREESTANDING_CACHE_H

#include <stdint.h>

/* Zeroes [base, base + bytes), both multiples of 4 KiB. Needs the MMU on: DC ZVA. */
void cache_zero_pages(uintptr_t base, uint64_t bytes);

/* Drops lines of data that was written past the caches, with the MMU off. */
void cache_invalidate(uintptr_t base, uintptr_t end);

/* Writes back and drops lines, so that memory and accesses past the caches agree with them. */
void cache_flush(uintptr_t base, uint64_t bytes);

/* Makes written instructions visible to instruction fetch on all CPUs, under all addresses. */
void cache_sync_code(uintptr_t base, uint64_t bytes);

/* The same in pieces: each is cleaned, then all instruction caches are dropped as a whole. */
void cache_clean_code(uintptr_t base, uint64_t bytes);
void cache_drop_code(void);

#endif
