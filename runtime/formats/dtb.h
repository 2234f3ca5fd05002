/*
 * Reads a firmware's device tree blob into struct kaal_board: memory, reserved
 * ranges, interrupt controller, timer, console, PSCI and CPUs, and where the
 * firmware put the archive. One walk over the tree with libfdt; nothing is
 * kept in the blob's memory, nothing allocated.
 *
 * Bindings: Devicetree Specification 0.4 (2.3.6, 3.2..3.8); Linux bindings
 * arm,gic.yaml, arm,gic-v3.yaml, arm,arch_timer.yaml, psci.yaml, pl011.yaml.
 */
#ifndef KAAL_FORMATS_DTB_H
#define KAAL_FORMATS_DTB_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/bootparams.h>

#include <formats/format_error.h>

struct kaal_dtb_chosen {
	struct kaal_physical archive; /* bytes is 0 when /chosen names no initrd */
};

/*
 * Only the header: is it a device tree blob, and how many bytes hold data?
 * Firmware pads its trees (QEMU: to 1 MiB); the padding is not counted. At
 * least 40 bytes must be readable. False: *error says why.
 */
bool kaal_dtb_size(const void *blob, uint32_t *bytes, struct kaal_format_error *error);

/*
 * Reads the console and PSCI alone, so that an error found by
 * kaal_dtb_read_board() can be printed and the machine switched off. Fields
 * that the tree does not give are KAAL_CONSOLE_NONE and KAAL_PSCI_NONE. Never
 * fails; `blob` has passed kaal_dtb_size().
 */
void kaal_dtb_read_early(const void *blob, struct kaal_board *board);

/*
 * Reads all of the board. RAM banks come out sorted, disjoint, trimmed to
 * whole pages and to KAAL_PHYSICAL_END. False: *error says what was found and
 * expected; the contents of *board and *chosen are then undefined. `blob` has
 * passed kaal_dtb_size().
 */
bool kaal_dtb_read_board(const void *blob, struct kaal_board *board, struct kaal_dtb_chosen *chosen,
			 struct kaal_format_error *error);

/*
 * What the firmware gives to make random numbers of: /chosen's rng-seed (dt-schema, chosen.yaml). False: nothing, or no bytes. It lies
 * in the blob, which has passed kaal_dtb_size().
 */
bool kaal_dtb_seed(const void *blob, const void **seed, uint32_t *bytes);

#endif
