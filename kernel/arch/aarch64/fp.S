/*
 * void switch_fp_save(struct arch_extra *), void switch_fp_load(const struct
 * arch_extra *): FPCR, FPSR and q0..q31 at the offsets that frame.c checks. The
 * kernel itself has no FP code (-mgeneral-regs-only), so this is assembled apart.
 */
#include <arch_frame.h>

	.arch	armv8-a+fp+simd
	.text

	.macro each operation
	\operation	q0, q1, [x0, #0]
	\operation	q2, q3, [x0, #32]
	\operation	q4, q5, [x0, #64]
	\operation	q6, q7, [x0, #96]
	\operation	q8, q9, [x0, #128]
	\operation	q10, q11, [x0, #160]
	\operation	q12, q13, [x0, #192]
	\operation	q14, q15, [x0, #224]
	\operation	q16, q17, [x0, #256]
	\operation	q18, q19, [x0, #288]
	\operation	q20, q21, [x0, #320]
	\operation	q22, q23, [x0, #352]
	\operation	q24, q25, [x0, #384]
	\operation	q26, q27, [x0, #416]
	\operation	q28, q29, [x0, #448]
	\operation	q30, q31, [x0, #480]
	.endm

	.globl	switch_fp_save
switch_fp_save:
	mrs	x1, fpcr
	mrs	x2, fpsr
	stp	x1, x2, [x0, #EXTRA_FPCR]
	add	x0, x0, #EXTRA_FP
	each	stp
	ret

	.globl	switch_fp_load
switch_fp_load:
	ldp	x1, x2, [x0, #EXTRA_FPCR]
	msr	fpcr, x1
	msr	fpsr, x2
	add	x0, x0, #EXTRA_FP
	each	ldp
	ret
