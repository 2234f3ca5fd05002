/* Commands that change files: POSIX's functions and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "paths.h"
#include "terminal.h"

#define PIECE_BYTES 32768u

static char piece[PIECE_BYTES];

static int copy_bytes(int from, int to)
{
	ssize_t count;

	while ((count = read(from, piece, sizeof piece)) > 0) {
		for (ssize_t done = 0; done < count;) {
			ssize_t written = write(to, piece + done, (size_t)(count - done));

			if (written < 0)
				return -1;
			done += written;
		}
		if (terminal_interrupted()) {
			errno = ECANCELED;
			return -1;
		}
	}
	return count < 0 ? -1 : 0;
}

static bool same_file(const char *left, const char *right)
{
	struct stat one, other;

	return stat(left, &one) == 0 && stat(right, &other) == 0 && one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

static int copy_file(const char *from, const char *to)
{
	int source, target, result = 0;

	if (same_file(from, to))
		return command_failed(from, "it cannot be copied to itself");
	if (path_is_directory(from))
		return command_failed(from, strerror(EISDIR));
	source = open(from, O_RDONLY);
	if (source < 0)
		return command_failed_errno(from);
	target = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (target < 0)
		result = command_failed_errno(to);
	if (target >= 0 && copy_bytes(source, target) != 0) {
		result = command_failed_errno(to);
		/* Nothing is left half done. */
		(void)unlink(to);
	}
	if (target >= 0)
		(void)close(target);
	(void)close(source);
	return result;
}

static int move_file(const char *from, const char *to)
{
	return rename(from, to) == 0 ? 0 : command_failed_errno(from);
}

static const char *last_part(char *path)
{
	size_t length = strlen(path);
	char *slash;

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

/* FROM... TO: into a directory, or to another name. */
static int each_to(const struct call *call, int (*act)(const char *from, const char *to))
{
	const char *to = call->word[call->count - 1];
	bool into = path_is_directory(to);
	char path[PATH_BYTES];
	int result = 0;

	if (call->count > 2 && !into)
		return command_failed(to, strerror(ENOTDIR));
	for (unsigned i = 0; i + 1 < call->count && !terminal_interrupted(); i++) {
		if (!into)
			result |= act(call->word[i], to);
		else
			result |= path_join(path, to, last_part(call->word[i])) ? act(call->word[i], path) : 1;
	}
	return result;
}

int command_cp(const struct call *call)
{
	return each_to(call, copy_file);
}

int command_mv(const struct call *call)
{
	return each_to(call, move_file);
}

static int remove_one(const char *path)
{
	return (path_is_directory(path) ? rmdir(path) : unlink(path)) == 0 ? 0 : command_failed_errno(path);
}

/* Removes the files in a directory; `below` is a directory that is in it, too, "" if none is. False: not all of them, which has been told. */
static bool remove_files(const char *path, char below[PATH_BYTES])
{
	size_t count;
	char **names = path_names(path, &count), entry[PATH_BYTES];
	bool good = true;

	for (size_t i = 0; i < count; i++) {
		good = good && !terminal_interrupted() && path_join(entry, path, names[i]);
		if (good && path_is_directory(entry))
			memcpy(below, entry, strlen(entry) + 1);
		else if (good)
			good = unlink(entry) == 0 || command_failed_errno(entry) == 0;
		free(names[i]);
	}
	free(names);
	return good;
}

/*
 * A directory with all that is in it: what it contains goes first, the deepest first of all. The path grows and shrinks instead of
 * the stack. A directory is read once for each one in it, and once more, and not while it changes.
 */
static int remove_all(const char *top)
{
	char path[PATH_BYTES];
	size_t top_length = strlen(top);

	if (top_length >= sizeof path)
		return command_failed(top, strerror(ENAMETOOLONG));
	memcpy(path, top, top_length + 1);
	while (!terminal_interrupted()) {
		size_t length = strlen(path);
		char below[PATH_BYTES] = "";

		if (path_is_directory(path) && !remove_files(path, below))
			return 1;
		if (below[0] != '\0') {
			memcpy(path, below, strlen(below) + 1);
			continue;
		}
		if (remove_one(path) != 0)
			return 1;
		if (length == top_length)
			return 0;
		*strrchr(path, '/') = '\0';
		/* "/" alone has lost its '/'. */
		if (strlen(path) < top_length)
			memcpy(path, top, top_length + 1);
	}
	return 1;
}

int command_rm(const struct call *call)
{
	bool all = (call->options & COMMAND_OPTION('r')) != 0;
	int result = 0;

	for (unsigned i = 0; i < call->count && !terminal_interrupted(); i++) {
		char *path = call->word[i];

		(void)last_part(path);
		if (all)
			result |= remove_all(path);
		else
			result |= unlink(path) == 0 ? 0 : command_failed_errno(path);
	}
	return result;
}

int command_mkdir(const struct call *call)
{
	int result = 0;

	for (unsigned i = 0; i < call->count; i++)
		result |= mkdir(call->word[i], 0777) == 0 ? 0 : command_failed_errno(call->word[i]);
	return result;
}
