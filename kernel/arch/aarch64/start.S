/*
 * The kernel's header and first instructions. State at entry: see
 * kaal/bootparams.h; x0 is the physical address of the parameters.
 */
#include <arch_frame.h>

	.section .header, "a"
	.globl	kernel_header
kernel_header:
	.quad	0x4c4e524b4c41414b	/* KAAL_KERNEL_MAGIC */
	.quad	kernel_header
	.quad	kernel_entry
	.long	KERNEL_ABI_VERSION
	.long	kernel_rodata - kernel_header
	.long	kernel_data - kernel_header
	.long	kernel_bss - kernel_header
	.long	kernel_end - kernel_header
	.long	0

	.section .entry, "ax"
	.globl	kernel_entry
kernel_entry:
	adrp	x1, kernel_stack_end
	add	sp, x1, :lo12:kernel_stack_end
	mov	x29, xzr
	msr	tpidrro_el0, xzr	/* EL0 reads it, and the kernel keeps nothing there */
	/* Nor are the debug communications registers EL0's (MDSCR_EL1.TDCC), nor activity monitors (ID_AA64PFR0_EL1.AMU, AMUSERENR_EL0). */
	mrs	x1, mdscr_el1
	orr	x1, x1, #(1 << 12)
	msr	mdscr_el1, x1
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #44, #4
	cbz	x1, 1f
	msr	S3_3_C13_C2_3, xzr
1:
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	isb
	bl	boot_kernel
	b	user_return
