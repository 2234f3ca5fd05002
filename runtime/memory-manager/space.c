/* The regions of a space, and what is done with them as a whole. mappings.c has what is mapped in them. */
#include "space.h"

#include <stddef.h>

#include "space_parts.h"

#define LARGE_BITS 21u
#define LARGE_BYTES (UINT64_C(1) << LARGE_BITS)

static uint64_t region_start(const struct kaal_region *region)
{
	return region->address - region->guard_below;
}

static uint64_t region_end(const struct kaal_region *region)
{
	return region->address + region->bytes + region->guard_above;
}

/* The first region that ends after `address`; `regions` if there is none. */
static uint32_t find_region(const struct kaal_space *space, uint64_t address)
{
	uint32_t low = 0, high = space->regions;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (region_end(&space->setup.regions[middle]) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The region whose usable part begins there; `regions` if there is none. */
static uint32_t find_exactly(const struct kaal_space *space, uint64_t address)
{
	uint32_t at = find_region(space, address);

	return at < space->regions && space->setup.regions[at].address == address ? at : space->regions;
}

const struct kaal_region *kaal_space_find(const struct kaal_space *space, uint64_t address)
{
	uint32_t at = find_region(space, address);

	return at < space->regions && region_start(&space->setup.regions[at]) <= address ? &space->setup.regions[at] : NULL;
}

const struct kaal_region *mm_region_around(const struct kaal_space *space, uint64_t address, uint64_t bytes)
{
	const struct kaal_region *region = kaal_space_find(space, address);

	return region != NULL && address >= region->address && address - region->address <= region->bytes &&
			       bytes <= region->bytes - (address - region->address)
		       ? region
		       : NULL;
}

kaal_status_t kaal_space_start(struct kaal_space *space, const struct kaal_space_setup *setup)
{
	if ((setup->first | setup->end) % KAAL_PAGE_BYTES != 0 || setup->first < KAAL_USER_VA_MIN || setup->first >= setup->end ||
	    setup->end > KAAL_USER_VA_END)
		return KAAL_OUT_OF_RANGE;
	*space = (struct kaal_space){.setup = *setup};
	return KAAL_OK;
}

static void insert_region(struct kaal_space *space, uint32_t at, struct kaal_region region)
{
	struct kaal_region *regions = space->setup.regions;

	for (uint32_t i = space->regions; i > at; i--)
		regions[i] = regions[i - 1];
	regions[at] = region;
	space->regions++;
}

static void remove_region(struct kaal_space *space, uint32_t at)
{
	struct kaal_region *regions = space->setup.regions;

	space->regions--;
	for (uint32_t i = at; i < space->regions; i++)
		regions[i] = regions[i + 1];
}

static bool sizes_ok(uint64_t bytes, uint64_t guard_below, uint64_t guard_above)
{
	return mm_range_ok(0, bytes) && (guard_below | guard_above) % KAAL_PAGE_BYTES == 0 && guard_below <= KAAL_USER_VA_END &&
	       guard_above <= KAAL_USER_VA_END;
}

kaal_status_t kaal_space_reserve(struct kaal_space *space, uint64_t bytes, uint64_t alignment, uint64_t guard_below,
				 uint64_t guard_above, uint64_t *address)
{
	const struct kaal_region *regions = space->setup.regions;
	uint64_t from = space->setup.first;

	if (!sizes_ok(bytes, guard_below, guard_above) || alignment < KAAL_PAGE_BYTES || (alignment & (alignment - 1)) != 0 ||
	    alignment > KAAL_USER_VA_END)
		return KAAL_OUT_OF_RANGE;
	if (space->regions == space->setup.regions_max)
		return KAAL_NO_MEMORY;
	for (uint32_t at = 0; at <= space->regions; at++) {
		uint64_t end = at < space->regions ? region_start(&regions[at]) : space->setup.end;
		uint64_t candidate = (from + guard_below + alignment - 1) & ~(alignment - 1);

		if (candidate + bytes + guard_above <= end) {
			insert_region(space, at, (struct kaal_region){candidate, bytes, guard_below, guard_above});
			*address = candidate;
			return KAAL_OK;
		}
		if (at < space->regions)
			from = region_end(&regions[at]);
	}
	return KAAL_NO_MEMORY;
}

kaal_status_t kaal_space_reserve_at(struct kaal_space *space, uint64_t address, uint64_t bytes, uint64_t guard_below,
				    uint64_t guard_above)
{
	struct kaal_region region = {address, bytes, guard_below, guard_above};
	uint32_t at;

	if (!mm_range_ok(address, bytes) || !sizes_ok(bytes, guard_below, guard_above) || address < guard_below ||
	    region_start(&region) < space->setup.first || region_end(&region) > space->setup.end)
		return KAAL_OUT_OF_RANGE;
	at = find_region(space, region_start(&region));
	if (at < space->regions && region_start(&space->setup.regions[at]) < region_end(&region))
		return KAAL_ADDRESS_IN_USE;
	if (space->regions == space->setup.regions_max)
		return KAAL_NO_MEMORY;
	insert_region(space, at, region);
	return KAAL_OK;
}

kaal_status_t kaal_space_grow(struct kaal_space *space, uint64_t address, uint64_t bytes)
{
	uint32_t at = find_exactly(space, address);
	struct kaal_region *regions = space->setup.regions;

	if (at == space->regions || !mm_range_ok(0, bytes) || region_end(&regions[at]) + bytes > space->setup.end)
		return KAAL_OUT_OF_RANGE;
	if (at + 1 < space->regions && region_end(&regions[at]) + bytes > region_start(&regions[at + 1]))
		return KAAL_ADDRESS_IN_USE;
	regions[at].bytes += bytes;
	return KAAL_OK;
}

/* Maps a piece of fresh memory. */
static kaal_status_t add_piece(struct kaal_space *space, uint64_t address, uint32_t size_bits, uint32_t count, uint32_t rights)
{
	struct kaal_physical_memory *physical = space->setup.physical;
	struct kaal_frames frames;
	struct kaal_mapping mapping = {address, 0, count, (uint8_t)size_bits, (uint8_t)rights, MM_OWNED, 0};
	kaal_status_t status = kaal_frames_take(physical, space->setup.account, size_bits, count, 0, &frames);

	if (status != KAAL_OK)
		return status;
	mapping.first = frames.first;
	mapping.blocks = frames.blocks;
	status = mm_map(space, &mapping);
	if (status != KAAL_OK)
		(void)kaal_frames_give(physical, &frames);
	return status;
}

/* Large frames for as much as there are some; *bytes is how much that was, 0 for nothing. */
static kaal_status_t add_large(struct kaal_space *space, uint64_t address, uint64_t left, uint32_t rights, uint64_t *bytes)
{
	kaal_status_t status = KAAL_NO_MEMORY;
	uint32_t count = (uint32_t)(left >> LARGE_BITS);

	while (count != 0 && (status = add_piece(space, address, LARGE_BITS, count, rights)) == KAAL_NO_MEMORY)
		count /= 2;
	*bytes = status == KAAL_OK ? (uint64_t)count << LARGE_BITS : 0;
	return status == KAAL_NO_MEMORY ? KAAL_OK : status;
}

/* The next piece that is of one size of frames. */
static kaal_status_t add_some(struct kaal_space *space, uint64_t address, uint64_t left, uint32_t rights, uint32_t flags,
			      uint64_t *bytes)
{
	uint64_t before = LARGE_BYTES - address % LARGE_BYTES; /* the next 2 MiB */
	kaal_status_t status = KAAL_OK;

	*bytes = 0;
	if ((flags & KAAL_SPACE_LARGE) != 0 && before == LARGE_BYTES && left >= LARGE_BYTES)
		status = add_large(space, address, left, rights, bytes);
	if (status != KAAL_OK || *bytes != 0)
		return status;
	*bytes = (flags & KAAL_SPACE_LARGE) != 0 && left > before && (before == LARGE_BYTES || left - before >= LARGE_BYTES) ? before : left;
	return add_piece(space, address, KAAL_PAGE_BITS, (uint32_t)(*bytes / KAAL_PAGE_BYTES), rights);
}

kaal_status_t kaal_space_add(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t rights, uint32_t flags)
{
	uint64_t done = 0, piece;
	kaal_status_t status = KAAL_OK;

	if (!mm_range_ok(address, bytes) || (flags & ~KAAL_SPACE_LARGE) != 0 || mm_region_around(space, address, bytes) == NULL)
		return KAAL_OUT_OF_RANGE;
	/* What would fail half-way is seen here: pieces that were added before would be in the way. */
	if (mm_find_mapping(space, address) < space->mappings &&
	    space->setup.mappings[mm_find_mapping(space, address)].address < address + bytes)
		return KAAL_ADDRESS_IN_USE;
	while (status == KAAL_OK && done < bytes) {
		status = add_some(space, address + done, bytes - done, rights, flags, &piece);
		if (status == KAAL_OK)
			done += piece;
	}
	if (status != KAAL_OK && done != 0)
		(void)kaal_space_unmap(space, address, done);
	return status;
}

kaal_status_t kaal_space_allocate(struct kaal_space *space, uint64_t bytes, uint64_t alignment, uint64_t guard_below,
				  uint64_t guard_above, uint32_t rights, uint32_t flags, uint64_t *address)
{
	uint64_t found;
	kaal_status_t status = kaal_space_reserve(space, bytes, alignment, guard_below, guard_above, &found);

	if (status != KAAL_OK)
		return status;
	status = kaal_space_add(space, found, bytes, rights, flags);
	if (status != KAAL_OK)
		remove_region(space, find_exactly(space, found));
	else
		*address = found;
	return status;
}

kaal_status_t kaal_space_grow_memory(struct kaal_space *space, uint64_t address, uint64_t bytes, uint32_t rights, uint32_t flags)
{
	kaal_status_t status = kaal_space_grow(space, address, bytes);
	struct kaal_region *region;

	if (status != KAAL_OK)
		return status;
	region = &space->setup.regions[find_exactly(space, address)];
	status = kaal_space_add(space, address + region->bytes - bytes, bytes, rights, flags);
	if (status != KAAL_OK)
		region->bytes -= bytes;
	return status;
}

kaal_status_t kaal_space_release(struct kaal_space *space, uint64_t address)
{
	uint32_t at = find_exactly(space, address);
	kaal_status_t status;

	if (at == space->regions)
		return KAAL_OUT_OF_RANGE;
	status = kaal_space_unmap(space, address, space->setup.regions[at].bytes);
	if (status != KAAL_OK && status != KAAL_NOT_MAPPED)
		return status;
	remove_region(space, at);
	return KAAL_OK;
}

kaal_status_t kaal_space_end(struct kaal_space *space)
{
	kaal_status_t status = KAAL_OK;

	while (status == KAAL_OK && space->regions != 0)
		status = kaal_space_release(space, space->setup.regions[space->regions - 1].address);
	return status == KAAL_OK ? mm_tables_end(space) : status;
}

kaal_status_t kaal_space_forget(struct kaal_space *space)
{
	kaal_status_t status = mm_mappings_forget(space);

	if (status == KAAL_OK)
		status = mm_tables_end(space);
	if (status == KAAL_OK)
		space->regions = 0;
	return status;
}
