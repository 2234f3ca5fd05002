/*
 * The kernel's flat image, in place: it runs from here. A file of its own that
 * is assembled again whenever the image changes.
 */
	.section .kernel, "a"
	.balign	4096
	.globl	kernel_image
kernel_image:
	.incbin	KERNEL_BINARY
