/* Descriptors, and the three that are there from the start: 0 reads as empty, 1 and 2 are the boot console in the root task and the log ring in a component. */
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <kaal/console.h>
#include <kaal/log.h>
#include <kaal/startup.h>

int libc_fail(int error)
{
	errno = error;
	return -1;
}

/* --- the console --------------------------------------------------------------------------- */

static ssize_t console_write(struct open_file *file, const void *from, size_t bytes)
{
	size_t written;

	(void)file;
	/* The text is in the log whether or not its reader could be told; what it does not read in time it tells: nobody waits here. */
	if (kaal_startup() != NULL) {
		kaal_ignore(kaal_log_write(from, bytes));
		return (ssize_t)bytes;
	}
	/* Bytes that went out count, as POSIX asks; the next call tells the error. */
	if (kaal_console_write(from, bytes, &written) != KAAL_OK && written == 0)
		return libc_fail(EIO);
	return (ssize_t)written;
}

/* A console is a character device that only its owner reads or writes. */
static int describe_console(const struct open_file *file, struct stat *result)
{
	memset(result, 0, sizeof *result);
	result->st_mode = S_IFCHR | (file->flags == O_RDONLY ? S_IRUSR : S_IWUSR);
	result->st_nlink = 1;
	return 0;
}

static const struct open_file_calls console = {.write = console_write};

static struct open_file input = {&console, 1, O_RDONLY}, output = {&console, 1, O_WRONLY}, errors = {&console, 1, O_WRONLY};

/* --- the table ----------------------------------------------------------------------------- */

static struct place standard[] = {{.file = &input}, {.file = &output}, {.file = &errors}};

struct places libc_places = {.place = standard, .count = sizeof standard / sizeof standard[0]};

bool descriptor_is_open(int number)
{
	return number >= 0 && number < libc_places.count && libc_places.place[number].file != NULL;
}

/* The open file of a place, with one user more, or with the one that the place was. */
static struct open_file *get(int number, bool take_away)
{
	struct open_file *file = NULL;

	kaal_lock_take(&libc_places.lock);
	if (descriptor_is_open(number)) {
		file = libc_places.place[number].file;
		if (take_away)
			libc_places.place[number].file = NULL;
		else
			file->users++;
	}
	kaal_lock_give(&libc_places.lock);
	if (file == NULL)
		errno = EBADF;
	return file;
}

struct open_file *descriptor_use(int number)
{
	return get(number, false);
}

int descriptor_done(struct open_file *file)
{
	uint32_t users;

	kaal_lock_take(&libc_places.lock);
	users = --file->users;
	kaal_lock_give(&libc_places.lock);
	return users == 0 && file->calls->end != NULL ? file->calls->end(file) : 0;
}

/* descriptor_use(), if it is open for that: O_RDONLY or O_WRONLY. Once in a program, not in each that calls it. */
__attribute__((noinline)) static struct open_file *use_for(int number, int access, size_t bytes)
{
	struct open_file *file = descriptor_use(number);

	if (file == NULL)
		return NULL;
	if ((file->flags & O_ACCMODE) != access && (file->flags & O_ACCMODE) != O_RDWR)
		errno = EBADF;
	else if (bytes > SSIZE_MAX)
		errno = EINVAL;
	else
		return file;
	(void)descriptor_done(file);
	return NULL;
}

ssize_t read(int number, void *buffer, size_t bytes)
{
	struct open_file *file = use_for(number, O_RDONLY, bytes);
	ssize_t got;

	if (file == NULL)
		return -1;
	got = file->calls->read != NULL ? file->calls->read(file, buffer, bytes) : 0;
	(void)descriptor_done(file);
	return got;
}

ssize_t write(int number, const void *buffer, size_t bytes)
{
	struct open_file *file = use_for(number, O_WRONLY, bytes);
	ssize_t written;

	if (file == NULL)
		return -1;
	written = file->calls->write(file, buffer, bytes);
	(void)descriptor_done(file);
	return written;
}

off_t lseek(int number, off_t offset, int whence)
{
	struct open_file *file = descriptor_use(number);
	off_t position;

	if (file == NULL)
		return -1;
	position = file->calls->seek != NULL ? file->calls->seek(file, offset, whence) : libc_fail(ESPIPE);
	(void)descriptor_done(file);
	return position;
}

int fstat(int number, struct stat *result)
{
	struct open_file *file = descriptor_use(number);
	int done;

	if (file == NULL)
		return -1;
	done = file->calls->describe != NULL ? file->calls->describe(file, result) : describe_console(file, result);
	(void)descriptor_done(file);
	return done;
}

int isatty(int number)
{
	struct open_file *file = descriptor_use(number);
	bool terminal;

	if (file == NULL)
		return 0;
	terminal = file->calls == &console && file->flags == O_WRONLY;
	(void)descriptor_done(file);
	if (!terminal)
		errno = ENOTTY;
	return terminal;
}

/* Free again whatever follows, as POSIX leaves it open: the number is never to be closed twice. */
int close(int number)
{
	struct open_file *file = get(number, true);

	return file != NULL ? descriptor_done(file) : -1;
}
