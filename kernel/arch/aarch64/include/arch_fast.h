/*
 * The machine's part of the fast path (core/fastpath.c): how it is left. What
 * the entry code has saved by then: a thread's callee-saved registers, SP and PC.
 * The fast path runs on the interrupted thread's fast_stack and never touches message registers.
 */
#ifndef ARCH_FAST_H
#define ARCH_FAST_H

#include <arch_frame.h>

/*
 * Leaves for EL0 as a function returns: status OK in x0, message word in x1,
 * badge in x2, words as they are; callee-saved registers, SP and PC of the thread
 * at x17. The other registers get what the thread once had in them, so that
 * nothing of the kernel or of the other thread is left. ERET synchronizes what
 * was written to system registers (Arm ARM D1.10.2).
 */
#define FAST_X(n) (THREAD_FRAME + FRAME_X(n))
#define FAST_EXIT                                                                                                    \
	add sp, x17, THREAD_FRAME;                                                                                   \
	ldp x0, x3, [x17, THREAD_FRAME + FRAME_SP];                                                                  \
	ldp x19, x20, [x17, FAST_X(19)];                                                                             \
	ldp x21, x22, [x17, FAST_X(21)];                                                                             \
	ldp x23, x24, [x17, FAST_X(23)];                                                                             \
	ldp x25, x26, [x17, FAST_X(25)];                                                                             \
	ldp x27, x28, [x17, FAST_X(27)];                                                                             \
	ldp x29, x30, [x17, FAST_X(29)];                                                                             \
	msr sp_el0, x0;                                                                                              \
	msr elr_el1, x3;                                                                                             \
	msr spsr_el1, xzr;                                                                                           \
	mov x0, xzr;                                                                                                 \
	ldp x3, x4, [x17, FAST_X(3)];                                                                                \
	ldp x5, x6, [x17, FAST_X(5)];                                                                                \
	ldp x7, x8, [x17, FAST_X(7)];                                                                                \
	ldp x16, x17, [x17, FAST_X(16)];                                                                             \
	eret

#ifndef __ASSEMBLER__
#include <core/cpu.h>
#include <object/thread.h>

#define FAST_STRING(...) #__VA_ARGS__
#define FAST_TEXT(...) FAST_STRING(__VA_ARGS__)

/* A pointer is kept in a register of its own, not computed anew for each access. */
#define arch_fast_keep(pointer) __asm__("" : "+r"(pointer))

/*
 * The CPU goes from one thread to another, in the address space `space`, and
 * out of the kernel: does not return. fp_allowed: that of the CPU.
 */
static inline __attribute__((always_inline)) void arch_fast_switch(struct thread *from, struct thread *to, uint64_t space,
								   uint64_t message, uint64_t badge, uint32_t fp_allowed)
{
	register uint64_t x1 __asm__("x1") = message;
	register uint64_t x2 __asm__("x2") = badge;
	register struct thread *x17 __asm__("x17") = to;
	uint64_t tls = to->extra.tls, fp_used = to->extra.fp_used | fp_allowed;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(from->extra.tls));
	__asm__ volatile("msr tpidr_el0, %0\n\tmsr ttbr0_el1, %1" : : "r"(tls), "r"(space) : "memory");
	if (__builtin_expect(fp_used != 0, 0))
		__asm__ volatile("b fast_switch_fp" : : "r"(x1), "r"(x2), "r"(x17) : "memory");
	else
		__asm__ volatile(FAST_TEXT(FAST_EXIT) : : "r"(x1), "r"(x2), "r"(x17) : "memory");
	__builtin_unreachable();
}

/* Nothing has been changed: the call takes the slow path, with its arguments. Does not return. */
static inline __attribute__((always_inline)) void arch_fast_leave(struct thread *self, uint32_t number, uint64_t argument0,
								  uint64_t argument1, uint64_t argument2)
{
	register uint64_t x0 __asm__("x0") = argument0;
	register uint64_t x1 __asm__("x1") = argument1;
	register uint64_t x2 __asm__("x2") = argument2;
	register uint64_t x4 __asm__("x4") = number;
	register struct thread *x3 __asm__("x3") = self;

	__asm__ volatile("b fast_leave" : : "r"(x0), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	__builtin_unreachable();
}
#endif

#endif
