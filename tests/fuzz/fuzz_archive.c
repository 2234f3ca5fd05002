/* Any bytes as an archive: what is accepted must be listed and found within its bytes. */
#include "fuzz.h"

#include <formats/archive.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct kaal_archive archive;
	struct kaal_archive_entry entry, same;
	struct kaal_format_error error;
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];
	uint64_t cursor = 0;
	unsigned count = 0;

	if (!kaal_archive_read(&archive, data, bytes, &error)) {
		PROMISE(error.offset <= bytes);
		kaal_format_error_text(&error, text);
		return 0;
	}
	PROMISE(archive.bytes <= bytes);
	while (kaal_archive_next(&archive, &cursor, &entry)) {
		PROMISE(cursor <= archive.bytes);
		PROMISE(entry.data >= data && entry.data <= data + archive.bytes);
		PROMISE(entry.bytes <= (uint64_t)(data + archive.bytes - entry.data));
		PROMISE(strlen(entry.name) < KAAL_ARCHIVE_NAME_BYTES_MAX);
		if ((entry.mode & KAAL_ARCHIVE_MODE_KIND) == KAAL_ARCHIVE_MODE_REGULAR) {
			PROMISE(kaal_archive_find(&archive, entry.name, &same));
			PROMISE(strcmp(same.name, entry.name) == 0);
		}
		count++;
	}
	PROMISE(count <= KAAL_ARCHIVE_ENTRIES_MAX);
	return 0;
}
