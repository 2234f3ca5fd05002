/*
 * Says what is wrong with a description, as image tool and root task would: reads it,
 * then checks it against an archive and a board. Warnings come first, one a line.
 *
 * usage: check-manifest SYSTEM.dtb ARCHIVE.cpio BOARD.dtb
 *        check-manifest --schema
 */
#include <manifest/manifest.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <formats/dtb.h>

#include "../../../runtime/manifest/schema.h"

static void *read_file(const char *path, uint32_t *bytes)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(1 << 21);

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	*bytes = (uint32_t)fread(data, 1, 1 << 21, file);
	fclose(file);
	return realloc(data, *bytes == 0 ? 1 : *bytes); /* the sanitizer sees each byte read too far */
}

static void say(void *prefix, const struct kaal_manifest_error *error)
{
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	kaal_manifest_error_text(error, text);
	printf("%s%s\n", (const char *)prefix, text);
}

/* The schema, a property a line: "node|property|kind|required or default|range". */
static void print_schema(void)
{
	static const char *const kinds[] = { "text", "texts", "number", "bytes", "flag", "version", "link" };

	for (uint32_t node = 0; node < SCHEMA_NODES; node++) {
		const struct schema_type *type = &schema_types[node];

		for (uint32_t i = 0; i < type->count; i++) {
			const struct schema_property *property = &type->properties[i];
			char range[512], fallback[64] = "";
			struct text text = TEXT_IN(range);

			schema_range(property, &text);
			text_end(&text);
			if (property->fallback_text != NULL)
				snprintf(fallback, sizeof fallback, "%s", property->fallback_text);
			else if ((property->kind == SCHEMA_NUMBER && property->fallback != 0) || property->kind == SCHEMA_BYTES)
				snprintf(fallback, sizeof fallback, "%llu", (unsigned long long)property->fallback);
			printf("%s|%s|%s|%s|%s\n", type->name, property->name, kinds[property->kind],
			       property->required ? "required" : fallback, range);
		}
	}
}

int main(int argc, char **argv)
{
	static struct kaal_manifest manifest;
	static struct kaal_manifest_scratch scratch;
	static struct kaal_manifest_hardware hardware[KAAL_MANIFEST_DEVICES_MAX];
	static char warning[] = "warning: ", nothing[] = "";
	uint32_t bytes = 0, archive_bytes = 0, board_bytes = 0;
	struct kaal_manifest_error error;
	struct kaal_format_error format;
	struct kaal_archive archive;
	struct kaal_manifest_board board = { 0 };
	void *system, *packed, *tree;

	if (argc == 2 && strcmp(argv[1], "--schema") == 0) {
		print_schema();
		return 0;
	}
	if (argc != 4)
		return 2;
	system = read_file(argv[1], &bytes);
	packed = read_file(argv[2], &archive_bytes);
	tree = read_file(argv[3], &board_bytes);
	board.tree = tree;
	if (!kaal_archive_read(&archive, packed, archive_bytes, &format) || !kaal_dtb_size(tree, &board_bytes, &format))
		return 2;
	if (!kaal_manifest_read(&manifest, system, bytes, &error) ||
	    !kaal_manifest_check_archive(&manifest, &archive, say, warning, &scratch, &error) ||
	    !kaal_manifest_check_board(&manifest, &board, hardware, &error))
		say(nothing, &error);
	else
		printf("accepted\n");
	free(system);
	free(packed);
	free(tree);
	return 0;
}
