/* Names of addresses in an executable with a symbol table, whole and spoiled. */
#include <criterion/criterion.h>
#include <formats/elf_symbol.h>
#include <stdlib.h>
#include <string.h>

#include "../../../runtime/formats/elf_format.h"
#include "elf_image.h"

/* Behind the image: two section headers, then symbols, then texts, up to the last byte. */
#define SECTIONS 2u
#define SYMBOLS 3u
#define HEADERS_AT IMAGE_BYTES
#define SYMBOLS_AT (HEADERS_AT + SECTIONS * ELF_SHDR_BYTES)
#define TEXTS_AT (SYMBOLS_AT + SYMBOLS * ELF_SYM_BYTES)
#define BYTES (TEXTS_AT + sizeof texts)

static const char texts[] = "\0start\0main\0data";
enum { NAME_START = 1, NAME_MAIN = 7, NAME_DATA = 12 };

static uint8_t *file;
static struct kaal_elf elf;

static void put_section(unsigned index, uint32_t type, uint64_t offset, uint64_t bytes, uint32_t link)
{
	size_t at = HEADERS_AT + index * ELF_SHDR_BYTES;

	image_put32(file, at + ELF_SH_TYPE, type);
	image_put64(file, at + ELF_SH_OFFSET, offset);
	image_put64(file, at + ELF_SH_SIZE, bytes);
	image_put32(file, at + ELF_SH_LINK, link);
}

static void put_symbol(unsigned index, uint32_t name, uint8_t type, uint64_t value, uint64_t bytes)
{
	size_t at = SYMBOLS_AT + index * ELF_SYM_BYTES;

	image_put32(file, at + ELF_ST_NAME, name);
	file[at + ELF_ST_INFO] = type;
	image_put64(file, at + ELF_ST_VALUE, value);
	image_put64(file, at + ELF_ST_SIZE, bytes);
}

static void make(void)
{
	uint8_t *image = image_make();
	struct kaal_format_error error;

	file = calloc(1, BYTES);
	memcpy(file, image, IMAGE_BYTES);
	free(image);
	memcpy(file + TEXTS_AT, texts, sizeof texts);
	image_put64(file, ELF_E_SHOFF, HEADERS_AT);
	image_put16(file, ELF_E_SHENTSIZE, ELF_SHDR_BYTES);
	image_put16(file, ELF_E_SHNUM, SECTIONS);
	put_section(0, ELF_SHT_SYMTAB, SYMBOLS_AT, SYMBOLS * ELF_SYM_BYTES, 1);
	put_section(1, 3, TEXTS_AT, sizeof texts, 0);
	put_symbol(0, NAME_DATA, 1, 0x401000, 0x1000); /* an object, no function */
	put_symbol(1, NAME_START, 0x12, 0x401000, 0x10);
	put_symbol(2, NAME_MAIN, 0x12, 0x401010, 0x20);
	cr_assert(kaal_elf_read(&elf, file, BYTES, 2, &error), "%s", error.what);
}

static void drop(void)
{
	free(file);
}

TestSuite(elf_symbol, .init = make, .fini = drop);

static bool finds(uint64_t address, const char *expected, uint64_t distance)
{
	const char *name = NULL;
	uint64_t offset = UINT64_MAX;

	if (!kaal_elf_symbol(&elf, address, &name, &offset))
		return false;
	cr_assert_str_eq(name, expected);
	cr_assert_eq(offset, distance);
	return true;
}

static bool nothing(void)
{
	const char *name;
	uint64_t offset;

	return !kaal_elf_symbol(&elf, 0x401010, &name, &offset);
}

Test(elf_symbol, an_address_has_the_name_of_its_function)
{
	cr_assert(finds(0x401000, "start", 0));
	cr_assert(finds(0x40100f, "start", 15));
	cr_assert(finds(0x401010, "main", 0));
	cr_assert(finds(0x40102f, "main", 31));
	cr_assert_not(finds(0x401030, "", 0));
	cr_assert_not(finds(0x400fff, "", 0));
	cr_assert_not(finds(UINT64_MAX, "", 0));
}

Test(elf_symbol, without_a_table_there_are_no_names)
{
	image_put32(file, HEADERS_AT + ELF_SH_TYPE, 3);
	cr_assert(nothing());
}

/* Offsets and sizes that lie outside the file, or nearly; the address sanitizer sees a read past its end. */
Test(elf_symbol, what_does_not_lie_in_the_file_is_not_read)
{
	static const struct {
		size_t at;
		uint64_t value;
		unsigned bytes;
	} spoilt[] = {
		{ELF_E_SHOFF, BYTES - SECTIONS * ELF_SHDR_BYTES + 1, 8},
		{ELF_E_SHOFF, UINT64_MAX, 8},
		{ELF_E_SHENTSIZE, ELF_SHDR_BYTES + 1, 2},
		{ELF_E_SHNUM, 0xffff, 2},
		{ELF_E_SHNUM, 200, 2},
		{HEADERS_AT + ELF_SH_OFFSET, BYTES, 8},
		{HEADERS_AT + ELF_SH_OFFSET, UINT64_MAX - 8, 8},
		{HEADERS_AT + ELF_SH_SIZE, BYTES, 8},
		{HEADERS_AT + ELF_SH_SIZE, UINT64_MAX, 8},
		{HEADERS_AT + ELF_SH_LINK, SECTIONS, 4},
		{HEADERS_AT + ELF_SHDR_BYTES + ELF_SH_OFFSET, BYTES - 4, 8},
		{HEADERS_AT + ELF_SHDR_BYTES + ELF_SH_SIZE, NAME_MAIN + 4, 8}, /* the name has no end */
		{SYMBOLS_AT + 2 * ELF_SYM_BYTES + ELF_ST_NAME, sizeof texts, 4},
		{SYMBOLS_AT + 2 * ELF_SYM_BYTES + ELF_ST_NAME, UINT32_MAX, 4},
		{SYMBOLS_AT + 2 * ELF_SYM_BYTES + ELF_ST_SIZE, 0, 8},
	};

	for (unsigned i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
		uint8_t kept[8];

		memcpy(kept, file + spoilt[i].at, sizeof kept);
		memcpy(file + spoilt[i].at, &spoilt[i].value, spoilt[i].bytes);
		cr_assert(nothing(), "case %u", i);
		memcpy(file + spoilt[i].at, kept, sizeof kept);
		cr_assert_not(nothing());
	}
}
