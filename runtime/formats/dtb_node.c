#include <formats/dtb_node.h>

#include <string.h>

#include <libfdt.h>

/* A property's text, or "" unless it is NUL-terminated. */
static const char *text_of(const uint8_t *value, int bytes)
{
	return bytes > 0 && value[bytes - 1] == '\0' ? (const char *)value : "";
}

bool dtb_list_has(const char *list, int bytes, const char *name, bool prefix)
{
	size_t length = strlen(name);

	for (int at = 0; at < bytes;) {
		size_t entry = strnlen(list + at, (size_t)(bytes - at));

		if (memcmp(list + at, name, entry < length ? entry : length) == 0 && entry >= length &&
		    (prefix || entry == length))
			return true;
		at += (int)entry + 1;
	}
	return false;
}

bool dtb_is_compatible(const struct dtb_node *node, const char *name)
{
	return dtb_list_has(node->compatible, node->compatible_bytes, name, false);
}

uint32_t dtb_gic_version(const struct dtb_node *node)
{
	if (dtb_is_compatible(node, "arm,cortex-a15-gic") || dtb_is_compatible(node, "arm,gic-400") ||
	    dtb_is_compatible(node, "arm,cortex-a7-gic"))
		return 2;
	return dtb_is_compatible(node, "arm,gic-v3") ? 3 : 0;
}

static void set_cells(uint32_t *cells, const uint8_t *value, int bytes)
{
	if (bytes == DTB_CELL_BYTES)
		*cells = dtb_cell(value);
}

static void take_property(struct dtb_node *node, const char *name, const uint8_t *value, int bytes)
{
	if (strcmp(name, "reg") == 0) {
		node->reg = value;
		node->reg_bytes = bytes;
	} else if (strcmp(name, "compatible") == 0) {
		node->compatible = text_of(value, bytes);
		node->compatible_bytes = node->compatible[0] != '\0' ? bytes : 0;
	} else if (strcmp(name, "device_type") == 0) {
		node->device_type = text_of(value, bytes);
	} else if (strcmp(name, "status") == 0) {
		const char *status = text_of(value, bytes);

		node->enabled = strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
	} else if (strcmp(name, "interrupts") == 0) {
		node->interrupts = value;
		node->interrupts_bytes = bytes;
	} else if (strcmp(name, "interrupts-extended") == 0) {
		node->extended = value;
		node->extended_bytes = bytes;
	} else if (strcmp(name, "ranges") == 0) {
		node->ranges = value;
		node->ranges_bytes = bytes;
	} else if (strcmp(name, "method") == 0) {
		node->method = text_of(value, bytes);
	} else if (strcmp(name, "#address-cells") == 0) {
		set_cells(&node->address_cells, value, bytes);
	} else if (strcmp(name, "#size-cells") == 0) {
		set_cells(&node->size_cells, value, bytes);
	} else if (strcmp(name, "#interrupt-cells") == 0) {
		set_cells(&node->interrupt_cells, value, bytes);
	} else if (strcmp(name, "#redistributor-regions") == 0) {
		set_cells(&node->redistributor_regions, value, bytes);
	}
}

void dtb_read_node(const void *blob, int offset, int depth, struct dtb_node *node)
{
	int property;

	*node = (struct dtb_node){
		.offset = offset,
		.depth = depth,
		.enabled = true,
		.device_type = "",
		.compatible = "",
		.method = "",
		.ranges_bytes = -1,
		/* Defaults of the Devicetree Specification, 2.3.5. */
		.address_cells = 2,
		.size_cells = 1,
		.redistributor_regions = 1,
	};
	fdt_for_each_property_offset (property, blob, offset) {
		const char *name;
		int bytes;
		const void *value = fdt_getprop_by_offset(blob, property, &name, &bytes);

		if (value != NULL)
			take_property(node, name, value, bytes);
	}
}

static bool cells_usable(const struct dtb_node *parent)
{
	return parent->address_cells >= 1 && parent->address_cells <= 2 && parent->size_cells <= 2;
}

/* Through the `ranges` of the buses above (Devicetree Specification, 2.3.8). */
static bool translate(const struct dtb_node *path, int depth, uint64_t *address)
{
	for (int bus = depth - 1; bus >= 1; bus--) {
		const struct dtb_node *node = &path[bus];
		const struct dtb_node *parent = &path[bus - 1];
		uint32_t entry = (node->address_cells + parent->address_cells + node->size_cells) * DTB_CELL_BYTES;
		bool found = node->ranges_bytes == 0;

		if (node->ranges_bytes < 0 || !cells_usable(node) || !cells_usable(parent))
			return false;
		for (int at = 0; !found && at + (int)entry <= node->ranges_bytes; at += (int)entry) {
			const uint8_t *from = node->ranges + at;
			const uint8_t *to = from + node->address_cells * DTB_CELL_BYTES;
			uint64_t child = dtb_cells(from, node->address_cells);
			uint64_t bytes = dtb_cells(to + parent->address_cells * DTB_CELL_BYTES, node->size_cells);

			if (*address >= child && *address - child < bytes) {
				*address = *address - child + dtb_cells(to, parent->address_cells);
				found = true;
			}
		}
		if (!found)
			return false;
	}
	return true;
}

/* Bytes of an entry of a node's reg; 0 where the parent's numbers of cells are none that an address can have. */
static uint32_t reg_entry_bytes(const struct dtb_node *path, const struct dtb_node *node)
{
	const struct dtb_node *parent = &path[node->depth > 0 ? node->depth - 1 : 0];

	return node->depth == 0 || !cells_usable(parent) ? 0 : (parent->address_cells + parent->size_cells) * DTB_CELL_BYTES;
}

bool dtb_reg_ends(const struct dtb_node *path, const struct dtb_node *node, uint32_t count)
{
	return (uint64_t)count * reg_entry_bytes(path, node) == (uint64_t)node->reg_bytes;
}

bool dtb_read_reg(const struct dtb_node *path, const struct dtb_node *node, uint32_t index, struct kaal_physical *range)
{
	const struct dtb_node *parent = &path[node->depth > 0 ? node->depth - 1 : 0];
	uint32_t entry = reg_entry_bytes(path, node);

	if (entry == 0 || node->reg_bytes < 0 || index >= (uint32_t)node->reg_bytes / entry)
		return false;
	range->base = dtb_cells(node->reg + index * entry, parent->address_cells);
	range->bytes = dtb_cells(node->reg + index * entry + parent->address_cells * DTB_CELL_BYTES, parent->size_cells);
	return range->base + range->bytes >= range->base && translate(path, node->depth, &range->base);
}
