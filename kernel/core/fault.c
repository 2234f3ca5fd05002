#include "fault.h"

#include <arch/arch.h>
#include <freestanding/board.h>

#include "sched.h"

static void end_fatal(uint32_t psci_function, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

static void end_fatal(uint32_t psci_function, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	board_end(psci_function, format, arguments);
}

void fault_raise(thread_t thread, const struct fault *fault)
{
	sched_stop(thread);
	if (KERNEL_DEBUG || thread_view[thread].critical)
		arch_print_frame(&thread_view[thread].frame);
	if (thread_view[thread].critical)
		end_fatal(PSCI_SYSTEM_RESET,
			  "kernel: root task: unhandled %s at address 0x%lx, pc 0x%lx, syndrome 0x%lx; resetting",
			  fault->kind, fault->address, arch_frame_pc(&thread_view[thread].frame), fault->syndrome);
}
