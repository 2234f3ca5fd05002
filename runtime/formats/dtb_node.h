/*
 * Single nodes of a device tree, for the rules in dtb.c: the properties that any
 * of them looks at, and addresses as the CPU sees them.
 */
#ifndef KAAL_FORMATS_DTB_NODE_H
#define KAAL_FORMATS_DTB_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/bootparams.h>

#define DTB_DEPTH_MAX 8 /* of the nodes that a rule needs */
#define DTB_CELL_BYTES 4

/* The properties of one node that any rule of dtb.c looks at. */
struct dtb_node {
	int offset;
	int depth;
	bool enabled;
	const char *device_type; /* "" when absent, as all texts here */
	const char *compatible;
	int compatible_bytes;
	const char *method;
	const uint8_t *reg;
	int reg_bytes;
	const uint8_t *interrupts;
	int interrupts_bytes;
	const uint8_t *extended; /* its interrupts-extended, which then stands for interrupts */
	int extended_bytes;
	const uint8_t *ranges;
	int ranges_bytes; /* -1: no ranges, children have addresses of their own kind */
	uint32_t address_cells, size_cells, interrupt_cells, redistributor_regions;
};

static inline uint32_t dtb_cell(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* A number of 0, 1 or 2 cells; of more cells the low 64 bits. */
static inline uint64_t dtb_cells(const uint8_t *at, uint32_t cells)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < cells; i++)
		value = value << 32 | dtb_cell(at + i * DTB_CELL_BYTES);
	return value;
}

/* Reads the node at `offset`, which is `depth` levels below the root. */
void dtb_read_node(const void *blob, int offset, int depth, struct dtb_node *node);

/* Whether a list of NUL-terminated texts holds one that is, or begins with, `name`. */
bool dtb_list_has(const char *list, int bytes, const char *name, bool prefix);
bool dtb_is_compatible(const struct dtb_node *node, const char *name);

/* The version of the GIC that a node is: 2, 3, or 0 for any other node (bindings arm,gic.yaml, arm,gic-v3.yaml). */
uint32_t dtb_gic_version(const struct dtb_node *node);

/*
 * Entry `index` of a node's reg; false when there is none, it wraps or cannot be
 * translated. path[] are the node, at its depth, and those above it.
 */
bool dtb_read_reg(const struct dtb_node *path, const struct dtb_node *node, uint32_t index, struct kaal_physical *range);

/* Whether all of a node's reg, as far as it has one, is made of `count` entries. */
bool dtb_reg_ends(const struct dtb_node *path, const struct dtb_node *node, uint32_t count);

#endif
