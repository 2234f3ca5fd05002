/*
 * The component's file service, the use `files`: one connection, made by the first call that needs it, for all threads. One thread at a
 * time has a request; others wait.
 */
#ifndef LIBC_FILE_SERVICE_H
#define LIBC_FILE_SERVICE_H

#include <kaal/file.h>

#include "../descriptors.h"

extern struct kaal_files libc_files; /* for who is between begin and end */

/*
 * Takes the connection, and makes an absolute path of one that may be relative to the working directory. NULL, and errno, and nothing is
 * taken: `absent` if there is no file service, ENOENT for "", ENAMETOOLONG, EFAULT for NULL, ENOMEM and EIO if it cannot be connected to. The path is good until
 * files_end().
 */
const char *files_begin(const char *path, int absent);

/* For who has begun: a second path, in memory of its own. NULL: files_end() has been called with the error. */
const char *files_second(const char *path);

/* Takes the connection, for what is open already. */
void files_lock(void);

/* What a request's end is in errno; 0 for KAAL_OK. The file service's own reason, else EIO. The caller has the connection. */
int files_error(kaal_status_t status);

/* Lets go of the connection. 0, or errno = error and -1. */
int files_end(int error);

/* Fills in what <sys/stat.h> tells. */
void files_describe(const struct kaal_file_info *info, struct stat *result);

/* A file or directory that open() has opened. */
struct regular {
	struct open_file base; /* first: calls get this. base.calls NULL: nobody has it */
	struct kaal_file file;
	off_t position;
	bool directory;
};

/* One user more of a descriptor of that kind. NULL: EBADF, or `other` if it is none. For descriptor_done(&regular->base). */
struct regular *regular_use(int number, int other);

#endif
