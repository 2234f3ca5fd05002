#include "contents.h"

#include <string.h>

#include <kaal/log.h>

#include <formats/archive_write.h>

#include "authority.h"
#include "entropy.h"
#include "window.h"

#define BLOCK_BYTES UINT64_C(0x200000)
#define FILES_MAX 64u
/* Vectors and texts of arguments and environment, on top of the stack. */
#define ARGUMENTS_BYTES_MAX 3072u

_Static_assert(CONTENTS_STARTUP_OFFSET + sizeof(struct kaal_startup) <= LOG_OFFSET, "buffers, start page and log ring share a page");

/* The archive of a component's files; where one is missing the description would not have passed. */
static uint32_t find_files(const struct component *component, struct kaal_archive_file file[FILES_MAX])
{
	const struct kaal_manifest_texts *names = &component->description.files;
	uint32_t count = 0;

	for (uint32_t i = 0; i < names->count && count < FILES_MAX; i++) {
		struct kaal_archive_entry entry;

		if (kaal_archive_find(&root_system.archive, kaal_manifest_text(names, i), &entry))
			file[count++] = (struct kaal_archive_file){entry.name, entry.data, (uint32_t)entry.bytes, false};
	}
	return count;
}

uint64_t contents_files_bytes(const struct component *component)
{
	struct kaal_archive_file file[FILES_MAX];
	uint32_t count = find_files(component, file);

	return count == 0 ? 0 : kaal_archive_write_bytes(file, count);
}

static kaal_status_t write_segments(const struct component *component, const struct load_plan *plan)
{
	struct kaal_elf_segment segment;
	kaal_status_t status = KAAL_OK;

	for (uint32_t i = 0; status == KAAL_OK && kaal_elf_segment(&component->elf, i, &segment); i++)
		status = window_write(component->frames + plan->region[i].first, segment.address & PAGE_MASK, segment.data, segment.file_bytes);
	return status;
}

/* What lies on top of the stack is written here first. */
struct arguments {
	uint64_t words[ARGUMENTS_BYTES_MAX / sizeof(uint64_t)];
	uint64_t bytes;   /* of all of it, a multiple of 16 */
	uint64_t address; /* of words[0], for the component */
	uint64_t text;    /* offset of the next text */
	uint32_t used;    /* words of vectors */
};

static void add_text(struct arguments *arguments, const char *text)
{
	size_t bytes = strlen(text) + 1;

	memcpy((char *)arguments->words + arguments->text, text, bytes);
	arguments->words[arguments->used++] = arguments->address + arguments->text;
	arguments->text += bytes;
}

/* Vectors, each with a NULL at its end, then texts. False: they are too long. */
static bool fill_arguments(const struct component *component, const struct load_plan *plan, struct arguments *arguments)
{
	const struct kaal_manifest_component *description = &component->description;
	uint64_t vectors = (description->arguments.count + description->environment.count + 3) * sizeof(uint64_t);
	uint64_t bytes = vectors + strlen(description->name) + 1 + description->arguments.bytes + description->environment.bytes;

	arguments->bytes = (bytes + 15) & ~UINT64_C(15);
	if (arguments->bytes > ARGUMENTS_BYTES_MAX)
		return false;
	arguments->address = plan->stack->address + plan->stack->pages * (uint64_t)KAAL_PAGE_BYTES - arguments->bytes;
	arguments->text = vectors;
	arguments->used = 0;
	add_text(arguments, description->name);
	for (uint32_t i = 0; i < description->arguments.count; i++)
		add_text(arguments, kaal_manifest_text(&description->arguments, i));
	arguments->words[arguments->used++] = 0;
	for (uint32_t i = 0; i < description->environment.count; i++)
		add_text(arguments, kaal_manifest_text(&description->environment, i));
	arguments->words[arguments->used++] = 0;
	return true;
}

static kaal_status_t write_arguments(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup)
{
	struct arguments arguments;

	if (!fill_arguments(component, plan, &arguments))
		return KAAL_OUT_OF_RANGE;
	startup->argument_count = component->description.arguments.count + 1;
	startup->arguments = arguments.address;
	startup->environment = arguments.address + (startup->argument_count + 1) * sizeof(uint64_t);
	return window_write(component->frames + plan->stack->first + plan->stack->pages - 1, KAAL_PAGE_BYTES - arguments.bytes,
			    arguments.words, arguments.bytes);
}

static kaal_status_t write_files(const struct component *component, const struct load_plan *plan)
{
	struct kaal_archive_file file[FILES_MAX];
	uint32_t count = find_files(component, file);
	kaal_status_t status;
	void *memory;

	if (plan->files->pages == 0)
		return KAAL_OK;
	status = window_open(component->frames + plan->files->first, plan->files->pages, &memory);
	if (status != KAAL_OK)
		return status;
	kaal_archive_write(file, count, memory);
	return window_close(component->frames + plan->files->first, plan->files->pages);
}

static struct kaal_range range_of(const struct load_region *region)
{
	return (struct kaal_range){region->pages == 0 ? 0 : region->address, region->pages * (uint64_t)KAAL_PAGE_BYTES};
}

static kaal_status_t write_start(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup)
{
	const struct kaal_manifest_component *description = &component->description;

	startup->magic = KAAL_STARTUP_MAGIC;
	startup->abi_version = root_system.info->abi_version;
	startup->size_bytes = sizeof *startup;
	startup->features = root_system.info->features;
	startup->counter_hz = root_system.info->counter_hz;
	memcpy(startup->name, description->name, strlen(description->name));
	startup->component = component->index;
	startup->start = component->starts;
	startup->buffers = range_of(plan->buffers->pages != 0 ? plan->buffers : plan->shared);
	startup->buffers.bytes = (plan->buffers->pages != 0 ? description->threads_max : CONTENTS_SHARED_BUFFERS) * (uint64_t)KAAL_MESSAGE_BUFFER_BYTES;
	startup->log = (struct kaal_range){plan->shared->address + LOG_OFFSET, LOG_BYTES};
	startup->files = (struct kaal_range){range_of(plan->files).address, contents_files_bytes(component)};
	startup->free_addresses.address = (plan->end + BLOCK_BYTES - 1) & ~(BLOCK_BYTES - 1);
	startup->free_addresses.bytes = KAAL_USER_VA_END - startup->free_addresses.address;
	startup->memory_max_bytes = description->memory_max_bytes;
	startup->threads_max = description->threads_max;
	startup->priority = description->priority;
	startup->priority_ceiling = description->priority_ceiling;
	startup->cnode_size_bits = load_cspace_bits(component);
	if (startup->first_free_slot == 0)
		startup->first_free_slot = (uint32_t)kaal_thread_slot(description->threads_max > 1 ? description->threads_max : 0,
								       KAAL_THREAD_SLOT_THREAD);
	entropy_share(startup);
	return window_write(component->frames + plan->shared->first, CONTENTS_STARTUP_OFFSET, startup, sizeof *startup);
}

kaal_status_t contents_write(const struct component *component, const struct load_plan *plan, struct kaal_startup *startup, const void *extra)
{
	kaal_status_t status = write_segments(component, plan);

	if (status == KAAL_OK)
		status = write_arguments(component, plan, startup);
	if (status == KAAL_OK)
		status = write_files(component, plan);
	if (status == KAAL_OK)
		status = write_start(component, plan, startup);
	return status == KAAL_OK && plan->extra->pages != 0
		       ? window_write(component->frames + plan->extra->first, 0, extra, plan->extra->pages * (uint64_t)KAAL_PAGE_BYTES)
		       : status;
}
