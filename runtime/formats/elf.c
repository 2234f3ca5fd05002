#include <formats/elf.h>

#include <kaal/types.h>

#include "bytes.h"
#include "elf_format.h"

/* The file being read and where its complaints go. */
struct reader {
	const uint8_t *data;
	uint64_t bytes;
	struct kaal_format_error *error;
};

/* One program header, and the offset at which it stands. */
struct header {
	uint64_t at;
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t address;
	uint64_t file_bytes;
	uint64_t memory_bytes;
	uint64_t alignment;
};

static bool fail(const struct reader *reader, const char *what, uint64_t offset, uint64_t found,
		 const char *expected)
{
	return kaal_format_fail(reader->error, what, offset, found, expected);
}

static struct header header_at(const uint8_t *data, uint64_t headers, uint32_t index)
{
	uint64_t at = headers + (uint64_t)index * ELF_PHDR_BYTES;
	const uint8_t *p = data + at;

	return (struct header){
		.at = at,
		.type = bytes_u32(p + ELF_P_TYPE),
		.flags = bytes_u32(p + ELF_P_FLAGS),
		.offset = bytes_u64(p + ELF_P_OFFSET),
		.address = bytes_u64(p + ELF_P_VADDR),
		.file_bytes = bytes_u64(p + ELF_P_FILESZ),
		.memory_bytes = bytes_u64(p + ELF_P_MEMSZ),
		.alignment = bytes_u64(p + ELF_P_ALIGN),
	};
}

/* Only a PT_LOAD of some bytes takes memory; linkers may leave empty ones. */
static bool is_segment(const struct header *header)
{
	return header->type == ELF_PT_LOAD && header->memory_bytes > 0;
}

/* The same, of a header that stands at `p`. */
static bool is_segment_at(const uint8_t *p)
{
	return bytes_u32(p + ELF_P_TYPE) == ELF_PT_LOAD && bytes_u64(p + ELF_P_MEMSZ) > 0;
}

static bool is_power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

static bool check_ident(const struct reader *reader)
{
	static const uint8_t magic[4] = { 0x7f, 'E', 'L', 'F' };
	const uint8_t *data = reader->data;

	if (reader->bytes < ELF_EHDR_BYTES)
		return fail(reader, "ELF header, size", 0, reader->bytes, "at least 64 bytes");
	for (unsigned i = 0; i < sizeof(magic); i++)
		if (data[i] != magic[i])
			return fail(reader, "ELF magic", i, data[i], "7f 45 4c 46 (an ELF file)");
	if (data[ELF_EI_CLASS] != ELF_CLASS64)
		return fail(reader, "EI_CLASS", ELF_EI_CLASS, data[ELF_EI_CLASS], "2 (64-bit)");
	if (data[ELF_EI_DATA] != ELF_DATA_LITTLE)
		return fail(reader, "EI_DATA", ELF_EI_DATA, data[ELF_EI_DATA], "1 (little-endian)");
	if (data[ELF_EI_VERSION] != ELF_VERSION_CURRENT)
		return fail(reader, "EI_VERSION", ELF_EI_VERSION, data[ELF_EI_VERSION], "1");
	return true;
}

static bool check_file_header(const struct reader *reader, struct kaal_elf *elf)
{
	const uint8_t *data = reader->data;
	uint32_t machine = bytes_u16(data + ELF_E_MACHINE);
	uint32_t type = bytes_u16(data + ELF_E_TYPE);
	uint32_t version = bytes_u32(data + ELF_E_VERSION);
	uint32_t header_bytes = bytes_u16(data + ELF_E_EHSIZE);
	uint32_t entry_bytes = bytes_u16(data + ELF_E_PHENTSIZE);

	elf->headers = bytes_u64(data + ELF_E_PHOFF);
	elf->header_count = bytes_u16(data + ELF_E_PHNUM);
	if (machine != ELF_MACHINE_AARCH64)
		return fail(reader, "e_machine", ELF_E_MACHINE, machine, "183 (AArch64)");
	if (type != ELF_TYPE_EXEC)
		return fail(reader, "e_type", ELF_E_TYPE, type,
			    "2 (ET_EXEC, not static otherwise: link with -static -no-pie)");
	if (version != ELF_VERSION_CURRENT)
		return fail(reader, "e_version", ELF_E_VERSION, version, "1");
	if (header_bytes != ELF_EHDR_BYTES)
		return fail(reader, "e_ehsize", ELF_E_EHSIZE, header_bytes, "64");
	if (elf->header_count == 0 || elf->header_count > KAAL_ELF_HEADERS_MAX)
		return fail(reader, "e_phnum", ELF_E_PHNUM, elf->header_count, "1 to 64");
	if (entry_bytes != ELF_PHDR_BYTES)
		return fail(reader, "e_phentsize", ELF_E_PHENTSIZE, entry_bytes, "56");
	if (!bytes_inside(elf->headers, (uint64_t)elf->header_count * ELF_PHDR_BYTES, reader->bytes))
		return fail(reader, "e_phoff", ELF_E_PHOFF, elf->headers,
			    "program headers inside the file, which is truncated");
	return true;
}

/* The bytes that a header names lie in the file. */
static bool check_in_file(const struct reader *reader, const struct header *header)
{
	if (!bytes_inside(header->offset, 0, reader->bytes))
		return fail(reader, "p_offset", header->at + ELF_P_OFFSET, header->offset,
			    "an offset inside the file, which is truncated");
	if (!bytes_inside(header->offset, header->file_bytes, reader->bytes))
		return fail(reader, "p_filesz", header->at + ELF_P_FILESZ, header->file_bytes,
			    "contents inside the file, which is truncated");
	return true;
}

/* The file's contents fit into the memory they are for. */
static bool check_in_memory(const struct reader *reader, const struct header *header)
{
	if (header->file_bytes > header->memory_bytes)
		return fail(reader, "p_filesz", header->at + ELF_P_FILESZ, header->file_bytes,
			    "at most p_memsz");
	return true;
}

static bool check_load(const struct reader *reader, const struct header *header)
{
	const uint32_t write_execute = KAAL_ELF_WRITE | KAAL_ELF_EXECUTE;

	if (!check_in_file(reader, header) || !check_in_memory(reader, header))
		return false;
	if (header->alignment < KAAL_PAGE_BYTES || !is_power_of_two(header->alignment))
		return fail(reader, "p_align", header->at + ELF_P_ALIGN, header->alignment,
			    "a power of two, at least 0x1000");
	if (((header->address ^ header->offset) & (header->alignment - 1)) != 0)
		return fail(reader, "p_vaddr", header->at + ELF_P_VADDR, header->address,
			    "the same as p_offset modulo p_align");
	if (header->address < KAAL_USER_VA_MIN || header->address >= KAAL_USER_VA_END)
		return fail(reader, "p_vaddr", header->at + ELF_P_VADDR, header->address,
			    "a user address, 0x1000 to 0x7fffffffff");
	if (!bytes_inside(header->address, header->memory_bytes, KAAL_USER_VA_END))
		return fail(reader, "p_memsz", header->at + ELF_P_MEMSZ, header->memory_bytes,
			    "an end within the user addresses, below 0x8000000000");
	if ((header->flags & KAAL_ELF_READ) == 0)
		return fail(reader, "p_flags", header->at + ELF_P_FLAGS, header->flags, "readable (4)");
	if ((header->flags & write_execute) == write_execute)
		return fail(reader, "p_flags", header->at + ELF_P_FLAGS, header->flags,
			    "not both writable (2) and executable (1)");
	return true;
}

/* Counts the segments, and checks each one and that they ascend without sharing a page. */
static bool check_segments(const struct reader *reader, struct kaal_elf *elf, uint32_t segments_max)
{
	uint64_t end = 0; /* of the segment before, rounded up to a page */

	for (uint32_t i = 0; i < elf->header_count; i++) {
		struct header header = header_at(reader->data, elf->headers, i);

		if (!is_segment(&header))
			continue;
		if (!check_load(reader, &header))
			return false;
		if (header.address < end)
			return fail(reader, "p_vaddr", header.at + ELF_P_VADDR, header.address,
				    "no overlap: a page of its own, above the segment before");
		end = (header.address + header.memory_bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * KAAL_PAGE_BYTES;
		elf->segment_count++;
		if (elf->segment_count > segments_max)
			return fail(reader, "PT_LOAD segments", header.at, elf->segment_count,
				    "no more than the loader has room for");
	}
	if (elf->segment_count == 0)
		return fail(reader, "PT_LOAD segments", elf->headers, 0, "at least one");
	return true;
}

/* True if a segment with this access holds the initial contents [address, address + size). */
static bool segment_holds(const struct kaal_elf *elf, uint64_t address, uint64_t size, uint32_t access)
{
	struct kaal_elf_segment segment;

	for (uint32_t i = 0; kaal_elf_segment(elf, i, &segment); i++)
		if ((segment.access & access) == access && address >= segment.address &&
		    bytes_inside(address - segment.address, size, segment.file_bytes))
			return true;
	return false;
}

static bool check_entry(const struct reader *reader, struct kaal_elf *elf)
{
	elf->entry = bytes_u64(reader->data + ELF_E_ENTRY);
	if (elf->entry % 4 != 0)
		return fail(reader, "e_entry", ELF_E_ENTRY, elf->entry, "a multiple of 4");
	if (!segment_holds(elf, elf->entry, 4, KAAL_ELF_EXECUTE))
		return fail(reader, "e_entry", ELF_E_ENTRY, elf->entry, "an address in an executable segment");
	return true;
}

static bool read_stack(const struct reader *reader, const struct header *header, struct kaal_elf *elf)
{
	if ((header->flags & KAAL_ELF_EXECUTE) != 0)
		return fail(reader, "p_flags of PT_GNU_STACK", header->at + ELF_P_FLAGS, header->flags,
			    "not executable: an object lacks .note.GNU-stack, or link with -z noexecstack");
	if (header->memory_bytes >= KAAL_USER_VA_END)
		return fail(reader, "p_memsz of PT_GNU_STACK", header->at + ELF_P_MEMSZ, header->memory_bytes,
			    "a stack smaller than the user addresses");
	elf->stack_bytes = header->memory_bytes;
	return true;
}

static bool read_tls(const struct reader *reader, const struct header *header, struct kaal_elf *elf)
{
	uint64_t alignment = header->alignment == 0 ? 1 : header->alignment;

	if (elf->tls.memory_bytes != 0)
		return fail(reader, "PT_TLS", header->at, 2, "at most one");
	if (!check_in_file(reader, header) || !check_in_memory(reader, header))
		return false;
	if (alignment > KAAL_PAGE_BYTES || !is_power_of_two(alignment))
		return fail(reader, "p_align of PT_TLS", header->at + ELF_P_ALIGN, alignment,
			    "a power of two, at most 0x1000");
	if (header->memory_bytes >= KAAL_USER_VA_END)
		return fail(reader, "p_memsz of PT_TLS", header->at + ELF_P_MEMSZ, header->memory_bytes,
			    "less than the user addresses");
	if (header->file_bytes > 0 && !segment_holds(elf, header->address, header->file_bytes, KAAL_ELF_READ))
		return fail(reader, "p_vaddr of PT_TLS", header->at + ELF_P_VADDR, header->address,
			    "initial contents inside a PT_LOAD segment");
	elf->tls = (struct kaal_elf_tls){ header->address, header->file_bytes, header->memory_bytes, alignment };
	return true;
}

/* Is the note, whose name and descriptor lie in the file, KaaL's of this type? */
static bool is_note(const uint8_t *note, uint64_t name_bytes, uint32_t type)
{
	return name_bytes == sizeof(KAAL_NOTE_OWNER) && bytes_u32(note + ELF_NOTE_TYPE) == type &&
	       bytes_equal(note + ELF_NOTE_BYTES, KAAL_NOTE_OWNER, sizeof(KAAL_NOTE_OWNER));
}

/* Checks the version of the ABI note, whose descriptor stands at `at`. */
static bool read_abi_version(const struct reader *reader, uint64_t at, uint64_t descriptor_bytes,
			     struct kaal_elf *elf)
{
	if (descriptor_bytes != sizeof(uint32_t))
		return fail(reader, "KaaL ABI note, size", at, descriptor_bytes, "4");
	elf->abi_version = bytes_u32(reader->data + at);
	if (elf->abi_version >> 16 != KAAL_ABI_MAJOR)
		return fail(reader, "KaaL ABI note, version", at, elf->abi_version,
			    "the major version of this kernel: rebuild with its SDK");
	if (elf->abi_version > KAAL_ABI_VERSION)
		return fail(reader, "KaaL ABI note, version", at, elf->abi_version,
			    "a version no newer than this kernel");
	return true;
}

/* Takes the contents of the note of requirements; what they mean is runtime/manifest's to say. */
static bool take_requirements(const struct reader *reader, uint64_t at, uint64_t descriptor_bytes, struct kaal_elf *elf)
{
	if (elf->requirements != NULL)
		return fail(reader, "KaaL notes of requirements", at, 2, "at most one");
	elf->requirements = reader->data + at;
	elf->requirements_bytes = (uint32_t)descriptor_bytes;
	return true;
}

/* Walks the notes of one PT_NOTE; *found tells whether the ABI note was among them. */
static bool read_notes(const struct reader *reader, const struct header *header, struct kaal_elf *elf,
		       bool *found)
{
	uint64_t at = header->offset;
	uint64_t end = header->offset + header->file_bytes;

	if (!check_in_file(reader, header))
		return false;
	if (header->file_bytes > KAAL_ELF_NOTE_BYTES_MAX)
		return fail(reader, "p_filesz of PT_NOTE", header->at + ELF_P_FILESZ, header->file_bytes,
			    "at most 0x4000");
	while (at < end) {
		const uint8_t *note = reader->data + at;
		uint64_t name_bytes, descriptor_bytes, descriptor;

		if (end - at < ELF_NOTE_BYTES)
			return fail(reader, "note, bytes left", at, end - at, "a note header of 12 bytes");
		name_bytes = bytes_u32(note + ELF_NOTE_NAMESZ);
		descriptor_bytes = bytes_u32(note + ELF_NOTE_DESCSZ);
		descriptor = at + ELF_NOTE_BYTES + (name_bytes + 3) / 4 * 4;
		if (!bytes_inside(descriptor, descriptor_bytes, end))
			return fail(reader, "note", at, name_bytes + descriptor_bytes,
				    "name and descriptor inside its PT_NOTE");
		if (is_note(note, name_bytes, KAAL_NOTE_TYPE_ABI)) {
			*found = true;
			if (!read_abi_version(reader, descriptor, descriptor_bytes, elf))
				return false;
		}
		if (is_note(note, name_bytes, ELF_NOTE_TYPE_REQUIREMENTS) &&
		    !take_requirements(reader, descriptor, descriptor_bytes, elf))
			return false;
		at = descriptor + (descriptor_bytes + 3) / 4 * 4;
	}
	return true;
}

/* Everything but PT_LOAD. */
static bool check_other_headers(const struct reader *reader, struct kaal_elf *elf)
{
	bool has_abi_note = false;

	for (uint32_t i = 0; i < elf->header_count; i++) {
		struct header header = header_at(reader->data, elf->headers, i);
		bool accepted = true;

		switch (header.type) {
		case ELF_PT_DYNAMIC:
		case ELF_PT_INTERP:
			return fail(reader, "p_type", header.at, header.type,
				    "no PT_DYNAMIC (2) or PT_INTERP (3), not static otherwise: link with -static");
		case ELF_PT_GNU_STACK:
			accepted = read_stack(reader, &header, elf);
			break;
		case ELF_PT_TLS:
			accepted = read_tls(reader, &header, elf);
			break;
		case ELF_PT_NOTE:
			accepted = read_notes(reader, &header, elf, &has_abi_note);
			break;
		}
		if (!accepted)
			return false;
	}
	if (!has_abi_note)
		return fail(reader, "KaaL ABI notes", elf->headers, 0,
			    "one in a PT_NOTE: link with the SDK's crt0 and linker script");
	return true;
}

bool kaal_elf_read(struct kaal_elf *elf, const void *data, uint64_t bytes, uint32_t segments_max,
		   struct kaal_format_error *error)
{
	const struct reader reader = { data, bytes, error };

	*elf = (struct kaal_elf){ .data = data, .bytes = bytes };
	return check_ident(&reader) && check_file_header(&reader, elf) &&
	       check_segments(&reader, elf, segments_max) && check_entry(&reader, elf) &&
	       check_other_headers(&reader, elf);
}

bool kaal_elf_segment(const struct kaal_elf *elf, uint32_t index, struct kaal_elf_segment *segment)
{
	for (uint32_t i = 0; i < elf->header_count; i++) {
		struct header header;

		/* Most of the time this is looked for only, not at. */
		if (!is_segment_at(elf->data + elf->headers + (uint64_t)i * ELF_PHDR_BYTES))
			continue;
		if (index == 0) {
			header = header_at(elf->data, elf->headers, i);
			*segment = (struct kaal_elf_segment){
				.address = header.address,
				.memory_bytes = header.memory_bytes,
				.data = elf->data + header.offset,
				.file_bytes = header.file_bytes,
				.file_offset = header.offset,
				.access = header.flags & (KAAL_ELF_READ | KAAL_ELF_WRITE | KAAL_ELF_EXECUTE),
			};
			return true;
		}
		index--;
	}
	return false;
}
