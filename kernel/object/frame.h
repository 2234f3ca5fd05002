/*
 * Frames: memory that can be mapped, 4 KiB, 2 MiB or 1 GiB. A capability
 * remembers where it is mapped; a frame that shall be mapped twice has two.
 *
 *   FR-1: a capability's data is 0, or the place where it was mapped last, or a place in no address space: how
 *         many pages of its code are visible to instruction fetch, made so by which thread's call
 *   FR-2: an entry is removed through a capability only while it maps that capability's frame
 *   FR-3: no mapping is both writable and executable; device and uncached memory is never executable
 *   FR-4: the kernel does not access an uncached frame. Nothing of it is in the caches when it is made, and what reads
 *         ahead through the direct map has brought there is dropped with each capability, before the memory is zeroed
 *   FR-5: what is mapped, boot's own mappings for the root task excepted, a capability says that it has mapped there
 */
#ifndef OBJECT_FRAME_H
#define OBJECT_FRAME_H

#include <stdbool.h>

#include "vspace.h"

/* Whether there are frames of this size: 12, 21, 30. */
bool frame_size_ok(uint32_t size_bits);

/* How a frame is mapped. Uncached ones are pages. */
enum frame_memory {
	FRAME_CACHED = 0,
	FRAME_DEVICE = 1,
	FRAME_UNCACHED = 2,
};

/* The capability of a fresh frame: all rights, without EXECUTE unless it is cached. */
struct cap frame_cap(uint64_t base, uint32_t size_bits, enum frame_memory memory);
uint32_t frame_size_bits(struct cap cap);
/* Whether the kernel may access it: RAM that is not mapped past the caches. */
bool frame_is_cached(struct cap cap);
bool frame_is_mapped(struct cap cap);

/* A page of RAM becomes an uncached frame. */
void frame_start_uncached(uint64_t base);

/* A capability ends: its mapping goes with it. */
void frame_end(slot_t slot);

/*
 * A step of mapping. False: another page of a large frame's code was made
 * visible to instruction fetch, and the step is to be repeated by the same
 * thread's call, or frame_map_give_up() called. True: *status is a KAAL_ status;
 * nothing has changed unless it is KAAL_OK.
 *
 * rights READ, WRITE, EXECUTE as the mapping shall have them: OUT_OF_RANGE (address,
 * alignment, no READ, WRITE with EXECUTE), NO_RIGHT, MAPPED, NO_TABLE, ADDRESS_IN_USE.
 */
bool frame_map_step(slot_t slot, vspace_t vspace, uint64_t virtual_address, uint64_t rights, uint32_t thread, uint64_t *status);
void frame_map_give_up(slot_t slot);

/* Each a KAAL_ status; nothing changes unless it is KAAL_OK. NOT_MAPPED, also when the address space has ended or something else is mapped there by now. */
uint64_t frame_unmap(slot_t slot);

/* New rights for the present mapping; EXECUTE for pages only: NOT_MAPPED, OUT_OF_RANGE, NO_RIGHT. */
uint64_t frame_protect(slot_t slot, uint64_t rights);

#endif
