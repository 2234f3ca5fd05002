/* A description against a board: which hardware each device is, and that nobody has a part of another's. */
#include "tree.h"

#include <string.h>

#define VIRTIO_COMPATIBLE "virtio,mmio"
#define TRANSPORTS_MAX 64u

/* The virtio transports of a board, by ascending address, as QEMU numbers its buses. */
struct transports {
	uint32_t count;
	struct {
		uint64_t address;
		int node;
	} at[TRANSPORTS_MAX];
};

static void find_transports(const void *tree, struct transports *transports)
{
	struct kaal_dtb_device device;

	transports->count = 0;
	while (transports->count < TRANSPORTS_MAX &&
	       kaal_dtb_find_device(tree, VIRTIO_COMPATIBLE, transports->count, &device)) {
		uint32_t at = transports->count++;

		for (; at > 0 && transports->at[at - 1].address > device.registers.base; at--)
			transports->at[at] = transports->at[at - 1];
		transports->at[at].address = device.registers.base;
		transports->at[at].node = device.node;
	}
}

static bool find_compatible(const struct check *check, int node, const struct kaal_manifest_device *device, const void *tree,
			    int *found)
{
	struct kaal_dtb_device first, second;

	if (!kaal_dtb_find_device(tree, device->selector_text, device->has_index ? device->index : 0, &first))
		return check_fail(check, "board-device", node, device->has_index ? "index" : "compatible",
				  "%s on the board", "an enabled device with registers, compatible with %q",
				  device->has_index ? "no such number" : "none", device->selector_text);
	if (!device->has_index && kaal_dtb_find_device(tree, device->selector_text, 1, &second))
		return check_fail(check, "board-device", node, "compatible", "more than one on the board: at %x and at %x",
				  "one, or an index that says which", first.registers.base, second.registers.base);
	*found = first.node;
	return true;
}

static bool find_named(const struct check *check, int node, const struct kaal_manifest_device *device, const void *tree,
		       int *found)
{
	struct kaal_dtb_device named;

	/* An alias is a name; with a / in it, it would be a path. */
	if (!kaal_dtb_find_named(tree, device->selector_text, &named))
		return check_fail(check, "board-device", node, device->selector == KAAL_MANIFEST_BY_ALIAS ? "alias" : "path",
				  "nothing on the board at %q", "an enabled device with registers", device->selector_text);
	*found = named.node;
	return true;
}

static bool check_virtio_id(const struct check *check, int node, const struct kaal_manifest_device *device,
			    const struct kaal_manifest_board *board, uint64_t address)
{
	uint32_t id = board->virtio_id == NULL ? device->virtio_id : board->virtio_id(board->context, address);

	return id == device->virtio_id ||
	       check_fail(check, "board-virtio", node, "bus", "%q, with a device of id %d", "one of id %d", device->bus, (uint64_t)id,
			  (uint64_t)device->virtio_id);
}

/* By bus; otherwise each transport is asked what it is, where there is somebody to ask. */
static bool find_virtio(const struct check *check, int node, const struct kaal_manifest_device *device,
			const struct kaal_manifest_board *board, int *found)
{
	struct transports transports;
	uint32_t fits = 0;

	find_transports(board->tree, &transports);
	*found = -1;
	if (device->bus != NULL) {
		if (device->bus_index >= transports.count)
			return check_fail(check, "board-device", node, "bus", "%q, of %d on the board", "one that the board has",
					  device->bus, (uint64_t)transports.count);
		*found = transports.at[device->bus_index].node;
		return check_virtio_id(check, node, device, board, transports.at[device->bus_index].address);
	}
	if (transports.count == 0)
		return check_fail(check, "board-device", node, "virtio-id", "no %q on the board", "a virtio transport",
				  VIRTIO_COMPATIBLE);
	if (board->virtio_id == NULL)
		return true;
	for (uint32_t i = 0; i < transports.count; i++) {
		if (board->virtio_id(board->context, transports.at[i].address) != device->virtio_id)
			continue;
		if (fits++ == device->index)
			*found = transports.at[i].node;
	}
	if (*found < 0)
		return check_fail(check, "board-virtio", node, "virtio-id", "%d devices of id %d", "%d at least", (uint64_t)fits,
				  (uint64_t)device->virtio_id, (uint64_t)device->index + 1);
	return fits == 1 || device->has_index ||
	       check_fail(check, "board-virtio", node, "virtio-id", "%d devices of id %d", "one, or an index or bus that says which",
			  (uint64_t)fits, (uint64_t)device->virtio_id);
}

bool kaal_manifest_resolve_device(const struct kaal_manifest *manifest, const struct kaal_manifest_board *board,
				  uint32_t index, struct kaal_manifest_hardware *hardware,
				  struct kaal_manifest_error *error)
{
	const struct check check = { manifest->blob, error, "" };
	int node = manifest->device[index].node, found = -1;
	struct kaal_manifest_device device;
	bool ok = false;

	kaal_manifest_device(manifest, index, &device);
	switch (device.selector) {
	case KAAL_MANIFEST_BY_COMPATIBLE:
		ok = find_compatible(&check, node, &device, board->tree, &found);
		break;
	case KAAL_MANIFEST_BY_ALIAS:
	case KAAL_MANIFEST_BY_PATH:
		ok = find_named(&check, node, &device, board->tree, &found);
		break;
	case KAAL_MANIFEST_BY_VIRTIO_ID:
		ok = find_virtio(&check, node, &device, board, &found);
		break;
	}
	memset(hardware, 0, sizeof *hardware);
	hardware->resolved = ok && found >= 0;
	if (!hardware->resolved)
		return ok;
	return kaal_dtb_read_resources(board->tree, found, &hardware->resources) ||
	       check_fail(&check, "board-resources", node, "", "%d ranges of registers and %d lines that can be read, and more",
			  "at most 8 of each, all lines the GIC's", (uint64_t)hardware->resources.register_count,
			  (uint64_t)hardware->resources.line_count);
}

/* --- two devices ------------------------------------------------------------------------- */

/* Whether two ranges have a page in common; *address is in it. */
static bool common_page(const struct kaal_physical *a, const struct kaal_physical *b, uint64_t *address)
{
	uint64_t a_first = a->base / KAAL_PAGE_BYTES, b_first = b->base / KAAL_PAGE_BYTES;
	uint64_t a_last = a->bytes == 0 ? a_first : (a->base + (a->bytes - 1)) / KAAL_PAGE_BYTES;
	uint64_t b_last = b->bytes == 0 ? b_first : (b->base + (b->bytes - 1)) / KAAL_PAGE_BYTES;

	*address = (a_first > b_first ? a_first : b_first) * KAAL_PAGE_BYTES;
	return a_first <= b_last && b_first <= a_last;
}

static bool share_page(const struct kaal_dtb_resources *a, const struct kaal_dtb_resources *b, uint64_t *address)
{
	for (uint32_t i = 0; i < a->register_count; i++)
		for (uint32_t j = 0; j < b->register_count; j++)
			if (common_page(&a->registers[i], &b->registers[j], address))
				return true;
	return false;
}

static bool share_line(const struct kaal_dtb_resources *a, const struct kaal_dtb_resources *b, uint64_t *line)
{
	for (uint32_t i = 0; i < a->line_count; i++)
		for (uint32_t j = 0; j < b->line_count; j++)
			if (a->line[i].line == b->line[j].line) {
				*line = a->line[i].line;
				return true;
			}
	return false;
}

/* What `later` and `earlier`, indices of devices, must not have in common. */
static bool check_pair(const struct kaal_manifest *manifest, uint32_t later, uint32_t earlier,
		       const struct kaal_manifest_hardware *hardware, const struct check *check)
{
	const struct kaal_dtb_resources *a = &hardware[later].resources, *b = &hardware[earlier].resources;
	int node = manifest->device[later].node;
	struct kaal_manifest_device device, other;
	const char *owner;
	uint64_t common = 0;

	if (!hardware[later].resolved || !hardware[earlier].resolved)
		return true;
	kaal_manifest_device(manifest, later, &device);
	kaal_manifest_device(manifest, earlier, &other);
	owner = tree_name(manifest->blob, manifest->component[other.component].node);
	if (a->node == b->node)
		return check_fail(check, "same-hardware", node, "", "the device at %x, which %s of component %s is, too",
				  "a driver for each device", a->registers[0].base, other.name, owner);
	if (share_line(a, b, &common))
		return check_fail(check, "shared-line", node, "", "interrupt line %d, which %s of component %s has, too",
				  "a line for each device", common, other.name, owner);
	return !share_page(a, b, &common) || (device.shared_page && other.shared_page) ||
	       check_fail(check, "shared-page", node, "", "the page at %x, which %s of component %s has, too",
			  "a page of its own, or shared-page in both", common, other.name, owner);
}

bool kaal_manifest_check_board(const struct kaal_manifest *manifest, const struct kaal_manifest_board *board,
			       struct kaal_manifest_hardware *hardware, struct kaal_manifest_error *error)
{
	const struct check check = { manifest->blob, error, "" };

	for (uint32_t i = 0; i < manifest->device_count; i++) {
		if (!kaal_manifest_resolve_device(manifest, board, i, &hardware[i], error))
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (!check_pair(manifest, i, j, hardware, &check))
				return false;
	}
	return true;
}
