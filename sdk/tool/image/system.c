#include "system.h"

#include <errno.h>
#include <formats/dtb.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TREE_HEADER_BYTES 40u

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* --- where components lie -------------------------------------------------------- */

void system_add_default_path(struct search_path *search)
{
	static const char below[] = "/../share/kaal/components";
	static char path[PATH_MAX + sizeof below];
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
	struct stat found;
	char *slash;

	if (length <= 0)
		return;
	path[length] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash, below);
	if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
		search->folders[search->count++] = path;
}

/* folder/name or folder/name/last, if it is a file. */
static char *file_at(const char *folder, const char *name, const char *last)
{
	size_t room = strlen(folder) + strlen(name) + (last == NULL ? 0 : strlen(last)) + 3;
	char *path = must_have(room);
	struct stat found;

	snprintf(path, room, "%s/%s%s%s", folder, name, last == NULL ? "" : "/", last == NULL ? "" : last);
	if (stat(path, &found) == 0 && S_ISREG(found.st_mode))
		return path;
	free(path);
	return NULL;
}

const char *system_find(const struct search_path *search, const char *name)
{
	const char *slash = strrchr(name, '/');

	for (size_t i = 0; i < search->count; i++) {
		char *path = file_at(search->folders[i], name, slash == NULL ? name : slash + 1);

		if (path == NULL)
			path = file_at(search->folders[i], name, NULL);
		if (path != NULL)
			return path;
	}
	return NULL;
}

/* --- the description ------------------------------------------------------------------ */

static _Noreturn void refuse(const char *path, const struct kaal_manifest_error *error)
{
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	kaal_manifest_error_text(error, text);
	die(path, text);
}

static _Noreturn void run_dtc(const char *path, int output)
{
	/* Its opinions about addresses and names are for firmware's trees. */
	dup2(output, STDOUT_FILENO);
	execlp("dtc", "dtc", "-q", "-q", "-I", "dts", "-O", "dtb", "-o", "-", path, (char *)NULL);
	fprintf(stderr, "kaal-image: dtc: %s; Debian's package device-tree-compiler has it\n", strerror(errno));
	_exit(127);
}

/* What dtc makes of a source; it prints its errors itself. */
static void compile(const char *path, const void **blob, uint32_t *bytes)
{
	int ends[2], status = 0;
	FILE *output;
	pid_t child;

	if (access(path, R_OK) != 0 || pipe(ends) != 0)
		die(path, strerror(errno));
	child = fork();
	if (child < 0)
		die("dtc", strerror(errno));
	if (child == 0)
		run_dtc(path, ends[1]);
	close(ends[1]);
	output = fdopen(ends[0], "rb");
	if (output == NULL)
		die("dtc", strerror(errno));
	read_stream(output, path, blob, bytes);
	fclose(output);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die(path, "dtc could not compile it");
}

static void read_tree(const char *path, const void **blob, uint32_t *bytes)
{
	if (ends_with(path, ".dtb"))
		read_file(path, blob, bytes);
	else
		compile(path, blob, bytes);
}

void system_read(struct system *system, const char *path)
{
	struct kaal_manifest_error error;

	system->path = path;
	read_tree(path, &system->blob, &system->bytes);
	if (!kaal_manifest_read(&system->manifest, system->blob, system->bytes, &error))
		refuse(path, &error);
}

void requirements_write(const char *path, const char *output)
{
	static const char before[] = "/* Made by kaal-image: what this program requires. */\n#include <kaal/requires.h>\n\n"
				     "#ifdef __clang__\n#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#endif\n"
				     "KAAL_REQUIRES_CONTENTS(";
	struct kaal_manifest_error error;
	const void *blob;
	uint32_t bytes;
	size_t written = 0;
	char *text = NULL;
	FILE *out;

	read_tree(path, &blob, &bytes);
	if (!kaal_requirements_check(blob, bytes, &error))
		refuse(path, &error);
	out = open_memstream(&text, &written);
	if (out == NULL)
		die(output, "no memory to make it");
	fputs(before, out);
	for (uint32_t i = 0; i < bytes; i++)
		fprintf(out, "%s0x%02x%s", i % 16 == 0 ? "\n\t\"\t.byte\t" : ",", ((const uint8_t *)blob)[i],
			i % 16 == 15 || i + 1 == bytes ? "\\n\"" : "");
	fputs(");\n", out);
	fclose(out);
	write_file(output, text, written);
	free(text);
}

static void collect(struct package *package, const struct search_path *search, const char *name, bool executable)
{
	const char *path;

	if (package_find(package, name) != NULL)
		return;
	path = system_find(search, name);
	/* What is missing is the library's to say, with node and rule. */
	if (path != NULL)
		package_add_file(package, name, path, executable);
}

void system_collect(const struct system *system, struct package *package, const struct search_path *search)
{
	struct kaal_manifest_component component;

	package_add(package, KAAL_MANIFEST_NAME, system->blob, system->bytes, false);
	/* A system whose components need nothing but themselves runs without it. */
	collect(package, search, KAAL_MANIFEST_BROKER, true);
	for (uint32_t i = 0; i < system->manifest.component_count; i++) {
		kaal_manifest_component(&system->manifest, i, &component);
		collect(package, search, component.image, true);
	}
	for (uint32_t i = 0; i < system->manifest.component_count; i++) {
		kaal_manifest_component(&system->manifest, i, &component);
		for (uint32_t j = 0; j < component.files.count; j++)
			collect(package, search, kaal_manifest_text(&component.files, j), false);
	}
}

/* --- checks -------------------------------------------------------------------------------- */

static void warn(void *context, const struct kaal_manifest_error *warning)
{
	const struct system *system = context;
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	kaal_manifest_error_text(warning, text);
	fprintf(stderr, "kaal-image: %s: warning: %s\n", system->path, text);
}

static void check_board(struct system *system, const char *path)
{
	struct kaal_manifest_board board = { 0 };
	struct kaal_manifest_error error;
	struct kaal_format_error format = { 0 };
	uint32_t bytes, size;
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	read_file(path, &board.tree, &bytes);
	if (bytes < TREE_HEADER_BYTES)
		die(path, "no compiled device tree");
	if (!kaal_dtb_size(board.tree, &size, &format)) {
		kaal_format_error_text(&format, text);
		die(path, text);
	}
	if (size > bytes)
		die(path, "a device tree that is cut off");
	if (!kaal_manifest_check_board(&system->manifest, &board, system->hardware, &error))
		refuse(system->path, &error);
	system->on_board = true;
}

void system_check(struct system *system, const uint8_t *bytes_of, size_t bytes, const char *board_path)
{
	static struct kaal_manifest_scratch scratch;
	struct kaal_archive archive;
	struct kaal_format_error format;
	struct kaal_manifest_error error;

	/* What the writer wrote, the reader reads. */
	if (!kaal_archive_read(&archive, bytes_of, bytes, &format))
		die(format.what, format.expected);
	if (!kaal_manifest_check_archive(&system->manifest, &archive, warn, system, &scratch, &error))
		refuse(system->path, &error);
	if (board_path != NULL)
		check_board(system, board_path);
}

/* --- what a component may do ------------------------------------------------------------------ */

void system_selector(const struct kaal_manifest_device *device, char text[SELECTOR_BYTES])
{
	static const char *const kinds[] = {
		[KAAL_MANIFEST_BY_COMPATIBLE] = "compatible",
		[KAAL_MANIFEST_BY_ALIAS] = "alias",
		[KAAL_MANIFEST_BY_PATH] = "path",
	};
	int used;

	if (device->selector == KAAL_MANIFEST_BY_VIRTIO_ID)
		used = snprintf(text, SELECTOR_BYTES, "virtio id %u", device->virtio_id);
	else
		used = snprintf(text, SELECTOR_BYTES, "%s %s", kinds[device->selector], device->selector_text);
	if (device->has_index)
		used += snprintf(text + used, SELECTOR_BYTES - (size_t)used, ", number %u", device->index);
	if (device->bus != NULL)
		snprintf(text + used, SELECTOR_BYTES - (size_t)used, ", %s", device->bus);
}

static void print_device(const struct system *system, uint32_t index)
{
	const struct kaal_dtb_resources *resources = &system->hardware[index].resources;
	struct kaal_manifest_device device;
	char selector[SELECTOR_BYTES];

	kaal_manifest_device(&system->manifest, index, &device);
	system_selector(&device, selector);
	printf("  device %s: %s", device.name, selector);
	for (uint32_t i = 0; system->on_board && i < resources->register_count; i++)
		printf(", 0x%llx to 0x%llx", (unsigned long long)resources->registers[i].base,
		       (unsigned long long)(resources->registers[i].base + resources->registers[i].bytes));
	for (uint32_t i = 0; system->on_board && i < resources->line_count; i++)
		printf(", line %u", resources->line[i].line);
	if (device.shared_page)
		printf(", shares its page");
	printf("\n");
	if (device.trusted_dma)
		printf("  TRUSTED with DMA by %s: without an IOMMU it can reach all memory\n", device.name);
}

static void print_services(const struct system *system, const struct kaal_manifest_component *component)
{
	struct kaal_manifest_service service;
	struct kaal_manifest_use use;
	struct kaal_manifest_component provider;

	for (uint32_t i = 0; i < component->service_count; i++) {
		kaal_manifest_service(&system->manifest, component->first_service + i, &service);
		printf("  provides %s: %s %u.%u\n", service.name, service.protocol, service.version.major, service.version.minor);
	}
	for (uint32_t i = 0; i < component->use_count; i++) {
		kaal_manifest_use(&system->manifest, component->first_use + i, &use);
		kaal_manifest_service(&system->manifest, use.service, &service);
		kaal_manifest_component(&system->manifest, use.provider, &provider);
		printf("  uses %s: %s of %s, %s %u.%u", use.name, service.name, provider.name, service.protocol, use.version.major,
		       use.version.minor);
		if (use.channel_max_bytes > 0)
			printf(", channels up to %llu bytes", (unsigned long long)use.channel_max_bytes);
		printf("%s\n", use.asynchronous ? ", never waits" : "");
	}
}

static void print_component(const struct system *system, uint32_t index)
{
	static const char *const privileges[] = { "power", "supervision", "console", "debug" };
	struct kaal_manifest_component c;

	kaal_manifest_component(&system->manifest, index, &c);
	printf("\n%s: image %s, priority %u, ceiling %u%s\n", c.name, c.image, c.priority, c.priority_ceiling,
	       c.critical ? ", critical" : "");
	if (c.budget_us < c.period_us)
		printf("  CPU %u us in %u us\n", c.budget_us, c.period_us);
	printf("  memory up to %llu bytes, %u thread%s\n", (unsigned long long)c.memory_max_bytes, c.threads_max,
	       c.threads_max == 1 ? "" : "s");
	if (c.dma_max_bytes > 0)
		printf("  DMA memory up to %llu bytes\n", (unsigned long long)c.dma_max_bytes);
	for (uint32_t i = 0; i < c.device_count; i++)
		print_device(system, c.first_device + i);
	print_services(system, &c);
	for (uint32_t i = 0; i < c.files.count; i++)
		printf("  reads %s\n", kaal_manifest_text(&c.files, i));
	for (uint32_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++)
		if ((c.privileges >> i & 1) != 0)
			printf("  privilege %s\n", privileges[i]);
}

void system_print(const struct system *system)
{
	for (uint32_t i = 0; i < system->manifest.component_count; i++)
		print_component(system, i);
}
