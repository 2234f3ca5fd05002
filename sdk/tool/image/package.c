#include "package.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void die(const char *subject, const char *reason)
{
	fprintf(stderr, "kaal-image: %s: %s\n", subject, reason);
	exit(1);
}

void *must_have(size_t bytes)
{
	void *memory = malloc(bytes == 0 ? 1 : bytes);

	if (memory == NULL)
		die("memory", "there is not enough");
	return memory;
}

void read_stream(void *stream, const char *path, const void **data, uint32_t *bytes)
{
	size_t used = 0, room = 1u << 16;
	uint8_t *buffer = malloc(room);

	while (buffer != NULL) {
		used += fread(buffer + used, 1, room - used, stream);
		if (used < room)
			break;
		room *= 2;
		buffer = realloc(buffer, room);
	}
	if (buffer == NULL)
		die(path, "no memory to read it");
	if (ferror((FILE *)stream))
		die(path, strerror(errno));
	if (used > UINT32_MAX)
		die(path, "larger than 4 GiB - 1, the most that an archive's entry holds");
	*data = buffer;
	*bytes = (uint32_t)used;
}

void read_file(const char *path, const void **data, uint32_t *bytes)
{
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		die(path, strerror(errno));
	read_stream(file, path, data, bytes);
	fclose(file);
}

struct kaal_archive_file *package_find(struct package *package, const char *name)
{
	for (size_t i = 0; i < package->count; i++)
		if (strcmp(package->files[i].name, name) == 0)
			return &package->files[i];
	return NULL;
}

void package_add(struct package *package, const char *name, const void *data, uint32_t bytes, bool executable)
{
	struct kaal_archive_file *file = &package->files[package->count];

	if (package->count == KAAL_ARCHIVE_ENTRIES_MAX)
		die(name, "one file more than an archive holds, 1024");
	if (name[0] == '\0' || strlen(name) >= KAAL_ARCHIVE_NAME_BYTES_MAX)
		die(name, "a name has 1 to 255 characters");
	if (strcmp(name, KAAL_ARCHIVE_TRAILER) == 0)
		die(name, "this name ends an archive; choose another");
	if (package_find(package, name) != NULL)
		die(name, "the archive has a file of this name already");
	*file = (struct kaal_archive_file){ .name = name, .data = data, .bytes = bytes, .executable = executable };
	package->count++;
}

void package_add_file(struct package *package, const char *name, const char *path, bool executable)
{
	const void *data;
	uint32_t bytes;

	read_file(path, &data, &bytes);
	package_add(package, name, data, bytes, executable);
}

uint8_t *package_pack(const struct package *package, size_t *bytes)
{
	uint8_t *archive;

	*bytes = kaal_archive_write_bytes(package->files, package->count);
	archive = must_have(*bytes);
	kaal_archive_write(package->files, package->count, archive);
	return archive;
}

void write_file(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "wb");

	if (file == NULL)
		die(path, strerror(errno));
	if (fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
		int reason = errno;

		remove(path); /* half a file helps nobody */
		die(path, strerror(reason));
	}
}
