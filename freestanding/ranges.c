#include <freestanding/ranges.h>

/* Index of the first range that ends at or after `address`; count if there is none. */
static uint32_t first_reaching(const struct ranges *set, uint64_t address)
{
	uint32_t i = 0;

	while (i < set->count && set->range[i].end < address)
		i++;
	return i;
}

static void erase(struct ranges *set, uint32_t first, uint32_t last)
{
	uint32_t gone = last - first;

	for (uint32_t i = last; i < set->count; i++)
		set->range[i - gone] = set->range[i];
	set->count -= gone;
}

/* The caller has made sure that there is room. */
static void insert(struct ranges *set, uint32_t at, struct range new_range)
{
	for (uint32_t i = set->count; i > at; i--)
		set->range[i] = set->range[i - 1];
	set->range[at] = new_range;
	set->count++;
}

bool ranges_add(struct ranges *set, uint64_t base, uint64_t end)
{
	uint32_t first = first_reaching(set, base);
	uint32_t last = first;

	if (base >= end)
		return true;
	/* [first, last) are the ranges that touch or overlap the new one. */
	while (last < set->count && set->range[last].base <= end)
		last++;
	if (last == first) {
		if (set->count == RANGES_MAX)
			return false;
		insert(set, first, (struct range){base, end});
		return true;
	}
	if (base < set->range[first].base)
		set->range[first].base = base;
	if (set->range[last - 1].end > end)
		end = set->range[last - 1].end;
	set->range[first].end = end;
	erase(set, first + 1, last);
	return true;
}

bool ranges_remove(struct ranges *set, uint64_t base, uint64_t end)
{
	if (base >= end)
		return true;
	for (uint32_t i = 0; i < set->count;) {
		struct range *r = &set->range[i];

		if (r->end <= base || r->base >= end) {
			i++;
		} else if (r->base < base && r->end > end) {
			if (set->count == RANGES_MAX)
				return false;
			insert(set, i + 1, (struct range){end, r->end});
			set->range[i].end = base;
			return true;
		} else if (r->base < base) {
			r->end = base;
			i++;
		} else if (r->end > end) {
			r->base = end;
			i++;
		} else {
			erase(set, i, i + 1);
		}
	}
	return true;
}

bool ranges_contain(const struct ranges *set, uint64_t base, uint64_t end)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->range[i].base <= base && end <= set->range[i].end)
			return base < end;
	}
	return false;
}

bool ranges_take(struct ranges *set, uint64_t bytes, uint64_t alignment, uint64_t *base)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const struct range *r = &set->range[i];
		uint64_t padding = (0 - r->base) & (alignment - 1);

		if (r->end - r->base < padding || r->end - r->base - padding < bytes)
			continue;
		*base = r->base + padding;
		return ranges_remove(set, *base, *base + bytes);
	}
	return false;
}
