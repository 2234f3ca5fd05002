/* A description against the archive that it came with. */
#include "tree.h"

static bool check_image(const struct kaal_manifest *manifest, const struct kaal_archive *archive, uint32_t index,
			kaal_manifest_warn_t *warn, void *context, struct kaal_manifest_scratch *scratch, struct kaal_elf *elf,
			struct kaal_manifest_error *error)
{
	const struct check check = { manifest->blob, error, "" };
	int node = manifest->component[index].node;
	const char *image = tree_text(manifest->blob, node, "image");
	struct kaal_archive_entry entry;
	struct kaal_format_error format;

	if (!kaal_archive_find(archive, image, &entry))
		return check_fail(&check, "missing-image", node, "image", "%q, which the archive has not", "a file of the archive",
				  image);
	if (!kaal_elf_read(elf, entry.data, entry.bytes, KAAL_SEGMENTS_MAX, &format))
		return check_fail(&check, "image-format", node, "image", "%q, whose %s at %x is %x", "%s", image, format.what,
				  format.offset, format.found, format.expected);
	return kaal_manifest_check_image(manifest, index, elf, warn, context, scratch, error);
}

static bool check_files(const struct kaal_manifest *manifest, const struct kaal_archive *archive, uint32_t index,
			struct kaal_manifest_error *error)
{
	const struct check check = { manifest->blob, error, "" };
	int node = manifest->component[index].node;
	struct kaal_manifest_texts files = tree_texts(manifest->blob, node, "files");
	struct kaal_archive_entry entry;

	for (uint32_t i = 0; i < files.count; i++) {
		const char *name = kaal_manifest_text(&files, i);

		if (!kaal_archive_find(archive, name, &entry))
			return check_fail(&check, "missing-file", node, "files", "%q, which the archive has not",
					  "files of the archive", name);
	}
	return true;
}

bool kaal_manifest_check_component(const struct kaal_manifest *manifest, const struct kaal_archive *archive, uint32_t component,
				   kaal_manifest_warn_t *warn, void *context, struct kaal_manifest_scratch *scratch,
				   struct kaal_elf *elf, struct kaal_manifest_error *error)
{
	return check_image(manifest, archive, component, warn, context, scratch, elf, error) &&
	       check_files(manifest, archive, component, error);
}

bool kaal_manifest_check_archive(const struct kaal_manifest *manifest, const struct kaal_archive *archive,
				 kaal_manifest_warn_t *warn, void *context, struct kaal_manifest_scratch *scratch,
				 struct kaal_manifest_error *error)
{
	struct kaal_elf elf;

	for (uint32_t i = 0; i < manifest->component_count; i++)
		if (!kaal_manifest_check_component(manifest, archive, i, warn, context, scratch, &elf, error))
			return false;
	return true;
}
