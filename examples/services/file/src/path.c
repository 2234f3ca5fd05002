#include "path.h"

#include <string.h>

enum kaal_file_reason file_path_take(struct file_path *path, const void *from, uint64_t bytes)
{
	if (bytes > sizeof path->text)
		return KAAL_FILE_REASON_LONG;
	path->bytes = (uint32_t)bytes;
	memcpy(path->text, from, bytes);
	if (bytes == 0 || path->text[0] != '/' || memchr(path->text, '\0', bytes) != NULL)
		return KAAL_FILE_REASON_PATH;
	return KAAL_FILE_REASON_NONE;
}

enum kaal_file_kind file_node_kind(struct file_backend *backend, const struct file_node *node)
{
	struct file_node_info info;

	backend->calls->tell(node, &info);
	return info.kind;
}

/* The next name from *at on, which moves behind it and the '/' that follow; bytes 0: none is left. */
static struct file_name next_name(const struct file_path *path, uint32_t *at)
{
	struct file_name name;

	while (*at < path->bytes && path->text[*at] == '/')
		(*at)++;
	name = (struct file_name){path->text + *at, 0};
	while (*at < path->bytes && path->text[*at] != '/') {
		(*at)++;
		name.bytes++;
	}
	while (*at < path->bytes && path->text[*at] == '/')
		(*at)++;
	return name;
}

static bool is(struct file_name name, const char *text)
{
	return name.bytes == strlen(text) && memcmp(name.text, text, name.bytes) == 0;
}

/* One name further; place->node is a directory. */
static enum kaal_file_reason step(struct file_backend *backend, struct file_name name, struct file_place *place)
{
	if (name.bytes > KAAL_FILE_NAME_BYTES_MAX)
		return KAAL_FILE_REASON_LONG;
	place->directory = place->node;
	place->name = name;
	if (is(name, "."))
		place->name.bytes = 0;
	else if (is(name, "..")) {
		place->node = backend->calls->parent(place->node);
		place->name.bytes = 0;
	} else
		place->node = backend->calls->find(place->node, name);
	return KAAL_FILE_REASON_NONE;
}

enum kaal_file_reason file_path_walk(struct file_backend *backend, const struct file_path *path, struct file_place *place)
{
	uint32_t at = 0;

	*place = (struct file_place){.node = backend->calls->root(backend)};
	for (;;) {
		struct file_name name = next_name(path, &at);
		enum kaal_file_reason reason;

		if (name.bytes == 0)
			break;
		if (place->node == NULL)
			return KAAL_FILE_REASON_NOT_THERE;
		if (file_node_kind(backend, place->node) != KAAL_FILE_KIND_DIRECTORY)
			return KAAL_FILE_REASON_NO_DIRECTORY;
		reason = step(backend, name, place);
		if (reason != KAAL_FILE_REASON_NONE)
			return reason;
	}
	place->directory_meant = path->text[path->bytes - 1] == '/';
	if (place->directory_meant && place->node != NULL && file_node_kind(backend, place->node) != KAAL_FILE_KIND_DIRECTORY)
		return KAAL_FILE_REASON_NO_DIRECTORY;
	return KAAL_FILE_REASON_NONE;
}

enum kaal_file_reason file_path_find(struct file_backend *backend, const struct file_path *path, struct file_place *place)
{
	enum kaal_file_reason reason = file_path_walk(backend, path, place);

	return reason == KAAL_FILE_REASON_NONE && place->node == NULL ? KAAL_FILE_REASON_NOT_THERE : reason;
}
