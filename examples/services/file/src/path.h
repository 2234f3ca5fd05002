/*
 * Paths: from the bytes that a client sent to nodes.
 */
#ifndef FILE_PATH_H
#define FILE_PATH_H

#include "backend.h"

struct file_path {
	uint32_t bytes;
	char text[KAAL_FILE_PATH_BYTES_MAX];
};

/* Where a path leads. */
struct file_place {
	struct file_node *directory; /* that the last name is to be looked up in */
	struct file_name name;       /* the last one, in the path's text; bytes 0: the root, "." or "..", and `node` is there */
	struct file_node *node;      /* NULL: it is not there */
	bool directory_meant;        /* a '/' behind the last name */
};

/* Copies a path out of memory that somebody else writes, and checks its bytes. PATH, LONG. */
enum kaal_file_reason file_path_take(struct file_path *path, const void *from, uint64_t bytes);

/* Walks to it. NOT_THERE, NO_DIRECTORY: of a name before the last, or a file that a '/' follows; LONG. `path` is lent as long as `place` is used. */
enum kaal_file_reason file_path_walk(struct file_backend *backend, const struct file_path *path, struct file_place *place);

/* The same, for what must be there: NOT_THERE. */
enum kaal_file_reason file_path_find(struct file_backend *backend, const struct file_path *path, struct file_place *place);

enum kaal_file_kind file_node_kind(struct file_backend *backend, const struct file_node *node);

#endif
