#include "loader.h"

#include <formats/archive.h>
#include <formats/elf.h>
#include <freestanding/board.h>
#include <freestanding/cache.h>
#include <freestanding/mem.h>

#define ROOT_NAME KAAL_ARCHIVE_ROOT_TASK
#define STACK_BYTES_DEFAULT 65536u
#define STACK_BYTES_MAX (UINT64_C(64) << 20)
#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

/* The kernel's rights are the ELF's flags in another order. */
static uint32_t rights_of(uint32_t access)
{
	return KAAL_RIGHT_READ | ((access & KAAL_ELF_WRITE) != 0 ? KAAL_RIGHT_WRITE : 0) |
	       ((access & KAAL_ELF_EXECUTE) != 0 ? KAAL_RIGHT_EXECUTE : 0);
}

/* Copies a segment into pages of its own; the rest of its first and last page is zero. */
static void load_segment(const struct kaal_elf_segment *segment, struct kaal_boot_segment *loaded)
{
	uint64_t lead = segment->address & PAGE_MASK;
	uint64_t bytes = (lead + segment->memory_bytes + PAGE_MASK) & ~PAGE_MASK;
	uint64_t base = memory_take(bytes, ROOT_NAME);
	uint64_t filled = (lead + segment->file_bytes) & ~PAGE_MASK;

	/* Only what the copy does not cover: the first page's lead, and all from the copy's last page on. */
	if (lead != 0 && filled != 0)
		cache_zero_pages(base, KAAL_PAGE_BYTES);
	cache_zero_pages(base + filled, bytes - filled);
	memcpy((void *)(uintptr_t)(base + lead), segment->data, segment->file_bytes);
	if ((segment->access & KAAL_ELF_EXECUTE) != 0)
		cache_sync_code(base, bytes);
	*loaded = (struct kaal_boot_segment){
		.virtual_base = segment->address - lead,
		.memory = {base, bytes},
		.rights = rights_of(segment->access),
	};
}

void root_load(struct kaal_boot_params *params)
{
	struct kaal_archive archive;
	struct kaal_archive_entry file;
	struct kaal_elf elf;
	struct kaal_elf_segment segment;
	struct kaal_format_error error;

	if (!kaal_archive_read(&archive, (const void *)(uintptr_t)params->archive.base, params->archive.bytes, &error))
		loader_refuse("archive", &error);
	if (!kaal_archive_find(&archive, ROOT_NAME, &file))
		board_fatal("elfloader: archive: found no file \"" ROOT_NAME "\" in %lu bytes, expected the root task under this name",
			    params->archive.bytes);
	if (!kaal_elf_read(&elf, file.data, file.bytes, KAAL_SEGMENTS_MAX, &error))
		loader_refuse(ROOT_NAME, &error);
	for (uint32_t i = 0; kaal_elf_segment(&elf, i, &segment); i++)
		load_segment(&segment, &params->root_segment[i]);
	params->root_segment_count = elf.segment_count;
	params->root_entry = elf.entry;
	params->root_stack_bytes = elf.stack_bytes == 0 ? STACK_BYTES_DEFAULT : (elf.stack_bytes + PAGE_MASK) & ~PAGE_MASK;
	if (elf.stack_bytes > STACK_BYTES_MAX)
		board_fatal("elfloader: " ROOT_NAME ": found a stack of %lu bytes, expected at most %lu", elf.stack_bytes, STACK_BYTES_MAX);
}
