/* Memory of others: frames are mapped in a window of the root task's for as long as they are written or read. */
#ifndef ROOT_TASK_WINDOW_H
#define ROOT_TASK_WINDOW_H

#include "root.h"

/* Writes into frames of 4 KiB that are mapped nowhere, capabilities from `frames` on, `offset` bytes after the first one's start. */
kaal_status_t window_write(kaal_cap_t frames, uint64_t offset, const void *data, uint64_t bytes);

/* Maps at most 512 such frames in the window, readable and writable, until they are closed; *memory is where. */
kaal_status_t window_open(kaal_cap_t frames, uint64_t pages, void **memory);
kaal_status_t window_close(kaal_cap_t frames, uint64_t pages);

/*
 * Reads from a frame that may be mapped elsewhere, through a copy; offset + bytes <= 4096.
 */
kaal_status_t window_read(kaal_cap_t frame, uint64_t offset, void *data, uint64_t bytes);

/* Maps a frame, through a copy in `slot`, at `address` for good, readable and writable. */
kaal_status_t window_keep(kaal_cap_t frame, kaal_cap_t slot, uint64_t address);

/* Maps frames from `address` on, making page tables out of the domain. */
kaal_status_t window_map(struct kaal_domain *domain, kaal_cap_t vspace, kaal_cap_t frames, uint64_t count, uint64_t address, uint32_t rights);

#endif
