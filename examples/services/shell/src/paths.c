/* Paths and what directories contain. What goes wrong is told on the terminal. */
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"

bool path_join(char path[PATH_BYTES], const char *directory, const char *name)
{
	size_t length = strlen(directory);
	const char *slash = length > 0 && directory[length - 1] == '/' ? "" : "/";

	if ((size_t)snprintf(path, PATH_BYTES, "%s%s%s", directory, slash, name) < PATH_BYTES)
		return true;
	(void)command_failed(name, strerror(ENAMETOOLONG));
	return false;
}

bool path_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

char **path_names(const char *path, size_t *count)
{
	DIR *directory = opendir(path);
	char **names = NULL;
	struct dirent *entry;
	size_t room = 0;

	*count = 0;
	if (directory != NULL)
		errno = 0;
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (*count == room) {
			char **more = realloc(names, (room = room * 2 + 16) * sizeof *names);

			if (more == NULL)
				break;
			names = more;
		}
		names[*count] = strdup(entry->d_name);
		if (names[*count] == NULL)
			break;
		++*count;
		errno = 0;
	}
	if (directory == NULL || errno != 0)
		(void)command_failed_errno(path);
	if (directory != NULL)
		(void)closedir(directory);
	if (names != NULL)
		qsort(names, *count, sizeof *names, compare);
	return names;
}
