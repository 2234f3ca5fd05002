/* System calls on threads and scheduling contexts. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/destroy.h>
#include <object/frame.h>
#include <object/notification.h>
#include <object/sched_context.h>

#include "message.h"
#include "sched.h"
#include "sched_budget.h"

/* Ticks up to which times can be added without overflow. */
#define TICKS_MAX (UINT64_C(1) << 48)

/*@
	requires kernel_ok && is_thread(caller) && argument < 6 && 0 <= type < 0x80 && rights <= 0xf && OUTSIDE(cap);
	exits \false;
	assigns *cap;
	ensures \result == KAAL_OK ==> cap_ok(*cap);
*/
static uint64_t find(thread_t caller, unsigned argument, enum kaal_object_type type, uint32_t rights, struct cap *cap)
{
	return thread_find_cap(&thread_view[caller], syscall_argument(caller, argument), type, rights, cap);
}

/* The thread that the first argument names, with WRITE. */
/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(thread);
	exits \false;
	assigns *thread;
	ensures \result == KAAL_OK ==> is_thread(*thread);
*/
static uint64_t find_thread(thread_t caller, thread_t *thread)
{
	struct cap cap;
	uint64_t status = find(caller, 0, KAAL_OBJECT_THREAD, KAAL_RIGHT_WRITE, &cap);

	if (status == KAAL_OK)
		*thread = thread_of(cap);
	return status;
}

/* The same, of a thread that has to be stopped. */
/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(thread);
	exits \false;
	assigns *thread;
	ensures \result == KAAL_OK ==> is_thread(*thread) && thread_view[*thread].state == THREAD_STOPPED;
*/
static uint64_t find_stopped(thread_t caller, thread_t *thread)
{
	uint64_t status = find_thread(caller, thread);

	if (status == KAAL_OK && thread_view[*thread].state != THREAD_STOPPED)
		status = KAAL_NOT_STOPPED;
	return status;
}

void syscall_thread_configure(thread_t caller)
{
	const struct thread *self = &thread_view[caller];
	slot_t cspace = 0, vspace = 0;
	thread_t thread = THREAD_NONE;
	uint64_t status = find_stopped(caller, &thread);

	if (status == KAAL_OK)
		status = thread_find_typed_slot(self, syscall_argument(caller, 1), KAAL_OBJECT_CNODE, 0, &cspace);
	if (status == KAAL_OK)
		status = thread_find_typed_slot(self, syscall_argument(caller, 2), KAAL_OBJECT_VSPACE, 0, &vspace);
	if (status == KAAL_OK) {
		/* The old ones are dropped first; what that ends is emptied before anything is put in. */
		if (!syscall_run_steps(caller, destroy_slot_step, thread_slot(thread, THREAD_SLOT_CSPACE)) ||
		    !syscall_run_steps(caller, destroy_slot_step, thread_slot(thread, THREAD_SLOT_VSPACE)))
			return;
		thread_fill_slot(thread, THREAD_SLOT_CSPACE, cspace);
		thread_fill_slot(thread, THREAD_SLOT_VSPACE, vspace);
	}
	syscall_finish(caller, status);
}

/* A notification may be bound to one thread. */
/*@
	requires kernel_ok;
	exits \false;
	assigns \nothing;
	ensures \result == KAAL_OK || \result == KAAL_BOUND;
	ensures \result == KAAL_OK <==> notification_view[slot_view[from].cap.object].bound == THREAD_NONE ||
		notification_view[slot_view[from].cap.object].bound == thread;
*/
static uint64_t check_unbound(slot_t from, thread_t thread)
{
	thread_t bound = notification_view[notification_of(slot_view[from].cap)].bound;

	return bound == THREAD_NONE || bound == thread ? KAAL_OK : KAAL_BOUND;
}

/* A message buffer lies in RAM that the kernel may touch, whole and aligned. */
/*@
	requires kernel_ok && cap_ok(frame) && word_type(frame.word) == KAAL_OBJECT_FRAME;
	exits \false;
	assigns \nothing;
*/
static uint64_t check_buffer(struct cap frame, uint64_t offset)
{
	if (!frame_is_cached(frame))
		return KAAL_WRONG_TYPE;
	return offset % KAAL_MESSAGE_BUFFER_BYTES == 0 && offset >> frame_size_bits(frame) == 0 ? KAAL_OK : KAAL_OUT_OF_RANGE;
}

/* The slot of the caller's that argument 1 names. */
/*@
	requires kernel_ok && is_thread(caller) && 0 <= type < 0x80 && rights <= 0xf && OUTSIDE(from);
	exits \false;
	assigns *from;
	ensures \result == KAAL_OK ==> word_type(slot_view[*from].cap.word) == type;
*/
static inline uint64_t find_from(thread_t caller, kaal_cap_t index, enum kaal_object_type type, uint32_t rights, slot_t *from)
{
	return thread_find_typed_slot(&thread_view[caller], index, type, rights, from);
}

/*
 * Puts a copy of the capability that argument 1 names into one of the slots of
 * the thread that argument 0 names; index 0 only empties it. True: it is done.
 */
/*@
	requires kernel_ok && is_thread(caller) && 0 <= which < THREAD_SLOTS && 0 <= type < 0x80 && rights <= 0xf && OUTSIDE(thread);
	exits \false;
	assigns KERNEL_STATE, *thread;
	ensures kernel_ok && (\result ==> is_thread(*thread));
*/
static bool set_slot(thread_t caller, enum thread_slot which, enum kaal_object_type type, uint32_t rights, thread_t *thread)
{
	slot_t from = 0;
	uint64_t index = syscall_argument(caller, 1);
	uint64_t status = find_thread(caller, thread);

	if (status == KAAL_OK && index != 0)
		status = find_from(caller, index, type, rights, &from);
	if (status == KAAL_OK && type == KAAL_OBJECT_NOTIFICATION && index != 0)
		status = check_unbound(from, *thread);
	if (status == KAAL_OK && type == KAAL_OBJECT_FRAME && index != 0)
		status = check_buffer(slot_view[from].cap, syscall_argument(caller, 2));
	if (status == KAAL_OK) {
		if (!syscall_run_steps(caller, destroy_slot_step, thread_slot(*thread, which)))
			return false;
		if (index != 0)
			thread_fill_slot(*thread, which, from);
	}
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok;
	//@ assert contexts_slices_ok;
	//@ assert times_ok;
	syscall_finish(caller, status);
	return status == KAAL_OK && index != 0;
}

void syscall_thread_set_buffer(thread_t caller)
{
	thread_t thread = THREAD_NONE;

	if (set_slot(caller, THREAD_SLOT_BUFFER, KAAL_OBJECT_FRAME, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, &thread))
		thread_set_buffer(thread, syscall_argument(caller, 2));
}

void syscall_thread_bind_notification(thread_t caller)
{
	thread_t thread = THREAD_NONE;

	/* Flags that are set already are signalled anew, now that somebody may receive them. */
	if (set_slot(caller, THREAD_SLOT_NOTIFICATION, KAAL_OBJECT_NOTIFICATION, KAAL_RIGHT_READ, &thread))
		notification_signal(thread_view[thread].notification, 0);
}

void syscall_thread_set_fault_handler(thread_t caller)
{
	thread_t thread = THREAD_NONE;

	(void)set_slot(caller, THREAD_SLOT_FAULTS, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE, &thread);
}

void syscall_thread_set_timeout_handler(thread_t caller)
{
	thread_t thread = THREAD_NONE;

	(void)set_slot(caller, THREAD_SLOT_TIMEOUTS, KAAL_OBJECT_ENDPOINT, KAAL_RIGHT_WRITE, &thread);
}

void syscall_thread_set_registers(thread_t caller)
{
	thread_t thread = THREAD_NONE;
	uint64_t status = find_stopped(caller, &thread);

	if (status == KAAL_OK) {
		arch_frame_start(&thread_view[thread].frame, syscall_argument(caller, 1), syscall_argument(caller, 2),
				 syscall_argument(caller, 3));
		arch_thread_start(thread, syscall_argument(caller, 4));
	}
	syscall_finish(caller, status);
}

/* Both calls on all registers: a stopped thread, and a message buffer to have them in. */
/*@
	requires kernel_ok && is_thread(caller) && right <= 0xf && OUTSIDE(thread);
	exits \false;
	assigns *thread;
	ensures \result == KAAL_OK ==> is_thread(*thread) && thread_view[*thread].state == THREAD_STOPPED;
*/
static uint64_t find_for_registers(thread_t caller, uint32_t right, thread_t *thread)
{
	struct cap cap;
	uint64_t status = find(caller, 0, KAAL_OBJECT_THREAD, right, &cap);

	if (status != KAAL_OK)
		return status;
	*thread = thread_of(cap);
	if (thread_view[*thread].state != THREAD_STOPPED)
		return KAAL_NOT_STOPPED;
	return thread_view[caller].buffer != 0 ? KAAL_OK : KAAL_NO_BUFFER;
}

void syscall_thread_read_registers(thread_t caller)
{
	thread_t thread = THREAD_NONE;
	uint64_t status = find_for_registers(caller, KAAL_RIGHT_READ, &thread);
	struct kaal_registers registers;

	if (status == KAAL_OK) {
		arch_thread_read_registers(thread, &registers);
		message_put_registers(thread_view[caller].buffer, &registers);
	}
	syscall_finish(caller, status);
}

void syscall_thread_write_registers(thread_t caller)
{
	thread_t thread = THREAD_NONE;
	uint64_t status = find_for_registers(caller, KAAL_RIGHT_WRITE, &thread);
	struct kaal_registers registers;

	if (status == KAAL_OK) {
		message_get_registers(thread_view[caller].buffer, &registers);
		arch_thread_write_registers(thread, &registers);
	}
	syscall_finish(caller, status);
}

void syscall_thread_resume(thread_t caller)
{
	thread_t thread = THREAD_NONE;
	uint64_t status = find_thread(caller, &thread);

	if (status == KAAL_OK && thread_view[thread].state == THREAD_STOPPED)
		sched_ready(thread);
	syscall_finish(caller, status);
}

void syscall_thread_suspend(thread_t caller)
{
	thread_t thread = THREAD_NONE;
	uint64_t status = find_thread(caller, &thread);

	if (status == KAAL_OK)
		sched_stop(thread);
	syscall_finish(caller, status);
}

void syscall_thread_set_priority(thread_t caller)
{
	uint64_t priority = syscall_argument(caller, 1), ceiling = syscall_argument(caller, 2);
	thread_t thread = THREAD_NONE;
	uint64_t status = find_thread(caller, &thread);

	if (status == KAAL_OK && (priority > ceiling || ceiling > thread_view[caller].ceiling))
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK) {
		sched_set_priority(thread, (uint32_t)priority);
		thread_view[thread].ceiling = (uint32_t)ceiling;
	}
	syscall_finish(caller, status);
}

void syscall_thread_set_critical(thread_t caller)
{
	uint64_t critical = syscall_argument(caller, 2);
	thread_t thread = THREAD_NONE;
	struct cap system;
	uint64_t status = find_thread(caller, &thread);

	if (status == KAAL_OK)
		status = find(caller, 1, KAAL_OBJECT_SYSTEM_CONTROL, KAAL_RIGHT_WRITE, &system);
	if (status == KAAL_OK && critical > 1)
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK)
		thread_view[thread].critical = (uint32_t)critical;
	syscall_finish(caller, status);
}

/*@
	terminates \true;
	exits \false;
	assigns \nothing;
	ensures \result <==> budget == SCHED_UNLIMITED || (SCHED_AMOUNT_MIN <= budget <= period && period <= PERIOD_MAX);
*/
static bool is_budget(uint64_t budget, uint64_t period)
{
	return budget == SCHED_UNLIMITED || (budget >= SCHED_AMOUNT_MIN && budget <= period && period <= TICKS_MAX);
}

void syscall_sched_configure(thread_t caller)
{
	uint64_t budget = syscall_argument(caller, 2), period = syscall_argument(caller, 3);
	struct cap control, sc;
	uint64_t status = find(caller, 0, KAAL_OBJECT_SCHED_CONTROL, KAAL_RIGHT_WRITE, &control);

	if (status == KAAL_OK)
		status = find(caller, 1, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_WRITE, &sc);
	if (status == KAAL_OK && !is_budget(budget, period))
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK)
		sched_configure(sched_context_of(sc), budget, period);
	syscall_finish(caller, status);
}

void syscall_sched_bind(thread_t caller)
{
	struct cap sc, thread;
	uint64_t status = find(caller, 0, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_WRITE, &sc);

	if (status == KAAL_OK)
		status = find(caller, 1, KAAL_OBJECT_THREAD, KAAL_RIGHT_WRITE, &thread);
	if (status == KAAL_OK && (sched_context_view[sched_context_of(sc)].home != THREAD_NONE ||
				  thread_view[thread_of(thread)].own != CONTEXT_NONE))
		status = KAAL_BOUND;
	if (status == KAAL_OK)
		sched_bind(sched_context_of(sc), thread_of(thread));
	syscall_finish(caller, status);
}

void syscall_sched_unbind(thread_t caller)
{
	struct cap sc;
	uint64_t status = find(caller, 0, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_WRITE, &sc);

	if (status == KAAL_OK && sched_context_view[sched_context_of(sc)].home == THREAD_NONE)
		status = KAAL_NOT_BOUND;
	if (status == KAAL_OK)
		sched_unbind(sched_context_of(sc));
	syscall_finish(caller, status);
}

void syscall_sched_consumed(thread_t caller)
{
	struct cap sc;
	uint64_t status = find(caller, 0, KAAL_OBJECT_SCHED_CONTEXT, KAAL_RIGHT_READ, &sc);

	arch_frame_set_result(&thread_view[caller].frame, 1, status == KAAL_OK ? sched_consumed(sched_context_of(sc)) : 0);
	syscall_finish(caller, status);
}

void syscall_sched_yield(thread_t caller)
{
	sched_give_way(caller);
	syscall_finish(caller, KAAL_OK);
}
