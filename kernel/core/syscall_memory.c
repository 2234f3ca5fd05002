/* System calls on frames and page tables. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/frame.h>
#include <object/page_table.h>

/* Frames of one call, so that sums of addresses stay small. */
#define FRAMES_MAX 512u

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

/* What a range call does with one frame of the range. */
struct frame_step {
	uint64_t (*act)(slot_t slot, const struct frame_step *step, uint64_t index);
	vspace_t vspace;
	uint64_t address;
	uint64_t rights;
};

static uint64_t map_one(slot_t slot, const struct frame_step *step, uint64_t index)
{
	uint64_t bytes = UINT64_C(1) << frame_size_bits(slot_view[slot].cap);

	/* A user address and at most 512 GiB more: no overflow. */
	if (step->address >= KAAL_USER_VA_END)
		return KAAL_OUT_OF_RANGE;
	return frame_map(slot, step->vspace, step->address + index * bytes, step->rights);
}

static uint64_t unmap_one(slot_t slot, const struct frame_step *step, uint64_t index)
{
	(void)step;
	(void)index;
	return frame_unmap(slot);
}

static uint64_t protect_one(slot_t slot, const struct frame_step *step, uint64_t index)
{
	(void)index;
	return frame_protect(slot, step->rights);
}

/* Goes through `count` frames from argument 0 on; result 1 says how far it came. */
static void go_through(thread_t caller, uint64_t count, const struct frame_step *step, uint64_t status)
{
	uint64_t done = 0;

	if (status == KAAL_OK && (count == 0 || count > FRAMES_MAX))
		status = KAAL_OUT_OF_RANGE;
	while (status == KAAL_OK && done < count) {
		slot_t slot;

		status = thread_find_typed_slot(&thread_view[caller], syscall_argument(caller, 0) + done, KAAL_OBJECT_FRAME, 0, &slot);
		if (status == KAAL_OK)
			status = step->act(slot, step, done);
		if (status == KAAL_OK)
			done++;
		if (status == KAAL_OK && done < count && arch_irq_pending())
			status = KAAL_INTERRUPTED;
	}
	arch_frame_set_result(&thread_view[caller].frame, 1, done);
	syscall_finish(caller, status);
}

void syscall_frame_map(thread_t caller)
{
	struct frame_step step = {map_one, 0, syscall_argument(caller, 2), syscall_argument(caller, 3)};
	uint64_t status = find_vspace(caller, 1, &step.vspace);

	go_through(caller, syscall_argument(caller, 4), &step, status);
}

void syscall_frame_unmap(thread_t caller)
{
	struct frame_step step = {unmap_one, 0, 0, 0};

	go_through(caller, syscall_argument(caller, 1), &step, KAAL_OK);
}

void syscall_frame_protect(thread_t caller)
{
	struct frame_step step = {protect_one, 0, 0, syscall_argument(caller, 1)};

	go_through(caller, syscall_argument(caller, 2), &step, KAAL_OK);
}
