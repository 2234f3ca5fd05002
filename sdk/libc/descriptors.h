/*
 * Descriptors: small numbers for open files. The standard ones are there from the start and need nothing else; more places come with the
 * first function that makes a descriptor (file/places.c), and so does the file service.
 *
 * Functions that return an int or a size: -1 and errno, as POSIX has it.
 *   DS-1: users counts the places that an open file has and the calls that use it; who lets go last ends it
 *   DS-2: the lowest free place is given first
 */
#ifndef LIBC_DESCRIPTORS_H
#define LIBC_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <kaal/thread.h>

struct open_file;

/* What a kind of files does; read and write only where the access mode allows it. NULL, but for write: as the console does, which programs have that open nothing. */
struct open_file_calls {
	ssize_t (*read)(struct open_file *file, void *to, size_t bytes);
	ssize_t (*write)(struct open_file *file, const void *from, size_t bytes);
	off_t (*seek)(struct open_file *file, off_t offset, int whence);
	int (*describe)(struct open_file *file, struct stat *result);
	int (*end)(struct open_file *file); /* nobody uses it any more */
};

struct open_file {
	const struct open_file_calls *calls;
	uint32_t users;
	int flags; /* of open(), those that F_GETFL tells */
};

/* A place of the table: free, reserved without a file, or with one. */
struct place {
	struct open_file *file;
	bool reserved;
	bool close_on_exec; /* nobody executes; it is only told */
};

struct places {
	struct place *place;
	int count;
	struct kaal_lock lock; /* of all of this, and of each users */
};

extern struct places libc_places;

/* errno = error; -1. */
int libc_fail(int error);

/* The open file of a descriptor, one user more; NULL: EBADF. */
struct open_file *descriptor_use(int number);

/* One user less. What calls->end() says, if it was the last. */
int descriptor_done(struct open_file *file);

/* The caller holds the lock. */
bool descriptor_is_open(int number);

/* Takes the lowest free place from `least` on; EMFILE. For descriptor_fill(). */
int descriptor_reserve(int least, bool close_on_exec);

/* Puts a file whose user the caller was into its reserved place; NULL: the place is free again. */
void descriptor_fill(int number, struct open_file *file);

#endif
