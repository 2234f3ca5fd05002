/* What is named by a path. */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include <kaal/time.h>

/* There are no permissions: everybody may read and write all, and nothing is executed. Times are of the last change, all three. */
void files_describe(const struct kaal_file_info *info, struct stat *result)
{
	bool directory = info->kind == KAAL_FILE_KIND_DIRECTORY;
	struct timespec changed = {.tv_sec = (time_t)(info->changed_ns / KAAL_NS_PER_SECOND), .tv_nsec = (long)(info->changed_ns % KAAL_NS_PER_SECOND)};

	memset(result, 0, sizeof *result);
	result->st_dev = 1; /* the console is of 0 */
	result->st_ino = info->number;
	result->st_mode = directory ? S_IFDIR | 0777 : S_IFREG | 0666;
	result->st_nlink = 1;
	result->st_size = (off_t)info->bytes;
	result->st_blksize = KAAL_PAGE_BYTES;
	result->st_blocks = (blkcnt_t)((info->bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * (KAAL_PAGE_BYTES / S_BLKSIZE));
	result->st_atim = result->st_mtim = result->st_ctim = changed;
}

static int look(const char *path, struct kaal_file_info *info)
{
	const char *name = files_begin(path, ENOENT);

	return name != NULL ? files_end(files_error(kaal_files_look(&libc_files, name, info))) : -1;
}

int stat(const char *restrict path, struct stat *restrict result)
{
	struct kaal_file_info info;

	if (look(path, &info) != 0)
		return -1;
	files_describe(&info, result);
	return 0;
}

/* There are no links. */
int lstat(const char *restrict path, struct stat *restrict result)
{
	return stat(path, result);
}

/* What is there is none. */
ssize_t readlink(const char *restrict path, char *restrict buffer, size_t bytes)
{
	struct kaal_file_info info;

	(void)buffer;
	(void)bytes;
	return look(path, &info) != 0 ? -1 : libc_fail(EINVAL);
}

int access(const char *path, int mode)
{
	struct kaal_file_info info;

	if ((mode & ~(R_OK | W_OK | X_OK)) != 0)
		return libc_fail(EINVAL);
	if (look(path, &info) != 0)
		return -1;
	return (mode & X_OK) != 0 && info.kind != KAAL_FILE_KIND_DIRECTORY ? libc_fail(EACCES) : 0;
}

int truncate(const char *path, off_t bytes)
{
	const char *name;
	struct kaal_file file;
	int error;

	if (bytes < 0)
		return libc_fail(EINVAL);
	name = files_begin(path, ENOENT);
	if (name == NULL)
		return -1;
	error = files_error(kaal_file_open(&libc_files, name, KAAL_FILE_FLAG_WRITE, &file));
	if (error == 0) {
		error = files_error(kaal_file_resize(&file, (uint64_t)bytes));
		kaal_ignore(kaal_file_close(&file));
	}
	return files_end(error);
}

/* Of the three times there is one: of the last change. */
static int touch(const char *path, uint64_t changed_ns)
{
	const char *name = files_begin(path, ENOENT);
	kaal_status_t status;

	if (name == NULL)
		return -1;
	status = kaal_files_touch(&libc_files, name, changed_ns);
	return files_end(status == KAAL_NOT_SUPPORTED ? ENOSYS : files_error(status));
}

int utimes(const char *path, const struct timeval times[2])
{
	static const suseconds_t second = 1000000;

	if (times == NULL)
		return touch(path, UINT64_MAX);
	if (times[1].tv_sec < 0 || (uint64_t)times[1].tv_sec >= UINT64_MAX / KAAL_NS_PER_SECOND || times[1].tv_usec < 0 || times[1].tv_usec >= second)
		return libc_fail(EINVAL);
	return touch(path, (uint64_t)times[1].tv_sec * KAAL_NS_PER_SECOND + (uint64_t)times[1].tv_usec * 1000);
}

int utime(const char *path, const struct utimbuf *times)
{
	const struct timeval both[2] = {{.tv_sec = times != NULL ? times->actime : 0}, {.tv_sec = times != NULL ? times->modtime : 0}};

	return utimes(path, times != NULL ? both : NULL);
}

int mkdir(const char *path, mode_t mode)
{
	const char *name = files_begin(path, EROFS);
	int error;

	(void)mode;
	if (name == NULL)
		return -1;
	error = files_error(kaal_files_make_directory(&libc_files, name));
	/* The root, "." and "..", which the service does not make: they are there. */
	return files_end(error == EBUSY ? EEXIST : error);
}

/* A file, or a directory, or whichever it is. */
static int remove_kind(const char *path, enum kaal_file_kind kind, bool either)
{
	const char *name = files_begin(path, ENOENT);
	int error;

	if (name == NULL)
		return -1;
	error = files_error(kaal_files_remove(&libc_files, name, kind));
	if (error == EISDIR && either)
		error = files_error(kaal_files_remove(&libc_files, name, KAAL_FILE_KIND_DIRECTORY));
	return files_end(error);
}

int unlink(const char *path)
{
	return remove_kind(path, KAAL_FILE_KIND_FILE, false);
}

int rmdir(const char *path)
{
	return remove_kind(path, KAAL_FILE_KIND_DIRECTORY, false);
}

int remove(const char *path)
{
	return remove_kind(path, KAAL_FILE_KIND_FILE, true);
}

int rename(const char *from, const char *to)
{
	const char *old = files_begin(from, ENOENT), *new = old != NULL ? files_second(to) : NULL;

	return new != NULL ? files_end(files_error(kaal_files_rename(&libc_files, old, new))) : -1;
}
