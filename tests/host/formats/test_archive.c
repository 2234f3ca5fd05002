/* Reader and writer of archives: round trips, and every way the reader refuses one. */
#include <criterion/criterion.h>
#include <formats/archive.h>
#include <formats/archive_write.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Offset of a field of the first entry. */
#define FIELD(field) (KAAL_ARCHIVE_MAGIC_BYTES + (field) * KAAL_ARCHIVE_FIELD_BYTES)
#define FIRST_NAME_AT KAAL_ARCHIVE_HEADER_BYTES

static const struct kaal_archive_file files[] = {
	{ "root-task", "12345", 5, true },
	{ "empty", NULL, 0, false },
	{ "motd", "hello", 5, false },
};

static uint8_t *archive;
static size_t archive_bytes;

static void make(void)
{
	archive_bytes = kaal_archive_write_bytes(files, 3);
	archive = malloc(archive_bytes);
	kaal_archive_write(files, 3, archive);
}

static void drop(void)
{
	free(archive);
}

TestSuite(archive, .init = make, .fini = drop);

/* The trailer's entry: the last one, whose name is padded to 124 bytes in all. */
static size_t trailer_at(void)
{
	return archive_bytes - 124;
}

static void put_field(size_t entry_at, enum kaal_archive_field field, uint32_t value)
{
	char text[9];

	snprintf(text, sizeof(text), "%08x", value);
	memcpy(archive + entry_at + FIELD(field), text, 8);
}

static void refused_bytes(size_t bytes, const char *what, uint64_t offset, uint64_t found,
			  const char *expected)
{
	struct kaal_archive read;
	struct kaal_format_error error;
	uint8_t *part = malloc(bytes == 0 ? 1 : bytes);

	memcpy(part, archive, bytes);
	cr_assert_not(kaal_archive_read(&read, part, bytes, &error));
	cr_expect_str_eq(error.what, what);
	cr_expect_eq(error.offset, offset, "offset 0x%lx, not 0x%lx", error.offset, offset);
	cr_expect_eq(error.found, found, "found 0x%lx, not 0x%lx", error.found, found);
	cr_expect(strstr(error.expected, expected) != NULL, "expected text: %s", error.expected);
	free(part);
}

static void refused(const char *what, uint64_t offset, uint64_t found, const char *expected)
{
	refused_bytes(archive_bytes, what, offset, found, expected);
}

static struct kaal_archive accepted(void)
{
	struct kaal_archive read = { 0 };
	struct kaal_format_error error = { 0 };

	cr_assert(kaal_archive_read(&read, archive, archive_bytes, &error), "refused: %s, expected %s",
		  error.what, error.expected);
	return read;
}

Test(archive, what_is_written_is_read)
{
	struct kaal_archive read = accepted();
	struct kaal_archive_entry entry;
	uint64_t cursor = 0;

	for (unsigned i = 0; i < 3; i++) {
		cr_assert(kaal_archive_next(&read, &cursor, &entry));
		cr_expect_str_eq(entry.name, files[i].name);
		cr_expect_eq(entry.bytes, files[i].bytes);
		cr_expect_eq(entry.mode, files[i].executable ? 0100755u : 0100644u);
		if (files[i].bytes > 0)
			cr_expect_eq(memcmp(entry.data, files[i].data, files[i].bytes), 0);
		cr_expect_eq((entry.data - archive) % 4, 0);
	}
	cr_expect_not(kaal_archive_next(&read, &cursor, &entry));
}

Test(archive, writing_twice_gives_the_same_bytes)
{
	uint8_t *again = malloc(archive_bytes);

	memset(again, 0xff, archive_bytes);
	kaal_archive_write(files, 3, again);
	cr_expect_eq(memcmp(again, archive, archive_bytes), 0);
	free(again);
}

Test(archive, file_is_found_by_its_exact_name)
{
	struct kaal_archive read = accepted();
	struct kaal_archive_entry entry;

	cr_assert(kaal_archive_find(&read, "motd", &entry));
	cr_expect_eq(memcmp(entry.data, "hello", 5), 0);
	cr_expect_not(kaal_archive_find(&read, "mot", &entry));
	cr_expect_not(kaal_archive_find(&read, "motd2", &entry));
	cr_expect_not(kaal_archive_find(&read, "", &entry));
	cr_expect_not(kaal_archive_find(&read, KAAL_ARCHIVE_TRAILER, &entry));
}

Test(archive, archive_without_files_is_accepted)
{
	memmove(archive, archive + trailer_at(), 124);
	archive_bytes = 124;
	accepted();
}

Test(archive, directory_is_not_found_as_a_file)
{
	struct kaal_archive read;
	struct kaal_archive_entry entry;

	put_field(0, KAAL_ARCHIVE_MODE, 0040755);
	put_field(0, KAAL_ARCHIVE_NLINK, 2);
	read = accepted();
	cr_expect_not(kaal_archive_find(&read, "root-task", &entry));
}

Test(archive, digits_in_capitals_are_accepted)
{
	memcpy(archive + FIELD(KAAL_ARCHIVE_MTIME), "00ABCDEF", 8);
	accepted();
}

Test(archive, padding_to_a_block_is_accepted)
{
	archive = realloc(archive, archive_bytes + 511);
	memset(archive + archive_bytes, 0, 511);
	archive_bytes += 511;
	accepted();
}

Test(archive, every_truncation_is_refused)
{
	for (size_t bytes = 0; bytes < archive_bytes; bytes++) {
		struct kaal_archive read;
		struct kaal_format_error error;
		uint8_t *part = malloc(bytes == 0 ? 1 : bytes);

		memcpy(part, archive, bytes);
		cr_expect_not(kaal_archive_read(&read, part, bytes, &error), "%zu bytes", bytes);
		free(part);
	}
}

Test(archive, no_bytes)
{
	refused_bytes(0, "cpio header, bytes left", 0, 0, "TRAILER!!!");
}

Test(archive, size_beyond_the_address_space)
{
	struct kaal_archive read;
	struct kaal_format_error error;

	cr_assert_not(kaal_archive_read(&read, archive, UINT64_MAX, &error));
	cr_expect_str_eq(error.what, "archive, size");
}

Test(archive, no_trailer)
{
	refused_bytes(trailer_at(), "cpio header, bytes left", trailer_at(), 0, "TRAILER!!!");
}

Test(archive, header_cut_off)
{
	refused_bytes(109, "cpio header, bytes left", 0, 109, "110");
}

Test(archive, other_magic)
{
	archive[5] = '2';
	refused("cpio magic", 5, '2', "070701");
}

Test(archive, field_not_hexadecimal)
{
	archive[FIELD(KAAL_ARCHIVE_UID) + 3] = 'g';
	refused("cpio c_uid", FIELD(KAAL_ARCHIVE_UID) + 3, 'g', "hexadecimal");
}

Test(archive, neither_file_nor_directory)
{
	put_field(0, KAAL_ARCHIVE_MODE, 0120777);
	refused("cpio c_mode", FIELD(KAAL_ARCHIVE_MODE), 0120777, "regular file");
}

Test(archive, hard_link)
{
	put_field(0, KAAL_ARCHIVE_NLINK, 2);
	refused("cpio c_nlink", FIELD(KAAL_ARCHIVE_NLINK), 2, "hard links");
}

Test(archive, checksum)
{
	put_field(0, KAAL_ARCHIVE_CHECK, 7);
	refused("cpio c_check", FIELD(KAAL_ARCHIVE_CHECK), 7, "checksum");
}

Test(archive, name_empty)
{
	put_field(0, KAAL_ARCHIVE_NAMESIZE, 1);
	refused("cpio c_namesize", FIELD(KAAL_ARCHIVE_NAMESIZE), 1, "2 to 256");
}

Test(archive, name_too_long)
{
	put_field(0, KAAL_ARCHIVE_NAMESIZE, 257);
	refused("cpio c_namesize", FIELD(KAAL_ARCHIVE_NAMESIZE), 257, "2 to 256");
}

Test(archive, name_cut_off)
{
	refused_bytes(FIRST_NAME_AT + 9, "cpio name, size", FIRST_NAME_AT, 10, "truncated");
}

Test(archive, name_with_a_nul_inside)
{
	archive[FIRST_NAME_AT + 4] = '\0';
	refused("cpio name", FIRST_NAME_AT + 4, 0, "no NUL");
}

Test(archive, name_without_a_nul)
{
	archive[FIRST_NAME_AT + 9] = 'x';
	refused("cpio name", FIRST_NAME_AT + 9, 'x', "a NUL");
}

Test(archive, file_cut_off)
{
	refused_bytes(FIRST_NAME_AT + 10 + 5, "cpio c_filesize", FIELD(KAAL_ARCHIVE_FILESIZE), 5, "truncated");
}

Test(archive, file_size_out_of_range)
{
	put_field(0, KAAL_ARCHIVE_FILESIZE, UINT32_MAX);
	refused("cpio c_filesize", FIELD(KAAL_ARCHIVE_FILESIZE), UINT32_MAX, "truncated");
}

Test(archive, trailer_with_contents)
{
	size_t at = trailer_at();

	archive = realloc(archive, archive_bytes + 4);
	memset(archive + archive_bytes, 0, 4);
	put_field(at, KAAL_ARCHIVE_FILESIZE, 4);
	archive_bytes += 4;
	refused("cpio TRAILER!!!, size", at + FIELD(KAAL_ARCHIVE_FILESIZE), 4, "0");
}

Test(archive, too_many_bytes_after_the_trailer)
{
	size_t end = archive_bytes;

	archive = realloc(archive, end + 512);
	memset(archive + end, 0, 512);
	archive_bytes += 512;
	refused("bytes after cpio TRAILER!!!", end, 512, "512");
}

Test(archive, something_after_the_trailer)
{
	size_t end = archive_bytes;

	archive = realloc(archive, end + 1);
	archive[end] = 'x';
	archive_bytes++;
	refused("byte after cpio TRAILER!!!", end, 'x', "padding");
}

Test(archive, too_many_entries)
{
	static struct kaal_archive_file many[KAAL_ARCHIVE_ENTRIES_MAX + 1];

	for (unsigned i = 0; i <= KAAL_ARCHIVE_ENTRIES_MAX; i++)
		many[i].name = "x";
	free(archive);
	archive_bytes = kaal_archive_write_bytes(many, KAAL_ARCHIVE_ENTRIES_MAX);
	archive = malloc(archive_bytes);
	kaal_archive_write(many, KAAL_ARCHIVE_ENTRIES_MAX, archive);
	accepted();
	free(archive);
	archive_bytes = kaal_archive_write_bytes(many, KAAL_ARCHIVE_ENTRIES_MAX + 1);
	archive = malloc(archive_bytes);
	kaal_archive_write(many, KAAL_ARCHIVE_ENTRIES_MAX + 1, archive);
	refused("cpio entries", trailer_at(), KAAL_ARCHIVE_ENTRIES_MAX + 1, "1024");
}
