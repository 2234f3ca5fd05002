/* What is written into a component's memory before it runs. */
#ifndef ROOT_TASK_CONTENTS_H
#define ROOT_TASK_CONTENTS_H

#include "load.h"
#include "output.h"

/* The shared page: message buffers, then the start page, then the log ring. */
#define CONTENTS_SHARED_BUFFERS (LOG_OFFSET / KAAL_MESSAGE_BUFFER_BYTES)
#define CONTENTS_STARTUP_OFFSET (CONTENTS_SHARED_BUFFERS * KAAL_MESSAGE_BUFFER_BYTES)

/* Of the archive of the files that the description gives it; 0 without any. */
uint64_t contents_files_bytes(const struct component *component);

/*
 * Writes segments, arguments and environment, files, start page, and `extra`, whole pages, into frames that are mapped nowhere. Errors as
 * load_component().
 */
kaal_status_t contents_write(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup, const void *extra);

#endif
