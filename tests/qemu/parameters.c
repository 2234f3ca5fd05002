#include "parameters.h"

#include <formats/archive.h>
#include <kaal/boot.h>
#include <stdlib.h>

void read_parameters(const char *name, uint64_t *count, uint64_t *seed)
{
	const struct kaal_range *range = &kaal_bootinfo()->archive;
	struct kaal_format_error error;
	struct kaal_archive_entry entry;
	struct kaal_archive archive;
	char text[64] = "", *rest;

	if (!kaal_archive_read(&archive, (const void *)(uintptr_t)range->address, range->bytes, &error) ||
	    !kaal_archive_find(&archive, name, &entry))
		return;
	for (uint64_t i = 0; i < entry.bytes && i < sizeof text - 1; i++)
		text[i] = (char)entry.data[i];
	*count = strtoull(text, &rest, 10);
	*seed = strtoull(rest, NULL, 10);
}
