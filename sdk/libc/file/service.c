#include "service.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <kaal/startup.h>
#include <kaal/thread.h>
#include <kaal/time.h>

#define USE "files"
#define BUFFER_BYTES_MAX 65536u /* of shared memory each way; what the use's channel-max leaves, if that is less */

_Static_assert(PATH_MAX == KAAL_FILE_PATH_BYTES_MAX + 1, "limits.h tells of the file service's paths");
_Static_assert(NAME_MAX == KAAL_FILE_NAME_BYTES_MAX, "and of its names");

struct kaal_files libc_files;

/* All under the lock. */
static struct kaal_lock lock;
static bool connected;
static char working[PATH_MAX] = "/"; /* absolute, without ".", ".." and empty names */
static char first[PATH_MAX], second[PATH_MAX];

/* --- errors -------------------------------------------------------------------------------- */

int files_error(kaal_status_t status)
{
	if (status == KAAL_OK)
		return 0;
	switch (kaal_files_reason(&libc_files)) {
#define KAAL_FILE_REASON(name, number, status, error, text) \
	case KAAL_FILE_REASON_##name:                       \
		return number != 0 ? error : EIO;
#include <kaal/file_reasons.def>
#undef KAAL_FILE_REASON
	default:
		return EIO;
	}
}

int files_end(int error)
{
	kaal_lock_give(&lock);
	return error == 0 ? 0 : libc_fail(error);
}

/* --- connection ---------------------------------------------------------------------------- */

/* With as much shared memory as there is. An errno. */
static int connect(int absent)
{
	kaal_status_t status = KAAL_NO_RIGHT;

	if (connected)
		return 0;
	if (kaal_startup() == NULL)
		return absent;
	for (uint64_t bytes = BUFFER_BYTES_MAX; bytes >= KAAL_PAGE_BYTES; bytes /= 2) {
		status = kaal_files_connect(&libc_files, USE, bytes, kaal_ticks_now() + KAAL_FILE_WAIT_S * kaal_ticks_hz());
		if (status != KAAL_NO_MEMORY)
			break;
	}
	connected = status == KAAL_OK;
	if (connected)
		return 0;
	/* The description lets the component use nothing of this name. */
	if (status == KAAL_NO_RIGHT)
		return absent;
	return status == KAAL_NO_MEMORY ? ENOMEM : EIO;
}

void files_lock(void)
{
	kaal_lock_take(&lock);
}

/* --- paths --------------------------------------------------------------------------------- */

/* An errno. What is too long for the service it refuses itself. */
static int absolute(const char *path, char *buffer)
{
	size_t there = strlen(working), bytes = strnlen(path, PATH_MAX);

	if (bytes == 0)
		return ENOENT;
	if (path[0] == '/')
		there = 0;
	if (there + (there != 0) + bytes >= PATH_MAX)
		return ENAMETOOLONG;
	memcpy(buffer, working, there);
	if (there != 0)
		buffer[there++] = '/';
	memcpy(buffer + there, path, bytes + 1);
	return 0;
}

const char *files_begin(const char *path, int absent)
{
	int error = path == NULL ? EFAULT : 0;

	kaal_lock_take(&lock);
	if (error == 0)
		error = connect(absent);
	if (error == 0)
		error = absolute(path, first);
	if (error == 0)
		return first;
	(void)files_end(error);
	return NULL;
}

const char *files_second(const char *path)
{
	int error = path == NULL ? EFAULT : absolute(path, second);

	if (error == 0)
		return second;
	(void)files_end(error);
	return NULL;
}

/* --- the working directory ----------------------------------------------------------------- */

/* Without ".", ".." and empty names, in place; there are no links, so that it names the same. */
static void shorten(char *path)
{
	char *end = path;
	const char *next = path;

	while (*next != '\0') {
		size_t bytes = strcspn(++next, "/");

		if (bytes == 2 && memcmp(next, "..", 2) == 0) {
			while (end > path && *--end != '/')
				;
		} else if (bytes != 0 && !(bytes == 1 && *next == '.')) {
			*end++ = '/';
			memmove(end, next, bytes);
			end += bytes;
		}
		next += bytes;
	}
	if (end == path)
		*end++ = '/';
	*end = '\0';
}

int chdir(const char *path)
{
	const char *name = files_begin(path, ENOENT);
	struct kaal_file_info info;
	int error;

	if (name == NULL)
		return -1;
	error = files_error(kaal_files_look(&libc_files, name, &info));
	if (error == 0 && info.kind != KAAL_FILE_KIND_DIRECTORY)
		error = ENOTDIR;
	if (error == 0) {
		memcpy(working, name, strlen(name) + 1);
		shorten(working);
	}
	return files_end(error);
}

char *getcwd(char *buffer, size_t bytes)
{
	int error = 0;

	if (buffer == NULL || bytes == 0) {
		errno = EINVAL;
		return NULL;
	}
	kaal_lock_take(&lock);
	if (strlen(working) < bytes)
		memcpy(buffer, working, strlen(working) + 1);
	else
		error = ERANGE;
	return files_end(error) == 0 ? buffer : NULL;
}
