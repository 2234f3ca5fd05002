#include <formats/archive_write.h>

#include <string.h>

static size_t align_up(size_t value)
{
	return (value + KAAL_ARCHIVE_ALIGN - 1) / KAAL_ARCHIVE_ALIGN * KAAL_ARCHIVE_ALIGN;
}

static size_t entry_bytes(const char *name, size_t bytes)
{
	return align_up(KAAL_ARCHIVE_HEADER_BYTES + strlen(name) + 1) + align_up(bytes);
}

/* Writes one entry and returns where the next one starts. */
static uint8_t *put_entry(uint8_t *out, const struct kaal_archive_file *file, uint32_t inode, uint32_t mode)
{
	const uint32_t fields[KAAL_ARCHIVE_FIELDS] = {
		[KAAL_ARCHIVE_INO] = inode,
		[KAAL_ARCHIVE_MODE] = mode,
		[KAAL_ARCHIVE_NLINK] = 1,
		[KAAL_ARCHIVE_FILESIZE] = file->bytes,
		[KAAL_ARCHIVE_NAMESIZE] = (uint32_t)strlen(file->name) + 1,
	};
	size_t total = entry_bytes(file->name, file->bytes);
	uint8_t *at = out + KAAL_ARCHIVE_MAGIC_BYTES;

	memset(out, 0, total);
	memcpy(out, KAAL_ARCHIVE_MAGIC, KAAL_ARCHIVE_MAGIC_BYTES);
	for (unsigned f = 0; f < KAAL_ARCHIVE_FIELDS; f++)
		for (unsigned digit = KAAL_ARCHIVE_FIELD_BYTES; digit > 0; digit--)
			*at++ = (uint8_t)"0123456789abcdef"[fields[f] >> ((digit - 1) * 4) & 0xf];
	memcpy(at, file->name, strlen(file->name));
	if (file->bytes > 0)
		memcpy(out + align_up(KAAL_ARCHIVE_HEADER_BYTES + strlen(file->name) + 1), file->data, file->bytes);
	return out + total;
}

size_t kaal_archive_write_bytes(const struct kaal_archive_file *files, size_t count)
{
	size_t total = entry_bytes(KAAL_ARCHIVE_TRAILER, 0);

	for (size_t i = 0; i < count; i++)
		total += entry_bytes(files[i].name, files[i].bytes);
	return total;
}

void kaal_archive_write(const struct kaal_archive_file *files, size_t count, uint8_t *out)
{
	const struct kaal_archive_file trailer = { .name = KAAL_ARCHIVE_TRAILER };

	for (size_t i = 0; i < count; i++)
		out = put_entry(out, &files[i], (uint32_t)i + 1,
				KAAL_ARCHIVE_MODE_REGULAR | (files[i].executable ? 0755u : 0644u));
	put_entry(out, &trailer, 0, 0);
}
