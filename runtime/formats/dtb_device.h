/*
 * What a driver needs to know of its device: registers and interrupt line, from
 * the firmware's device tree. Nothing is allocated; each call walks the tree.
 *
 * Bindings: Devicetree Specification 0.4 (2.3, 2.4, 3.6); Linux bindings
 * arm,gic.yaml, arm,gic-v3.yaml.
 */
#ifndef KAAL_FORMATS_DTB_DEVICE_H
#define KAAL_FORMATS_DTB_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/bootparams.h>

struct kaal_dtb_device {
	struct kaal_physical registers; /* the first entry of its reg, as the CPU sees it */
	uint32_t line;                  /* interrupt id of its first interrupt; 0: none, or not one that the GIC gets directly */
	bool edge;                      /* the line is edge-triggered, otherwise level-sensitive */
	const char *compatible;         /* the texts of its compatible, one after the other, in the blob */
	uint32_t compatible_bytes;      /* of all of them, NULs included; 0: none */
	int node;                       /* its offset in the blob, the same for the same device */
};

/* How many a device may have of either. */
#define KAAL_DTB_REGISTERS_MAX 8u
#define KAAL_DTB_LINES_MAX 8u

/* All that a device has. */
struct kaal_dtb_resources {
	int node;
	const char *compatible; /* as in struct kaal_dtb_device */
	uint32_t compatible_bytes;
	uint32_t register_count, line_count;
	struct kaal_physical registers[KAAL_DTB_REGISTERS_MAX];
	struct {
		uint32_t line; /* interrupt id */
		bool edge;
	} line[KAAL_DTB_LINES_MAX]; /* in the order of its interrupts; none that go elsewhere than to the GIC */
};

/*
 * The device number `index` (from 0, in the tree's order) whose compatible holds
 * this text. Devices that are switched off (status) or have no registers do not
 * count. False: there is none. `blob` has passed kaal_dtb_size().
 */
bool kaal_dtb_find_device(const void *blob, const char *compatible, uint32_t index, struct kaal_dtb_device *device);

/*
 * The device that /chosen's stdout-path names. False: none is named, or it is
 * switched off or has no registers. `blob` has passed kaal_dtb_size().
 */
bool kaal_dtb_find_console(const void *blob, struct kaal_dtb_device *device);

/*
 * The device that a path or, without a / in front, an alias names. False: there
 * is none, or it is switched off or has no registers. `blob` has passed kaal_dtb_size().
 */
bool kaal_dtb_find_named(const void *blob, const char *name, struct kaal_dtb_device *device);

/*
 * All registers and lines of the device at `node`, which one of the functions
 * above found in the same blob. False: it has more than there is room for, or
 * one that cannot be read, or more than 64 interrupts, those that go elsewhere
 * included; *resources then holds those before it.
 */
bool kaal_dtb_read_resources(const void *blob, int node, struct kaal_dtb_resources *resources);

#endif
