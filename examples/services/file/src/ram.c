#include "ram.h"

#include <stdlib.h>
#include <string.h>

struct ram_page {
	uint8_t *bytes;
	struct file_account *account; /* that caused it */
};

struct file_node {
	enum kaal_file_kind kind;
	uint64_t number, changed_ns;
	struct file_account *account; /* that made it; NULL: the root */
	uint64_t keeps;
	/* As an entry: in no directory without a parent. */
	struct file_node *parent, *before, *after;
	uint64_t sequence;
	uint32_t hash, name_bytes;
	char *name;
	/* A directory's entries. */
	struct file_node *first, *last;
	/* A file's pages. */
	struct ram_page *pages;
	uint64_t page_count, page_room, bytes;
};

static struct ram *of(struct file_backend *backend)
{
	return (struct ram *)backend;
}

static void touch(struct file_backend *backend, struct file_node *node)
{
	node->changed_ns = backend->now_ns();
}

/* --- pages --------------------------------------------------------------------------------- */

static uint64_t pages_for(uint64_t bytes)
{
	return (bytes + FILE_PAGE_BYTES - 1) / FILE_PAGE_BYTES;
}

static void drop_pages(struct file_node *file, uint64_t keep)
{
	while (file->page_count > keep) {
		struct ram_page *page = &file->pages[--file->page_count];

		page->account->bytes -= FILE_PAGE_BYTES;
		free(page->bytes);
	}
}

static bool make_room(struct file_node *file, uint64_t count)
{
	uint64_t room = file->page_room * 2 > count ? file->page_room * 2 : count;
	struct ram_page *pages;

	if (count <= file->page_room)
		return true;
	pages = realloc(file->pages, room * sizeof *pages);
	if (pages == NULL)
		return false;
	file->pages = pages;
	file->page_room = room;
	return true;
}

/* Pages of zeros for so many bytes: all or none. */
static enum kaal_file_reason add_pages(struct file_backend *backend, struct file_node *file, uint64_t bytes, struct file_account *account)
{
	uint64_t count = pages_for(bytes), had = file->page_count;

	if (count <= had)
		return KAAL_FILE_REASON_NONE;
	if ((count - had) * FILE_PAGE_BYTES > backend->limits.bytes - account->bytes)
		return KAAL_FILE_REASON_BYTES_MAX;
	if (!make_room(file, count))
		return KAAL_FILE_REASON_MEMORY;
	while (file->page_count < count) {
		uint8_t *page = calloc(1, FILE_PAGE_BYTES);

		if (page == NULL) {
			drop_pages(file, had);
			return KAAL_FILE_REASON_MEMORY;
		}
		file->pages[file->page_count++] = (struct ram_page){page, account};
		account->bytes += FILE_PAGE_BYTES;
	}
	return KAAL_FILE_REASON_NONE;
}

/* How much of `bytes` from a position on lies in one page, and where. */
static uint64_t piece(const struct file_node *file, uint64_t position, uint64_t bytes, uint8_t **at)
{
	uint64_t offset = position % FILE_PAGE_BYTES, room = FILE_PAGE_BYTES - offset;

	*at = file->pages[position / FILE_PAGE_BYTES].bytes + offset;
	return bytes < room ? bytes : room;
}

static enum kaal_file_reason ram_read(struct file_node *file, uint64_t position, void *to, uint64_t bytes)
{
	for (uint64_t done = 0, count; done < bytes; done += count) {
		uint8_t *at;

		count = piece(file, position + done, bytes - done, &at);
		memcpy((uint8_t *)to + done, at, count);
	}
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason ram_write(struct file_backend *backend, struct file_node *file, uint64_t position, const void *from, uint64_t bytes,
				       struct file_account *account)
{
	enum kaal_file_reason reason;

	if (bytes == 0)
		return KAAL_FILE_REASON_NONE;
	reason = add_pages(backend, file, position + bytes, account);
	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	for (uint64_t done = 0, count; done < bytes; done += count) {
		uint8_t *at;

		count = piece(file, position + done, bytes - done, &at);
		memcpy(at, (const uint8_t *)from + done, count);
	}
	if (position + bytes > file->bytes)
		file->bytes = position + bytes;
	touch(backend, file);
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason ram_resize(struct file_backend *backend, struct file_node *file, uint64_t bytes, struct file_account *account)
{
	enum kaal_file_reason reason = add_pages(backend, file, bytes, account);

	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	drop_pages(file, pages_for(bytes));
	if (bytes < file->bytes && bytes % FILE_PAGE_BYTES != 0)
		memset(file->pages[bytes / FILE_PAGE_BYTES].bytes + bytes % FILE_PAGE_BYTES, 0, FILE_PAGE_BYTES - bytes % FILE_PAGE_BYTES);
	file->bytes = bytes;
	touch(backend, file);
	return KAAL_FILE_REASON_NONE;
}

/* --- nodes --------------------------------------------------------------------------------- */

/* FNV-1a: most names that differ are told apart without looking at them. */
static uint32_t hash_of(struct file_name name)
{
	uint32_t hash = 2166136261u;

	for (uint32_t i = 0; i < name.bytes; i++)
		hash = (hash ^ (uint8_t)name.text[i]) * 16777619u;
	return hash;
}

static struct file_node *new_node(struct file_backend *backend, enum kaal_file_kind kind, struct file_account *account)
{
	struct file_node *node = calloc(1, sizeof *node);

	if (node == NULL)
		return NULL;
	node->kind = kind;
	node->number = ++of(backend)->numbers;
	node->account = account;
	touch(backend, node);
	return node;
}

/* RAM-2. */
static void free_unused(struct file_node *node)
{
	if (node->parent != NULL || node->keeps != 0)
		return;
	drop_pages(node, 0);
	if (node->account != NULL)
		node->account->files--;
	free(node->pages);
	free(node->name);
	free(node);
}

static void ram_keep(struct file_node *node)
{
	node->keeps++;
}

static void ram_drop(struct file_backend *backend, struct file_node *node)
{
	node->keeps--;
	if (node != of(backend)->root)
		free_unused(node);
}

static void ram_tell(const struct file_node *node, struct file_node_info *info)
{
	*info = (struct file_node_info){.kind = node->kind, .bytes = node->bytes, .number = node->number, .changed_ns = node->changed_ns};
}

static enum kaal_file_reason ram_touch(struct file_backend *backend, struct file_node *node, uint64_t changed_ns)
{
	node->changed_ns = changed_ns != UINT64_MAX ? changed_ns : backend->now_ns();
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason ram_sync(struct file_node *node)
{
	(void)node;
	return KAAL_FILE_REASON_NONE;
}

/* --- directories --------------------------------------------------------------------------- */

static struct file_node *ram_root(struct file_backend *backend)
{
	return of(backend)->root;
}

static struct file_node *ram_parent(struct file_node *directory)
{
	return directory->parent != NULL ? directory->parent : directory;
}

static struct file_node *ram_find(struct file_node *directory, struct file_name name)
{
	uint32_t hash = hash_of(name);

	for (struct file_node *node = directory->first; node != NULL; node = node->after) {
		if (node->hash == hash && node->name_bytes == name.bytes && memcmp(node->name, name.text, name.bytes) == 0)
			return node;
	}
	return NULL;
}

/* As the last entry; `text` becomes the node's. */
static void enter(struct file_backend *backend, struct file_node *directory, struct file_node *node, char *text, struct file_name name)
{
	free(node->name);
	node->name = text;
	node->name_bytes = name.bytes;
	node->hash = hash_of(name);
	node->sequence = ++of(backend)->sequences;
	node->parent = directory;
	node->before = directory->last;
	node->after = NULL;
	*(directory->last != NULL ? &directory->last->after : &directory->first) = node;
	directory->last = node;
	touch(backend, directory);
}

static void leave(struct file_backend *backend, struct file_node *node)
{
	*(node->before != NULL ? &node->before->after : &node->parent->first) = node->after;
	*(node->after != NULL ? &node->after->before : &node->parent->last) = node->before;
	touch(backend, node->parent);
	node->parent = NULL;
}

static char *copy_of(struct file_name name)
{
	char *text = malloc(name.bytes);

	if (text != NULL)
		memcpy(text, name.text, name.bytes);
	return text;
}

static enum kaal_file_reason ram_make(struct file_backend *backend, struct file_node *directory, struct file_name name, enum kaal_file_kind kind,
				      struct file_account *account, struct file_node **node)
{
	char *text;

	if (account->files >= backend->limits.files)
		return KAAL_FILE_REASON_FILES_MAX;
	text = copy_of(name);
	*node = text != NULL ? new_node(backend, kind, account) : NULL;
	if (*node == NULL) {
		free(text);
		return KAAL_FILE_REASON_MEMORY;
	}
	account->files++;
	enter(backend, directory, *node, text, name);
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason ram_remove(struct file_backend *backend, struct file_node *node)
{
	if (node->first != NULL)
		return KAAL_FILE_REASON_NOT_EMPTY;
	leave(backend, node);
	free_unused(node);
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason ram_rename(struct file_backend *backend, struct file_node *node, struct file_node *directory, struct file_name name,
					struct file_node *replaced)
{
	char *text;

	if (replaced != NULL && replaced->first != NULL)
		return KAAL_FILE_REASON_NOT_EMPTY;
	text = copy_of(name);
	if (text == NULL)
		return KAAL_FILE_REASON_MEMORY;
	if (replaced != NULL)
		(void)ram_remove(backend, replaced);
	leave(backend, node);
	enter(backend, directory, node, text, name);
	return KAAL_FILE_REASON_NONE;
}

static struct file_node *ram_next(struct file_node *directory, struct file_node *previous, uint64_t *cursor, struct file_name *name)
{
	struct file_node *node = previous != NULL ? previous->after : directory->first;

	while (node != NULL && node->sequence <= *cursor)
		node = node->after;
	if (node == NULL)
		return NULL;
	*cursor = node->sequence;
	*name = (struct file_name){node->name, node->name_bytes};
	return node;
}

/* --- start and end ------------------------------------------------------------------------- */

bool ram_start(struct ram *ram, const struct file_limits *limits, uint64_t (*now_ns)(void))
{
	static const struct file_backend_calls calls = {
		.root = ram_root, .parent = ram_parent, .find = ram_find, .tell = ram_tell, .keep = ram_keep, .drop = ram_drop, .make = ram_make,
		.remove = ram_remove, .rename = ram_rename, .read = ram_read, .write = ram_write, .resize = ram_resize, .next = ram_next, .sync = ram_sync, .touch = ram_touch,
	};

	*ram = (struct ram){.backend = {.calls = &calls, .limits = *limits, .now_ns = now_ns}};
	ram->root = new_node(&ram->backend, KAAL_FILE_KIND_DIRECTORY, NULL);
	return ram->root != NULL;
}

void ram_end(struct ram *ram)
{
	struct file_node *node = ram->root;

	/* From the leaves on, without a stack: a tree may be as deep as there are nodes. */
	while (node != NULL) {
		struct file_node *parent = node->parent;

		if (node->first != NULL) {
			node = node->first;
			continue;
		}
		if (parent != NULL)
			leave(&ram->backend, node);
		free_unused(node);
		node = parent;
	}
	ram->root = NULL;
}
