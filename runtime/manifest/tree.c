#include "tree.h"

#include <string.h>

#include <libfdt.h>

#define CELL_BYTES 4
#define RESERVE_ALIGN 8
#define STRINGS_MAX 4096u
#define PHANDLE_END 0xffffffffu /* Devicetree Specification 0.4, 2.3.3: neither this nor 0 */

/* --- failures ---------------------------------------------------------------- */

static void write_path(const struct check *check, int node, struct text *text)
{
	char path[KAAL_MANIFEST_NODE_BYTES];

	text_put(text, check->prefix);
	if (node < 0)
		return;
	/* A path too long for the array: the name alone. */
	if (fdt_get_path(check->blob, node, path, sizeof path) != 0) {
		text_put(text, ".../");
		text_put(text, tree_name(check->blob, node));
		return;
	}
	text_put(text, path);
}

void check_write(const struct check *check, const char *rule, int node, const char *property, const char *found,
		 const char *expected, va_list *arguments)
{
	struct kaal_manifest_error *error = check->error;
	struct text path = TEXT_IN(error->node), name = TEXT_IN(error->property);
	struct text found_text = TEXT_IN(error->found), expected_text = TEXT_IN(error->expected);

	error->rule = rule;
	write_path(check, node, &path);
	text_put(&name, property);
	text_format(&found_text, found, arguments);
	text_format(&expected_text, expected, arguments);
	text_end(&path);
	text_end(&name);
	text_end(&found_text);
	text_end(&expected_text);
}

bool check_fail(const struct check *check, const char *rule, int node, const char *property, const char *found,
		const char *expected, ...)
{
	va_list arguments;

	va_start(arguments, expected);
	check_write(check, rule, node, property, found, expected, &arguments);
	va_end(arguments);
	return false;
}

/* --- checks ------------------------------------------------------------------------ */

bool tree_check(const struct check *check, uint64_t bytes, uint64_t bytes_max)
{
	int status;

	if (((uintptr_t)check->blob & (KAAL_MANIFEST_ALIGN - 1)) != 0)
		return check_fail(check, "format", -1, "", "an address that ends with %x", "a multiple of 8",
				  (uint64_t)((uintptr_t)check->blob & (KAAL_MANIFEST_ALIGN - 1)));
	if (bytes > bytes_max)
		return check_fail(check, "format", -1, "", "%d bytes", "at most %d", bytes, bytes_max);
	if (bytes < FDT_V1_SIZE)
		return check_fail(check, "format", -1, "", "%d bytes", "a compiled device tree: 28 bytes at least", bytes);
	if (fdt_magic(check->blob) != FDT_MAGIC)
		return check_fail(check, "format", -1, "", "magic %x", "a compiled device tree: magic 0xd00dfeed",
				  (uint64_t)fdt_magic(check->blob));
	if (bytes < FDT_V17_SIZE || fdt_version(check->blob) < 17)
		return check_fail(check, "format", -1, "", "version %d of the format", "17", (uint64_t)fdt_version(check->blob));
	/* Names of properties; libfdt's check reads up to the end of it for each property. */
	if (fdt_size_dt_strings(check->blob) > STRINGS_MAX)
		return check_fail(check, "format", -1, "", "a strings block of %d bytes", "at most 4096",
				  (uint64_t)fdt_size_dt_strings(check->blob));
	/* libfdt reads both blocks as aligned words (Devicetree Specification 0.4, 5.6). */
	status = fdt_off_dt_struct(check->blob) % CELL_BYTES != 0 || fdt_off_mem_rsvmap(check->blob) % RESERVE_ALIGN != 0
			 ? -FDT_ERR_ALIGNMENT
			 : fdt_check_full(check->blob, (size_t)bytes);
	if (status != 0)
		return check_fail(check, "format", -1, "", "a corrupt tree (libfdt: %s)", "what dtc made, whole",
				  fdt_strerror(status));
	return true;
}

static bool check_number(const struct check *check, int node, const struct schema_property *property, uint64_t value)
{
	char range[KAAL_MANIFEST_EXPECTED_BYTES];
	struct text text = TEXT_IN(range);

	if (value >= property->minimum && value <= property->maximum &&
	    (property->multiple == 0 || value % property->multiple == 0))
		return true;
	schema_range(property, &text);
	text_end(&text);
	return check_fail(check, "range", node, property->name, "%d", "%s", value, range);
}

static bool check_version(const struct check *check, int node, const struct schema_property *property, const uint8_t *value)
{
	uint64_t major = tree_cell(value), minor = tree_cell(value + CELL_BYTES);

	return (major <= property->maximum && minor <= property->maximum) ||
	       check_fail(check, "range", node, property->name, "<%d %d>", "<major minor>, each 0 to 65535", major, minor);
}

/* One of several texts is not of the form. */
static bool fail_text(const struct check *check, int node, const struct schema_property *property, const char *found)
{
	char range[KAAL_MANIFEST_EXPECTED_BYTES];
	struct text text = TEXT_IN(range);

	schema_range(property, &text);
	text_end(&text);
	return check_fail(check, property->choices != NULL ? "choice" : "text", node, property->name, "%q", "%s", found, range);
}

static bool check_texts(const struct check *check, int node, const struct schema_property *property, const uint8_t *value,
			int bytes)
{
	struct kaal_manifest_texts texts = tree_texts_of(value, bytes);

	if (bytes == 0 || value[bytes - 1] != '\0')
		return check_fail(check, "property-type", node, property->name, "%s", "%s",
				  bytes == 0 ? "no value" : "bytes without NUL at the end", schema_kind_text(property->kind));
	if (property->kind == SCHEMA_TEXT && texts.count != 1)
		return check_fail(check, "property-type", node, property->name, "%d texts", "%s", (uint64_t)texts.count,
				  schema_kind_text(property->kind));
	if (property->kind == SCHEMA_TEXTS && texts.count > property->maximum)
		return check_fail(check, "too-many", node, property->name, "%d texts", "at most %d", (uint64_t)texts.count,
				  property->maximum);
	for (const char *at = texts.first; at < texts.first + bytes; at += strlen(at) + 1)
		if (!schema_form_fits(property->form, property->choices, at))
			return fail_text(check, node, property, at);
	return true;
}

static bool check_property(const struct check *check, int node, const struct schema_property *property,
			   const uint8_t *value, int bytes)
{
	static const int wanted[] = {
		[SCHEMA_NUMBER] = CELL_BYTES, [SCHEMA_BYTES] = CELL_BYTES, [SCHEMA_FLAG] = 0,
		[SCHEMA_VERSION] = 2 * CELL_BYTES, [SCHEMA_LINK] = CELL_BYTES,
	};

	if (property->kind == SCHEMA_TEXT || property->kind == SCHEMA_TEXTS)
		return check_texts(check, node, property, value, bytes);
	if (bytes != wanted[property->kind] && !(property->kind == SCHEMA_BYTES && bytes == 2 * CELL_BYTES))
		return check_fail(check, "property-type", node, property->name, "%d bytes", "%s", (uint64_t)bytes,
				  schema_kind_text(property->kind));
	switch (property->kind) {
	case SCHEMA_NUMBER:
	case SCHEMA_BYTES:
		return check_number(check, node, property, tree_number_of(value, bytes));
	case SCHEMA_VERSION:
		return check_version(check, node, property, value);
	default:
		return true;
	}
}

/* dtc gives each node with a label that is used a phandle. */
static bool check_phandle(const struct check *check, int node, const char *name, const uint8_t *value, int bytes)
{
	if (bytes != CELL_BYTES)
		return check_fail(check, "property-type", node, name, "%d bytes", "one cell (4 bytes)", (uint64_t)bytes);
	if (tree_cell(value) == 0 || tree_cell(value) == PHANDLE_END)
		return check_fail(check, "range", node, name, "%d", "1 to 4294967294", (uint64_t)tree_cell(value));
	return true;
}

static bool check_required(const struct check *check, int node, enum schema_node type, uint32_t seen)
{
	const struct schema_type *schema = &schema_types[type];

	for (uint32_t i = 0; i < schema->count; i++) {
		char range[KAAL_MANIFEST_EXPECTED_BYTES];
		struct text text = TEXT_IN(range);

		if (!schema->properties[i].required || (seen >> i & 1) != 0)
			continue;
		schema_range(&schema->properties[i], &text);
		text_end(&text);
		return check_fail(check, "missing-property", node, schema->properties[i].name, "nothing", "%s", range);
	}
	return true;
}

static bool fail_unknown(const struct check *check, int node, const char *name, enum schema_node type)
{
	char known[KAAL_MANIFEST_EXPECTED_BYTES];
	struct text text = TEXT_IN(known);

	for (uint32_t i = 0; i < schema_types[type].count; i++) {
		text_put(&text, i == 0 ? "one of " : ", ");
		text_put(&text, schema_types[type].properties[i].name);
	}
	text_end(&text);
	return check_fail(check, "unknown-property", node, name, "a property that a %s node has not", "%s", schema_types[type].name,
			  known[0] == '\0' ? "none" : known);
}

bool tree_check_properties(const struct check *check, int node, enum schema_node type)
{
	uint32_t seen = 0;
	bool seen_phandle = false;
	int at;

	tree_for_each_property (at, check->blob, node) {
		struct tree_property found = tree_property(check->blob, at);
		const struct schema_property *property = schema_find(type, found.name);
		bool is_phandle = strcmp(found.name, "phandle") == 0;
		uint32_t bit = property == NULL ? 0 : 1u << (property - schema_types[type].properties);

		if (property == NULL && !is_phandle)
			return fail_unknown(check, node, found.name, type);
		if ((is_phandle && seen_phandle) || (seen & bit) != 0)
			return check_fail(check, "duplicate-property", node, found.name, "it twice", "it once");
		seen |= bit;
		seen_phandle = seen_phandle || is_phandle;
		if (is_phandle ? !check_phandle(check, node, found.name, found.value, found.bytes)
			       : !check_property(check, node, property, found.value, found.bytes))
			return false;
	}
	return check_required(check, node, type, seen);
}

/* Names seen so far, by a hash; not half of the places are ever taken. */
struct names {
	const void *blob;
	int node[2 * TREE_CHILDREN_MAX]; /* 0: free; the root is nobody's child */
};

/* False: a node of this name is there. */
static bool names_add(struct names *names, int node)
{
	const uint32_t places = 2 * TREE_CHILDREN_MAX;
	const char *name = tree_name(names->blob, node);
	uint32_t at = 2166136261; /* FNV-1a */

	for (const char *c = name; *c != '\0'; c++)
		at = (at ^ (uint8_t)*c) * 16777619;
	for (at ^= at >> 16;; at++) {
		int *place = &names->node[at % places];

		if (*place == 0) {
			*place = node;
			return true;
		}
		if (strcmp(tree_name(names->blob, *place), name) == 0)
			return false;
	}
}

bool tree_children(const struct check *check, int parent, uint32_t max, int nodes[TREE_CHILDREN_MAX], uint32_t *count)
{
	struct names names = { .blob = check->blob };
	int node;

	*count = 0;
	tree_for_each_node (node, check->blob, parent) {
		const char *name = tree_name(check->blob, node);

		if (*count == max)
			return check_fail(check, "too-many", parent, "", "more than %d nodes", "at most %d", (uint64_t)max,
					  (uint64_t)max);
		if (!schema_name_fits(name))
			return check_fail(check, "name", node, "", "the name %q", "%s", name, schema_name_text);
		if (!names_add(&names, node))
			return check_fail(check, "duplicate-node", node, "", "two nodes of this name", "one");
		nodes[(*count)++] = node;
	}
	return true;
}

bool tree_check_leaf(const struct check *check, int node, enum schema_node type)
{
	int child = tree_first_node(check->blob, node);

	return child < 0 || check_fail(check, "unknown-node", child, "", "a node", "none in a %s node", schema_types[type].name);
}

bool tree_check_folder(const struct check *check, int parent, const char *name, enum schema_node type, uint32_t max, tree_take_t *take,
		       void *context)
{
	int nodes[TREE_CHILDREN_MAX];
	int folder = tree_child(check->blob, parent, name);
	uint32_t count = 0;

	if (folder < 0)
		return true;
	if (!tree_check_properties(check, folder, NODE_FOLDER) || !tree_children(check, folder, max, nodes, &count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!tree_check_properties(check, nodes[i], type) || !tree_check_leaf(check, nodes[i], type) ||
		    (take != NULL && !take(context, check, nodes[i])))
			return false;
	return true;
}
