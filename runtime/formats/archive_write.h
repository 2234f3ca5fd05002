/*
 * Writer of the system archive, for the image tool. The same files give the
 * same bytes: no times, no owners, inodes numbered in order.
 */
#ifndef KAAL_FORMATS_ARCHIVE_WRITE_H
#define KAAL_FORMATS_ARCHIVE_WRITE_H

#include <formats/archive_format.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A regular file to be written. */
struct kaal_archive_file {
	const char *name; /* 1 to KAAL_ARCHIVE_NAME_BYTES_MAX - 1 characters, not the trailer's name */
	const void *data; /* may be NULL if bytes is 0 */
	uint32_t bytes;
	bool executable; /* mode 0755, else 0644 */
};

/* Bytes that kaal_archive_write() will need for these files. */
size_t kaal_archive_write_bytes(const struct kaal_archive_file *files, size_t count);

/*
 * Writes the archive of `count` (at most KAAL_ARCHIVE_ENTRIES_MAX) files to
 * `out`, which has kaal_archive_write_bytes() bytes. kaal_archive_read()
 * accepts what it writes.
 */
void kaal_archive_write(const struct kaal_archive_file *files, size_t count, uint8_t *out);

#endif
