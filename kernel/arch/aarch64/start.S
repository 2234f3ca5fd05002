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
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	isb
	bl	boot_kernel
	b	user_return
