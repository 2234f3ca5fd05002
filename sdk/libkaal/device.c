#include <kaal/boot.h>
#include <kaal/device.h>
#include <stddef.h>
#include <string.h>

#include <formats/dtb.h>
#include <formats/dtb_device.h>

#define HEADER_BYTES 40u /* Devicetree Specification 0.4, 5.2 */

/* The device tree of the bootinfo page, or NULL. */
static const void *device_tree(void)
{
	const struct kaal_range *range = &kaal_bootinfo()->device_tree;
	const void *blob = (const void *)(uintptr_t)range->address;
	struct kaal_format_error ignored;
	uint32_t bytes;

	if (range->bytes < HEADER_BYTES || !kaal_dtb_size(blob, &bytes, &ignored) || bytes > range->bytes)
		return NULL;
	return blob;
}

static void tell(const struct kaal_dtb_device *found, struct kaal_device *device)
{
	*device = (struct kaal_device){
		.registers = found->registers.base,
		.registers_bytes = found->registers.bytes,
		.line = found->line,
		.trigger = found->edge,
		.compatible = found->compatible,
		.compatible_bytes = found->compatible_bytes,
	};
}

bool kaal_device_find(const char *compatible, uint32_t index, struct kaal_device *device)
{
	const void *tree = device_tree();
	struct kaal_dtb_device found;

	if (tree == NULL || !kaal_dtb_find_device(tree, compatible, index, &found))
		return false;
	tell(&found, device);
	return true;
}

bool kaal_device_console(struct kaal_device *device)
{
	const void *tree = device_tree();
	struct kaal_dtb_device found;

	if (tree == NULL || !kaal_dtb_find_console(tree, &found))
		return false;
	tell(&found, device);
	return true;
}

bool kaal_device_is_compatible(const struct kaal_device *device, const char *compatible)
{
	for (uint32_t at = 0; at < device->compatible_bytes;) {
		if (strcmp(device->compatible + at, compatible) == 0)
			return true;
		at += (uint32_t)strlen(device->compatible + at) + 1;
	}
	return false;
}
