#include "region.h"

#include <stdbool.h>
#include <string.h>

#include <kaal/memory.h>

/* At the beginning of each chunk. */
struct region_chunk {
	struct region_chunk *older;
	struct kaal_memory memory; /* that the chunk lies in */
};

void region_start(struct region *region, size_t chunk_bytes)
{
	*region = (struct region){.chunk_bytes = chunk_bytes};
}

/* A chunk that has room for so many bytes. */
static bool add_chunk(struct region *region, size_t bytes)
{
	struct region_chunk *chunk;
	struct kaal_memory memory;

	if (kaal_memory_take(bytes > region->chunk_bytes ? bytes : region->chunk_bytes, &memory) != KAAL_OK)
		return false;
	chunk = (struct region_chunk *)(uintptr_t)memory.address;
	chunk->older = region->newest;
	chunk->memory = memory;
	region->newest = chunk;
	region->next = (uintptr_t)(chunk + 1);
	region->end = (uintptr_t)(memory.address + memory.bytes);
	return true;
}

/* Where a piece lies in the newest chunk; 0: it has no room for it. A chunk ends with a page, so to align stays in it. */
static uintptr_t find_room(const struct region *region, size_t bytes, size_t alignment)
{
	uintptr_t at = (region->next + alignment - 1) & ~(uintptr_t)(alignment - 1);

	return region->newest != NULL && bytes <= region->end - at ? at : 0;
}

void *region_take(struct region *region, size_t bytes, size_t alignment)
{
	uintptr_t at = find_room(region, bytes, alignment);

	if (at == 0) {
		size_t beside = sizeof(struct region_chunk) + alignment;

		/* A sum that is too large for a number is too large for memory. */
		if (bytes > SIZE_MAX - beside || !add_chunk(region, bytes + beside))
			return NULL;
		at = find_room(region, bytes, alignment);
	}
	region->next = at + bytes;
	return (void *)at;
}

void *region_grow(struct region *region, void *piece, size_t old_bytes, size_t bytes, size_t alignment)
{
	uintptr_t at = (uintptr_t)piece;
	void *larger;

	if (at + old_bytes == region->next && bytes <= region->end - at) {
		region->next = at + bytes;
		return piece;
	}
	larger = region_take(region, bytes, alignment);
	if (larger != NULL)
		memcpy(larger, piece, old_bytes);
	return larger;
}

kaal_status_t region_free(struct region *region)
{
	while (region->newest != NULL) {
		/* What says where the chunk is must not lie in it when it goes. */
		struct region_chunk chunk = *region->newest;
		kaal_status_t status = kaal_memory_give(&chunk.memory);

		if (status != KAAL_OK)
			return status;
		region->newest = chunk.older;
	}
	region->next = region->end = 0;
	return KAAL_OK;
}
