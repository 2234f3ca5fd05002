/*
 * Slots of a CNode, handed out in runs. A bit a slot, in storage of the caller's; no system calls.
 *
 *   SL-1: a slot's bit is set if and only if it is taken; bits past the last slot are set
 *   SL-2: no slot below `lowest` is free
 *
 * One thread at a time uses an allocator.
 */
#ifndef KAAL_MEMORY_MANAGER_SLOTS_H
#define KAAL_MEMORY_MANAGER_SLOTS_H

#include <stdint.h>

#include <kaal/status.h>
#include <kaal/types.h>

/* Words of storage for so many slots. */
#define KAAL_SLOTS_WORDS(count) (((count) + 63u) / 64u)

struct kaal_slots {
	kaal_cap_t cnode; /* the CNode; what makes, copies or deletes capabilities there needs READ and WRITE */
	kaal_cap_t base;  /* index of the CNode's slot 0 in the caller's CSpace; 0 where the CNode is the CSpace */
	uint64_t *used;
	uint32_t first;   /* slot of bit 0 */
	uint32_t count;
	uint32_t free;    /* slots that are not taken */
	uint32_t lowest;
};

/*
 * Hands out slots first..first + count - 1 of `cnode`, all of them empty; slot s is index base + s.
 *   count  1..2^20
 *   used   KAAL_SLOTS_WORDS(count) words, lent for as long as the allocator is used
 * OUT_OF_RANGE: `count`, or `first` is 0. Nothing has changed then.
 */
kaal_status_t kaal_slots_start(struct kaal_slots *slots, kaal_cap_t cnode, kaal_cap_t base, uint32_t first, uint32_t count,
			       uint64_t *used);

/*
 * Takes `count` slots in a row; *index is the first one's, in the caller's CSpace.
 * OUT_OF_RANGE: `count` is 0. NO_MEMORY: there is no such run. Nothing has changed then.
 */
kaal_status_t kaal_slots_take(struct kaal_slots *slots, uint32_t count, kaal_cap_t *index);

/*
 * Gives back `count` slots from `index` on, which are empty: also a part of what was taken at once.
 * OUT_OF_RANGE: one of them is not taken, or not of this allocator. Nothing has changed then.
 */
kaal_status_t kaal_slots_give(struct kaal_slots *slots, kaal_cap_t index, uint32_t count);

/* The slot of the CNode that has this index in the caller's CSpace, as calls that name CNode and slot want it. */
static inline uint64_t kaal_slots_slot(const struct kaal_slots *slots, kaal_cap_t index)
{
	return index - slots->base;
}

#endif
