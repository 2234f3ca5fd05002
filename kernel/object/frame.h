/*
 * Frames: memory that can be mapped, 4 KiB, 2 MiB or 1 GiB. A capability
 * remembers where it is mapped; a frame that shall be mapped twice has two.
 *
 *   FR-1: a capability's data is 0, or the place where it was mapped last
 *   FR-2: an entry is removed through a capability only while it maps that capability's frame
 *   FR-3: no mapping is both writable and executable; device memory is never executable
 */
#ifndef OBJECT_FRAME_H
#define OBJECT_FRAME_H

#include <stdbool.h>

#include "vspace.h"

/* Whether there are frames of this size: 12, 21, 30. */
bool frame_size_ok(uint32_t size_bits);

/* The capability of a fresh frame: all rights, of device memory without EXECUTE. */
struct cap frame_cap(uint64_t base, uint32_t size_bits, bool device);
uint32_t frame_size_bits(struct cap cap);
bool frame_is_device(struct cap cap);
bool frame_is_mapped(struct cap cap);

/*
 * Each a KAAL_ status; nothing changes unless it is KAAL_OK.
 *
 * frame_map: rights READ, WRITE, EXECUTE as the mapping shall have them:
 * OUT_OF_RANGE (address, alignment, no READ, WRITE with EXECUTE), NO_RIGHT,
 * MAPPED, NO_TABLE, ADDRESS_IN_USE.
 */
uint64_t frame_map(slot_t slot, vspace_t vspace, uint64_t virtual_address, uint64_t rights);

/* NOT_MAPPED, also when the address space has ended or something else is mapped there by now. */
uint64_t frame_unmap(slot_t slot);

/* New rights for the present mapping: NOT_MAPPED, OUT_OF_RANGE, NO_RIGHT. */
uint64_t frame_protect(slot_t slot, uint64_t rights);

#endif
