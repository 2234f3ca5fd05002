/* Any bytes as an executable: what is accepted must be safe to load. */
#include "fuzz.h"

#include <formats/elf_symbol.h>
#include <kaal/types.h>
#include <string.h>

#define SEGMENTS_MAX 4u

static uint64_t page_up(uint64_t value)
{
	return (value + KAAL_PAGE_BYTES - 1) & ~(uint64_t)(KAAL_PAGE_BYTES - 1);
}

static void check_segments(const struct kaal_elf *elf, const uint8_t *data, size_t bytes)
{
	struct kaal_elf_segment segment;
	uint64_t end = KAAL_USER_VA_MIN;
	uint32_t count = 0;
	uint64_t sum = 0;
	int entry_found = 0;

	while (kaal_elf_segment(elf, count, &segment)) {
		PROMISE(segment.address >= end);
		PROMISE(segment.memory_bytes > 0 && segment.memory_bytes <= KAAL_USER_VA_END - segment.address);
		PROMISE(segment.file_bytes <= segment.memory_bytes);
		PROMISE(segment.file_offset <= bytes && segment.file_bytes <= bytes - segment.file_offset);
		PROMISE(segment.data == data + segment.file_offset);
		PROMISE((segment.access & 3u) != 3u && (segment.access & KAAL_ELF_READ) != 0);
		for (uint64_t i = 0; i < segment.file_bytes; i++)
			sum += segment.data[i];
		entry_found |= (segment.access & KAAL_ELF_EXECUTE) != 0 && elf->entry >= segment.address &&
			       elf->entry - segment.address < segment.file_bytes;
		end = page_up(segment.address + segment.memory_bytes);
		count++;
	}
	PROMISE(count == elf->segment_count && count >= 1 && count <= SEGMENTS_MAX);
	PROMISE(entry_found);
	PROMISE(sum <= UINT64_MAX / 2);
}

/* A name lies in the file, up to its end. */
static void check_names(const struct kaal_elf *elf, const uint8_t *data, size_t bytes)
{
	const char *name;
	uint64_t offset;

	if (!kaal_elf_symbol(elf, elf->entry, &name, &offset))
		return;
	PROMISE((const uint8_t *)name >= data && (const uint8_t *)name < data + bytes);
	PROMISE(strlen(name) < (size_t)(data + bytes - (const uint8_t *)name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct kaal_elf elf;
	struct kaal_format_error error;
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	if (!kaal_elf_read(&elf, data, bytes, SEGMENTS_MAX, &error)) {
		kaal_format_error_text(&error, text);
		return 0;
	}
	PROMISE(elf.abi_version >> 16 == KAAL_ABI_MAJOR);
	PROMISE(elf.tls.file_bytes <= elf.tls.memory_bytes);
	PROMISE(elf.stack_bytes < KAAL_USER_VA_END);
	PROMISE(elf.requirements == NULL || (elf.requirements >= data && elf.requirements <= data + bytes &&
					     elf.requirements_bytes <= (size_t)(data + bytes - elf.requirements)));
	check_segments(&elf, data, bytes);
	check_names(&elf, data, bytes);
	return 0;
}
