#include "slots.h"

#include <stdbool.h>

#define WORD_BITS 64u
#define SLOTS_MAX (1u << 20)

/* The first bit at `from` or after it, before `end`, that is set (1) or clear (0); `end` if there is none. */
static uint32_t find(const uint64_t *words, uint32_t from, uint32_t end, uint64_t value)
{
	uint64_t flip = value - 1; /* what is looked for becomes 1 */

	while (from < end) {
		uint64_t word = (words[from / WORD_BITS] ^ flip) >> from % WORD_BITS;

		if (word != 0) {
			from += (uint32_t)__builtin_ctzll(word);
			return from < end ? from : end;
		}
		from = (from / WORD_BITS + 1) * WORD_BITS;
	}
	return end;
}

/* Sets or clears bits [from, end). */
static void fill(uint64_t *words, uint32_t from, uint32_t end, bool value)
{
	while (from < end) {
		uint32_t room = WORD_BITS - from % WORD_BITS, bits = end - from < room ? end - from : room;
		uint64_t mask = UINT64_MAX >> (WORD_BITS - bits) << from % WORD_BITS;

		words[from / WORD_BITS] = value ? words[from / WORD_BITS] | mask : words[from / WORD_BITS] & ~mask;
		from += bits;
	}
}

kaal_status_t kaal_slots_start(struct kaal_slots *slots, kaal_cap_t cnode, kaal_cap_t base, uint32_t first, uint32_t count,
			       uint64_t *used)
{
	if (first == 0 || count == 0 || count > SLOTS_MAX)
		return KAAL_OUT_OF_RANGE;
	*slots = (struct kaal_slots){.cnode = cnode, .base = base, .used = used, .first = first, .count = count, .free = count};
	fill(used, 0, count, false);
	fill(used, count, KAAL_SLOTS_WORDS(count) * WORD_BITS, true);
	return KAAL_OK;
}

kaal_status_t kaal_slots_take(struct kaal_slots *slots, uint32_t count, kaal_cap_t *index)
{
	uint32_t at = find(slots->used, slots->lowest, slots->count, 0);

	if (count == 0)
		return KAAL_OUT_OF_RANGE;
	slots->lowest = at;
	while (count <= slots->free && at < slots->count && slots->count - at >= count) {
		uint32_t end = find(slots->used, at, at + count, 1);

		if (end == at + count) {
			fill(slots->used, at, end, true);
			slots->free -= count;
			if (at == slots->lowest)
				slots->lowest = end;
			*index = slots->base + slots->first + at;
			return KAAL_OK;
		}
		at = find(slots->used, end, slots->count, 0);
	}
	return KAAL_NO_MEMORY;
}

kaal_status_t kaal_slots_give(struct kaal_slots *slots, kaal_cap_t index, uint32_t count)
{
	uint64_t at = index - slots->base - slots->first;

	if (count == 0 || at >= slots->count || count > slots->count - at ||
	    find(slots->used, (uint32_t)at, (uint32_t)at + count, 0) != (uint32_t)at + count)
		return KAAL_OUT_OF_RANGE;
	fill(slots->used, (uint32_t)at, (uint32_t)at + count, false);
	slots->free += count;
	if (at < slots->lowest)
		slots->lowest = (uint32_t)at;
	return KAAL_OK;
}
