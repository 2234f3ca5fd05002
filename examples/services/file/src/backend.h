/*
 * What keeps files and directories, behind the protocol: one set of calls, so that a disk can take the place of memory (ram.h).
 *
 * Nodes are the backend's. One that a call hands out is good until the next call that removes something; file_backend.keep()
 * makes it last until drop(), whatever becomes of its name. Names have 1 to 255 bytes, no '/', no NUL, and are neither "." nor "..". A call that
 * fails has changed nothing.
 *
 * BACKEND-1: an account's bytes are those of the pages that it caused and that are still there, whoever's file they are in
 * BACKEND-2: an account's files are the nodes that it made and that are still there
 * BACKEND-3: neither is ever above its limit
 */
#ifndef FILE_BACKEND_H
#define FILE_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/file_protocol.h>

#define FILE_PAGE_BYTES 4096u

struct file_limits {
	uint64_t bytes, files, handles;
};

/* What a client has, over its starts: who it is are the lower 32 bits of its badges. Accounts stay. */
struct file_account {
	struct file_account *next;
	uint32_t client;
	uint64_t bytes, files, handles;
};

struct file_node; /* a backend's own */

struct file_node_info {
	enum kaal_file_kind kind;
	uint64_t bytes, number, changed_ns;
};

struct file_name {
	const char *text; /* without NUL */
	uint32_t bytes;   /* 1..255 */
};

/* One backend; the first field of its own structure. */
struct file_backend {
	const struct file_backend_calls *calls;
	struct file_limits limits; /* for each account */
	uint64_t (*now_ns)(void);
};

/* Files are nodes of kind FILE, directories of kind DIRECTORY: who calls has looked. Reasons beside those named: none. */
struct file_backend_calls {
	struct file_node *(*root)(struct file_backend *backend);
	struct file_node *(*parent)(struct file_node *directory); /* of the root: itself */
	struct file_node *(*find)(struct file_node *directory, struct file_name name); /* NULL: not there */
	void (*tell)(const struct file_node *node, struct file_node_info *info);
	void (*keep)(struct file_node *node);
	void (*drop)(struct file_backend *backend, struct file_node *node);
	/* The name is not there. FILES_MAX, MEMORY; NOT_THERE: the directory has been removed. */
	enum kaal_file_reason (*make)(struct file_backend *backend, struct file_node *directory, struct file_name name, enum kaal_file_kind kind,
				      struct file_account *account, struct file_node **node);
	/* Not the root. NOT_EMPTY. */
	enum kaal_file_reason (*remove)(struct file_backend *backend, struct file_node *node);
	/* `replaced` is what has the name, of the same kind, or NULL. NOT_EMPTY: replaced; MEMORY. */
	enum kaal_file_reason (*rename)(struct file_backend *backend, struct file_node *node, struct file_node *directory, struct file_name name,
					struct file_node *replaced);
	/* Bytes that are there. */
	enum kaal_file_reason (*read)(struct file_node *file, uint64_t position, void *to, uint64_t bytes);
	/* Up to KAAL_FILE_BYTES_MAX. BYTES_MAX, MEMORY. The bytes may change while they are read. */
	enum kaal_file_reason (*write)(struct file_backend *backend, struct file_node *file, uint64_t position, const void *from, uint64_t bytes,
				       struct file_account *account);
	enum kaal_file_reason (*resize)(struct file_backend *backend, struct file_node *file, uint64_t bytes, struct file_account *account);
	/* The first entry behind the cursor, which is set to its own; NULL: there is none. `previous`: what the last call handed out, or NULL. */
	struct file_node *(*next)(struct file_node *directory, struct file_node *previous, uint64_t *cursor, struct file_name *name);
	enum kaal_file_reason (*sync)(struct file_node *node);
	/* Sets what tell() says of the last change; UINT64_MAX: now. */
	enum kaal_file_reason (*touch)(struct file_backend *backend, struct file_node *node, uint64_t changed_ns);
};

#endif
