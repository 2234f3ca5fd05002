/*
 * System calls with all registers in the caller's hand: probe_NAME(struct probe *)
 * loads x0..x29 and q0..q31 from the structure, makes the call, and stores what
 * it finds in them and x30 afterwards.
 */
	.macro probe name, number
	.globl	probe_\name
	.type	probe_\name, %function
probe_\name:
	sub	sp, sp, #192
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	stp	x29, x30, [sp, #96]
	stp	d8, d9, [sp, #112]
	stp	d10, d11, [sp, #128]
	stp	d12, d13, [sp, #144]
	stp	d14, d15, [sp, #160]
	str	x0, [sp]
	mov	x30, x0
	.irp	q, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	probe_fp ldp, \q
	.endr
	.irp	x, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	probe_general ldp, \x
	.endr
	svc	#\number
	str	x30, [sp, #8]
	ldr	x30, [sp]
	.irp	x, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	probe_general stp, \x
	.endr
	.irp	q, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	probe_fp stp, \q
	.endr
	ldr	x0, [sp, #8]
	str	x0, [x30, #240]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp, #96]
	ldp	d8, d9, [sp, #112]
	ldp	d10, d11, [sp, #128]
	ldp	d12, d13, [sp, #144]
	ldp	d14, d15, [sp, #160]
	add	sp, sp, #192
	ret
	.size	probe_\name, . - probe_\name
	.endm

	/* Register r and the next. */
	.altmacro
	.macro probe_general instruction, r
	probe_pair \instruction, x, \r, %(\r + 1), %(8 * \r)
	.endm
	.macro probe_fp instruction, r
	probe_pair \instruction, q, \r, %(\r + 1), %(256 + 16 * \r)
	.endm
	.macro probe_pair instruction, kind, r, next, offset
	\instruction	\kind\()\r, \kind\()\next, [x30, #\offset]
	.endm

	.text
	probe	call, 0
	probe	reply_recv, 1
	probe	send, 39
	probe	recv, 42
	probe	reply_send, 47
	probe	signal_recv, 48

/*
 * A server that a page of its own is enough for: endpoint and reply are the
 * first two capabilities of its CSpace. It adds one to each word that comes in a register.
 */
	.globl	adder, adder_end
	.section .rodata
	.balign	8
adder:
	mov	x0, #1
	mov	x1, #2
	svc	#42
1:	and	x1, x1, #0xff
	add	x9, x9, #1
	add	x10, x10, #1
	add	x11, x11, #1
	add	x12, x12, #1
	add	x13, x13, #1
	add	x14, x14, #1
	add	x15, x15, #1
	add	x18, x18, #1
	mov	x0, #1
	mov	x2, #2
	svc	#1
	b	1b
adder_end:
