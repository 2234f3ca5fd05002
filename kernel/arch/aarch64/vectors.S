/*
 * Entry to and exit from the kernel. While a thread runs at EL0, SP_EL1 is the
 * address of its frame, so that registers are saved without a spare one; in the
 * kernel it is the CPU's stack, empty at each entry.
 *
 * Exceptions at EL1 are the kernel's own mistakes: they change to the emergency
 * stack, for the kernel's may be what broke, and end in a panic.
 */
#include <arch_frame.h>

	.text
	.macro slot label
	.balign	0x80
	b	\label
	.endm

	/*
	 * The two calls with a fast path are told from all other exceptions with
	 * two registers: ESR_EL1 of `svc #n` is SVC_SYNDROME + n (Arm ARM D19.2.37).
	 * The fast path gets the call's arguments and, last, the thread.
	 */
	#define SVC_SYNDROME 0x56000000
	.macro	save_for_fast_path
	mrs	x16, sp_el0
	mrs	x17, elr_el1
	stp	x19, x20, [sp, #FRAME_X(19)]
	stp	x21, x22, [sp, #FRAME_X(21)]
	stp	x23, x24, [sp, #FRAME_X(23)]
	stp	x25, x26, [sp, #FRAME_X(25)]
	stp	x27, x28, [sp, #FRAME_X(27)]
	stp	x29, x30, [sp, #FRAME_X(29)]
	stp	x16, x17, [sp, #FRAME_SP]
	.endm

	.macro	user_sync
	stp	x16, x17, [sp, #FRAME_X(16)]
	mrs	x16, esr_el1
	movz	w17, #SVC_SYNDROME >> 16, lsl #16
	sub	w16, w16, w17
	cbnz	w16, 1f
	save_for_fast_path
	sub	x3, sp, #THREAD_FRAME
	b	fastpath_call
1:	cmp	w16, #1
	b.eq	user_reply_recv
	b	user_sync_other
	.endm

	.balign	0x800
	.globl	vectors
vectors:
	.rept	4			/* EL1 with SP_EL0: never used */
	slot	kernel_fault
	.endr
	.rept	4			/* EL1 with SP_EL1 */
	slot	kernel_fault
	.endr
	.balign	0x80			/* EL0, AArch64 */
	user_sync
	slot	user_irq
	slot	user_irq
	slot	user_serror
	.rept	4			/* EL0, AArch32: threads start as AArch64 and cannot change */
	slot	kernel_fault
	.endr

	.macro save_x2_to_x29
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	.endm

	/* Saves all registers into the frame at SP, then takes the kernel's stack. */
	.macro save
	stp	x16, x17, [sp, #FRAME_X(16)]
	save_others
	.endm

	.macro save_others
	stp	x0, x1, [sp, #FRAME_X(0)]
	stp	x2, x3, [sp, #FRAME_X(2)]
	stp	x4, x5, [sp, #FRAME_X(4)]
	stp	x6, x7, [sp, #FRAME_X(6)]
	stp	x8, x9, [sp, #FRAME_X(8)]
	stp	x10, x11, [sp, #FRAME_X(10)]
	stp	x12, x13, [sp, #FRAME_X(12)]
	stp	x14, x15, [sp, #FRAME_X(14)]
	stp	x18, x19, [sp, #FRAME_X(18)]
	stp	x20, x21, [sp, #FRAME_X(20)]
	stp	x22, x23, [sp, #FRAME_X(22)]
	stp	x24, x25, [sp, #FRAME_X(24)]
	stp	x26, x27, [sp, #FRAME_X(26)]
	stp	x28, x29, [sp, #FRAME_X(28)]
	mrs	x21, sp_el0
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x30, x21, [sp, #FRAME_X(30)]
	stp	x22, x23, [sp, #FRAME_PC]
	kernel_stack
	.endm

	.macro kernel_stack
	adrp	x0, kernel_stack_end
	add	sp, x0, :lo12:kernel_stack_end
	mov	x29, xzr		/* a backtrace ends here */
	.endm

	/* w16: ESR_EL1 - SVC_SYNDROME, for a system call its number. */
user_sync_other:
	save_others
	mov	w0, w16
	bl	exception_sync
	b	user_return

user_reply_recv:
	save_for_fast_path
	sub	x3, sp, #THREAD_FRAME
	b	fastpath_reply_recv

	/*
	 * The fast path has changed nothing: the slow path needs the message words,
	 * too. x0..x2: the arguments, x3: the thread, x4: the number.
	 */
	.globl	fast_leave
fast_leave:
	add	sp, x3, #THREAD_FRAME
	mrs	x16, spsr_el1
	stp	x0, x1, [sp, #FRAME_X(0)]
	str	x2, [sp, #FRAME_X(2)]
	stp	x9, x10, [sp, #FRAME_X(9)]
	stp	x11, x12, [sp, #FRAME_X(11)]
	stp	x13, x14, [sp, #FRAME_X(13)]
	str	x15, [sp, #FRAME_X(15)]
	str	x18, [sp, #FRAME_X(18)]
	str	x16, [sp, #FRAME_PSTATE]
	kernel_stack
	mov	w0, w4
	bl	exception_sync
	b	user_return

user_irq:
	save
	bl	exception_irq
	b	user_return

user_serror:
	save
	mrs	x0, esr_el1
	bl	exception_serror

	/* x0: frame of the thread to run; nothing of the kernel's registers survives. */
	.globl	user_return
user_return:
	mov	sp, x0
	ldp	x22, x23, [sp, #FRAME_PC]
	ldp	x30, x21, [sp, #240]
	msr	sp_el0, x21
	msr	elr_el1, x22
	msr	spsr_el1, x23
	ldp	x0, x1, [sp, #0]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	eret

	/* TPIDRRO_EL0 is free while the kernel dies. */
kernel_fault:
	msr	tpidrro_el0, x0
	mov	x0, sp
	adrp	x1, emergency_stack_end
	add	x1, x1, :lo12:emergency_stack_end
	mov	sp, x1
	sub	sp, sp, #272
	save_x2_to_x29
	stp	x30, x0, [sp, #240]
	mrs	x0, tpidrro_el0
	stp	x0, x1, [sp, #0]	/* x1 was used for the stack: shown as such */
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x22, x23, [sp, #FRAME_PC]
	mov	x0, sp
	mrs	x1, esr_el1
	mrs	x2, far_el1
	bl	exception_kernel
