/*
 * What Eva starts from: threads whose registers say anything make any system call, fault, and are
 * interrupted, for ever, in a kernel whose state is anything that its types allow.
 */
#include <arch/arch.h>
#include <core/cpu.h>
#include <core/fastpath.h>
#include <core/fault.h>
#include <core/interrupt.h>
#include <core/sched.h>
#include <core/syscall.h>

volatile uint32_t any_number;
volatile uint64_t any_value;

/* What the entry code does (arch/aarch64/exception.c). */
void machine(void)
{
	for (;;) {
		thread_t thread = cpu.current;

		if (thread >= THREAD_VIEW_END)
			continue;
		if (any_number == 0)
			fastpath_call(any_value, any_value, any_value, &thread_view[thread]);
		else if (any_number == 0)
			fastpath_reply_recv(any_value, any_value, any_value, &thread_view[thread]);
		else if (any_number == 0)
			syscall_dispatch(thread, any_number);
		else if (any_number == 1)
			fault_raise(thread, any_number, any_value, any_value);
		else
			interrupt_handle();
		(void)sched_next();
	}
}
