#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>
#include <kaal/syscall_numbers.h>

#include <object/destroy.h>

#include "cpu.h"
#include "sched.h"

#define WORD_BYTES 8u

uint64_t syscall_argument(thread_t caller, unsigned index)
{
	return arch_frame_argument(&thread_view[caller].frame, index);
}

void syscall_finish(thread_t caller, uint64_t status)
{
	arch_frame_set_status(&thread_view[caller].frame, status);
}

/*@
	requires kernel_ok;
	requires step == &destroy_slot_step || step == &destroy_below_step || step == &untyped_reset_step;
	requires step == &untyped_reset_step ==> word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
	ensures !\result && step == &untyped_reset_step ==> word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
*/
static bool take(bool (*step)(slot_t), slot_t slot)
{
	//@ calls destroy_slot_step, destroy_below_step, untyped_reset_step;
	return step(slot);
}

bool syscall_run_steps(thread_t caller, bool (*step)(slot_t), slot_t slot)
{
	bool done = false;

	/*@
		loop invariant kernel_ok;
		loop invariant !done && step == &untyped_reset_step ==> word_type(slot_view[slot].cap.word) == KAAL_OBJECT_UNTYPED;
		loop assigns done, KERNEL_STATE;
	*/
	while (!(done = done || take(step, slot)) || !destroy_worklist_step()) {
		/* The caller may be among what ends: then nobody is left to go on, and its frame may be gone. */
		if (cpu.current != caller)
			return false;
		if (arch_irq_pending()) {
			arch_frame_restart(&thread_view[caller].frame);
			return false;
		}
	}
	return true;
}

void syscall_dispatch(thread_t caller, uint32_t number)
{
	switch (number) {
#include <kaal/syscall_dispatch.inc>
	default:
		syscall_finish(caller, KAAL_INVALID_SYSCALL);
		break;
	}
}

/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(slot);
	exits \false;
	assigns *slot;
*/
static inline bool find_slot(thread_t caller, slot_t *slot)
{
	return thread_find_slot(&thread_view[caller], syscall_argument(caller, 0), slot);
}

void syscall_cap_identify(thread_t caller)
{
	struct cap cap = {0, 0, 0};
	slot_t slot;
	uint64_t status = KAAL_INVALID_CAP;

	if (find_slot(caller, &slot)) {
		/* A slot that is being emptied holds nothing; a CNode's header has no type. */
		if (!cap_is_zombie(slot_view[slot].cap))
			cap = slot_view[slot].cap;
		status = KAAL_OK;
	}
	arch_frame_set_result(&thread_view[caller].frame, 1, cap_type(cap));
	arch_frame_set_result(&thread_view[caller].frame, 2, cap_rights(cap));
	arch_frame_set_result(&thread_view[caller].frame, 3, cap_size_bits(cap));
	syscall_finish(caller, status);
}

void syscall_debug_write(thread_t caller)
{
	struct thread *thread = &thread_view[caller];
	uint64_t length = arch_frame_argument(&thread->frame, 1);
	struct cap debug;
	uint64_t status = thread_find_cap(thread, arch_frame_argument(&thread->frame, 0), KAAL_OBJECT_DEBUG,
					  KAAL_RIGHT_WRITE, &debug);

	if (status == KAAL_OK && (length == 0 || length > KAAL_MESSAGE_REGISTERS * WORD_BYTES))
		status = KAAL_OUT_OF_RANGE;
	if (status != KAAL_OK)
		length = 0;
	//@ loop invariant kernel_ok && i <= length <= 64; loop assigns i; loop variant length - i;
	for (unsigned i = 0; i < length; i++) {
		uint64_t word = arch_frame_word(&thread->frame, i / WORD_BYTES);

		arch_console_put((char)(word >> i % WORD_BYTES * 8));
	}
	arch_frame_set_result(&thread_view[caller].frame, 1, length);
	syscall_finish(caller, status);
}

void syscall_debug_allow_counters(thread_t caller)
{
	struct thread *thread = &thread_view[caller];
	struct cap debug;
	uint64_t status = thread_find_cap(thread, arch_frame_argument(&thread->frame, 0), KAAL_OBJECT_DEBUG,
					  KAAL_RIGHT_WRITE, &debug);

	if (status == KAAL_OK && !arch_counters_allow())
		status = KAAL_NOT_SUPPORTED;
	syscall_finish(caller, status);
}

/* Both calls on SystemControl: `act` comes back only when the firmware cannot. */
/*@
	requires kernel_ok && is_thread(caller) && (act == &arch_power_off || act == &arch_reset);
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
static void system_control(thread_t caller, void (*act)(void))
{
	struct thread *thread = &thread_view[caller];
	struct cap system;
	uint64_t status = thread_find_cap(thread, arch_frame_argument(&thread->frame, 0), KAAL_OBJECT_SYSTEM_CONTROL,
					  KAAL_RIGHT_WRITE, &system);

	if (status == KAAL_OK) {
		//@ calls arch_power_off, arch_reset;
		act();
		status = KAAL_NOT_SUPPORTED;
	}
	syscall_finish(caller, status);
}

void syscall_system_power_off(thread_t caller)
{
	system_control(caller, arch_power_off);
}

void syscall_system_reset(thread_t caller)
{
	system_control(caller, arch_reset);
}

void syscall_thread_sleep(thread_t caller)
{
	uint64_t deadline = arch_frame_argument(&thread_view[caller].frame, 0);

	if (deadline > arch_now())
		sched_sleep(caller, deadline);
	syscall_finish(caller, KAAL_OK);
}
