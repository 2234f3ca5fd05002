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
	uint32_t line;                  /* interrupt id of its first interrupt; 0: none that the GIC gets directly */
	bool edge;                      /* the line is edge-triggered, otherwise level-sensitive */
	const char *compatible;         /* the texts of its compatible, one after the other, in the blob */
	uint32_t compatible_bytes;      /* of all of them, NULs included; 0: none */
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

#endif
