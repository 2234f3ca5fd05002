/* Directories: entries are read some at a time, and handed out one by one. */
#include "service.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES 8u /* in a request */

struct __dirstream {
	int descriptor;
	uint64_t cursor; /* of what the next request follows */
	uint64_t last;   /* of what was handed out last */
	uint64_t next, count;
	struct kaal_file_entry entries[ENTRIES];
	struct dirent entry; /* that was handed out */
};

DIR *fdopendir(int number)
{
	struct regular *file = regular_use(number, ENOTDIR);
	bool directory;
	DIR *result;

	if (file == NULL)
		return NULL;
	directory = file->directory;
	(void)descriptor_done(&file->base);
	if (!directory) {
		errno = ENOTDIR;
		return NULL;
	}
	result = calloc(1, sizeof *result);
	if (result != NULL)
		result->descriptor = number;
	return result;
}

DIR *opendir(const char *path)
{
	int number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *result = number >= 0 ? fdopendir(number) : NULL;

	if (number >= 0 && result == NULL) {
		(void)close(number);
		errno = ENOMEM;
	}
	return result;
}

int dirfd(DIR *directory)
{
	return directory->descriptor;
}

int closedir(DIR *directory)
{
	int number = directory->descriptor;

	free(directory);
	return close(number);
}

/* More entries. False: errno, which is unchanged at the end. */
static bool fill(DIR *directory)
{
	struct regular *file = regular_use(directory->descriptor, EBADF);
	int error;

	if (file == NULL)
		return false;
	files_lock();
	directory->next = directory->count = 0;
	error = files_error(kaal_file_list(&file->file, &directory->cursor, directory->entries, ENTRIES, &directory->count));
	if (error != 0)
		directory->count = 0;
	error = files_end(error);
	(void)descriptor_done(&file->base);
	return error == 0 && directory->count != 0;
}

struct dirent *readdir(DIR *directory)
{
	const struct kaal_file_entry *entry;
	struct dirent *result = &directory->entry;

	if (directory->next == directory->count && !fill(directory))
		return NULL;
	entry = &directory->entries[directory->next++];
	directory->last = entry->cursor;
	result->d_ino = entry->number;
	result->d_type = entry->kind == KAAL_FILE_KIND_DIRECTORY ? DT_DIR : DT_REG;
	memcpy(result->d_name, entry->name, sizeof result->d_name);
	return result;
}

int readdir_r(DIR *restrict directory, struct dirent *restrict entry, struct dirent **restrict result)
{
	int before = errno, error;
	const struct dirent *found;

	errno = 0;
	found = readdir(directory);
	error = errno;
	errno = before;
	*result = NULL;
	if (found != NULL) {
		*entry = *found;
		*result = entry;
	}
	return found != NULL ? 0 : error;
}

long telldir(DIR *directory)
{
	return (long)directory->last;
}

void seekdir(DIR *directory, long place)
{
	directory->cursor = directory->last = (uint64_t)place;
	directory->next = directory->count = 0;
}

void rewinddir(DIR *directory)
{
	seekdir(directory, 0);
}
