#include <kaal/startup.h>

#include <stddef.h>

#include <formats/archive.h>

bool kaal_file_find(const char *name, const void **data, uint64_t *bytes)
{
	const struct kaal_startup *startup = kaal_startup();
	struct kaal_archive archive;
	struct kaal_archive_entry entry;
	struct kaal_format_error ignored;

	if (startup == NULL || startup->files.bytes == 0 ||
	    !kaal_archive_read(&archive, (const void *)(uintptr_t)startup->files.address, startup->files.bytes, &ignored) ||
	    !kaal_archive_find(&archive, name, &entry))
		return false;
	*data = entry.data;
	*bytes = entry.bytes;
	return true;
}
