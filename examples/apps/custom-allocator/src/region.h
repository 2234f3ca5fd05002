/*
 * A region allocator: pieces of any size that end together. To take a piece is to move a pointer; to free a region
 * gives its pages back to the system. Its memory comes from <kaal/memory.h> in chunks, and not from malloc(), which
 * keeps what it has got.
 *
 * REGION-1: `next`..`end` is what is free of the newest chunk; chunks before it are full, or too full for what was wanted
 *
 * Threads: a region is one thread's at a time.
 */
#ifndef REGION_H
#define REGION_H

#include <stddef.h>
#include <stdint.h>

#include <kaal/status.h>

/* The fields are the library's. */
struct region {
	struct region_chunk *newest;
	uintptr_t next, end;
	size_t chunk_bytes;
};

/*
 * A region without pieces, and without memory. It grows by chunks of `chunk_bytes`, or by more where a piece needs that.
 * No system call.
 */
void region_start(struct region *region, size_t chunk_bytes);

/*
 * Takes a piece of `bytes`, 0 or more, at a multiple of `alignment`, a power of two up to 4096; zeroed. NULL: no
 * memory, by kaal_memory_take(), and nothing has changed. Blocks: as that function, if there is no room in the newest
 * chunk.
 */
void *region_take(struct region *region, size_t bytes, size_t alignment);

/*
 * Makes a piece larger: from `old_bytes`, as it was taken or grown last, to `bytes`, no less. It stays where it is if
 * it is the last one that was taken and there is room behind it; else it is copied, and the old one is no more to be
 * used. NULL: as region_take(), and the piece is as it was.
 */
void *region_grow(struct region *region, void *piece, size_t old_bytes, size_t bytes, size_t alignment);

/*
 * Ends all pieces, and gives the pages back; the region can be used again. What kaal_memory_give() says: then some of
 * it is still the region's, no piece is to be used, and it can be tried again.
 */
kaal_status_t region_free(struct region *region);

#endif
