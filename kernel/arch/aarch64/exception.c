#include <arch/arch.h>
#include <check/check.h>
#include <freestanding/board.h>

#include <core/cpu.h>
#include <core/fault.h>
#include <core/interrupt.h>
#include <core/sched.h>
#include <core/syscall.h>

#include "switch.h"
#include "sysreg.h"

/* ESR_EL1, Arm ARM D19.2.37. */
#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)
#define SVC_NUMBERS 0x10000u
#define CLASS_FP 0x07u
#define CLASS_INSTRUCTION_ABORT 0x20u
#define CLASS_DATA_ABORT 0x24u

/* Laid by kernel.ld. */
extern char kernel_header[], kernel_rodata[], kernel_stack_guard[], kernel_stack_end[], emergency_stack_guard[],
	emergency_stack_end[];

struct arch_frame *exception_sync(uint32_t number);
struct arch_frame *exception_irq(void);
__attribute__((cold)) struct arch_frame *exception_serror(uint64_t esr);
_Noreturn __attribute__((cold)) void exception_kernel(const struct arch_frame *frame, uint64_t esr, uint64_t far);

const char *arch_fault_text(uint64_t esr)
{
	switch (ESR_CLASS(esr)) {
	case 0x00: return "undefined instruction";
	case 0x07: return "trapped FP or SIMD instruction";
	case 0x0d: return "branch target exception";
	case 0x0e: return "illegal execution state";
	case 0x18: return "trapped system register access";
	case 0x19: return "trapped SVE instruction";
	case 0x1c: return "pointer authentication failure";
	case 0x20: case 0x21: return "instruction abort";
	case 0x22: return "misaligned PC";
	case 0x24: case 0x25: return "data abort";
	case 0x26: return "misaligned SP";
	case 0x2c: return "floating-point exception";
	case 0x2f: return "system error";
	case 0x30: case 0x31: case 0x32: case 0x33: case 0x34: case 0x35: return "debug exception";
	case 0x3c: return "breakpoint instruction";
	default: return "exception of unknown class";
	}
}

/* FAR_EL1 is defined for aborts only (Arm ARM D19.2.41). */
static bool has_address(uint64_t esr)
{
	uint64_t class = ESR_CLASS(esr);

	return (class & ~UINT64_C(1)) == CLASS_INSTRUCTION_ABORT || (class & ~UINT64_C(1)) == CLASS_DATA_ABORT || class == 0x22;
}

static enum kaal_fault fault_kind(uint64_t esr)
{
	switch (ESR_CLASS(esr)) {
	case CLASS_DATA_ABORT:
		return KAAL_FAULT_MEMORY;
	case CLASS_INSTRUCTION_ABORT:
		return KAAL_FAULT_INSTRUCTION;
	default:
		return KAAL_FAULT_EXCEPTION;
	}
}

/* Not a system call. */
static void handle_fault(void)
{
	uint64_t esr = sysreg_read("esr_el1");

	if (ESR_CLASS(esr) == CLASS_FP && switch_fp_trapped(cpu.current))
		return;
	fault_raise(cpu.current, fault_kind(esr), has_address(esr) ? sysreg_read("far_el1") : 0, esr);
}

/* To the thread that runs next. A debug kernel looks now and then whether all is well. */
static struct arch_frame *leave(void)
{
	struct arch_frame *frame = sched_next();

	if (KERNEL_DEBUG)
		check_now_and_then();
	return frame;
}

/* `number` is a system call's, or beyond all of them: vectors.S has told which. */
struct arch_frame *exception_sync(uint32_t number)
{
	if (number < SVC_NUMBERS)
		syscall_dispatch(cpu.current, number);
	else
		handle_fault();
	return leave();
}

struct arch_frame *exception_irq(void)
{
	interrupt_handle();
	return leave();
}

struct arch_frame *exception_serror(uint64_t esr)
{
	fault_raise(cpu.current, KAAL_FAULT_EXCEPTION, 0, esr);
	return leave();
}

/* --- the kernel's own mistakes ------------------------------------------------------ */

static bool on_stack(uint64_t address)
{
	return (address >= (uintptr_t)kernel_stack_guard + KAAL_PAGE_BYTES && address + 16 <= (uintptr_t)kernel_stack_end) ||
	       (address >= (uintptr_t)emergency_stack_guard + KAAL_PAGE_BYTES && address + 16 <= (uintptr_t)emergency_stack_end);
}

/* Frame records (AAPCS64 6.4.6), trusted only as far as they climb the stack; `objdump -d` names the lines. */
static __attribute__((cold)) void print_backtrace(uint64_t pc, uint64_t fp)
{
	board_print("backtrace: 0x%lx", pc);
	for (unsigned depth = 0; depth < 32 && on_stack(fp) && (fp & 15) == 0; depth++) {
		const uint64_t *record = (const uint64_t *)(uintptr_t)fp;

		if (record[1] < (uintptr_t)kernel_header || record[1] >= (uintptr_t)kernel_rodata)
			break;
		board_print(" 0x%lx", record[1] - 4);
		if (record[0] <= fp)
			break;
		fp = record[0];
	}
	board_print("\n");
}

void exception_kernel(const struct arch_frame *frame, uint64_t esr, uint64_t far)
{
	arch_print_frame(frame);
	print_backtrace(frame->pc, frame->x[29]);
	if (far >= (uintptr_t)kernel_stack_guard && far < (uintptr_t)kernel_stack_guard + KAAL_PAGE_BYTES)
		board_fatal("kernel: panic: found the stack used up at pc 0x%lx, expected at most %lu bytes of it", frame->pc,
			    (uint64_t)(kernel_stack_end - kernel_stack_guard) - KAAL_PAGE_BYTES);
	board_fatal("kernel: panic: found %s at address 0x%lx, pc 0x%lx, syndrome 0x%lx, expected none at EL1", arch_fault_text(esr),
		    has_address(esr) ? far : 0, frame->pc, esr);
}

void arch_panic(const char *file, int line, const char *text)
{
	uint64_t fp = (uint64_t)(uintptr_t)__builtin_frame_address(0);

	print_backtrace((uint64_t)(uintptr_t)__builtin_return_address(0) - 4, fp);
	board_fatal("kernel: panic: %s:%d: found the opposite of `%s`", file, line, text);
}
