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

/* Makes written instructions visible to instruction fetch on all CPUs. */
void cache_sync_code(uintptr_t base, uint64_t bytes);

#endif
