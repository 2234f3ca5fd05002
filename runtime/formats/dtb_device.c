#include <formats/dtb_device.h>

#include <string.h>

#include <libfdt.h>

#include <formats/dtb_node.h>

/* arm,gic.yaml: cells of an interrupt are its type, its number within that type, flags; a GICv3 may add a fourth. */
#define GIC_CELLS_MIN 3u
#define GIC_CELLS_MAX 4u
#define GIC_SPI 0u
#define GIC_PPI 1u
#define GIC_SPI_BASE 32u
#define GIC_SPI_COUNT 988u
#define GIC_PPI_BASE 16u
#define GIC_PPI_COUNT 16u
#define GIC_FLAGS_EDGE 3u /* rising, falling */

/* What is looked for: the `index`-th node with a text in compatible, or the node at an offset. */
struct wanted {
	const char *compatible; /* NULL: the node at `offset` */
	uint32_t index;
	int offset;
};

/* The offset of the controller that the interrupts of the last node of path[] go to; negative: it is not told. */
static int interrupt_parent(const void *blob, const struct dtb_node *path, int depth)
{
	for (int at = depth; at >= 0; at--) {
		int bytes = 0;
		const uint8_t *phandle = fdt_getprop(blob, path[at].offset, "interrupt-parent", &bytes);

		if (phandle != NULL)
			return bytes == DTB_CELL_BYTES ? fdt_node_offset_by_phandle(blob, dtb_cell(phandle)) : -FDT_ERR_BADVALUE;
	}
	return -FDT_ERR_NOTFOUND;
}

/*
 * Cells of an interrupt where a node's interrupts go to the GIC; 0 where it has none that do.
 * Only what goes to the GIC itself has a line: another controller's numbers mean something else.
 */
static uint32_t interrupt_cells(const void *blob, const struct dtb_node *path, const struct dtb_node *node)
{
	int offset = node->interrupts_bytes > 0 ? interrupt_parent(blob, path, node->depth) : -FDT_ERR_NOTFOUND;
	struct dtb_node controller;

	if (offset < 0)
		return 0;
	dtb_read_node(blob, offset, 0, &controller);
	if (dtb_gic_version(&controller) == 0 || controller.interrupt_cells < GIC_CELLS_MIN ||
	    controller.interrupt_cells > GIC_CELLS_MAX)
		return 0;
	return controller.interrupt_cells;
}

/* The id of one interrupt; 0 if it is none that a GIC has. */
static uint32_t read_line(const uint8_t *interrupt, bool *edge)
{
	uint32_t number = dtb_cell(interrupt + DTB_CELL_BYTES);

	*edge = (dtb_cell(interrupt + 2 * DTB_CELL_BYTES) & GIC_FLAGS_EDGE) != 0;
	if (dtb_cell(interrupt) == GIC_SPI && number < GIC_SPI_COUNT)
		return GIC_SPI_BASE + number;
	return dtb_cell(interrupt) == GIC_PPI && number < GIC_PPI_COUNT ? GIC_PPI_BASE + number : 0;
}

static void take_interrupt(const void *blob, const struct dtb_node *path, const struct dtb_node *node,
			   struct kaal_dtb_device *device)
{
	uint32_t cells = interrupt_cells(blob, path, node);

	if (cells != 0 && node->interrupts_bytes >= (int)cells * DTB_CELL_BYTES)
		device->line = read_line(node->interrupts, &device->edge);
}

static bool take_device(const void *blob, const struct dtb_node *path, const struct dtb_node *node,
			struct kaal_dtb_device *device)
{
	*device = (struct kaal_dtb_device){
		.compatible = node->compatible,
		.compatible_bytes = (uint32_t)node->compatible_bytes,
		.node = node->offset,
	};
	if (!node->enabled || !dtb_read_reg(path, node, 0, &device->registers))
		return false;
	take_interrupt(blob, path, node, device);
	return true;
}

/* Nodes deeper than DTB_DEPTH_MAX are passed over, as at boot. */
static bool find(const void *blob, struct wanted wanted, struct kaal_dtb_device *device)
{
	struct dtb_node path[DTB_DEPTH_MAX];
	int depth = 0;

	for (int offset = 0; offset >= 0 && depth >= 0; offset = fdt_next_node(blob, offset, &depth)) {
		const struct dtb_node *node;

		if (depth >= DTB_DEPTH_MAX)
			continue;
		dtb_read_node(blob, offset, depth, &path[depth]);
		node = &path[depth];
		if (wanted.compatible == NULL && offset == wanted.offset)
			return take_device(blob, path, node, device);
		if (wanted.compatible != NULL && dtb_is_compatible(node, wanted.compatible) &&
		    take_device(blob, path, node, device) && wanted.index-- == 0)
			return true;
	}
	return false;
}

bool kaal_dtb_find_device(const void *blob, const char *compatible, uint32_t index, struct kaal_dtb_device *device)
{
	return find(blob, (struct wanted){.compatible = compatible, .index = index}, device);
}

bool kaal_dtb_find_console(const void *blob, struct kaal_dtb_device *device)
{
	int bytes = 0;
	int chosen = fdt_path_offset(blob, "/chosen");
	const char *path = chosen < 0 ? NULL : fdt_getprop(blob, chosen, "stdout-path", &bytes);
	const char *options;
	int offset;

	if (path == NULL || bytes < 2 || path[bytes - 1] != '\0')
		return false;
	/* Devicetree Specification 3.6: what follows ':' is for the device. */
	options = memchr(path, ':', (size_t)bytes);
	offset = fdt_path_offset_namelen(blob, path, options != NULL ? (int)(options - path) : (int)strlen(path));
	return offset >= 0 && find(blob, (struct wanted){.offset = offset}, device);
}

bool kaal_dtb_find_named(const void *blob, const char *name, struct kaal_dtb_device *device)
{
	int offset = fdt_path_offset(blob, name);

	return offset >= 0 && find(blob, (struct wanted){.offset = offset}, device);
}

static bool take_resources(const void *blob, const struct dtb_node *path, const struct dtb_node *node,
			   struct kaal_dtb_resources *resources)
{
	int entry = (int)interrupt_cells(blob, path, node) * DTB_CELL_BYTES;
	struct kaal_physical range;

	for (; dtb_read_reg(path, node, resources->register_count, &range); resources->register_count++) {
		if (resources->register_count == KAAL_DTB_REGISTERS_MAX)
			return false;
		resources->registers[resources->register_count] = range;
	}
	if (!dtb_reg_ends(path, node, resources->register_count))
		return false;
	for (int at = 0; entry != 0 && at < node->interrupts_bytes; at += entry) {
		uint32_t count = resources->line_count;

		if (count == KAAL_DTB_LINES_MAX || node->interrupts_bytes - at < entry)
			return false;
		resources->line[count].line = read_line(node->interrupts + at, &resources->line[count].edge);
		if (resources->line[count].line == 0)
			return false;
		resources->line_count++;
	}
	return true;
}

bool kaal_dtb_read_resources(const void *blob, int wanted, struct kaal_dtb_resources *resources)
{
	struct dtb_node path[DTB_DEPTH_MAX];
	int depth = 0;

	*resources = (struct kaal_dtb_resources){ .node = wanted };
	for (int offset = 0; offset >= 0 && depth >= 0; offset = fdt_next_node(blob, offset, &depth)) {
		if (depth >= DTB_DEPTH_MAX)
			continue;
		dtb_read_node(blob, offset, depth, &path[depth]);
		if (offset != wanted)
			continue;
		resources->compatible = path[depth].compatible;
		resources->compatible_bytes = (uint32_t)path[depth].compatible_bytes;
		return take_resources(blob, path, &path[depth], resources);
	}
	return false;
}
