/*
 * A set of address ranges: half-open, sorted, disjoint, not touching.
 *
 *   RG-1: range[i].base < range[i].end for every i < count
 *   RG-2: range[i].end < range[i + 1].base for every i + 1 < count
 *
 * Loader and kernel compute free memory with it: banks added, what is in use
 * removed, pieces taken. All functions keep RG-1 and RG-2, also when they fail.
 */
#ifndef FREESTANDING_RANGES_H
#define FREESTANDING_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#define RANGES_MAX 96u

struct range {
	uint64_t base;
	uint64_t end; /* one past the last byte */
};

struct ranges {
	uint32_t count;
	struct range range[RANGES_MAX];
};

/*
 * Adds [base, end); an empty range changes nothing. Touching and overlapping
 * ranges become one. False, and no change, when the set is full.
 */
bool ranges_add(struct ranges *set, uint64_t base, uint64_t end);

/* Removes [base, end) from the set. False, and no change, when a split finds the set full. */
bool ranges_remove(struct ranges *set, uint64_t base, uint64_t end);

/* Whether [base, end), not empty, lies wholly in the set. */
bool ranges_contain(const struct ranges *set, uint64_t base, uint64_t end);

/*
 * Takes `bytes` (not 0) bytes aligned to `alignment` (a power of two) out of
 * the lowest range that fits. False, and no change, when none fits or the set
 * is full.
 */
bool ranges_take(struct ranges *set, uint64_t bytes, uint64_t alignment, uint64_t *base);

#endif
