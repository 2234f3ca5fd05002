/* What an executable requires (a small tree in its note) against what its component is granted. */
#include "tree.h"

#include <string.h>

/* Of one executable. */
#define DEVICES_MAX 32u
#define SERVICES_MAX 32u
#define USES_MAX 64u

/* One image that is compared with its grants. */
struct compare {
	const struct kaal_manifest *manifest;
	struct check check;            /* of the description: paths in errors are grants */
	const void *required;          /* the tree of requirements */
	int node;                      /* of the component */
	struct kaal_manifest_component component;
	kaal_manifest_warn_t *warn;
	void *context;
};

/* --- the tree itself ------------------------------------------------------------------ */

static bool check_requirements(const struct check *check, uint64_t bytes)
{
	static const char *const folders[] = { "devices", "provides", "uses" };
	uint32_t seen = 0;
	int child;

	if (!tree_check(check, bytes, KAAL_REQUIREMENTS_BYTES_MAX) || !tree_check_properties(check, 0, NODE_REQUIREMENTS))
		return false;
	tree_for_each_node (child, check->blob, 0) {
		uint32_t folder = 0;

		while (folder < 3 && strcmp(tree_name(check->blob, child), folders[folder]) != 0)
			folder++;
		if (folder == 3)
			return check_fail(check, "unknown-node", child, "", "an unknown node", "devices, provides or uses");
		if ((seen >> folder & 1) != 0)
			return check_fail(check, "duplicate-node", child, "", "two nodes of this name", "one");
		seen |= 1u << folder;
	}
	return tree_check_folder(check, 0, "devices", NODE_REQUIRED_DEVICE, DEVICES_MAX, NULL, NULL) &&
	       tree_check_folder(check, 0, "provides", NODE_REQUIRED_SERVICE, SERVICES_MAX, NULL, NULL) &&
	       tree_check_folder(check, 0, "uses", NODE_REQUIRED_USE, USES_MAX, NULL, NULL);
}

bool kaal_requirements_check(const void *blob, uint64_t bytes, struct kaal_manifest_error *error)
{
	const struct check check = { blob, error, "" };

	return check_requirements(&check, bytes);
}

/* --- grants that are missing ------------------------------------------------------------- */

/* Ceilings: the grant must be at least what is required. */
static bool check_ceilings(const struct compare *compare)
{
	const struct {
		const char *name;
		uint64_t granted;
	} ceilings[] = {
		{ "threads-max", compare->component.threads_max },
		{ "memory-max", compare->component.memory_max_bytes },
		{ "dma-max", compare->component.dma_max_bytes },
		/* 0 leaves the size to the executable, which knows what it needs. */
		{ "stack-size", compare->component.stack_bytes == 0 ? UINT64_MAX : compare->component.stack_bytes },
	};

	for (uint32_t i = 0; i < sizeof(ceilings) / sizeof(ceilings[0]); i++) {
		uint64_t required = tree_number(compare->required, 0, NODE_REQUIREMENTS, ceilings[i].name);

		if (ceilings[i].granted < required)
			return check_fail(&compare->check, "missing-grant", compare->node, ceilings[i].name, "%d",
					  "at least %d, as the image %s requires", ceilings[i].granted, required,
					  compare->component.image);
	}
	return true;
}

static bool list_has(const struct kaal_manifest_texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->bytes; i += strlen(texts->first + i) + 1)
		if (strcmp(texts->first + i, text) == 0)
			return true;
	return false;
}

/* Each text that the image requires in a list is granted in the component's list. */
static bool check_list(const struct compare *compare, const char *name)
{
	struct kaal_manifest_texts required = tree_texts(compare->required, 0, name);
	struct kaal_manifest_texts granted = tree_texts(compare->check.blob, compare->node, name);

	for (uint32_t i = 0; i < required.count; i++)
		if (!list_has(&granted, kaal_manifest_text(&required, i)))
			return check_fail(&compare->check, "missing-grant", compare->node, name, "no %q", "it, as the image %s requires",
					  kaal_manifest_text(&required, i), compare->component.image);
	return true;
}

/* The component's node of this name in a folder, or a failure that says what is missing. */
static bool find_grant(const struct compare *compare, const char *folder_name, const char *name, const char *what, int *node)
{
	int folder = tree_child(compare->check.blob, compare->node, folder_name);

	*node = folder < 0 ? folder : tree_child(compare->check.blob, folder, name);
	return *node >= 0 || check_fail(&compare->check, "missing-grant", folder < 0 ? compare->node : folder, "",
					"no %s %s", "a node %s/%s, as the image %s requires", what, name, folder_name, name,
					compare->component.image);
}

static bool check_device(const struct compare *compare, int required)
{
	const char *name = tree_name(compare->required, required);
	struct kaal_manifest_texts fits = tree_texts(compare->required, required, "compatible");
	const char *compatible;
	int node;

	if (!find_grant(compare, "devices", name, "device", &node))
		return false;
	/* By alias or path it is the integrator who vouches for what it is. */
	compatible = tree_text(compare->check.blob, node, "compatible");
	if (compatible != NULL && fits.count > 0 && !list_has(&fits, compatible))
		return check_fail(&compare->check, "wrong-grant", node, "compatible", "%q", "what the image %s drives: %q%s", compatible,
				  compare->component.image, fits.first, fits.count > 1 ? " or another of its list" : "");
	if (tree_has(compare->required, required, "virtio-id") && tree_has(compare->check.blob, node, "virtio-id") &&
	    tree_number(compare->required, required, NODE_REQUIRED_DEVICE, "virtio-id") !=
		    tree_number(compare->check.blob, node, NODE_DEVICE, "virtio-id"))
		return check_fail(&compare->check, "wrong-grant", node, "virtio-id", "%d", "what the image %s drives: %d",
				  tree_number(compare->check.blob, node, NODE_DEVICE, "virtio-id"), compare->component.image,
				  tree_number(compare->required, required, NODE_REQUIRED_DEVICE, "virtio-id"));
	if (tree_has(compare->required, required, "trusted-dma") && !tree_has(compare->check.blob, node, "trusted-dma"))
		return check_fail(&compare->check, "missing-grant", node, "trusted-dma", "nothing", "it, as the image %s requires",
				  compare->component.image);
	return true;
}

static bool check_protocol(const struct compare *compare, int required, int node, const char *protocol)
{
	const char *wanted = tree_text(compare->required, required, "protocol");

	return strcmp(protocol, wanted) == 0 ||
	       check_fail(&compare->check, "wrong-grant", node, "", "a service of protocol %q", "%q, as the image %s requires",
			  protocol, wanted, compare->component.image);
}

/* The description must not promise others more than the image has. */
static bool check_service(const struct compare *compare, int required)
{
	struct kaal_manifest_version has = tree_version(compare->required, required), promised;
	int node;

	if (!find_grant(compare, "provides", tree_name(compare->required, required), "service", &node) ||
	    !check_protocol(compare, required, node, tree_text(compare->check.blob, node, "protocol")))
		return false;
	promised = tree_version(compare->check.blob, node);
	return (promised.major == has.major && promised.minor <= has.minor) ||
	       check_fail(&compare->check, "wrong-grant", node, "version", "<%d %d>", "<%d %d> or a lower minor, which the image %s has",
			  (uint64_t)promised.major, (uint64_t)promised.minor, (uint64_t)has.major, (uint64_t)has.minor,
			  compare->component.image);
}

static bool check_use(const struct compare *compare, int required)
{
	int folder = tree_child(compare->check.blob, compare->node, "uses");
	const char *name = tree_name(compare->required, required);
	struct kaal_manifest_version least = tree_version(compare->required, required);
	struct kaal_manifest_service service;
	struct kaal_manifest_use use;
	uint64_t channel = tree_number(compare->required, required, NODE_REQUIRED_USE, "channel-max");
	uint32_t index = compare->component.first_use;
	int node;

	if (tree_has(compare->required, required, "optional") && (folder < 0 || tree_child(compare->check.blob, folder, name) < 0))
		return true;
	if (!find_grant(compare, "uses", name, "use", &node))
		return false;
	while (compare->manifest->use[index].node != node)
		index++;
	kaal_manifest_use(compare->manifest, index, &use);
	kaal_manifest_service(compare->manifest, use.service, &service);
	if (use.channel_max_bytes < channel)
		return check_fail(&compare->check, "missing-grant", node, "channel-max", "%d", "at least %d, as the image %s requires",
				  use.channel_max_bytes, channel, compare->component.image);
	if (!check_protocol(compare, required, node, service.protocol))
		return false;
	return (service.version.major == least.major && service.version.minor >= least.minor) ||
	       check_fail(&compare->check, "wrong-grant", node, "service", "version <%d %d>",
			  "<%d %d> or a higher minor, as the image %s requires", (uint64_t)service.version.major,
			  (uint64_t)service.version.minor, (uint64_t)least.major, (uint64_t)least.minor, compare->component.image);
}

static bool check_nodes(const struct compare *compare, const char *folder_name,
			bool (*check)(const struct compare *, int required))
{
	int folder = tree_child(compare->required, 0, folder_name), node;

	if (folder >= 0)
		tree_for_each_node (node, compare->required, folder)
			if (!check(compare, node))
				return false;
	return true;
}

/* --- grants that nobody asked for ---------------------------------------------------------- */

static void warn(const struct compare *compare, int node, const char *property, const char *found, ...)
{
	struct kaal_manifest_error warning;
	struct check check = { compare->check.blob, &warning, "" };
	struct text expected = TEXT_IN(warning.expected);
	va_list arguments;

	va_start(arguments, found);
	check_write(&check, "unasked-grant", node, property, found, "", &arguments);
	va_end(arguments);
	text_put(&expected, "none: the image ");
	text_put(&expected, compare->component.image);
	text_put(&expected, " does not ask for it");
	text_end(&expected);
	compare->warn(compare->context, &warning);
}

static void warn_list(const struct compare *compare, const char *name)
{
	struct kaal_manifest_texts required = tree_texts(compare->required, 0, name);
	struct kaal_manifest_texts granted = tree_texts(compare->check.blob, compare->node, name);

	for (uint32_t i = 0; i < granted.count; i++)
		if (!list_has(&required, kaal_manifest_text(&granted, i)))
			warn(compare, compare->node, name, "%q", kaal_manifest_text(&granted, i));
}

static void warn_folder(const struct compare *compare, const char *name, const char *what)
{
	int granted = tree_child(compare->check.blob, compare->node, name), required = tree_child(compare->required, 0, name), node;

	if (granted < 0)
		return;
	tree_for_each_node (node, compare->check.blob, granted) {
		int asked = required < 0 ? required : tree_child(compare->required, required, tree_name(compare->check.blob, node));

		if (asked < 0)
			warn(compare, node, "", "%s", what);
		else if (tree_has(compare->check.blob, node, "trusted-dma") && !tree_has(compare->required, asked, "trusted-dma"))
			warn(compare, node, "trusted-dma", "it");
	}
}

static void warn_of_more(const struct compare *compare)
{
	uint64_t dma = tree_number(compare->required, 0, NODE_REQUIREMENTS, "dma-max");

	warn_folder(compare, "devices", "a device");
	warn_folder(compare, "provides", "a service");
	warn_folder(compare, "uses", "the use of a service");
	warn_list(compare, "files");
	warn_list(compare, "privileges");
	if (compare->component.dma_max_bytes > dma)
		warn(compare, compare->node, "dma-max", "%d", compare->component.dma_max_bytes);
}

/* --- an image ------------------------------------------------------------------------------- */

/* Memory that the loader will need for segments and stack, in whole pages. */
static uint64_t image_bytes(const struct kaal_manifest_component *component, const struct kaal_elf *elf)
{
	uint64_t stack = component->stack_bytes != 0 ? component->stack_bytes : elf->stack_bytes;
	uint64_t bytes = (stack + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES * KAAL_PAGE_BYTES;
	struct kaal_elf_segment segment;

	for (uint32_t i = 0; kaal_elf_segment(elf, i, &segment); i++) {
		uint64_t first = segment.address / KAAL_PAGE_BYTES;
		uint64_t end = (segment.address + segment.memory_bytes + KAAL_PAGE_BYTES - 1) / KAAL_PAGE_BYTES;

		bytes += (end - first) * KAAL_PAGE_BYTES;
	}
	return bytes;
}

static bool check_grants(const struct compare *compare)
{
	return check_ceilings(compare) && check_list(compare, "privileges") && check_list(compare, "files") &&
	       check_nodes(compare, "devices", check_device) && check_nodes(compare, "provides", check_service) &&
	       check_nodes(compare, "uses", check_use);
}

bool kaal_manifest_check_image(const struct kaal_manifest *manifest, uint32_t component, const struct kaal_elf *elf,
			       kaal_manifest_warn_t *warn_function, void *context, struct kaal_manifest_scratch *scratch,
			       struct kaal_manifest_error *error)
{
	struct compare compare = {
		.manifest = manifest,
		.check = { manifest->blob, error, "" },
		.required = scratch->requirements,
		.node = manifest->component[component].node,
		.warn = warn_function,
		.context = context,
	};
	char prefix[KAAL_MANIFEST_NODE_BYTES];
	struct text text = TEXT_IN(prefix);
	const struct check tree = { scratch->requirements, error, prefix };
	uint64_t bytes;

	kaal_manifest_component(manifest, component, &compare.component);
	text_put(&text, "requirements of ");
	text_put(&text, compare.component.image);
	text_put(&text, ": ");
	text_end(&text);
	bytes = image_bytes(&compare.component, elf);
	if (bytes > compare.component.memory_max_bytes)
		return check_fail(&compare.check, "image-memory", compare.node, "memory-max", "%d",
				  "at least %d, for the image %s and its stack", compare.component.memory_max_bytes, bytes,
				  compare.component.image);
	if (elf->requirements == NULL)
		return true;
	if (elf->requirements_bytes > sizeof scratch->requirements)
		return check_fail(&compare.check, "image-format", compare.node, "image", "%q, with requirements of %d bytes",
				  "at most %d", compare.component.image, (uint64_t)elf->requirements_bytes,
				  (uint64_t)sizeof scratch->requirements);
	/* Notes are aligned to 4 bytes, the tree must be to 8. */
	memcpy(scratch->requirements, elf->requirements, elf->requirements_bytes);
	if (!check_requirements(&tree, elf->requirements_bytes) || !check_grants(&compare))
		return false;
	if (warn_function != NULL)
		warn_of_more(&compare);
	return true;
}
