/*
 * Devices, as the firmware's device tree describes them: where their registers
 * are and which interrupt line is theirs. To know this is no right to use them:
 * that takes device memory (untyped, from the bootinfo page) and an IrqControl.
 *
 * For the root task, whose bootinfo page names the tree and the memory. None of these needs a
 * right or blocks; those that walk the tree take time in proportion to its size.
 */
#ifndef KAAL_DEVICE_H
#define KAAL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/object_types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kaal_device {
	uint64_t registers;        /* physical address of its first range of registers, any alignment */
	uint64_t registers_bytes;  /* of that range */
	uint32_t line;             /* of its first interrupt, as irq_handler_make takes it; 0: it has none of its own */
	uint32_t trigger;          /* of that line, as irq_handler_make takes it: 0 level-sensitive, 1 edge-triggered */
	const char *compatible;    /* all texts of its `compatible`, one after the other; not to be freed */
	uint32_t compatible_bytes; /* of all texts, their NULs included */
};

/*
 * Finds a device by a text of its `compatible`. Devices that the tree says are
 * switched off, or that have no registers, do not count.
 *
 * compatible: not NULL
 * index:      0 for the first of them in the tree's order, 1 for the second, ...
 * device:     not NULL; undefined after a failure
 *
 * Returns false if there is none, or no device tree that can be read.
 */
bool kaal_device_find(const char *compatible, uint32_t index, struct kaal_device *device);

/*
 * Finds the device that the firmware speaks on: the one that stdout-path in /chosen
 * names. device: not NULL; undefined after a failure. Returns false if none is
 * named, it is switched off or has no registers, or there is no device tree that can be read.
 */
bool kaal_device_console(struct kaal_device *device);

/* Returns whether `compatible` of a device that was found holds a text. Neither may be NULL. */
bool kaal_device_is_compatible(const struct kaal_device *device, const char *compatible);

/*
 * Finds the untyped block of device memory around a physical address, any alignment. size_bits:
 * not NULL; log2 of the block's bytes, unchanged if there is no such block. Returns
 * the block's capability in the root task's CSpace, or KAAL_SLOT_NULL.
 */
kaal_untyped_t kaal_device_untyped(uint64_t physical, uint32_t *size_bits);

#ifdef __cplusplus
}
#endif

#endif
