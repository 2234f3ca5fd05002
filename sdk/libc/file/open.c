/* Open files of the file service. */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* Flags that open() knows. What has no meaning here (no terminal, no links, nothing executed, nothing that waits) is taken. */
#define OPEN_FLAGS                                                                                                                 \
	(O_ACCMODE | O_APPEND | O_CREAT | O_TRUNC | O_EXCL | O_SYNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY)
#define TOLD_FLAGS (O_ACCMODE | O_APPEND | O_SYNC | O_NONBLOCK)

static struct regular *regular_of(struct open_file *base)
{
	return (struct regular *)(void *)base;
}

/* --- bytes --------------------------------------------------------------------------------- */

/* One request for what fits one, and so on while they are full: what comes short is the end. The caller has the connection. */
static ssize_t read_at(struct regular *file, off_t position, void *to, size_t bytes, int *error)
{
	uint64_t max = kaal_files_bytes_max(&libc_files), asked, got;
	size_t done = 0;
	const void *data;

	*error = file->directory ? EISDIR : 0;
	while (*error == 0 && done < bytes) {
		asked = bytes - done < max ? bytes - done : max;
		*error = files_error(kaal_file_peek(&file->file, (uint64_t)position + done, asked, &data, &got));
		if (*error != 0)
			break;
		if (got != 0)
			memcpy((char *)to + done, data, got);
		done += got;
		if (got < asked)
			break;
	}
	/* Bytes that came count, as POSIX asks; the next call tells the error. */
	if (done != 0)
		*error = 0;
	return (ssize_t)done;
}

static ssize_t write_at(struct regular *file, off_t *position, const void *from, size_t bytes, int *error)
{
	uint64_t place = (uint64_t)*position, written = 0;

	*error = 0;
	if (bytes == 0)
		return 0;
	*error = files_error(kaal_file_write(&file->file, &place, from, bytes, &written));
	if (written == 0)
		return 0;
	*position = (off_t)place;
	*error = (file->base.flags & O_SYNC) != 0 ? files_error(kaal_file_sync(&file->file)) : 0;
	return (ssize_t)written;
}

static ssize_t regular_read(struct open_file *base, void *to, size_t bytes)
{
	struct regular *file = regular_of(base);
	ssize_t got;
	int error;

	files_lock();
	got = read_at(file, file->position, to, bytes, &error);
	file->position += got;
	return files_end(error) == 0 ? got : -1;
}

static ssize_t regular_write(struct open_file *base, const void *from, size_t bytes)
{
	struct regular *file = regular_of(base);
	ssize_t written;
	int error;

	files_lock();
	written = write_at(file, &file->position, from, bytes, &error);
	return files_end(error) == 0 ? written : -1;
}

/* --- position, status, end ------------------------------------------------------------------ */

/* Where an offset counts from. The caller has the connection. */
static int start_of(struct regular *file, int whence, off_t *start)
{
	struct kaal_file_info info;
	int error = 0;

	*start = 0;
	if (whence == SEEK_CUR) {
		*start = file->position;
	} else if (whence == SEEK_END) {
		error = files_error(kaal_file_status(&file->file, &info));
		*start = error == 0 ? (off_t)info.bytes : 0;
	} else if (whence != SEEK_SET) {
		error = EINVAL;
	}
	return error;
}

static off_t regular_seek(struct open_file *base, off_t offset, int whence)
{
	struct regular *file = regular_of(base);
	off_t start, position = 0;
	int error;

	files_lock();
	error = start_of(file, whence, &start);
	if (error == 0 && __builtin_add_overflow(start, offset, &position))
		error = EOVERFLOW;
	if (error == 0 && position < 0)
		error = EINVAL;
	if (error == 0)
		file->position = position;
	return files_end(error) == 0 ? position : -1;
}

static int regular_describe(struct open_file *base, struct stat *result)
{
	struct kaal_file_info info;
	int error;

	files_lock();
	error = files_error(kaal_file_status(&regular_of(base)->file, &info));
	if (error == 0)
		files_describe(&info, result);
	return files_end(error);
}

/* The service has forgotten what it had open for a connection that is gone; that is no loss here. */
static int regular_end(struct open_file *base)
{
	files_lock();
	kaal_ignore(kaal_file_close(&regular_of(base)->file));
	base->calls = NULL;
	return files_end(0);
}

/* --- opening ------------------------------------------------------------------------------- */

static const struct open_file_calls calls = {regular_read, regular_write, regular_seek, regular_describe, regular_end};
static struct regular regulars[OPEN_MAX]; /* who has none has the connection */

static struct regular *free_regular(void)
{
	for (int i = 0; i < OPEN_MAX; i++) {
		if (regulars[i].base.calls == NULL)
			return &regulars[i];
	}
	return NULL;
}

static bool are_flags(int flags)
{
	bool reads_only = (flags & O_ACCMODE) == O_RDONLY;

	return (flags & ~OPEN_FLAGS) == 0 && (flags & O_ACCMODE) <= O_RDWR && !(reads_only && (flags & O_TRUNC) != 0) &&
	       !((flags & O_DIRECTORY) != 0 && (flags & O_CREAT) != 0);
}

/* The service's. Who makes a file has to be able to write it; what the descriptor may is looked at here. */
static uint32_t service_flags(int flags)
{
	uint32_t result = 0;

	if ((flags & O_ACCMODE) != O_WRONLY)
		result |= KAAL_FILE_FLAG_READ;
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0)
		result |= KAAL_FILE_FLAG_WRITE;
	if ((flags & O_CREAT) != 0)
		result |= KAAL_FILE_FLAG_CREATE | ((flags & O_EXCL) != 0 ? KAAL_FILE_FLAG_EXCLUSIVE : 0u);
	if ((flags & O_TRUNC) != 0)
		result |= KAAL_FILE_FLAG_TRUNCATE;
	if ((flags & O_APPEND) != 0 && (result & KAAL_FILE_FLAG_WRITE) != 0)
		result |= KAAL_FILE_FLAG_APPEND;
	return result;
}

static int open_directory(struct regular *file, const char *name, int flags)
{
	int error = files_error(kaal_file_open(&libc_files, name, KAAL_FILE_FLAG_DIRECTORY, &file->file));

	if (error == 0 && (flags & O_ACCMODE) != O_RDONLY) {
		kaal_ignore(kaal_file_close(&file->file));
		error = EISDIR;
	}
	file->directory = error == 0;
	return error;
}

/* An errno. */
static int open_name(struct regular *file, const char *name, int flags)
{
	int error = EISDIR;

	*file = (struct regular){.base = {NULL, 1, flags & TOLD_FLAGS}};
	if ((flags & O_DIRECTORY) == 0)
		error = files_error(kaal_file_open(&libc_files, name, service_flags(flags), &file->file));
	if (error == EISDIR && (flags & O_CREAT) == 0)
		error = open_directory(file, name, flags);
	if (error == 0)
		file->base.calls = &calls;
	return error;
}

int open(const char *path, int flags, ...)
{
	struct regular *file;
	const char *name;
	int number, error = EMFILE;

	if (!are_flags(flags))
		return libc_fail(EINVAL);
	name = files_begin(path, (flags & O_CREAT) != 0 ? EROFS : ENOENT);
	if (name == NULL)
		return -1;
	number = descriptor_reserve(0, (flags & O_CLOEXEC) != 0);
	file = free_regular();
	if (number >= 0 && file != NULL)
		error = open_name(file, name, flags);
	error = files_end(error);
	if (number >= 0)
		descriptor_fill(number, error == 0 ? &file->base : NULL);
	return error == 0 ? number : -1;
}

int creat(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* --- by descriptor ------------------------------------------------------------------------- */

struct regular *regular_use(int number, int other)
{
	struct open_file *file = descriptor_use(number);

	if (file == NULL || file->calls == &calls)
		return regular_of(file);
	(void)descriptor_done(file);
	errno = other;
	return NULL;
}

static ssize_t done(struct regular *file, int error, ssize_t result)
{
	int ended = files_end(error);

	(void)descriptor_done(&file->base);
	return ended == 0 ? result : -1;
}

/* Of bytes at a place: what cannot be, before any is moved. */
static int refusal(const struct regular *file, int not_for, size_t bytes, off_t position)
{
	if ((file->base.flags & O_ACCMODE) == not_for)
		return EBADF;
	return bytes > SSIZE_MAX || position < 0 ? EINVAL : 0;
}

ssize_t pread(int number, void *to, size_t bytes, off_t position)
{
	struct regular *file = regular_use(number, ESPIPE);
	ssize_t got = 0;
	int error;

	if (file == NULL)
		return -1;
	files_lock();
	error = refusal(file, O_WRONLY, bytes, position);
	if (error == 0)
		got = read_at(file, position, to, bytes, &error);
	return done(file, error, got);
}

ssize_t pwrite(int number, const void *from, size_t bytes, off_t position)
{
	struct regular *file = regular_use(number, ESPIPE);
	ssize_t written = 0;
	int error;

	if (file == NULL)
		return -1;
	files_lock();
	error = refusal(file, O_RDONLY, bytes, position);
	if (error == 0)
		written = write_at(file, &position, from, bytes, &error);
	return done(file, error, written);
}

int ftruncate(int number, off_t bytes)
{
	struct regular *file = regular_use(number, EINVAL);
	int error;

	if (file == NULL)
		return -1;
	files_lock();
	error = refusal(file, O_RDONLY, 0, bytes);
	if (error == 0)
		error = files_error(kaal_file_resize(&file->file, (uint64_t)bytes));
	return (int)done(file, error, 0);
}

int fsync(int number)
{
	struct regular *file = regular_use(number, EINVAL);

	if (file == NULL)
		return -1;
	files_lock();
	return (int)done(file, files_error(kaal_file_sync(&file->file)), 0);
}

int fdatasync(int number)
{
	return fsync(number);
}
