/*
 * Memory for the program itself, in whole pages, from the capability broker, within the description's memory-max: fresh, zeroed, mapped
 * readable and writable, and given back to the system. malloc() takes its memory here; thread stacks come from here.
 *
 * Unless a function says otherwise:
 *   Rights: as <kaal/broker.h> says, and WRITE on KAAL_SLOT_VSPACE. Blocks: while the broker serves others, or another thread is here. Any
 *   thread. A function that fails leaves all as it was.
 */
#ifndef KAAL_MEMORY_H
#define KAAL_MEMORY_H

#include <kaal/broker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks of untyped memory that a piece of memory is put together from, at most. */
#define KAAL_MEMORY_BLOCKS 4u

/* A block: 2^bits bytes, mapped as frames in consecutive slots. For libkaal. */
struct kaal_memory_block {
	struct kaal_broker_held untyped;
	kaal_frame_t frames; /* the first */
	uint32_t count;
};

/* A piece of memory. Address and bytes are for reading. */
struct kaal_memory {
	uint64_t address;
	uint64_t bytes;
	uint32_t blocks;
	struct kaal_memory_block block[KAAL_MEMORY_BLOCKS];
};

/*
 * Takes at least `bytes` bytes, zeroed, with an unmapped page on either side. Blocks are powers of two, so up to an eighth more is taken
 * and charged; pieces of 2 MiB and more are aligned to that and mapped with large pages where they are large enough.
 *
 * OUT_OF_RANGE: 0 bytes, or more than there are addresses. NO_MEMORY: by the broker's rules (kaal_broker_rule()), or there are no
 * slots, no addresses, or no entry for a mapping. *memory is undefined then.
 */
KAAL_MUST_CHECK kaal_status_t kaal_memory_take(uint64_t bytes, struct kaal_memory *memory);

/* Gives it back: nothing is mapped there any more, the charge ends, *memory is zero. What the broker says; it can be tried again then. */
KAAL_MUST_CHECK kaal_status_t kaal_memory_give(struct kaal_memory *memory);

/*
 * Maps frames of 4 KiB that the caller holds, a device's registers or DMA memory, in consecutive slots, readable and writable, with an unmapped page on
 * either side. They stay the caller's, and are not to be deleted while they are mapped.
 *   *address  of the first one
 * OUT_OF_RANGE: no frame. NO_MEMORY: as kaal_memory_take(). Others: what frame_map says.
 */
KAAL_MUST_CHECK kaal_status_t kaal_memory_map(kaal_frame_t first, uint32_t count, uint64_t *address);

/* Unmaps what kaal_memory_map() has mapped at an address. OUT_OF_RANGE: nothing was. */
KAAL_MUST_CHECK kaal_status_t kaal_memory_unmap(uint64_t address);

#ifdef __cplusplus
}
#endif

#endif
