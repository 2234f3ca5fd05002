/*
 * The interrupt controller: GICv2 (Arm IHI 0048B) or GICv3 (IHI 0069). One
 * CPU, Group 1, one priority. Functions that act on a line take 0 <= irq < 1020.
 */
#ifndef AARCH64_GIC_H
#define AARCH64_GIC_H

#include <stdint.h>

#include <kaal/bootparams.h>

/* Where the registers are mapped. */
struct gic_registers {
	uintptr_t distributor;
	uintptr_t cpu_interface;                              /* version 2 */
	uintptr_t redistributor[KAAL_GIC_REDISTRIBUTORS_MAX]; /* version 3 */
};

/* All lines disabled, CPU interface on. `board` is the tree's view. */
void gic_start(const struct kaal_board *board, const struct gic_registers *registers);

/* Bytes of a GICv3 redistributor region worth mapping for so many CPUs. */
uint64_t gic_redistributor_bytes(const struct kaal_board *board, uint32_t region);

#endif
