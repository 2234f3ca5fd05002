/*
 * What the files of this library share: a failed check, and the properties of a
 * node by its offset. fdt_check_full() has passed the blob.
 */
#ifndef MANIFEST_TREE_H
#define MANIFEST_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include <manifest/manifest.h>

#include "schema.h"

/* A check that goes on: in which tree, and where its failure goes. */
struct check {
	const void *blob;
	struct kaal_manifest_error *error;
	const char *prefix; /* in front of paths, where they are of another tree; else "" */
};

/*
 * Fills the error and returns false. `found` and `expected` are formats of
 * text_format(), whose arguments follow, first found's. property may be "".
 */
bool check_fail(const struct check *check, const char *rule, int node, const char *property, const char *found,
		const char *expected, ...);

/* The same for a function with arguments of its own. */
void check_write(const struct check *check, const char *rule, int node, const char *property, const char *found,
		 const char *expected, va_list *arguments);

/* Structure of a whole blob, as far as libfdt checks it. What follows takes no other. */
bool tree_check(const struct check *check, uint64_t bytes, uint64_t bytes_max);

/* --- a tree that tree_check() has passed: nodes by their offset, as libfdt counts it (node.c) --- */

uint32_t tree_cell(const uint8_t *at);

/* A property, inside the blob. */
struct tree_property {
	const char *name;
	const uint8_t *value; /* aligned to 4 */
	int bytes;
};

/* Each negative at the end; properties are those before the first node, as libfdt has it. */
int tree_first_property(const void *blob, int node);
int tree_next_property(const void *blob, int at);
struct tree_property tree_property(const void *blob, int at);
int tree_first_node(const void *blob, int parent);
int tree_next_node(const void *blob, int node);

#define tree_for_each_property(at, blob, node) \
	for ((at) = tree_first_property((blob), (node)); (at) >= 0; (at) = tree_next_property((blob), (at)))
#define tree_for_each_node(node, blob, parent) \
	for ((node) = tree_first_node((blob), (parent)); (node) >= 0; (node) = tree_next_node((blob), (node)))

const char *tree_name(const void *blob, int node);

/* The node of this name right below another, or a negative number. */
int tree_child(const void *blob, int node, const char *name);

/* --- values, of nodes whose properties have been checked (node.c) --- */

/* All properties of a node, by their index in the schema: one look at the node instead of one for each. */
struct tree_values {
	const struct schema_property *properties;
	struct {
		const uint8_t *at; /* NULL: left out */
		int bytes;
	} value[SCHEMA_PROPERTIES_MAX];
};

void tree_read(const void *blob, int node, enum schema_node type, struct tree_values *values);

/* As the functions below for one property. */
bool values_has(const struct tree_values *values, uint32_t index);
uint64_t values_number(const struct tree_values *values, uint32_t index);
const char *values_text(const struct tree_values *values, uint32_t index);
struct kaal_manifest_texts values_texts(const struct tree_values *values, uint32_t index);

/* The index of a FORM_CHOICE; 0 where it is left out. */
uint32_t values_choice(const struct tree_values *values, uint32_t index);

/* The number that one or two cells say; texts, each with its NUL. */
uint64_t tree_number_of(const uint8_t *value, int bytes);
struct kaal_manifest_texts tree_texts_of(const uint8_t *value, int bytes);

/* A text, or NULL where it is left out. */
const char *tree_text(const void *blob, int node, const char *name);

/* A number of one or two cells; the schema's default where it is left out. */
uint64_t tree_number(const void *blob, int node, enum schema_node type, const char *name);

/* A cell; 0, which no phandle is, where it is left out. */
uint32_t tree_link(const void *blob, int node, const char *name);

bool tree_has(const void *blob, int node, const char *name);
struct kaal_manifest_version tree_version(const void *blob, int node);
struct kaal_manifest_texts tree_texts(const void *blob, int node, const char *name);

/* --- checks --- */

/* Checks the properties of a node against the schema. */
bool tree_check_properties(const struct check *check, int node, enum schema_node type);

/*
 * The nodes right below `parent`, in order. Fails if there are more than `max`,
 * which is at most TREE_CHILDREN_MAX, if a name is not proper or if two are the same.
 */
#define TREE_CHILDREN_MAX 256u
bool tree_children(const struct check *check, int parent, uint32_t max, int nodes[TREE_CHILDREN_MAX], uint32_t *count);

/* The node may have no nodes below it. */
bool tree_check_leaf(const struct check *check, int node, enum schema_node type);

/*
 * The folder of this name right below `parent`, if there is one: at most `max` nodes of a type, each with the right properties and without
 * nodes; `take`, which may be NULL, is called with each and may fail.
 */
typedef bool tree_take_t(void *context, const struct check *check, int node);
bool tree_check_folder(const struct check *check, int parent, const char *name, enum schema_node type, uint32_t max, tree_take_t *take,
		       void *context);

/* Rules that a description's cross references must keep (rules.c). */
bool rules_check(struct kaal_manifest *manifest, const struct check *check);

#endif
