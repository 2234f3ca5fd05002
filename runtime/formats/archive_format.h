/*
 * cpio "newc" as reader and writer share it: an entry is a header of text, the
 * NUL-terminated name and the file's bytes; name and bytes are each followed by
 * padding to a multiple of four. The fields are eight hexadecimal digits each.
 * (Linux, Documentation/driver-api/early-userspace/buffer-format.rst)
 */
#ifndef KAAL_FORMATS_ARCHIVE_FORMAT_H
#define KAAL_FORMATS_ARCHIVE_FORMAT_H

#define KAAL_ARCHIVE_MAGIC "070701"
#define KAAL_ARCHIVE_TRAILER "TRAILER!!!" /* name of the last entry */

#define KAAL_ARCHIVE_MAGIC_BYTES 6u
#define KAAL_ARCHIVE_FIELD_BYTES 8u
#define KAAL_ARCHIVE_ALIGN 4u

/* Fields in the order they stand after the magic. */
enum kaal_archive_field {
	KAAL_ARCHIVE_INO,
	KAAL_ARCHIVE_MODE,
	KAAL_ARCHIVE_UID,
	KAAL_ARCHIVE_GID,
	KAAL_ARCHIVE_NLINK,
	KAAL_ARCHIVE_MTIME,
	KAAL_ARCHIVE_FILESIZE,
	KAAL_ARCHIVE_DEVMAJOR,
	KAAL_ARCHIVE_DEVMINOR,
	KAAL_ARCHIVE_RDEVMAJOR,
	KAAL_ARCHIVE_RDEVMINOR,
	KAAL_ARCHIVE_NAMESIZE, /* with the NUL */
	KAAL_ARCHIVE_CHECK,    /* 0 under this magic */
	KAAL_ARCHIVE_FIELDS,
};

#define KAAL_ARCHIVE_HEADER_BYTES \
	(KAAL_ARCHIVE_MAGIC_BYTES + KAAL_ARCHIVE_FIELDS * KAAL_ARCHIVE_FIELD_BYTES)

/* Kind of file in the mode field. */
#define KAAL_ARCHIVE_MODE_KIND 0170000u
#define KAAL_ARCHIVE_MODE_REGULAR 0100000u
#define KAAL_ARCHIVE_MODE_DIRECTORY 0040000u

/* Bounds that keep the work on a hostile archive small. */
#define KAAL_ARCHIVE_ENTRIES_MAX 1024u
#define KAAL_ARCHIVE_NAME_BYTES_MAX 256u /* with the NUL */

/* What may follow the trailer: zeros up to this multiple, as cpio(1) writes. */
#define KAAL_ARCHIVE_BLOCK_BYTES 512u

/* Name of the root task's ELF file. */
#define KAAL_ARCHIVE_ROOT_TASK "root-task"

#endif
