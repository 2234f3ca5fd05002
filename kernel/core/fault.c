#include "fault.h"

#include <arch/arch.h>
#include <freestanding/board.h>

#include "ipc.h"
#include "sched.h"

static void end_fatal(uint32_t psci_function, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

/*@
	exits \false;
	assigns \nothing;
	ensures \false;
*/
static void end_fatal(uint32_t psci_function, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	board_end(psci_function, format, arguments);
}

void fault_unhandled(thread_t thread)
{
	enum kaal_fault kind = thread_view[thread].fault;

	sched_stop(thread);
	thread_view[thread].fault = KAAL_FAULT_NONE;
	if (KERNEL_DEBUG || thread_view[thread].critical)
		arch_print_frame(&thread_view[thread].frame);
	if (thread_view[thread].critical)
		end_fatal(PSCI_SYSTEM_RESET,
			  "kernel: critical thread: unhandled %s at address 0x%lx, pc 0x%lx, syndrome 0x%lx; resetting",
			  kind == KAAL_FAULT_TIMEOUT ? "end of budget" : arch_fault_text(thread_view[thread].fault_details.syndrome),
			  thread_view[thread].fault_details.address, arch_frame_pc(&thread_view[thread].frame),
			  thread_view[thread].fault_details.syndrome);
}

/* The news goes through one of the thread's slots. False: there is no endpoint in it. */
/*@
	requires kernel_ok && is_thread(thread) && thread_view[thread].fault != KAAL_FAULT_NONE;
	requires which == THREAD_SLOT_FAULTS || which == THREAD_SLOT_TIMEOUTS;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static bool send(thread_t thread, enum thread_slot which)
{
	struct cap handler = thread_view[thread].slot[which].cap;

	if (cap_type(handler) != KAAL_OBJECT_ENDPOINT)
		return false;
	thread_view[thread].badge = handler.data;
	thread_view[thread].may_grant = 0;
	ipc_send(thread, endpoint_of(handler), true, IPC_FOREVER);
	return true;
}

void fault_raise(thread_t thread, enum kaal_fault kind, uint64_t address, uint64_t syndrome)
{
	thread_view[thread].fault = kind;
	thread_view[thread].fault_details.address = address;
	thread_view[thread].fault_details.syndrome = syndrome;
	if (!send(thread, THREAD_SLOT_FAULTS))
		fault_unhandled(thread);
}

bool fault_raise_timeout(thread_t thread)
{
	if (cap_type(thread_view[thread].slot[THREAD_SLOT_TIMEOUTS].cap) != KAAL_OBJECT_ENDPOINT)
		return false;
	thread_view[thread].fault = KAAL_FAULT_TIMEOUT;
	thread_view[thread].fault_details.address = sched_context_view[thread_context(&thread_view[thread])].consumed;
	thread_view[thread].fault_details.syndrome = 0;
	return send(thread, THREAD_SLOT_TIMEOUTS);
}
