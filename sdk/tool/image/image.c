/*
 * kaal-image: packs a root task and further files into a system archive. What
 * the boot stage would refuse is refused here already, with the same words.
 */
#include <errno.h>
#include <formats/archive.h>
#include <formats/archive_write.h>
#include <formats/elf.h>
#include <kaal/bootparams.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: kaal-image -o SYSTEM.cpio --root ELF [NAME=FILE...]\n"
	"\n"
	"Packs a system archive (cpio newc): the root task's executable under the name\n"
	"`root-task`, then each FILE under its NAME. The same files give the same bytes.\n"
	"\n"
	"  -o, --output FILE   where the archive goes\n"
	"  --root ELF          executable of the first user thread, checked as at boot\n"
	"  -h, --help          this text\n";

/* What is packed: entry 0 is the root task. */
struct package {
	struct kaal_archive_file files[KAAL_ARCHIVE_ENTRIES_MAX];
	size_t count;
};

/* Prints "kaal-image: SUBJECT: REASON" and ends. */
static _Noreturn void die(const char *subject, const char *reason)
{
	fprintf(stderr, "kaal-image: %s: %s\n", subject, reason);
	exit(1);
}

static _Noreturn void die_usage(const char *reason)
{
	fprintf(stderr, "kaal-image: %s\n%s", reason, usage);
	exit(2);
}

/* The file's bytes, which live as long as the program. */
static void read_file(const char *path, const void **data, uint32_t *bytes)
{
	FILE *file = fopen(path, "rb");
	size_t used = 0, room = 1u << 16;
	uint8_t *buffer = malloc(room);

	if (file == NULL)
		die(path, strerror(errno));
	while (buffer != NULL) {
		used += fread(buffer + used, 1, room - used, file);
		if (used < room)
			break;
		room *= 2;
		buffer = realloc(buffer, room);
	}
	if (buffer == NULL)
		die(path, "no memory to read it");
	if (ferror(file))
		die(path, strerror(errno));
	if (used > UINT32_MAX)
		die(path, "larger than 4 GiB - 1, the most that an archive's entry holds");
	fclose(file);
	*data = buffer;
	*bytes = (uint32_t)used;
}

/* Ends if the boot stage would not load this file. */
static void check_root_task(const char *path, const struct kaal_archive_file *file)
{
	struct kaal_elf elf;
	struct kaal_format_error error;
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	if (kaal_elf_read(&elf, file->data, file->bytes, KAAL_SEGMENTS_MAX, &error))
		return;
	kaal_format_error_text(&error, text);
	die(path, text);
}

static void add(struct package *package, const char *name, const char *path, bool executable)
{
	struct kaal_archive_file *file = &package->files[package->count];

	if (package->count == KAAL_ARCHIVE_ENTRIES_MAX)
		die(name, "one file more than an archive holds, 1024");
	if (name[0] == '\0' || strlen(name) >= KAAL_ARCHIVE_NAME_BYTES_MAX)
		die(name, "a name has 1 to 255 characters");
	if (strcmp(name, KAAL_ARCHIVE_TRAILER) == 0)
		die(name, "this name ends an archive; choose another");
	for (size_t i = 0; i < package->count; i++)
		if (strcmp(package->files[i].name, name) == 0)
			die(name, "the archive has a file of this name already");
	file->name = name;
	file->executable = executable;
	read_file(path, &file->data, &file->bytes);
	package->count++;
}

/* Adds the file of an argument NAME=FILE; cuts the argument at the `=`. */
static void add_named(struct package *package, char *argument)
{
	char *separator = strchr(argument, '=');

	if (separator == NULL)
		die_usage("each further file is written NAME=FILE");
	*separator = '\0';
	add(package, argument, separator + 1, false);
}

static void write_archive(const struct package *package, const char *path)
{
	size_t bytes = kaal_archive_write_bytes(package->files, package->count);
	uint8_t *archive = malloc(bytes);
	FILE *file = fopen(path, "wb");

	if (file == NULL)
		die(path, strerror(errno));
	if (archive == NULL)
		die(path, "no memory to make it");
	kaal_archive_write(package->files, package->count, archive);
	if (fwrite(archive, 1, bytes, file) != bytes || fclose(file) != 0) {
		int reason = errno;

		remove(path); /* half an archive helps nobody */
		die(path, strerror(reason));
	}
	for (size_t i = 0; i < package->count; i++)
		printf("%10u  %s\n", package->files[i].bytes, package->files[i].name);
	printf("%10zu  %s\n", bytes, path);
	free(archive);
}

/* The value of the option at argv[*i]; moves on to it. */
static char *option_value(int argc, char **argv, int *i)
{
	if (*i + 1 >= argc)
		die(argv[*i], "a value is missing");
	return argv[++*i];
}

int main(int argc, char **argv)
{
	static struct package package;
	const char *output = NULL, *root = NULL;
	int named = 0; /* arguments NAME=FILE, gathered at the front of argv */

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return 0;
		}
		if (strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0)
			output = option_value(argc, argv, &i);
		else if (strcmp(argv[i], "--root") == 0)
			root = option_value(argc, argv, &i);
		else if (argv[i][0] == '-')
			die(argv[i], "no such option; see kaal-image --help");
		else
			argv[named++] = argv[i];
	}
	if (output == NULL || root == NULL)
		die_usage("-o and --root are needed");
	add(&package, KAAL_ARCHIVE_ROOT_TASK, root, true);
	check_root_task(root, &package.files[0]);
	for (int i = 0; i < named; i++)
		add_named(&package, argv[i]);
	write_archive(&package, output);
	return 0;
}
