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

/* Of one device, those included that go elsewhere: each of them may be a search for its controller. */
#define INTERRUPTS_MAX 64u

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

/* A node's interrupts, one after the other. */
struct interrupts {
	const void *blob;
	const uint8_t *at;
	int left;       /* bytes */
	bool extended;  /* each has its controller's phandle in front (Devicetree Specification 0.4, 2.4.1.3) */
	uint32_t cells; /* of an interrupt of the last controller */
	bool gic;       /* it is the GIC, in which only cells have a meaning here: another's numbers mean something else */
};

/* False: the controller does not say how long its interrupts are. */
static bool take_controller(struct interrupts *interrupts, int offset)
{
	struct dtb_node controller;

	if (offset < 0)
		return false;
	dtb_read_node(interrupts->blob, offset, 0, &controller);
	interrupts->cells = controller.interrupt_cells;
	interrupts->gic = dtb_gic_version(&controller) != 0 && interrupts->cells >= GIC_CELLS_MIN && interrupts->cells <= GIC_CELLS_MAX;
	return interrupts->cells != 0;
}

static struct interrupts interrupts_of(const void *blob, const struct dtb_node *path, const struct dtb_node *node)
{
	struct interrupts interrupts = {.blob = blob, .at = node->extended, .left = node->extended_bytes, .extended = true};

	if (node->extended != NULL)
		return interrupts;
	interrupts = (struct interrupts){.blob = blob, .at = node->interrupts, .left = node->interrupts_bytes};
	/* All go to one: if that is not the GIC, there is nothing to look at. */
	if (interrupts.left > 0 && (!take_controller(&interrupts, interrupt_parent(blob, path, node->depth)) || !interrupts.gic))
		interrupts.left = 0;
	return interrupts;
}

/* The cells of the next interrupt, of interrupts->cells; NULL if there is none, or (left is then not 0) it cannot be read. */
static const uint8_t *next_interrupt(struct interrupts *interrupts)
{
	const uint8_t *interrupt = interrupts->at;
	int bytes = 0;

	if (interrupts->left == 0)
		return NULL;
	if (interrupts->extended) {
		if (interrupts->left < DTB_CELL_BYTES ||
		    !take_controller(interrupts, fdt_node_offset_by_phandle(interrupts->blob, dtb_cell(interrupt))))
			return NULL;
		interrupt += DTB_CELL_BYTES;
		bytes = DTB_CELL_BYTES;
	}
	if (interrupts->cells > (uint32_t)(interrupts->left - bytes) / DTB_CELL_BYTES)
		return NULL;
	bytes += (int)interrupts->cells * DTB_CELL_BYTES;
	interrupts->at += bytes;
	interrupts->left -= bytes;
	return interrupt;
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
	struct interrupts interrupts = interrupts_of(blob, path, node);
	const uint8_t *first = next_interrupt(&interrupts);

	if (first != NULL && interrupts.gic)
		device->line = read_line(first, &device->edge);
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
	struct interrupts interrupts = interrupts_of(blob, path, node);
	const uint8_t *interrupt;
	struct kaal_physical range;

	for (; dtb_read_reg(path, node, resources->register_count, &range); resources->register_count++) {
		if (resources->register_count == KAAL_DTB_REGISTERS_MAX)
			return false;
		resources->registers[resources->register_count] = range;
	}
	if (!dtb_reg_ends(path, node, resources->register_count))
		return false;
	for (uint32_t i = 0; i < INTERRUPTS_MAX && (interrupt = next_interrupt(&interrupts)) != NULL; i++) {
		uint32_t count = resources->line_count;

		if (!interrupts.gic)
			continue;
		if (count == KAAL_DTB_LINES_MAX)
			return false;
		resources->line[count].line = read_line(interrupt, &resources->line[count].edge);
		if (resources->line[count].line == 0)
			return false;
		resources->line_count++;
	}
	return interrupts.left == 0;
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
