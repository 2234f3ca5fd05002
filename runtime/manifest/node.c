/*
 * Nodes and properties of a tree that tree_check() has passed: its structure is known to be whole, each name to end, so
 * nothing of that is asked again. libfdt would, for each tag of each search, and a large description is searched often.
 */
#include "tree.h"

#include <string.h>

#include <libfdt.h>

#define CELL_BYTES 4
#define PROPERTY_BYTES 12 /* tag, length, offset of its name (Devicetree Specification 0.4, 5.4.1) */

/* What is read is aligned: the blob, its structure block (tree_check()), and with them each tag and value. */
uint32_t tree_cell(const uint8_t *at)
{
	uint32_t little;

	/* One load; all machines that run this are little-endian. */
	__builtin_memcpy(&little, __builtin_assume_aligned(at, CELL_BYTES), sizeof little);
	return __builtin_bswap32(little);
}

/* --- the structure -------------------------------------------------------------- */

static const uint8_t *structure(const void *blob)
{
	return (const uint8_t *)blob + fdt_off_dt_struct(blob);
}

static int align_up(int offset)
{
	return (offset + CELL_BYTES - 1) & ~(CELL_BYTES - 1);
}

/* Where the first tag of a node stands, or a negative number: a blob may have no root, and what is there instead is unchecked. */
static int inside(const uint8_t *tags, int node)
{
	if (tree_cell(tags + node) != FDT_BEGIN_NODE)
		return -FDT_ERR_BADOFFSET;
	return align_up(node + CELL_BYTES + (int)strlen((const char *)tags + node + CELL_BYTES) + 1);
}

static int after_property(const uint8_t *tags, int at)
{
	return align_up(at + PROPERTY_BYTES + (int)tree_cell(tags + at + CELL_BYTES));
}

/* The property at or after `at`, with nothing but padding between; negative if there is none. */
static int property_at(const uint8_t *tags, int at)
{
	while (at >= 0 && tree_cell(tags + at) == FDT_NOP)
		at += CELL_BYTES;
	return at >= 0 && tree_cell(tags + at) == FDT_PROP ? at : -FDT_ERR_NOTFOUND;
}

int tree_first_property(const void *blob, int node)
{
	return property_at(structure(blob), inside(structure(blob), node));
}

int tree_next_property(const void *blob, int at)
{
	return property_at(structure(blob), after_property(structure(blob), at));
}

struct tree_property tree_property(const void *blob, int at)
{
	const uint8_t *tags = structure(blob);

	return (struct tree_property){
		.name = (const char *)blob + fdt_off_dt_strings(blob) + tree_cell(tags + at + 2 * CELL_BYTES),
		.value = tags + at + PROPERTY_BYTES,
		.bytes = (int)tree_cell(tags + at + CELL_BYTES),
	};
}

/* The next node at the level of `depth` 0, from a tag on that stands `depth` levels below it. */
static int node_at(const uint8_t *tags, int at, uint32_t depth)
{
	for (;;) {
		switch (tree_cell(tags + at)) {
		case FDT_BEGIN_NODE:
			if (depth++ == 0)
				return at;
			at = inside(tags, at);
			break;
		case FDT_END_NODE:
			if (depth-- == 0)
				return -FDT_ERR_NOTFOUND;
			at += CELL_BYTES;
			break;
		case FDT_PROP:
			at = after_property(tags, at);
			break;
		case FDT_NOP:
			at += CELL_BYTES;
			break;
		default:
			return -FDT_ERR_NOTFOUND;
		}
	}
}

int tree_first_node(const void *blob, int parent)
{
	int at = inside(structure(blob), parent);

	return at < 0 ? at : node_at(structure(blob), at, 0);
}

int tree_next_node(const void *blob, int node)
{
	return node_at(structure(blob), inside(structure(blob), node), 1);
}

const char *tree_name(const void *blob, int node)
{
	const uint8_t *tag = structure(blob) + node;

	return tree_cell(tag) == FDT_BEGIN_NODE ? (const char *)tag + CELL_BYTES : "";
}

int tree_child(const void *blob, int node, const char *name)
{
	int child;

	/* By the whole name: libfdt's own search takes "a@1" for "a". */
	tree_for_each_node (child, blob, node)
		if (strcmp(tree_name(blob, child), name) == 0)
			return child;
	return -FDT_ERR_NOTFOUND;
}

/* --- values of properties that have been checked --------------------------------- */

/* The value of a property, or NULL. */
static const uint8_t *find(const void *blob, int node, const char *name, int *bytes)
{
	int at;

	tree_for_each_property (at, blob, node) {
		struct tree_property property = tree_property(blob, at);

		if (strcmp(property.name, name) != 0)
			continue;
		*bytes = property.bytes;
		return property.value;
	}
	return NULL;
}

uint64_t tree_number_of(const uint8_t *value, int bytes)
{
	return bytes == CELL_BYTES ? tree_cell(value) : (uint64_t)tree_cell(value) << 32 | tree_cell(value + CELL_BYTES);
}

const char *tree_text(const void *blob, int node, const char *name)
{
	int bytes;

	return (const char *)find(blob, node, name, &bytes);
}

uint64_t tree_number(const void *blob, int node, enum schema_node type, const char *name)
{
	int bytes = 0;
	const uint8_t *value = find(blob, node, name, &bytes);

	return value == NULL ? schema_find(type, name)->fallback : tree_number_of(value, bytes);
}

uint32_t tree_link(const void *blob, int node, const char *name)
{
	int bytes;
	const uint8_t *value = find(blob, node, name, &bytes);

	return value == NULL ? 0 : tree_cell(value);
}

bool tree_has(const void *blob, int node, const char *name)
{
	return tree_text(blob, node, name) != NULL;
}

struct kaal_manifest_version tree_version(const void *blob, int node)
{
	int bytes;
	const uint8_t *value = find(blob, node, "version", &bytes);

	return (struct kaal_manifest_version){ tree_cell(value), tree_cell(value + CELL_BYTES) };
}

struct kaal_manifest_texts tree_texts_of(const uint8_t *value, int bytes)
{
	struct kaal_manifest_texts texts = { (const char *)value, (uint32_t)bytes, 0 };

	for (uint32_t i = 0; i < texts.bytes; i++)
		texts.count += value[i] == '\0';
	return texts;
}

struct kaal_manifest_texts tree_texts(const void *blob, int node, const char *name)
{
	int bytes = 0;
	const uint8_t *value = find(blob, node, name, &bytes);

	return tree_texts_of(value, value == NULL ? 0 : bytes);
}

const char *kaal_manifest_text(const struct kaal_manifest_texts *texts, uint32_t index)
{
	const char *text = texts->first;

	if (index >= texts->count)
		return NULL;
	while (index-- > 0)
		text += strlen(text) + 1;
	return text;
}

/* --- all values of a node ----------------------------------------------------------- */

void tree_read(const void *blob, int node, enum schema_node type, struct tree_values *values)
{
	int at;

	*values = (struct tree_values){ .properties = schema_types[type].properties };
	tree_for_each_property (at, blob, node) {
		struct tree_property found = tree_property(blob, at);
		const struct schema_property *property = schema_find(type, found.name);

		/* A phandle is no property of the schema. */
		if (property == NULL)
			continue;
		values->value[property - values->properties].at = found.value;
		values->value[property - values->properties].bytes = found.bytes;
	}
}

bool values_has(const struct tree_values *values, uint32_t index)
{
	return values->value[index].at != NULL;
}

uint64_t values_number(const struct tree_values *values, uint32_t index)
{
	return values_has(values, index) ? tree_number_of(values->value[index].at, values->value[index].bytes)
					 : values->properties[index].fallback;
}

const char *values_text(const struct tree_values *values, uint32_t index)
{
	return (const char *)values->value[index].at;
}

struct kaal_manifest_texts values_texts(const struct tree_values *values, uint32_t index)
{
	return tree_texts_of(values->value[index].at, values->value[index].bytes);
}

uint32_t values_choice(const struct tree_values *values, uint32_t index)
{
	return values_has(values, index) ? (uint32_t)schema_choice(values->properties[index].choices, values_text(values, index)) : 0;
}
