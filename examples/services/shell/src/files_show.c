/* Commands that show files, and what room there is: POSIX's functions and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "command.h"
#include "line.h"
#include "paths.h"
#include "terminal.h"

#define PIECE_BYTES 32768u
#define ROW_BYTES 16u

static char piece[PIECE_BYTES];

/* --- ls ---------------------------------------------------------------------------------- */

static int show_entry(const struct call *call, const char *path, const char *name)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return command_failed_errno(path);
	if ((call->options & COMMAND_OPTION('l')) != 0)
		fprintf(call->out, "%c %10lld  %s%s\n", S_ISDIR(status.st_mode) ? 'd' : '-', (long long)status.st_size, name,
			S_ISDIR(status.st_mode) ? "/" : "");
	else
		fprintf(call->out, "%s%s\n", name, S_ISDIR(status.st_mode) ? "/" : "");
	return 0;
}

static int list_directory(const struct call *call, const char *path)
{
	char full[PATH_BYTES];
	size_t count;
	char **names = path_names(path, &count);
	int result = 0;

	for (size_t i = 0; i < count; i++) {
		if (!terminal_interrupted())
			result |= path_join(full, path, names[i]) ? show_entry(call, full, names[i]) : 1;
		free(names[i]);
	}
	free(names);
	return result;
}

int command_ls(const struct call *call)
{
	int result = 0;

	if (call->count == 0)
		return list_directory(call, ".");
	for (unsigned i = 0; i < call->count; i++) {
		const char *path = call->word[i];

		if (!path_is_directory(path)) {
			result |= show_entry(call, path, path);
			continue;
		}
		if (call->count > 1)
			fprintf(call->out, "%s:\n", path);
		result |= list_directory(call, path);
	}
	return result;
}

/* --- cat, hexdump ------------------------------------------------------------------------ */

/* A terminal's own bytes: to it as they are, but for the ends of lines; into a file as they are. */
static int show_file(const struct call *call, const char *path)
{
	int file = open(path, O_RDONLY), result = 0;
	ssize_t count = 0;

	if (file < 0)
		return command_failed_errno(path);
	while (!terminal_interrupted() && (count = read(file, piece, sizeof piece)) > 0) {
		for (ssize_t at = 0; at < count && !terminal_interrupted(); at += 256) {
			size_t bytes = count - at < 256 ? (size_t)(count - at) : 256;

			if (fwrite(piece + at, 1, bytes, call->out) != bytes)
				result = 1;
		}
	}
	if (count < 0)
		result = command_failed_errno(path);
	(void)close(file);
	return result;
}

static void show_typed(void *context, const char *text, size_t bytes)
{
	(void)context;
	terminal_put(text, bytes);
}

/* One line that is typed, edited until Enter. */
static enum line_event read_typed(struct line *line)
{
	enum line_event event = LINE_MORE;
	char key;

	while (event == LINE_MORE) {
		if (!terminal_waits())
			line_show(line);
		if (terminal_read(&key, 1) == 0)
			return LINE_CANCELLED;
		event = line_key(line, (uint8_t)key);
		/* A line that is too long is taken in parts; the key is the next one's. */
		if (event == LINE_FULL) {
			line_show(line);
			(void)line_key(line, '\n');
		}
	}
	return event;
}

/* What is typed goes on when its line is complete. */
static int take_typed(const struct call *call)
{
	static const struct line_hooks hooks = {.show = show_typed};
	struct line line;
	enum line_event event;
	bool good = true;

	line_start(&line, &hooks, NULL, "");
	while (good && (event = read_typed(&line)) == LINE_DONE) {
		good = fwrite(line.text, 1, line.length, call->out) == line.length && fputc('\n', call->out) != EOF;
		line_clear(&line);
	}
	line_stop(&line);
	return !good;
}

int command_cat(const struct call *call)
{
	int result = 0;

	if (call->count == 0)
		return take_typed(call);
	for (unsigned i = 0; i < call->count && !terminal_interrupted(); i++)
		result |= show_file(call, call->word[i]);
	return result;
}

static void show_row(FILE *out, unsigned long long at, const char *row, size_t bytes)
{
	fprintf(out, "%08llx ", at);
	for (size_t i = 0; i < ROW_BYTES; i++) {
		if (i < bytes)
			fprintf(out, "%s%02x", i == ROW_BYTES / 2 ? "  " : " ", (unsigned)(unsigned char)row[i]);
		else
			fputs(i == ROW_BYTES / 2 ? "    " : "   ", out);
	}
	fputs("  |", out);
	for (size_t i = 0; i < bytes; i++)
		fputc(row[i] >= ' ' && row[i] <= '~' ? row[i] : '.', out);
	fputs("|\n", out);
}

static int dump(const struct call *call, const char *path)
{
	int file = open(path, O_RDONLY), result = 0;
	unsigned long long at = 0;
	ssize_t count = 0;

	if (file < 0)
		return command_failed_errno(path);
	while (!terminal_interrupted() && (count = read(file, piece, sizeof piece)) > 0) {
		for (size_t row = 0; row < (size_t)count && !terminal_interrupted(); row += ROW_BYTES)
			show_row(call->out, at + row, piece + row, (size_t)count - row < ROW_BYTES ? (size_t)count - row : ROW_BYTES);
		at += (unsigned long long)count;
	}
	if (count < 0)
		result = command_failed_errno(path);
	else if (!terminal_interrupted())
		fprintf(call->out, "%08llx\n", at);
	(void)close(file);
	return result;
}

int command_hexdump(const struct call *call)
{
	int result = 0;

	for (unsigned i = 0; i < call->count && !terminal_interrupted(); i++)
		result |= dump(call, call->word[i]);
	return result;
}

/* --- where, how much --------------------------------------------------------------------- */

int command_cd(const struct call *call)
{
	const char *path = call->count == 0 ? "/" : call->word[0];

	return chdir(path) == 0 ? 0 : command_failed_errno(path);
}

int command_pwd(const struct call *call)
{
	char path[PATH_BYTES];

	if (getcwd(path, sizeof path) == NULL)
		return command_failed_errno("pwd");
	fprintf(call->out, "%s\n", path);
	return 0;
}

int command_df(const struct call *call)
{
	struct statvfs room;
	unsigned long long unit, all, left;

	if (statvfs("/", &room) != 0)
		return command_failed_errno("/");
	unit = room.f_frsize;
	all = room.f_blocks;
	left = room.f_bfree;
	fprintf(call->out, "          all       used       free\n");
	fprintf(call->out, "KiB  %8llu   %8llu   %8llu\n", all * unit / 1024, (all - left) * unit / 1024, left * unit / 1024);
	fprintf(call->out, "files%8llu   %8llu   %8llu\n", (unsigned long long)room.f_files,
		(unsigned long long)(room.f_files - room.f_ffree), (unsigned long long)room.f_ffree);
	return 0;
}

int command_echo(const struct call *call)
{
	for (unsigned i = 0; i < call->count; i++)
		fprintf(call->out, "%s%s", i == 0 ? "" : " ", call->word[i]);
	if ((call->options & COMMAND_OPTION('n')) == 0)
		fputc('\n', call->out);
	return 0;
}
