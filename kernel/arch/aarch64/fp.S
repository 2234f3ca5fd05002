/*
 * void switch_fp_save(struct arch_extra *), void switch_fp_load(const struct
 * arch_extra *): FPCR, FPSR and q0..q31 at the offsets that frame.c checks. The
 * kernel itself has no FP code (-mgeneral-regs-only), so this is assembled apart.
 */
#include <arch_fast.h>
#include <arch_views.h>

#define THREAD_VIEW ARCH_DIRECT_MAP
#define CPACR_UNTRAPPED (3 << 20) /* CPACR_EL1.FPEN, as in switch.c */

	.arch	armv8-a+fp+simd
	.text

	.macro each operation, base
	\operation	q0, q1, [\base, #0]
	\operation	q2, q3, [\base, #32]
	\operation	q4, q5, [\base, #64]
	\operation	q6, q7, [\base, #96]
	\operation	q8, q9, [\base, #128]
	\operation	q10, q11, [\base, #160]
	\operation	q12, q13, [\base, #192]
	\operation	q14, q15, [\base, #224]
	\operation	q16, q17, [\base, #256]
	\operation	q18, q19, [\base, #288]
	\operation	q20, q21, [\base, #320]
	\operation	q22, q23, [\base, #352]
	\operation	q24, q25, [\base, #384]
	\operation	q26, q27, [\base, #416]
	\operation	q28, q29, [\base, #448]
	\operation	q30, q31, [\base, #480]
	.endm

	.globl	switch_fp_save
switch_fp_save:
	mrs	x1, fpcr
	mrs	x2, fpsr
	stp	x1, x2, [x0, #EXTRA_FPCR]
	add	x0, x0, #EXTRA_FP
	each	stp, x0
	ret

	/*
	 * The end of the fast path where one of the two threads uses the unit: what
	 * own_fp() and allow_fp() in switch.c do, with registers that hold no message.
	 * x1, x2, x17 as in arch_fast.h; x17 is the thread that runs.
	 */
	.globl	fast_switch_fp
fast_switch_fp:
	adrp	x4, cpu
	add	x4, x4, :lo12:cpu
	ldr	x5, [x17, #THREAD_EXTRA + EXTRA_FP_USED]
	cbnz	x5, 1f
	msr	cpacr_el1, xzr
	str	wzr, [x4, #CPU_FP_ALLOWED]
	b	3f
1:	ldr	w6, [x4, #CPU_FP_ALLOWED]
	cbnz	w6, 2f
	mov	x6, #CPACR_UNTRAPPED
	msr	cpacr_el1, x6
	isb
	mov	w6, #1
	str	w6, [x4, #CPU_FP_ALLOWED]
2:	adrp	x4, switch_fp_owner
	ldr	w5, [x4, :lo12:switch_fp_owner]
	ubfx	x6, x17, #THREAD_HANDLE_BITS, #39 - THREAD_HANDLE_BITS
	cmp	w5, w6
	b.eq	3f
	str	w6, [x4, :lo12:switch_fp_owner]
	mov	x7, #THREAD_VIEW
	add	x7, x7, x5, lsl #THREAD_HANDLE_BITS
	add	x7, x7, #THREAD_EXTRA
	add	x0, x17, #THREAD_EXTRA
	cmn	w5, #1			/* THREAD_NONE: nobody's registers */
	b.eq	4f
	mrs	x5, fpcr
	mrs	x6, fpsr
	stp	x5, x6, [x7, #EXTRA_FPCR]
	add	x7, x7, #EXTRA_FP
	each	stp, x7
4:	ldp	x5, x6, [x0, #EXTRA_FPCR]
	msr	fpcr, x5
	msr	fpsr, x6
	add	x0, x0, #EXTRA_FP
	each	ldp, x0
3:	FAST_EXIT

	.globl	switch_fp_load
switch_fp_load:
	ldp	x1, x2, [x0, #EXTRA_FPCR]
	msr	fpcr, x1
	msr	fpsr, x2
	add	x0, x0, #EXTRA_FP
	each	ldp, x0
	ret
