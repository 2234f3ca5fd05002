#include <formats/archive.h>

#include "bytes.h"

static const char *const field_names[KAAL_ARCHIVE_FIELDS] = {
	[KAAL_ARCHIVE_INO] = "cpio c_ino",
	[KAAL_ARCHIVE_MODE] = "cpio c_mode",
	[KAAL_ARCHIVE_UID] = "cpio c_uid",
	[KAAL_ARCHIVE_GID] = "cpio c_gid",
	[KAAL_ARCHIVE_NLINK] = "cpio c_nlink",
	[KAAL_ARCHIVE_MTIME] = "cpio c_mtime",
	[KAAL_ARCHIVE_FILESIZE] = "cpio c_filesize",
	[KAAL_ARCHIVE_DEVMAJOR] = "cpio c_devmajor",
	[KAAL_ARCHIVE_DEVMINOR] = "cpio c_devminor",
	[KAAL_ARCHIVE_RDEVMAJOR] = "cpio c_rdevmajor",
	[KAAL_ARCHIVE_RDEVMINOR] = "cpio c_rdevminor",
	[KAAL_ARCHIVE_NAMESIZE] = "cpio c_namesize",
	[KAAL_ARCHIVE_CHECK] = "cpio c_check",
};

/* Where a field stands, from the start of the entry. */
static uint64_t field_offset(enum kaal_archive_field field)
{
	return KAAL_ARCHIVE_MAGIC_BYTES + (uint64_t)field * KAAL_ARCHIVE_FIELD_BYTES;
}

/* `value` rounded up to the archive's alignment; no overflow below 2^63. */
static uint64_t align_up(uint64_t value)
{
	return (value + KAAL_ARCHIVE_ALIGN - 1) / KAAL_ARCHIVE_ALIGN * KAAL_ARCHIVE_ALIGN;
}

/* The value of a hexadecimal digit, 16 if it is none. */
static uint32_t hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)c - '0';
	if (c >= 'a' && c <= 'f')
		return (uint32_t)c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return (uint32_t)c - 'A' + 10;
	return 16;
}

/* Reads the fields of the header at `start`, which lies inside the archive. */
static bool read_fields(const uint8_t *data, uint64_t start, uint32_t fields[KAAL_ARCHIVE_FIELDS],
			struct kaal_format_error *error)
{
	for (unsigned f = 0; f < KAAL_ARCHIVE_FIELDS; f++) {
		uint64_t at = start + field_offset((enum kaal_archive_field)f);

		fields[f] = 0;
		for (unsigned i = 0; i < KAAL_ARCHIVE_FIELD_BYTES; i++) {
			uint32_t digit = hex_digit(data[at + i]);

			if (digit == 16)
				return kaal_format_fail(error, field_names[f], at + i, data[at + i],
							"a hexadecimal digit");
			fields[f] = fields[f] << 4 | digit;
		}
	}
	return true;
}

/* Checks the fields that say what kind of entry this is. */
static bool check_kind(const uint32_t fields[KAAL_ARCHIVE_FIELDS], uint64_t start,
		       struct kaal_format_error *error)
{
	uint32_t kind = fields[KAAL_ARCHIVE_MODE] & KAAL_ARCHIVE_MODE_KIND;

	if (kind != KAAL_ARCHIVE_MODE_REGULAR && kind != KAAL_ARCHIVE_MODE_DIRECTORY)
		return kaal_format_fail(error, field_names[KAAL_ARCHIVE_MODE],
					start + field_offset(KAAL_ARCHIVE_MODE), fields[KAAL_ARCHIVE_MODE],
					"a regular file (0x8000) or a directory (0x4000)");
	/* A hard link's bytes stand only with the last of its names. */
	if (kind == KAAL_ARCHIVE_MODE_REGULAR && fields[KAAL_ARCHIVE_NLINK] != 1)
		return kaal_format_fail(error, field_names[KAAL_ARCHIVE_NLINK],
					start + field_offset(KAAL_ARCHIVE_NLINK), fields[KAAL_ARCHIVE_NLINK],
					"1 (no hard links)");
	if (fields[KAAL_ARCHIVE_CHECK] != 0)
		return kaal_format_fail(error, field_names[KAAL_ARCHIVE_CHECK],
					start + field_offset(KAAL_ARCHIVE_CHECK), fields[KAAL_ARCHIVE_CHECK],
					"0 (no checksum under magic 070701)");
	return true;
}

static bool name_is(const struct kaal_archive_entry *entry, uint64_t name_bytes, const char *name,
		    uint64_t other_bytes)
{
	return name_bytes == other_bytes && bytes_equal(entry->name, name, (size_t)name_bytes);
}

/* Checks name and size and fills the entry; *end is where the next entry starts. */
static bool read_body(const uint8_t *data, uint64_t bytes, uint64_t start,
		      const uint32_t fields[KAAL_ARCHIVE_FIELDS], struct kaal_archive_entry *entry,
		      uint64_t *end, struct kaal_format_error *error)
{
	uint64_t name_at = start + KAAL_ARCHIVE_HEADER_BYTES;
	uint64_t name_bytes = fields[KAAL_ARCHIVE_NAMESIZE];
	uint64_t data_at = align_up(name_at + name_bytes);
	uint64_t file_bytes = fields[KAAL_ARCHIVE_FILESIZE];

	if (name_bytes < 2 || name_bytes > KAAL_ARCHIVE_NAME_BYTES_MAX)
		return kaal_format_fail(error, field_names[KAAL_ARCHIVE_NAMESIZE],
					start + field_offset(KAAL_ARCHIVE_NAMESIZE), name_bytes,
					"2 to 256 (a name and its NUL)");
	if (data_at > bytes)
		return kaal_format_fail(error, "cpio name, size", name_at, name_bytes,
					"a name inside the archive, which is truncated");
	for (uint64_t i = 0; i + 1 < name_bytes; i++)
		if (data[name_at + i] == '\0')
			return kaal_format_fail(error, "cpio name", name_at + i, 0,
						"no NUL before the name's end");
	if (data[name_at + name_bytes - 1] != '\0')
		return kaal_format_fail(error, "cpio name", name_at + name_bytes - 1,
					data[name_at + name_bytes - 1], "a NUL at the name's end");
	if (!bytes_inside(data_at, align_up(file_bytes), bytes))
		return kaal_format_fail(error, field_names[KAAL_ARCHIVE_FILESIZE],
					start + field_offset(KAAL_ARCHIVE_FILESIZE), file_bytes,
					"a file inside the archive, which is truncated");
	*entry = (struct kaal_archive_entry){ (const char *)data + name_at, data + data_at, file_bytes,
					      fields[KAAL_ARCHIVE_MODE] };
	*end = data_at + align_up(file_bytes);
	return true;
}

/* Reads the entry at `start`; *last tells that it is the trailer. */
static bool read_entry(const uint8_t *data, uint64_t bytes, uint64_t start,
		       struct kaal_archive_entry *entry, uint64_t *end, bool *last,
		       struct kaal_format_error *error)
{
	uint32_t fields[KAAL_ARCHIVE_FIELDS];

	if (!bytes_inside(start, KAAL_ARCHIVE_HEADER_BYTES, bytes))
		return kaal_format_fail(error, "cpio header, bytes left", start, bytes - start,
					"a header of 110 bytes: the archive ends without TRAILER!!!");
	for (unsigned i = 0; i < KAAL_ARCHIVE_MAGIC_BYTES; i++)
		if (data[start + i] != (uint8_t)KAAL_ARCHIVE_MAGIC[i])
			return kaal_format_fail(error, "cpio magic", start + i, data[start + i],
						"070701 (cpio newc)");
	if (!read_fields(data, start, fields, error) ||
	    !read_body(data, bytes, start, fields, entry, end, error))
		return false;
	*last = name_is(entry, fields[KAAL_ARCHIVE_NAMESIZE], KAAL_ARCHIVE_TRAILER,
			sizeof(KAAL_ARCHIVE_TRAILER));
	if (!*last)
		return check_kind(fields, start, error);
	if (entry->bytes != 0)
		return kaal_format_fail(error, "cpio TRAILER!!!, size",
					start + field_offset(KAAL_ARCHIVE_FILESIZE), entry->bytes, "0");
	return true;
}

/* What follows the trailer may only pad the archive to its block size. */
static bool check_padding(const uint8_t *data, uint64_t bytes, uint64_t end,
			  struct kaal_format_error *error)
{
	if (bytes - end >= KAAL_ARCHIVE_BLOCK_BYTES)
		return kaal_format_fail(error, "bytes after cpio TRAILER!!!", end, bytes - end,
					"fewer than 512 bytes of padding");
	for (uint64_t at = end; at < bytes; at++)
		if (data[at] != 0)
			return kaal_format_fail(error, "byte after cpio TRAILER!!!", at, data[at],
						"0 (padding)");
	return true;
}

bool kaal_archive_read(struct kaal_archive *archive, const void *data, uint64_t bytes,
		       struct kaal_format_error *error)
{
	uint64_t start = 0;

	if (bytes > (uint64_t)PTRDIFF_MAX)
		return kaal_format_fail(error, "archive, size", 0, bytes, "less than half of the address space");
	for (unsigned entries = 0; entries <= KAAL_ARCHIVE_ENTRIES_MAX; entries++) {
		struct kaal_archive_entry entry;
		uint64_t end;
		bool last;

		if (!read_entry(data, bytes, start, &entry, &end, &last, error))
			return false;
		if (last) {
			*archive = (struct kaal_archive){ data, end };
			return check_padding(data, bytes, end, error);
		}
		start = end;
	}
	return kaal_format_fail(error, "cpio entries", start, KAAL_ARCHIVE_ENTRIES_MAX + 1, "at most 1024");
}

/* A field of an entry that kaal_archive_read() has passed: each byte is a hexadecimal digit. */
static uint32_t checked_field(const uint8_t *data, uint64_t start, enum kaal_archive_field field)
{
	const uint8_t *digit = data + start + field_offset(field);
	uint32_t value = 0;

	for (unsigned i = 0; i < KAAL_ARCHIVE_FIELD_BYTES; i++)
		value = value << 4 | ((digit[i] & 0xfu) + (digit[i] >> 6) * 9u);
	return value;
}

bool kaal_archive_next(const struct kaal_archive *archive, uint64_t *cursor,
		       struct kaal_archive_entry *entry)
{
	const uint8_t *data = archive->data;
	uint64_t start = *cursor, data_at;

	if (start >= archive->bytes)
		return false;
	data_at = align_up(start + KAAL_ARCHIVE_HEADER_BYTES + checked_field(data, start, KAAL_ARCHIVE_NAMESIZE));
	*entry = (struct kaal_archive_entry){ (const char *)data + start + KAAL_ARCHIVE_HEADER_BYTES, data + data_at,
					      checked_field(data, start, KAAL_ARCHIVE_FILESIZE),
					      checked_field(data, start, KAAL_ARCHIVE_MODE) };
	*cursor = data_at + align_up(entry->bytes);
	/* The trailer, and nothing else, ends where the archive does. */
	return *cursor != archive->bytes;
}

bool kaal_archive_find(const struct kaal_archive *archive, const char *name,
		       struct kaal_archive_entry *entry)
{
	uint64_t cursor = 0;

	while (kaal_archive_next(archive, &cursor, entry)) {
		size_t i = 0;

		if ((entry->mode & KAAL_ARCHIVE_MODE_KIND) != KAAL_ARCHIVE_MODE_REGULAR)
			continue;
		while (name[i] != '\0' && entry->name[i] == name[i])
			i++;
		if (name[i] == '\0' && entry->name[i] == '\0')
			return true;
	}
	return false;
}
