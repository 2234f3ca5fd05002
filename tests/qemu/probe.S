/*
 * Ways into the kernel with all registers in the caller's hand: probe_NAME(struct probe *)
 * loads x0..x30, q0..q31, the flags, FPCR, FPSR and TPIDR_EL0 from the structure, goes into the kernel, and stores what
 * it finds in them afterwards. It is found again by the stack pointer, so this must be right, too. C's FPCR, FPSR
 * and TPIDR_EL0 are put back.
 */
#include <kaal/syscall_numbers.h>

#define PROBE_NZCV 248
#define PROBE_FPCR 768
#define PROBE_FPSR 776
#define PROBE_TLS 784
#define PROBE_TLS_READ_ONLY 792
#define PROBE_SP 800
#define PROBE_THEN 808
#define PROBE_THEN_SP 816
#define PROBE_SP_BEFORE 824

	.macro probe name, body:vararg
	.globl	probe_\name
	.type	probe_\name, %function
probe_\name:
	sub	sp, sp, #208
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
	mrs	x1, fpcr
	mrs	x2, fpsr
	stp	x1, x2, [sp, #176]
	mrs	x1, tpidr_el0
	str	x1, [sp, #192]
	mov	x30, x0
	ldr	x1, [x30, #PROBE_FPCR]
	ldr	x2, [x30, #PROBE_FPSR]
	ldr	x3, [x30, #PROBE_TLS]
	msr	fpcr, x1
	msr	fpsr, x2
	msr	tpidr_el0, x3
	mov	x1, sp
	str	x1, [x30, #PROBE_SP_BEFORE]
	.irp	q, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	probe_fp ldp, \q
	.endr
	ldr	x0, [x30, #PROBE_NZCV]
	msr	nzcv, x0
	.irp	x, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	probe_general ldp, \x
	.endr
	ldr	x30, [x30, #240]
	\body
	str	x30, [sp, #8]
	ldr	x30, [sp]
	store_all
	ldr	x0, [sp, #8]
	str	x0, [x30, #240]
	ldp	x1, x2, [sp, #176]
	ldr	x3, [sp, #192]
	msr	fpcr, x1
	msr	fpsr, x2
	msr	tpidr_el0, x3
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
	add	sp, sp, #208
	ret
	.size	probe_\name, . - probe_\name
	.endm

	/* All registers but x30 into the probe at x30; x0 to x2 are lost. */
	.macro store_all
	.irp	x, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	probe_general stp, \x
	.endr
	.irp	q, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	probe_fp stp, \q
	.endr
	mrs	x0, nzcv
	str	x0, [x30, #PROBE_NZCV]
	mrs	x0, fpcr
	str	x0, [x30, #PROBE_FPCR]
	mrs	x0, fpsr
	str	x0, [x30, #PROBE_FPSR]
	mrs	x0, tpidr_el0
	str	x0, [x30, #PROBE_TLS]
	mrs	x0, tpidrro_el0
	str	x0, [x30, #PROBE_TLS_READ_ONLY]
	mov	x0, sp
	str	x0, [x30, #PROBE_SP]
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

	.macro nothing times
	.rept \times
	nop
	.endr
	.endm

	.text
	probe	call, svc #KAAL_SYS_ENDPOINT_CALL
	probe	call_until, svc #KAAL_SYS_ENDPOINT_CALL_UNTIL
	probe	reply_recv, svc #KAAL_SYS_ENDPOINT_REPLY_RECV
	probe	reply_recv_until, svc #KAAL_SYS_ENDPOINT_REPLY_RECV_UNTIL
	probe	send, svc #KAAL_SYS_ENDPOINT_SEND
	probe	recv, svc #KAAL_SYS_ENDPOINT_RECV
	probe	recv_until, svc #KAAL_SYS_ENDPOINT_RECV_UNTIL
	probe	reply_send, svc #KAAL_SYS_REPLY_SEND
	probe	signal_recv, svc #KAAL_SYS_NOTIFICATION_SIGNAL_RECV
	probe	signal, svc #KAAL_SYS_NOTIFICATION_SIGNAL
	probe	wait_flags, svc #KAAL_SYS_NOTIFICATION_WAIT
	probe	ack_wait, svc #KAAL_SYS_IRQ_ACK_WAIT
	probe	revoke, svc #KAAL_SYS_CAP_REVOKE
	probe	sleep, svc #KAAL_SYS_THREAD_SLEEP
	probe	yield, svc #KAAL_SYS_SCHED_YIELD
	probe	no_call, svc #0xffff
	probe	wait, nothing 500
	probe	wait_long, nothing 16384
	.globl	probe_at_break, probe_at_load
	.macro	break
probe_at_break:
	brk	#1
	.endm
	.macro	load
probe_at_load:
	ldr	x1, [x1]
	.endm
	.macro	poke
	str	w1, [x0]
	nothing	500
	.endm
	probe	break, break
	probe	load, load
	probe	poke, poke

/*
 * Where a thread starts whose SP is the address of its probe: it stores its registers there as it finds them,
 * then calls PROBE_THEN on the stack PROBE_THEN_SP.
 */
	.globl	probe_start
	.type	probe_start, %function
probe_start:
	str	x30, [sp, #240]
	mov	x30, sp
	store_all
	ldr	x0, [x30, #PROBE_THEN_SP]
	ldr	x1, [x30, #PROBE_THEN]
	mov	sp, x0
	mov	x0, x30
	br	x1
	.size	probe_start, . - probe_start

/*
 * A server that uses no FP or SIMD register in its first calls (x9 is 0) and then stores all its registers in the
 * probe at its SP. Its x0 says where its slots are: endpoint and reply.
 */
	.globl	probe_serve_without_fp
	.type	probe_serve_without_fp, %function
probe_serve_without_fp:
	mov	x19, x0
	add	x20, x0, #1
	mov	x0, x19
	mov	x1, x20
	svc	#KAAL_SYS_ENDPOINT_RECV
1:	cbz	x9, 2f
	mov	x30, sp
	store_all
2:	mov	x0, x19
	mov	x1, #8
	mov	x2, x20
	svc	#KAAL_SYS_ENDPOINT_REPLY_RECV
	b	1b
	.size	probe_serve_without_fp, . - probe_serve_without_fp

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
