/* Reader of executables: a valid one, and every way it refuses a file. */
#include <criterion/criterion.h>
#include <formats/elf.h>
#include <kaal/types.h>
#include <stdlib.h>
#include <string.h>

#include "../../../runtime/formats/elf_format.h"
#include "elf_image.h"

#define SEGMENTS_MAX 2u

static uint8_t *image;

static void make(void)
{
	image = image_make();
}

static void drop(void)
{
	free(image);
}

TestSuite(elf, .init = make, .fini = drop);

static bool read_image(struct kaal_elf *elf, struct kaal_format_error *error)
{
	return kaal_elf_read(elf, image, IMAGE_BYTES, SEGMENTS_MAX, error);
}

static void accepted(void)
{
	struct kaal_elf elf;
	struct kaal_format_error error = { 0 };

	cr_assert(read_image(&elf, &error), "refused: %s, expected %s", error.what, error.expected);
}

/* The first `bytes` of the image are refused for this reason. */
static void refused_bytes(size_t bytes, const char *what, uint64_t offset, uint64_t found,
			  const char *expected)
{
	struct kaal_elf elf;
	struct kaal_format_error error;
	uint8_t *part = malloc(bytes == 0 ? 1 : bytes);

	memcpy(part, image, bytes);
	cr_assert_not(kaal_elf_read(&elf, part, bytes, SEGMENTS_MAX, &error));
	cr_expect_str_eq(error.what, what);
	cr_expect_eq(error.offset, offset, "offset 0x%lx, not 0x%lx", error.offset, offset);
	cr_expect_eq(error.found, found, "found 0x%lx, not 0x%lx", error.found, found);
	cr_expect(strstr(error.expected, expected) != NULL, "expected text: %s", error.expected);
	free(part);
}

static void refused(const char *what, uint64_t offset, uint64_t found, const char *expected)
{
	refused_bytes(IMAGE_BYTES, what, offset, found, expected);
}

static void refused16(size_t at, uint16_t value, const char *what, const char *expected)
{
	image_put16(image, at, value);
	refused(what, at, value, expected);
}

static void refused_flags(unsigned header, uint32_t value, const char *what, const char *expected)
{
	image_put32(image, image_field(header, ELF_P_FLAGS), value);
	refused(what, image_field(header, ELF_P_FLAGS), value, expected);
}

static void refused_field(unsigned header, unsigned field, uint64_t value, const char *what,
			  const char *expected)
{
	image_put64(image, image_field(header, field), value);
	refused(what, image_field(header, field), value, expected);
}

Test(elf, valid_file_is_described)
{
	struct kaal_elf elf;
	struct kaal_format_error error;
	struct kaal_elf_segment segment;

	cr_assert(read_image(&elf, &error));
	cr_expect_eq(elf.entry, 0x401010);
	cr_expect_eq(elf.segment_count, 2);
	cr_expect_eq(elf.stack_bytes, 0x8000);
	cr_expect_eq(elf.abi_version, KAAL_ABI_VERSION);
	cr_expect_eq(elf.tls.address, 0x402000);
	cr_expect_eq(elf.tls.file_bytes, 8);
	cr_expect_eq(elf.tls.memory_bytes, 16);
	cr_expect_eq(elf.tls.alignment_bytes, 8);
	cr_assert(kaal_elf_segment(&elf, 0, &segment));
	cr_expect_eq(segment.access, KAAL_ELF_READ | KAAL_ELF_EXECUTE);
	cr_assert(kaal_elf_segment(&elf, 1, &segment));
	cr_expect_eq(segment.address, 0x402000);
	cr_expect_eq(segment.memory_bytes, 0x100);
	cr_expect_eq(segment.file_bytes, 0x20);
	cr_expect_eq(segment.file_offset, 0x2000);
	cr_expect_eq(segment.data, image + 0x2000);
	cr_expect_eq(segment.access, KAAL_ELF_READ | KAAL_ELF_WRITE);
	cr_expect_not(kaal_elf_segment(&elf, 2, &segment));
}

Test(elf, data_at_any_alignment_is_read)
{
	struct kaal_elf elf;
	struct kaal_format_error error;
	uint8_t *odd = malloc(IMAGE_BYTES + 1);

	memcpy(odd + 1, image, IMAGE_BYTES);
	cr_expect(kaal_elf_read(&elf, odd + 1, IMAGE_BYTES, SEGMENTS_MAX, &error));
	free(odd);
}

Test(elf, empty_load_segment_is_skipped)
{
	image_put64(image, image_field(IMAGE_DATA, ELF_P_FILESZ), 0);
	image_put64(image, image_field(IMAGE_DATA, ELF_P_MEMSZ), 0);
	image_put64(image, image_field(IMAGE_DATA, ELF_P_VADDR), 0);
	image_put64(image, image_field(IMAGE_TLS, ELF_P_FILESZ), 0);
	accepted();
}

Test(elf, every_truncation_is_refused)
{
	for (size_t bytes = 0; bytes < IMAGE_BYTES; bytes++) {
		struct kaal_elf elf;
		struct kaal_format_error error;
		uint8_t *part = malloc(bytes == 0 ? 1 : bytes);

		memcpy(part, image, bytes);
		cr_expect_not(kaal_elf_read(&elf, part, bytes, SEGMENTS_MAX, &error), "%zu bytes", bytes);
		free(part);
	}
}

Test(elf, empty_file)
{
	refused_bytes(0, "ELF header, size", 0, 0, "64");
}

Test(elf, shorter_than_its_header)
{
	refused_bytes(63, "ELF header, size", 0, 63, "64");
}

Test(elf, wrong_magic)
{
	image[1] = 'X';
	refused("ELF magic", 1, 'X', "ELF file");
}

Test(elf, class_32_bit)
{
	image[ELF_EI_CLASS] = 1;
	refused("EI_CLASS", 4, 1, "64-bit");
}

Test(elf, big_endian)
{
	image[ELF_EI_DATA] = 2;
	refused("EI_DATA", 5, 2, "little-endian");
}

Test(elf, wrong_ident_version)
{
	image[ELF_EI_VERSION] = 0;
	refused("EI_VERSION", 6, 0, "1");
}

Test(elf, other_machine)
{
	refused16(ELF_E_MACHINE, 0x3e, "e_machine", "183 (AArch64)");
}

Test(elf, position_independent)
{
	refused16(ELF_E_TYPE, 3, "e_type", "static");
}

Test(elf, wrong_version)
{
	image_put32(image, ELF_E_VERSION, 2);
	refused("e_version", ELF_E_VERSION, 2, "1");
}

Test(elf, wrong_header_size)
{
	refused16(ELF_E_EHSIZE, 52, "e_ehsize", "64");
}

Test(elf, wrong_program_header_size)
{
	refused16(ELF_E_PHENTSIZE, 32, "e_phentsize", "56");
}

Test(elf, no_program_headers)
{
	refused16(ELF_E_PHNUM, 0, "e_phnum", "1 to 64");
}

Test(elf, too_many_program_headers)
{
	refused16(ELF_E_PHNUM, KAAL_ELF_HEADERS_MAX + 1, "e_phnum", "1 to 64");
}

Test(elf, program_headers_outside_the_file)
{
	image_put64(image, ELF_E_PHOFF, IMAGE_BYTES - 8);
	refused("e_phoff", ELF_E_PHOFF, IMAGE_BYTES - 8, "truncated");
}

Test(elf, program_headers_offset_overflows)
{
	image_put64(image, ELF_E_PHOFF, UINT64_MAX - 8);
	refused("e_phoff", ELF_E_PHOFF, UINT64_MAX - 8, "truncated");
}

Test(elf, segment_offset_outside_the_file)
{
	refused_field(IMAGE_TEXT, ELF_P_OFFSET, 0x3000, "p_offset", "truncated");
}

Test(elf, segment_contents_outside_the_file)
{
	image_put64(image, image_field(IMAGE_DATA, ELF_P_MEMSZ), 0x1000);
	refused_field(IMAGE_DATA, ELF_P_FILESZ, 0x21, "p_filesz", "truncated");
}

Test(elf, segment_contents_overflow)
{
	refused_field(IMAGE_DATA, ELF_P_FILESZ, UINT64_MAX, "p_filesz", "truncated");
}

Test(elf, more_contents_than_memory)
{
	image_put64(image, image_field(IMAGE_DATA, ELF_P_MEMSZ), 0x1f);
	refused("p_filesz", image_field(IMAGE_DATA, ELF_P_FILESZ), 0x20, "p_memsz");
}

Test(elf, segment_alignment_below_a_page)
{
	refused_field(IMAGE_TEXT, ELF_P_ALIGN, 0x800, "p_align", "0x1000");
}

Test(elf, segment_alignment_no_power_of_two)
{
	refused_field(IMAGE_TEXT, ELF_P_ALIGN, 0x1800, "p_align", "power of two");
}

Test(elf, segment_address_and_offset_disagree)
{
	refused_field(IMAGE_TEXT, ELF_P_VADDR, 0x401004, "p_vaddr", "modulo");
}

Test(elf, segment_in_the_first_page)
{
	refused_field(IMAGE_TEXT, ELF_P_VADDR, 0, "p_vaddr", "user address");
}

Test(elf, segment_above_the_user_addresses)
{
	refused_field(IMAGE_DATA, ELF_P_VADDR, KAAL_USER_VA_END, "p_vaddr", "user address");
}

Test(elf, segment_ends_above_the_user_addresses)
{
	image_put64(image, image_field(IMAGE_DATA, ELF_P_VADDR), KAAL_USER_VA_END - 0x1000);
	image_put64(image, image_field(IMAGE_TLS, ELF_P_FILESZ), 0);
	refused_field(IMAGE_DATA, ELF_P_MEMSZ, 0x1001, "p_memsz", "0x8000000000");
}

Test(elf, segment_up_to_the_end_of_the_user_addresses_is_accepted)
{
	image_put64(image, image_field(IMAGE_DATA, ELF_P_VADDR), KAAL_USER_VA_END - 0x1000);
	image_put64(image, image_field(IMAGE_DATA, ELF_P_MEMSZ), 0x1000);
	image_put64(image, image_field(IMAGE_TLS, ELF_P_FILESZ), 0);
	accepted();
}

Test(elf, segment_size_overflows)
{
	refused_field(IMAGE_DATA, ELF_P_MEMSZ, UINT64_MAX, "p_memsz", "0x8000000000");
}

Test(elf, segment_not_readable)
{
	refused_flags(IMAGE_DATA, KAAL_ELF_WRITE, "p_flags", "readable");
}

Test(elf, segment_writable_and_executable)
{
	refused_flags(IMAGE_TEXT, 7, "p_flags", "not both");
}

Test(elf, segments_overlap)
{
	image_put64(image, image_field(IMAGE_TEXT, ELF_P_MEMSZ), 0x2000);
	refused("p_vaddr", image_field(IMAGE_DATA, ELF_P_VADDR), 0x402000, "overlap");
}

Test(elf, segments_share_a_page)
{
	image_put64(image, image_field(IMAGE_TEXT, ELF_P_MEMSZ), 0x1001);
	refused("p_vaddr", image_field(IMAGE_DATA, ELF_P_VADDR), 0x402000, "overlap");
}

Test(elf, segments_touch_but_share_no_page)
{
	image_put64(image, image_field(IMAGE_TEXT, ELF_P_MEMSZ), 0x1000);
	accepted();
}

Test(elf, segments_descend)
{
	refused_field(IMAGE_DATA, ELF_P_VADDR, 0x400000, "p_vaddr", "above the segment before");
}

Test(elf, more_segments_than_the_loader_takes)
{
	image_put32(image, image_field(IMAGE_STACK, ELF_P_TYPE), ELF_PT_LOAD);
	image_put64(image, image_field(IMAGE_STACK, ELF_P_VADDR), 0x403000);
	image_put64(image, image_field(IMAGE_STACK, ELF_P_ALIGN), 0x1000);
	refused("PT_LOAD segments", image_field(IMAGE_STACK, 0), 3, "room");
}

Test(elf, no_segments)
{
	image_put32(image, image_field(IMAGE_TEXT, ELF_P_TYPE), 0);
	image_put32(image, image_field(IMAGE_DATA, ELF_P_TYPE), 0);
	refused("PT_LOAD segments", ELF_EHDR_BYTES, 0, "at least one");
}

Test(elf, entry_not_an_instruction_address)
{
	image_put64(image, ELF_E_ENTRY, 0x401012);
	refused("e_entry", ELF_E_ENTRY, 0x401012, "multiple of 4");
}

Test(elf, entry_in_data)
{
	image_put64(image, ELF_E_ENTRY, 0x402000);
	refused("e_entry", ELF_E_ENTRY, 0x402000, "executable segment");
}

Test(elf, entry_at_the_end_of_the_code)
{
	image_put64(image, ELF_E_ENTRY, 0x401020);
	refused("e_entry", ELF_E_ENTRY, 0x401020, "executable segment");
}

Test(elf, dynamic_section)
{
	image_put32(image, image_field(IMAGE_TLS, ELF_P_TYPE), ELF_PT_DYNAMIC);
	refused("p_type", image_field(IMAGE_TLS, 0), ELF_PT_DYNAMIC, "static");
}

Test(elf, interpreter)
{
	image_put32(image, image_field(IMAGE_TLS, ELF_P_TYPE), ELF_PT_INTERP);
	refused("p_type", image_field(IMAGE_TLS, 0), ELF_PT_INTERP, "static");
}

Test(elf, executable_stack)
{
	refused_flags(IMAGE_STACK, 7, "p_flags of PT_GNU_STACK", "noexecstack");
}

Test(elf, stack_larger_than_the_user_addresses)
{
	refused_field(IMAGE_STACK, ELF_P_MEMSZ, KAAL_USER_VA_END, "p_memsz of PT_GNU_STACK", "smaller");
}

Test(elf, no_stack_size_means_default)
{
	struct kaal_elf elf;
	struct kaal_format_error error;

	image_put64(image, image_field(IMAGE_STACK, ELF_P_MEMSZ), 0);
	cr_assert(read_image(&elf, &error));
	cr_expect_eq(elf.stack_bytes, 0);
}

Test(elf, two_tls_segments)
{
	image_put32(image, image_field(IMAGE_STACK, ELF_P_TYPE), ELF_PT_TLS);
	refused("PT_TLS", image_field(IMAGE_TLS, 0), 2, "at most one");
}

Test(elf, tls_contents_outside_the_file)
{
	image_put64(image, image_field(IMAGE_TLS, ELF_P_MEMSZ), 0x1000);
	refused_field(IMAGE_TLS, ELF_P_FILESZ, 0x21, "p_filesz", "truncated");
}

Test(elf, tls_more_contents_than_memory)
{
	refused_field(IMAGE_TLS, ELF_P_FILESZ, 17, "p_filesz", "p_memsz");
}

Test(elf, tls_alignment_no_power_of_two)
{
	refused_field(IMAGE_TLS, ELF_P_ALIGN, 24, "p_align of PT_TLS", "power of two");
}

Test(elf, tls_alignment_above_a_page)
{
	refused_field(IMAGE_TLS, ELF_P_ALIGN, 0x2000, "p_align of PT_TLS", "at most 0x1000");
}

Test(elf, tls_larger_than_the_user_addresses)
{
	refused_field(IMAGE_TLS, ELF_P_MEMSZ, KAAL_USER_VA_END, "p_memsz of PT_TLS", "less");
}

Test(elf, tls_contents_outside_the_segments)
{
	refused_field(IMAGE_TLS, ELF_P_VADDR, 0x40201c, "p_vaddr of PT_TLS", "inside a PT_LOAD");
}

Test(elf, no_abi_note)
{
	image[IMAGE_NOTE_AT + ELF_NOTE_BYTES] = 'k';
	refused("KaaL ABI notes", ELF_EHDR_BYTES, 0, "crt0");
}

Test(elf, abi_note_of_another_size)
{
	image_put32(image, IMAGE_NOTE_AT + ELF_NOTE_DESCSZ, 2);
	refused("KaaL ABI note, size", IMAGE_NOTE_DESCRIPTOR_AT, 2, "4");
}

Test(elf, abi_of_another_major_version)
{
	uint32_t version = KAAL_ABI_VERSION + 0x10000;

	image_put32(image, IMAGE_NOTE_DESCRIPTOR_AT, version);
	refused("KaaL ABI note, version", IMAGE_NOTE_DESCRIPTOR_AT, version, "major");
}

Test(elf, abi_newer_than_the_kernel)
{
	image_put32(image, IMAGE_NOTE_DESCRIPTOR_AT, KAAL_ABI_VERSION + 1);
	refused("KaaL ABI note, version", IMAGE_NOTE_DESCRIPTOR_AT, KAAL_ABI_VERSION + 1, "no newer");
}

Test(elf, abi_note_after_another_note)
{
	/* an 8-byte owner without descriptor, then the note at its new place */
	memmove(image + IMAGE_NOTE_AT + 20, image + IMAGE_NOTE_AT, 24);
	memset(image + IMAGE_NOTE_AT, 0, 20);
	image_put32(image, IMAGE_NOTE_AT + ELF_NOTE_NAMESZ, 7);
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), 44);
	accepted();
}

/* A note of requirements behind the ABI note; returns where its descriptor stands. */
static size_t put_requirements(size_t at, uint32_t bytes)
{
	image_put32(image, at + ELF_NOTE_NAMESZ, sizeof(KAAL_NOTE_OWNER));
	image_put32(image, at + ELF_NOTE_DESCSZ, bytes);
	image_put32(image, at + ELF_NOTE_TYPE, ELF_NOTE_TYPE_REQUIREMENTS);
	memcpy(image + at + ELF_NOTE_BYTES, KAAL_NOTE_OWNER, sizeof(KAAL_NOTE_OWNER));
	return at + 20;
}

Test(elf, requirements_are_found)
{
	struct kaal_elf elf;
	struct kaal_format_error error;
	size_t at = put_requirements(IMAGE_NOTE_AT + 24, 6);

	cr_assert(read_image(&elf, &error));
	cr_assert_null(elf.requirements);
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), 24 + 28);
	cr_assert(read_image(&elf, &error));
	cr_assert_eq(elf.requirements, image + at);
	cr_assert_eq(elf.requirements_bytes, 6);
	image[IMAGE_NOTE_AT + 24 + ELF_NOTE_BYTES] = 'k'; /* another owner's note of the same type */
	cr_assert(read_image(&elf, &error));
	cr_assert_null(elf.requirements);
}

Test(elf, requirements_twice)
{
	size_t at;

	put_requirements(IMAGE_NOTE_AT + 24, 4);
	at = put_requirements(IMAGE_NOTE_AT + 48, 4);
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), 72);
	refused("KaaL notes of requirements", at, 2, "at most one");
}

Test(elf, notes_outside_the_file)
{
	refused_field(IMAGE_NOTE, ELF_P_OFFSET, 0x10000, "p_offset", "truncated");
}

Test(elf, notes_too_long)
{
	size_t bytes = IMAGE_BYTES + KAAL_ELF_NOTE_BYTES_MAX;

	image = realloc(image, bytes);
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), KAAL_ELF_NOTE_BYTES_MAX + 1);
	refused_bytes(bytes, "p_filesz of PT_NOTE", image_field(IMAGE_NOTE, ELF_P_FILESZ),
		      KAAL_ELF_NOTE_BYTES_MAX + 1, "0x4000");
}

Test(elf, note_header_cut_off)
{
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), 11);
	refused("note, bytes left", IMAGE_NOTE_AT, 11, "12");
}

Test(elf, note_descriptor_cut_off)
{
	image_put64(image, image_field(IMAGE_NOTE, ELF_P_FILESZ), 23);
	refused("note", IMAGE_NOTE_AT, 9, "inside");
}

Test(elf, note_name_size_overflows)
{
	image_put32(image, IMAGE_NOTE_AT + ELF_NOTE_NAMESZ, UINT32_MAX);
	refused("note", IMAGE_NOTE_AT, UINT32_MAX + UINT64_C(4), "inside");
}
