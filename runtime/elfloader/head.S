/*
 * First instructions of the image. The header is the arm64 boot protocol's
 * (Linux Documentation/arm64/booting.rst): any loader that boots Linux can
 * start KaaL. Entry at EL2 or EL1, MMU off, device tree's address in x0. The
 * linker script writes the header's other fields: it knows the image's size.
 */
	.section .head, "ax"
	.globl	_start
_start:
	b	entry
	.long	0

	.text
entry:
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.eq	entry_el2
	/* x21: counter at entry; x22: firmware's conduit if the tree names none */
	mrs	x21, cntvct_el0
	mov	x22, #1			/* PSCI_HVC */
	b	entry_el1

/*
 * Leave EL2 for EL1 with nothing trapped. What a CPU lacks is not touched:
 * GICv3 system registers and the PMU are looked up first.
 */
entry_el2:
	mrs	x21, cntpct_el0		/* the same as CNTVCT once the offset is zero */
	mov	x22, #2			/* PSCI_SMC: EL2 is ours, firmware sits at EL3 */
	mov	x1, #(1 << 31)		/* HCR_EL2.RW: EL1 is AArch64 */
	orr	x1, x1, #(3 << 40)	/* .API, .APK: pointer authentication untrapped */
	msr	hcr_el2, x1
	mov	x1, #3			/* CNTHCTL_EL2: EL1 may use counter and timer */
	msr	cnthctl_el2, x1
	msr	cntvoff_el2, xzr
	mov	x1, #0x33ff		/* CPTR_EL2: RES1 bits only, FP untrapped */
	msr	cptr_el2, x1
	msr	hstr_el2, xzr
	msr	vttbr_el2, xzr
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	mrs	x1, id_aa64dfr0_el1
	ubfx	x2, x1, #8, #4		/* PMUVer */
	sub	x3, x2, #1
	cmp	x3, #0xe		/* neither 0 (none) nor 15 (not Arm's) */
	b.hs	1f
	mrs	x2, pmcr_el0
	ubfx	x2, x2, #11, #5		/* MDCR_EL2.HPMN: all counters belong to EL1 */
	msr	mdcr_el2, x2
1:	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #24, #4		/* GIC system registers */
	cbz	x1, 2f
	mrs	x1, S3_4_C12_C9_5	/* ICC_SRE_EL2: SRE, and EL1 may set its own */
	mov	x2, #9
	orr	x1, x1, x2
	msr	S3_4_C12_C9_5, x1
	isb
	msr	S3_4_C12_C11_0, xzr	/* ICH_HCR_EL2 */
2:	ldr	w1, =0x30d00800		/* SCTLR_EL1: RES1 bits, MMU and caches off */
	msr	sctlr_el1, x1
	mov	x1, #0x3c5		/* SPSR: EL1h, DAIF masked */
	msr	spsr_el2, x1
	adr	x1, entry_el1
	msr	elr_el2, x1
	eret

entry_el1:
	msr	daifset, #0xf
	adrp	x1, loader_stack_end
	add	sp, x1, :lo12:loader_stack_end
	/* Pointers in the loader's data: linked at 0, so each moves by where the image lies. */
	adrp	x3, _start
	add	x3, x3, :lo12:_start
	adrp	x4, relocations
	add	x4, x4, :lo12:relocations
	adrp	x5, relocations_end
	add	x5, x5, :lo12:relocations_end
3:	cmp	x4, x5
	b.hs	4f
	ldp	x6, x7, [x4], #16	/* r_offset, r_info */
	ldr	x8, [x4], #8		/* r_addend */
	cmp	x7, #0x403		/* R_AARCH64_RELATIVE (AAELF64 5.7.14); the linker may leave R_AARCH64_NONE */
	b.ne	3b
	add	x8, x8, x3
	str	x8, [x6, x3]
	b	3b
4:	mov	x29, xzr
	mov	x30, xzr
	mov	x1, x21
	mov	x2, x22
	bl	loader_main
5:	wfi
	b	5b

	.ltorg

/* void loader_enable_mmu(uint64_t mair, uint64_t tcr, uint64_t ttbr0, uint64_t ttbr1) */
	.globl	loader_enable_mmu
loader_enable_mmu:
	msr	mair_el1, x0
	msr	tcr_el1, x1
	msr	ttbr0_el1, x2
	msr	ttbr1_el1, x3
	dsb	sy
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb
	/* SCTLR_EL1 (Arm ARM D19.2.132): RES1 bits, I, SA, C, M; nothing executes what it may write (WXN). */
	ldr	w0, =0x30d81805 | (1 << 3)
	msr	sctlr_el1, x0
	isb
	ret
	.ltorg
