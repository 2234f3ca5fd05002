/* System calls on frames and page tables. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/frame.h>
#include <object/page_table.h>

/* Frames of one call, so that sums of addresses stay small. */
#define FRAMES_MAX 512u

/*@
	requires kernel_ok && is_thread(caller) && argument < 6 && OUTSIDE(vspace);
	exits \false;
	assigns *vspace;
	ensures \result == KAAL_OK ==> *vspace < VSPACES_MAX;
*/
static uint64_t find_vspace(thread_t caller, unsigned argument, vspace_t *vspace)
{
	struct cap cap;
	uint64_t status = thread_find_cap(&thread_view[caller], syscall_argument(caller, argument), KAAL_OBJECT_VSPACE,
					  KAAL_RIGHT_WRITE, &cap);

	if (status == KAAL_OK)
		*vspace = vspace_of(cap);
	return status;
}

void syscall_page_table_map(thread_t caller)
{
	slot_t table;
	vspace_t vspace;
	uint64_t status = thread_find_typed_slot(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_PAGE_TABLE, KAAL_RIGHT_WRITE, &table);

	if (status == KAAL_OK)
		status = find_vspace(caller, 1, &vspace);
	if (status == KAAL_OK)
		status = page_table_map(table, vspace, syscall_argument(caller, 2));
	syscall_finish(caller, status);
}

void syscall_page_table_unmap(thread_t caller)
{
	slot_t table;
	uint64_t status = thread_find_typed_slot(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_PAGE_TABLE, KAAL_RIGHT_WRITE, &table);

	if (status == KAAL_OK)
		status = page_table_unmap(table);
	syscall_finish(caller, status);
}

/* What a range call does with one frame of the range: false, and *status is KAAL_OK, when it is to be done again. */
struct frame_step {
	bool (*act)(slot_t slot, const struct frame_step *step, uint64_t index, uint64_t *status);
	thread_t caller;
	vspace_t vspace;
	uint64_t address;
	uint64_t rights;
};

/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME && index < FRAMES_MAX;
	requires \valid_read(step) && step->vspace < VSPACES_MAX;
	requires \valid(status) && OUTSIDE_STATE(status) && \separated(status, step);
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1], *status;
	ensures kernel_ok;
*/
static bool map_one(slot_t slot, const struct frame_step *step, uint64_t index, uint64_t *status)
{
	//@ assert cap_ok(slot_view[slot].cap);
	//@ assert frame_ok(slot_view[slot].cap);
	uint64_t bytes = UINT64_C(1) << frame_size_bits(slot_view[slot].cap);

	//@ assert word_aux(slot_view[slot].cap.word) % 0x100 == 12 ==> bytes == 0x1000;
	//@ assert word_aux(slot_view[slot].cap.word) % 0x100 == 21 ==> bytes == 0x200000;
	//@ assert word_aux(slot_view[slot].cap.word) % 0x100 == 30 ==> bytes == 0x40000000;
	//@ assert bytes <= 0x40000000;
	/* A user address and at most 512 GiB more: no overflow. */
	if (step->address >= KAAL_USER_VA_END) {
		*status = KAAL_OUT_OF_RANGE;
		//@ assert contexts_handles_ok && contexts_counts_ok;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_periods_ok && contexts_slices_ok;
		//@ assert times_ok && queues_ok;
		//@ assert threads_ok;
		//@ assert kernel_ok;
		return true;
	}
	//@ assert 0 <= index * bytes <= FRAMES_MAX * 0x40000000;
	return frame_map_step(slot, step->vspace, step->address + index * bytes, step->rights, step->caller, status);
}

/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME && index < FRAMES_MAX;
	requires \valid_read(step) && step->vspace < VSPACES_MAX;
	requires \valid(status) && OUTSIDE_STATE(status) && \separated(status, step);
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1], *status;
	ensures kernel_ok;
*/
static bool unmap_one(slot_t slot, const struct frame_step *step, uint64_t index, uint64_t *status)
{
	(void)step;
	(void)index;
	*status = frame_unmap(slot);
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	return true;
}

/*@
	requires kernel_ok && word_type(slot_view[slot].cap.word) == KAAL_OBJECT_FRAME && index < FRAMES_MAX;
	requires \valid_read(step) && step->vspace < VSPACES_MAX;
	requires \valid(status) && OUTSIDE_STATE(status) && \separated(status, step);
	exits \false;
	assigns slot_view[slot].cap.data, table_view[0 .. TABLE_VIEW_END - 1], *status;
	ensures kernel_ok;
*/
static bool protect_one(slot_t slot, const struct frame_step *step, uint64_t index, uint64_t *status)
{
	(void)index;
	*status = frame_protect(slot, step->rights);
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	return true;
}

/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(slot);
	exits \false;
	assigns *slot;
	ensures kernel_ok;
	ensures \result == KAAL_OK ==> word_type(slot_view[*slot].cap.word) == KAAL_OBJECT_FRAME;
*/
static inline uint64_t find_frame(thread_t caller, kaal_cap_t index, slot_t *slot)
{
	uint64_t status = thread_find_typed_slot(&thread_view[caller], index, KAAL_OBJECT_FRAME, 0, slot);

	//@ assert threads_priorities_ok && threads_vspaces_ok && threads_buffers_ok;
	//@ assert threads_contexts_ok && threads_owns_ok;
	//@ assert threads_replies_ok;
	//@ assert threads_ready_ok && threads_timer_ok && threads_wait_ok;
	//@ assert threads_cspace_ok && threads_root_ok;
	//@ assert endpoints_ok && notifications_ok && replies_ok;
	//@ assert contexts_handles_ok && contexts_counts_ok;
	//@ assert contexts_amounts_ok;
	//@ assert contexts_periods_ok && contexts_slices_ok;
	//@ assert times_ok;
	//@ assert queues_ok && cpu_ok;
	//@ assert spaces_ok && tables_ok && lines_ok;
	//@ assert slots_ok;
	return status;
}

/*@
	requires kernel_ok && \valid_read(step) && OUTSIDE_STATE(step) && is_thread(step->caller);
	requires status == KAAL_OK ==> step->vspace < VSPACES_MAX;
	requires step->act == &map_one || step->act == &unmap_one || step->act == &protect_one;
	exits \false;
	assigns KERNEL_STATE;
	ensures kernel_ok;
*/
/*
 * Goes through `count` frames from argument 0 on; result 1 says how far it came. An interrupt ends it between two
 * frames, and within the first one, where nothing is to be told, has the call made again.
 */
static void go_through(uint64_t count, const struct frame_step *step, uint64_t status)
{
	thread_t caller = step->caller;
	kaal_cap_t first = syscall_argument(caller, 0);
	uint64_t done = 0;

	if (status == KAAL_OK && (count == 0 || count > FRAMES_MAX))
		status = KAAL_OUT_OF_RANGE;
	/*@
		loop invariant kernel_ok && done <= FRAMES_MAX && (status == KAAL_OK ==> done <= count <= FRAMES_MAX);
		loop invariant status == KAAL_OK ==> step->vspace < VSPACES_MAX;
		loop assigns status, done, KERNEL_STATE;
	*/
	while (status == KAAL_OK && done < count) {
		slot_t slot;
		bool whole = true;

		status = find_frame(caller, first + done, &slot);
		//@ assert threads_ok;
		//@ assert endpoints_ok && notifications_ok && replies_ok;
		//@ assert contexts_handles_ok && contexts_counts_ok;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_periods_ok && contexts_slices_ok;
		//@ assert times_ok;
		//@ assert queues_ok;
		//@ assert cpu_ok;
		//@ assert spaces_ok && tables_ok && lines_ok;
		//@ assert slots_ok;
		if (status == KAAL_OK)
			//@ calls map_one, unmap_one, protect_one;
			whole = step->act(slot, step, done, &status);
		//@ assert kernel_ok;
		//@ assert status == KAAL_OK ==> step->vspace < VSPACES_MAX;
		if (status == KAAL_OK && whole)
			done++;
		if (status != KAAL_OK || done == count || !arch_irq_pending())
			continue;
		if (done == 0) {
			arch_frame_restart(&thread_view[caller].frame);
			return;
		}
		if (!whole)
			frame_map_give_up(slot);
		status = KAAL_INTERRUPTED;
		//@ assert threads_ok;
		//@ assert endpoints_ok && notifications_ok && replies_ok;
		//@ assert contexts_handles_ok && contexts_counts_ok;
		//@ assert contexts_amounts_ok;
		//@ assert contexts_periods_ok && contexts_slices_ok;
		//@ assert times_ok;
		//@ assert queues_ok;
		//@ assert cpu_ok;
		//@ assert spaces_ok && tables_ok && lines_ok;
		//@ assert slots_ok;
	}
	arch_frame_set_result(&thread_view[caller].frame, 1, done);
	syscall_finish(step->caller, status);
}

void syscall_frame_map(thread_t caller)
{
	struct frame_step step = {map_one, caller, 0, syscall_argument(caller, 2), syscall_argument(caller, 3)};
	uint64_t status = find_vspace(caller, 1, &step.vspace);

	go_through(syscall_argument(caller, 4), &step, status);
}

void syscall_frame_unmap(thread_t caller)
{
	struct frame_step step = {unmap_one, caller, 0, 0, 0};

	go_through(syscall_argument(caller, 1), &step, KAAL_OK);
}

void syscall_frame_protect(thread_t caller)
{
	struct frame_step step = {protect_one, caller, 0, 0, syscall_argument(caller, 1)};

	go_through(syscall_argument(caller, 2), &step, KAAL_OK);
}
