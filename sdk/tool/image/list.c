#include "system.h"

#include <formats/elf.h>
#include <kaal/bootparams.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES_DEFAULT 65536u /* of an executable that names none, as root task and boot stage have it */

static uint64_t whole_pages(uint64_t bytes)
{
	return (bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * KAAL_PAGE_BYTES;
}

static _Noreturn void refuse_file(const char *name, const struct kaal_format_error *error)
{
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	kaal_format_error_text(error, text);
	die(name, text);
}

/* A line: name, image, bytes of code, constants, data and stack in whole pages, and memory_max, 0 for none. */
static void print_line(const struct kaal_archive *archive, const char *name, const char *image, uint64_t stack, uint64_t memory_max)
{
	struct kaal_archive_entry entry;
	struct kaal_elf elf;
	struct kaal_elf_segment segment;
	struct kaal_format_error error;
	uint64_t code = 0, constants = 0, data = 0;

	if (!kaal_archive_find(archive, image, &entry))
		die(image, "the archive has no such file; make it again with kaal image");
	if (!kaal_elf_read(&elf, entry.data, entry.bytes, KAAL_SEGMENTS_MAX, &error))
		refuse_file(image, &error);
	for (uint32_t i = 0; kaal_elf_segment(&elf, i, &segment); i++) {
		uint64_t *kind = (segment.access & KAAL_ELF_EXECUTE) != 0 ? &code : (segment.access & KAAL_ELF_WRITE) != 0 ? &data : &constants;

		*kind += whole_pages(segment.address % KAAL_PAGE_BYTES + segment.memory_bytes);
	}
	if (stack == 0)
		stack = elf.stack_bytes != 0 ? elf.stack_bytes : STACK_BYTES_DEFAULT;
	printf("%s\t%s\t%llu\t%llu\t%llu\t%llu\t%llu\n", name, image, (unsigned long long)code, (unsigned long long)constants,
	       (unsigned long long)data, (unsigned long long)whole_pages(stack), (unsigned long long)memory_max);
}

static void print_components(const struct kaal_archive *archive, const struct kaal_archive_entry *description)
{
	struct kaal_manifest_component component;
	struct kaal_manifest_error error;
	struct kaal_archive_entry broker;
	struct kaal_manifest manifest;
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES];
	void *aligned = must_have(description->bytes); /* to 8 bytes, which the archive's entries are not */

	memcpy(aligned, description->data, description->bytes);
	if (!kaal_manifest_read(&manifest, aligned, (uint32_t)description->bytes, &error)) {
		kaal_manifest_error_text(&error, text);
		die(description->name, text);
	}
	if (kaal_archive_find(archive, KAAL_MANIFEST_BROKER, &broker))
		print_line(archive, KAAL_MANIFEST_BROKER, KAAL_MANIFEST_BROKER, 0, 0);
	for (uint32_t i = 0; i < manifest.component_count; i++) {
		kaal_manifest_component(&manifest, i, &component);
		print_line(archive, component.name, component.image, component.stack_bytes, component.memory_max_bytes);
	}
	free(aligned);
}

void system_list(const char *path)
{
	struct kaal_archive archive;
	struct kaal_archive_entry description;
	struct kaal_format_error error;
	const void *data;
	uint32_t bytes;

	read_file(path, &data, &bytes);
	if (!kaal_archive_read(&archive, data, bytes, &error))
		refuse_file(path, &error);
	print_line(&archive, KAAL_ARCHIVE_ROOT_TASK, KAAL_ARCHIVE_ROOT_TASK, 0, 0);
	if (kaal_archive_find(&archive, KAAL_MANIFEST_NAME, &description))
		print_components(&archive, &description);
}
