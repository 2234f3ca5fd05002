/*
 * kaal-image: packs a root task and further files into a system archive, by name
 * or by a system description. What boot stage and root task would refuse is
 * refused here already, with the same words.
 */
#include <formats/elf.h>
#include <kaal/bootparams.h>
#include <kaal/note.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "package.h"
#include "system.h"

KAAL_ABI_NOTE;

static const char usage[] =
	"usage: kaal-image -o SYSTEM.cpio --root ELF [NAME=FILE...]\n"
	"       kaal-image -o SYSTEM.cpio --system SYSTEM.dts [--root ELF] [options] [NAME=FILE...]\n"
	"       kaal-image -o REQUIRES.h --requirements REQUIRES.dts\n"
	"       kaal-image --list SYSTEM.cpio\n"
	"\n"
	"Packs a system archive (cpio newc): the root task's executable under the name\n"
	"`root-task`, then each FILE under its NAME, then a system description, the component\n"
	"`capability-broker` if it is found, and what the description names.\n"
	"The same files give the same bytes.\n"
	"\n"
	"  -o, --output FILE     where the archive goes\n"
	"  --root ELF            executable of the first user thread, checked as at boot\n"
	"                        (with --system: the component root-task)\n"
	"  --system FILE         description of the system: source (dtc compiles it), or\n"
	"                        compiled and named *.dtb; goes in as `system.dtb`\n"
	"  --component-path DIR  where images and files that no NAME=FILE gives are searched:\n"
	"                        DIR/NAME/NAME, DIR/NAME; may be repeated, the first wins\n"
	"                        (last: ../share/kaal/components, seen from this program)\n"
	"  --dtb FILE            device tree of the board that devices are checked against\n"
	"  --graph FILE          where a graph of who may do what goes: *.svg, or Graphviz\n"
	"  --requirements FILE   what a program requires, source or *.dtb: checked, and made a\n"
	"                        header that the program includes\n"
	"  --list FILE           a line for each executable that an archive starts, for programs:\n"
	"                        name, image, bytes of code, constants, data, stack (in whole\n"
	"                        pages), and memory-max or 0, with tabs between\n"
	"  -h, --help            this text\n";

struct options {
	const char *output, *root, *system, *board, *graph, *requirements, *list;
	struct search_path search;
	int named; /* arguments NAME=FILE, gathered at the front of argv */
};

static _Noreturn void die_usage(const char *reason)
{
	fprintf(stderr, "kaal-image: %s\n%s", reason, usage);
	exit(2);
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

/* Adds the file of an argument NAME=FILE; cuts the argument at the `=`. */
static void add_named(struct package *package, char *argument)
{
	char *separator = strchr(argument, '=');

	if (separator == NULL)
		die_usage("each further file is written NAME=FILE");
	*separator = '\0';
	package_add_file(package, argument, separator + 1, false);
}

/* The value of the option at argv[*i]; moves on to it. */
static char *option_value(int argc, char **argv, int *i)
{
	if (*i + 1 >= argc)
		die(argv[*i], "a value is missing");
	return argv[++*i];
}

static void read_options(struct options *options, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **value;
	} known[] = {
		{ "-o", &options->output },	  { "--output", &options->output }, { "--root", &options->root },
		{ "--system", &options->system }, { "--dtb", &options->board },	    { "--graph", &options->graph },
		{ "--requirements", &options->requirements }, { "--list", &options->list },
	};

	for (int i = 1; i < argc; i++) {
		size_t option = 0;

		while (option < sizeof(known) / sizeof(known[0]) && strcmp(argv[i], known[option].name) != 0)
			option++;
		if (option < sizeof(known) / sizeof(known[0])) {
			*known[option].value = option_value(argc, argv, &i);
		} else if (strcmp(argv[i], "--component-path") == 0) {
			if (options->search.count == COMPONENT_PATHS_MAX)
				die(argv[i], "given more than 32 times");
			options->search.folders[options->search.count++] = option_value(argc, argv, &i);
		} else if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			exit(0);
		} else if (argv[i][0] == '-') {
			die(argv[i], "no such option; see kaal-image --help");
		} else {
			argv[options->named++] = argv[i];
		}
	}
}

static void check_options(struct options *options)
{
	if (options->list != NULL) {
		if (options->output != NULL || options->root != NULL || options->system != NULL || options->requirements != NULL || options->named > 0)
			die_usage("--list tells of an archive: it needs nothing else");
		return;
	}
	if (options->requirements != NULL) {
		if (options->output == NULL || options->root != NULL || options->system != NULL || options->named > 0)
			die_usage("--requirements makes a header: it needs -o and nothing else");
		return;
	}
	if (options->output == NULL || (options->root == NULL && options->system == NULL))
		die_usage("-o and --root are needed, or -o and --system");
	if (options->system == NULL && (options->board != NULL || options->graph != NULL || options->search.count > 0))
		die_usage("--component-path, --dtb and --graph are about a system: they need --system");
	system_add_default_path(&options->search);
	if (options->root == NULL)
		options->root = system_find(&options->search, KAAL_ARCHIVE_ROOT_TASK);
	if (options->root == NULL)
		die(KAAL_ARCHIVE_ROOT_TASK, "no folder of components has it; give --root ELF or --component-path DIR");
}

int main(int argc, char **argv)
{
	static struct package package;
	static struct options options;
	static struct system system;
	uint8_t *archive;
	size_t bytes;

	read_options(&options, argc, argv);
	check_options(&options);
	if (options.list != NULL) {
		system_list(options.list);
		return 0;
	}
	if (options.requirements != NULL) {
		requirements_write(options.requirements, options.output);
		return 0;
	}
	package_add_file(&package, KAAL_ARCHIVE_ROOT_TASK, options.root, true);
	check_root_task(options.root, &package.files[0]);
	for (int i = 0; i < options.named; i++)
		add_named(&package, argv[i]);
	if (options.system != NULL) {
		system_read(&system, options.system);
		system_collect(&system, &package, &options.search);
	}
	archive = package_pack(&package, &bytes);
	if (options.system != NULL)
		system_check(&system, archive, bytes, options.board);
	write_file(options.output, archive, bytes);
	if (options.graph != NULL)
		graph_write(&system, options.graph);
	for (size_t i = 0; i < package.count; i++)
		printf("%10u  %s\n", package.files[i].bytes, package.files[i].name);
	printf("%10zu  %s\n", bytes, options.output);
	if (options.system != NULL)
		system_print(&system);
	free(archive);
	return 0;
}
