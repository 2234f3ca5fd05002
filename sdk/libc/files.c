/*
 * Files. There is no file service yet, so there are three descriptors and no
 * names: 0 reads as empty, 1 and 2 are the boot console in the root task and the log ring in a component.
 */
#include <errno.h>
#include <fcntl.h>
#include <kaal/console.h>
#include <kaal/log.h>
#include <kaal/startup.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STANDARD_FILES = 3 };

static bool closed[STANDARD_FILES];

static int fail(int error)
{
	errno = error;
	return -1;
}

static bool is_open(int file)
{
	return file >= 0 && file < STANDARD_FILES && !closed[file];
}

/* A console is a character device that only its owner reads or writes. */
static void describe(int file, struct stat *result)
{
	memset(result, 0, sizeof *result);
	result->st_mode = S_IFCHR | (file == STDIN_FILENO ? S_IRUSR : S_IWUSR);
	result->st_nlink = 1;
}

ssize_t read(int file, void *buffer, size_t length)
{
	(void)buffer;
	(void)length;
	return is_open(file) && file == STDIN_FILENO ? 0 : fail(EBADF);
}

ssize_t write(int file, const void *buffer, size_t length)
{
	size_t written;

	if (!is_open(file) || file == STDIN_FILENO)
		return fail(EBADF);
	/* The text is in the log whether or not its reader could be told; what it does not read in time it tells: nobody waits here. */
	if (kaal_startup() != NULL) {
		(void)kaal_log_write(buffer, length);
		return (ssize_t)length;
	}
	/* Bytes that went out count, as POSIX asks; the next call tells the error. */
	if (kaal_console_write(buffer, length, &written) != KAAL_OK && written == 0)
		return fail(EIO);
	return (ssize_t)written;
}

int close(int file)
{
	if (!is_open(file))
		return fail(EBADF);
	closed[file] = true;
	return 0;
}

off_t lseek(int file, off_t offset, int whence)
{
	(void)offset;
	(void)whence;
	return fail(is_open(file) ? ESPIPE : EBADF);
}

int fstat(int file, struct stat *result)
{
	if (!is_open(file))
		return fail(EBADF);
	describe(file, result);
	return 0;
}

int isatty(int file)
{
	if (is_open(file) && file != STDIN_FILENO)
		return 1;
	errno = is_open(file) ? ENOTTY : EBADF;
	return 0;
}

/* No name exists and none can be made. */
int open(const char *path, int flags, ...)
{
	(void)path;
	return fail(flags & O_CREAT ? EROFS : ENOENT);
}

int stat(const char *restrict path, struct stat *restrict result)
{
	(void)path;
	(void)result;
	return fail(ENOENT);
}

int unlink(const char *path)
{
	(void)path;
	return fail(ENOENT);
}

int rename(const char *from, const char *to)
{
	(void)from;
	(void)to;
	return fail(ENOENT);
}
