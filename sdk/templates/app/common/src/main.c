/* Says hello, and keeps that in a file. What goes wrong ends the program with exit code 1, and the root task starts it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/file.h>
#include <kaal/status_text.h>

#include "requires.h"

#define PATH "/greeting"
#define BUFFER_BYTES 8192u
#define FOREVER UINT64_MAX

static void must(const char *what, kaal_status_t status)
{
	if (status == KAAL_OK)
		return;
	printf("%s: %s\n", what, kaal_status_text(status));
	exit(EXIT_FAILURE);
}

static void keep(struct kaal_files *files, const char *text)
{
	struct kaal_file file;
	uint64_t position = 0, written;

	must("making " PATH, kaal_file_open(files, PATH, KAAL_FILE_FLAG_WRITE | KAAL_FILE_FLAG_CREATE | KAAL_FILE_FLAG_TRUNCATE, &file));
	must("writing " PATH, kaal_file_write(&file, &position, text, strlen(text), &written));
	must("closing " PATH, kaal_file_close(&file));
}

static void show(struct kaal_files *files)
{
	struct kaal_file file;
	char text[64];
	uint64_t bytes;

	must("opening " PATH, kaal_file_open(files, PATH, KAAL_FILE_FLAG_READ, &file));
	must("reading " PATH, kaal_file_read(&file, 0, text, sizeof text, &bytes));
	must("closing " PATH, kaal_file_close(&file));
	printf("%s holds: %.*s\n", PATH, (int)bytes, text);
}

int main(void)
{
	static struct kaal_files files;

	printf("hello from @NAME@\n");
	must("files", kaal_files_connect(&files, "files", BUFFER_BYTES, FOREVER));
	keep(&files, "hello");
	show(&files);
	must("files", kaal_files_disconnect(&files));
	return EXIT_SUCCESS;
}
