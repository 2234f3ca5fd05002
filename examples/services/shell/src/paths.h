/* Paths and what directories contain. What goes wrong is told on the terminal. */
#ifndef PATHS_H
#define PATHS_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_BYTES 1024u

/* "DIRECTORY/NAME"; false: too long. */
bool path_join(char path[PATH_BYTES], const char *directory, const char *name);

bool path_is_directory(const char *path);

/* All names of a directory but "." and "..", sorted, malloc()ed as their list is. NULL: there are none, or it cannot be read. */
char **path_names(const char *path, size_t *count);

#endif
