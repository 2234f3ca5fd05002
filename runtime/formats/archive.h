/*
 * Reader of the system archive (cpio "newc"). Takes any bytes; reads nothing
 * outside them, allocates nothing, and its work is bounded by
 * KAAL_ARCHIVE_ENTRIES_MAX entries.
 */
#ifndef KAAL_FORMATS_ARCHIVE_H
#define KAAL_FORMATS_ARCHIVE_H

#include <formats/archive_format.h>
#include <formats/format_error.h>

/* An archive that kaal_archive_read() accepted. Borrows the bytes. */
struct kaal_archive {
	const uint8_t *data;
	uint64_t bytes; /* up to the end of the trailer */
};

struct kaal_archive_entry {
	const char *name;    /* NUL-terminated, inside the archive */
	const uint8_t *data; /* inside the archive, 4-byte aligned relative to it */
	uint64_t bytes;
	uint32_t mode; /* kind and permissions as in st_mode; regular file or directory */
};

/*
 * Checks the whole archive, up to its trailer.
 *   data   bytes of the archive, any alignment; may be NULL if bytes is 0
 *   error  filled on failure: offsets count from `data`
 * Returns false if any entry is truncated or corrupt, if the trailer is missing
 * or followed by more than padding, or if a bound of archive_format.h is passed.
 */
bool kaal_archive_read(struct kaal_archive *archive, const void *data, uint64_t bytes,
		       struct kaal_format_error *error);

/*
 * The entry at *cursor, which starts at 0 and is moved on. Returns false after
 * the last entry.
 */
bool kaal_archive_next(const struct kaal_archive *archive, uint64_t *cursor,
		       struct kaal_archive_entry *entry);

/* The first regular file of exactly this name. Returns false if there is none. */
bool kaal_archive_find(const struct kaal_archive *archive, const char *name,
		       struct kaal_archive_entry *entry);

#endif
