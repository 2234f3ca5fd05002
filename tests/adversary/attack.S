/* The adversary's code that C cannot say; attack.h. Offsets of struct attack_registers. */
#define WORDS 48

	.text
	.balign	8
/* One call and one return a number. */
numbers:
	.set	number, 0
	.rept	256
	svc	#number
	ret
	.set	number, number + 1
	.endr
	svc	#0xffff
	ret

	.globl	attack_call
	.type	attack_call, %function
attack_call:
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x29, sp
	mov	x19, x0
	adr	x20, numbers
	add	x20, x20, x1, lsl #3
	ldp	x9, x10, [x19, #WORDS]
	ldp	x11, x12, [x19, #WORDS + 16]
	ldp	x13, x14, [x19, #WORDS + 32]
	ldp	x15, x18, [x19, #WORDS + 48]
	ldp	x0, x1, [x19]
	ldp	x2, x3, [x19, #16]
	ldp	x4, x5, [x19, #32]
	blr	x20
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x9, x10, [x19, #WORDS]
	stp	x11, x12, [x19, #WORDS + 16]
	stp	x13, x14, [x19, #WORDS + 32]
	stp	x15, x18, [x19, #WORDS + 48]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
	.size	attack_call, . - attack_call

	.globl	attack_access, attack_load, attack_store, attack_accessed
	.type	attack_access, %function
attack_access:
	cbnz	x1, attack_store
attack_load:
	ldr	x0, [x0]
	ret
attack_store:
	str	x1, [x0]
attack_accessed:
	ret
	.size	attack_access, . - attack_access

/* x19: the state, xorshift64; x0 sets it. Small arguments are slots, rights, counts. */
	.globl	attack_wild
	.type	attack_wild, %function
attack_wild:
	orr	x19, x0, #1
1:
	eor	x19, x19, x19, lsl #13
	eor	x19, x19, x19, lsr #7
	eor	x19, x19, x19, lsl #17
	ubfx	x0, x19, #8, #7
	ubfx	x1, x19, #15, #7
	ubfx	x2, x19, #22, #7
	ubfx	x3, x19, #29, #7
	ubfx	x4, x19, #36, #4
	ubfx	x5, x19, #40, #12
	mov	x9, #0x2020202020202020
	mov	x10, x9
	mov	x11, x9
	mov	x12, x9
	mov	x13, x9
	mov	x14, x9
	mov	x15, x9
	mov	x18, x9
	adr	x20, numbers
	ubfx	x21, x19, #52, #6
	add	x20, x20, x21, lsl #3
	blr	x20
	/* Or it would make most of the calls. */
	mov	x22, #8192
2:
	subs	x22, x22, #1
	b.ne	2b
	b	1b
	.size	attack_wild, . - attack_wild

	.section .note.GNU-stack, "", %progbits
