/* The files that go into an archive, and how the tool ends when something is wrong. */
#ifndef IMAGE_PACKAGE_H
#define IMAGE_PACKAGE_H

#include <formats/archive_write.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is packed, in order. */
struct package {
	struct kaal_archive_file files[KAAL_ARCHIVE_ENTRIES_MAX];
	size_t count;
};

/* Prints "kaal-image: SUBJECT: REASON" and ends. */
_Noreturn void die(const char *subject, const char *reason);

/* malloc() that ends the tool rather than return NULL. */
void *must_have(size_t bytes);

/* The rest of an open file's bytes, which live as long as the program. Closes nothing; `path` is for messages. */
void read_stream(void *stream, const char *path, const void **data, uint32_t *bytes);

/* The file's bytes, which live as long as the program. */
void read_file(const char *path, const void **data, uint32_t *bytes);

/* Adds a file, read from `path`, or its bytes. `name` must stay. Ends if an archive cannot have it. */
void package_add_file(struct package *package, const char *name, const char *path, bool executable);
void package_add(struct package *package, const char *name, const void *data, uint32_t bytes, bool executable);

/* The file of this name, or NULL. */
struct kaal_archive_file *package_find(struct package *package, const char *name);

/* The archive's bytes; the caller frees them. */
uint8_t *package_pack(const struct package *package, size_t *bytes);

/* Writes bytes to a file, all or none. */
void write_file(const char *path, const void *data, size_t bytes);

#endif
