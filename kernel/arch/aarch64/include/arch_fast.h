/*
 * The machine's part of the fast path (core/fastpath.c): how it is left. What
 * the entry code has saved by then: a thread's callee-saved registers, x0..x2, SP and PC.
 * The fast path runs on the interrupted thread's fast_stack and never touches message registers.
 */
#ifndef ARCH_FAST_H
#define ARCH_FAST_H

#include <arch_frame.h>

/*
 * Leaves for EL0 as a function returns: status OK in x0, message word in x1,
 * badge in x2, words as they are; callee-saved registers, SP and PC from the frame at x3; everything
 * else is zero, so that nothing of the kernel or of the other thread is left.
 * ERET synchronizes what was written to system registers (Arm ARM D1.10.2).
 */
#define FAST_EXIT                                                                                                    \
	mov sp, x3;                                                                                                  \
	ldp x16, x17, [x3, FRAME_SP];                                                                                \
	ldp x19, x20, [x3, 152];                                                                                     \
	ldp x21, x22, [x3, 168];                                                                                     \
	ldp x23, x24, [x3, 184];                                                                                     \
	ldp x25, x26, [x3, 200];                                                                                     \
	ldp x27, x28, [x3, 216];                                                                                     \
	ldp x29, x30, [x3, 232];                                                                                     \
	msr sp_el0, x16;                                                                                             \
	msr elr_el1, x17;                                                                                            \
	msr spsr_el1, xzr;                                                                                           \
	mov x0, xzr;                                                                                                 \
	mov x3, xzr;                                                                                                 \
	mov x4, xzr;                                                                                                 \
	mov x5, xzr;                                                                                                 \
	mov x6, xzr;                                                                                                 \
	mov x7, xzr;                                                                                                 \
	mov x8, xzr;                                                                                                 \
	mov x16, xzr;                                                                                                \
	mov x17, xzr;                                                                                                \
	eret

#ifndef __ASSEMBLER__
#include <core/cpu.h>
#include <object/thread.h>

#define FAST_STRING(...) #__VA_ARGS__
#define FAST_TEXT(...) FAST_STRING(__VA_ARGS__)

/*
 * The CPU goes from one thread to another, in the address space `space`, and
 * out of the kernel: does not return.
 */
static inline __attribute__((always_inline)) void arch_fast_switch(struct thread *from, struct thread *to, uint64_t space, uint64_t message, uint64_t badge)
{
	register uint64_t x1 __asm__("x1") = message;
	register uint64_t x2 __asm__("x2") = badge;
	register struct arch_frame *x3 __asm__("x3") = &to->frame;
	uint64_t tls;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(tls));
	from->extra.tls = tls;
	__asm__ volatile("msr tpidr_el0, %0\n\tmsr ttbr0_el1, %1" : : "r"(to->extra.tls), "r"(space) : "memory");
	if (__builtin_expect((cpu.fp_allowed | to->extra.fp_used) != 0, 0))
		__asm__ volatile("b fast_switch_fp" : : "r"(x1), "r"(x2), "r"(x3) : "memory");
	else
		__asm__ volatile(FAST_TEXT(FAST_EXIT) : : "r"(x1), "r"(x2), "r"(x3) : "memory");
	__builtin_unreachable();
}

/* Nothing has been changed: the call takes the slow path. Does not return. */
static inline __attribute__((always_inline)) void arch_fast_leave(struct thread *self, uint32_t number)
{
	register uint64_t x0 __asm__("x0") = number;
	register struct arch_frame *x1 __asm__("x1") = &self->frame;

	__asm__ volatile("b fast_leave" : : "r"(x0), "r"(x1) : "memory");
	__builtin_unreachable();
}
#endif

#endif
