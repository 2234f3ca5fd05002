/* System calls on capabilities and untyped memory. */
#include "syscall.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include <object/cnode.h>
#include <object/derivation.h>
#include <object/destroy.h>
#include <object/slot.h>
#include <object/untyped.h>

/* Objects of one retype call, so that count and slot sums stay small. */
#define RETYPE_COUNT_MAX (UINT64_C(1) << 20)
/* Argument `type` of untyped_retype: type + this * size_bits. */
#define RETYPE_SIZE_UNIT 256u

uint64_t syscall_find_in_cnode(thread_t caller, kaal_cap_t cnode, uint64_t index, uint32_t rights, slot_t *slot)
{
	struct cap cap;
	uint64_t status = thread_find_cap(&thread_view[caller], cnode, KAAL_OBJECT_CNODE, rights, &cap);

	if (status != KAAL_OK)
		return status;
	if (index == 0 || index >> cnode_radix(cap) != 0)
		return KAAL_INVALID_CAP;
	*slot = cap.object + (slot_t)index;
	return KAAL_OK;
}

/* Arguments 0..3 of copy, mint and move: an empty slot, and one with a capability. */
/*@
	requires kernel_ok && is_thread(caller) && from_rights <= 0xf && OUTSIDE(to) && OUTSIDE(from) && \separated(to, from);
	exits \false;
	assigns *to, *from;
	ensures \result == KAAL_OK ==> word_type(slot_view[*from].cap.word) != 0 && word_type(slot_view[*from].cap.word) < 0x80;
*/
static uint64_t find_two(thread_t caller, uint32_t from_rights, slot_t *to, slot_t *from)
{
	uint64_t status = syscall_find_in_cnode(caller, syscall_argument(caller, 0), syscall_argument(caller, 1), KAAL_RIGHT_WRITE, to);

	if (status == KAAL_OK)
		status = syscall_find_in_cnode(caller, syscall_argument(caller, 2), syscall_argument(caller, 3), from_rights, from);
	if (status == KAAL_OK && (cap_is_null(slot_view[*from].cap) || cap_is_zombie(slot_view[*from].cap)))
		status = KAAL_SLOT_EMPTY;
	return status;
}

/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(to) && OUTSIDE(from) && OUTSIDE(cap);
	requires \separated(to, from, cap);
	exits \false;
	assigns *to, *from, *cap;
	ensures \result == KAAL_OK ==> cap_ok(*cap) && word_type(slot_view[*to].cap.word) == 0;
	ensures \result == KAAL_OK ==> cap->object == slot_view[*from].cap.object;
	// CAP-2: of the same type, with no right that the original has not, nor any that is not asked for.
	ensures \result == KAAL_OK ==> word_type(cap->word) == word_type(slot_view[*from].cap.word) &&
		word_rights(cap->word) == (word_rights(slot_view[*from].cap.word) & (thread_view[caller].frame.argument[4] & 0xf));
	ensures \result == KAAL_OK ==>
		word_type(cap->word) != KAAL_OBJECT_UNTYPED && word_type(cap->word) != KAAL_OBJECT_PAGE_TABLE;
*/
/* What copy and mint have in common: *cap is the copy to be made. */
static uint64_t prepare_copy(thread_t caller, slot_t *to, slot_t *from, struct cap *cap)
{
	uint64_t status = find_two(caller, KAAL_RIGHT_READ, to, from);

	if (status == KAAL_OK && !cap_is_null(slot_view[*to].cap))
		status = KAAL_SLOT_OCCUPIED;
	if (status == KAAL_OK && !cap_can_be_copied(slot_view[*from].cap))
		status = KAAL_NOT_COPYABLE;
	if (status == KAAL_OK)
		*cap = cap_masked(slot_view[*from].cap, syscall_argument(caller, 4));
	//@ assert status == KAAL_OK ==> cap_ok(*cap);
	return status;
}

void syscall_cap_copy(thread_t caller)
{
	slot_t to, from;
	struct cap cap;
	uint64_t status = prepare_copy(caller, &to, &from, &cap);

	if (status == KAAL_OK)
		slot_put_derived(to, from, cap);
	syscall_finish(caller, status);
}

void syscall_cap_mint(thread_t caller)
{
	slot_t to, from;
	struct cap cap;
	uint64_t status = prepare_copy(caller, &to, &from, &cap);

	if (status == KAAL_OK && cap_with_data(&cap, syscall_argument(caller, 5), &status))
		slot_put_derived(to, from, cap);
	syscall_finish(caller, status);
}

void syscall_cap_move(thread_t caller)
{
	slot_t to, from;
	uint64_t status = find_two(caller, KAAL_RIGHT_WRITE, &to, &from);

	if (status == KAAL_OK && !cap_is_null(slot_view[to].cap) && !slot_is_reserved_for(to, from))
		status = KAAL_SLOT_OCCUPIED;
	if (status != KAAL_OK) {
		syscall_finish(caller, status);
		return;
	}
	if (cap_is_null(slot_view[to].cap))
		slot_reserve(to, from);
	//@ loop invariant kernel_ok; loop assigns KERNEL_STATE;
	while (!derivation_adopt_step(to, from)) {
		if (arch_irq_pending()) {
			arch_frame_restart(&thread_view[caller].frame);
			return;
		}
	}
	slot_finish_move(to, from);
	syscall_finish(caller, KAAL_OK);
}

void syscall_cap_delete(thread_t caller)
{
	slot_t slot;
	uint64_t status = syscall_find_in_cnode(caller, syscall_argument(caller, 0), syscall_argument(caller, 1), KAAL_RIGHT_WRITE, &slot);

	if (status != KAAL_OK || syscall_run_steps(caller, destroy_slot_step, slot))
		syscall_finish(caller, status);
}

void syscall_cap_revoke(thread_t caller)
{
	slot_t slot;
	uint64_t status = syscall_find_in_cnode(caller, syscall_argument(caller, 0), syscall_argument(caller, 1), KAAL_RIGHT_WRITE, &slot);

	if (status == KAAL_OK && (cap_is_null(slot_view[slot].cap) || cap_is_zombie(slot_view[slot].cap)))
		status = KAAL_SLOT_EMPTY;
	if (status != KAAL_OK) {
		syscall_finish(caller, status);
		return;
	}
	if (!syscall_run_steps(caller, destroy_below_step, slot))
		return;
	/* The memory has no owner left: the worklist is empty, too. */
	if (cap_type(slot_view[slot].cap) == KAAL_OBJECT_UNTYPED && !syscall_run_steps(caller, untyped_reset_step, slot))
		return;
	syscall_finish(caller, KAAL_OK);
}

/* The arguments of untyped_retype, checked. */
struct retype {
	slot_t untyped;
	enum kaal_object_type type;
	uint32_t size_bits;
	uint32_t flags;
	slot_t first;
	uint64_t count;
};

/*@
	requires kernel_ok && is_thread(caller) && OUTSIDE(retype);
	exits \false;
	assigns *retype;
	ensures \result == KAAL_OK ==>
		word_type(slot_view[retype->untyped].cap.word) == KAAL_OBJECT_UNTYPED &&
		retype_ok(slot_view[retype->untyped].cap, retype->type, retype->size_bits, retype->flags);
	ensures \result == KAAL_OK ==>
		1 <= retype->count <= RETYPE_COUNT_MAX && retype->first + retype->count <= SLOT_VIEW_END;
*/
static uint64_t check_retype(thread_t caller, struct retype *retype)
{
	uint64_t what = syscall_argument(caller, 1), first = syscall_argument(caller, 3);
	struct cap cnode;
	uint64_t status = thread_find_typed_slot(&thread_view[caller], syscall_argument(caller, 0), KAAL_OBJECT_UNTYPED, 0,
						 &retype->untyped);

	//@ assert threads_numbers_ok;
	//@ assert threads_root_ok;
	//@ assert threads_ready_ok;
	//@ assert threads_timer_ok;
	//@ assert threads_wait_ok;
	//@ assert threads_cspace_ok;
	if (status == KAAL_OK)
		status = thread_find_cap(&thread_view[caller], syscall_argument(caller, 2), KAAL_OBJECT_CNODE, KAAL_RIGHT_WRITE, &cnode);
	if (status != KAAL_OK)
		return status;
	retype->count = syscall_argument(caller, 4);
	retype->flags = what & (KAAL_RETYPE_UNCACHED | KAAL_RETYPE_NO_SPACES);
	what -= retype->flags;
	if (retype->count == 0 || retype->count > RETYPE_COUNT_MAX || what / RETYPE_SIZE_UNIT > CNODE_INDEX_BITS)
		return KAAL_OUT_OF_RANGE;
	retype->type = (enum kaal_object_type)(what % RETYPE_SIZE_UNIT);
	retype->size_bits = (uint32_t)(what / RETYPE_SIZE_UNIT);
	if (!untyped_can_make(slot_view[retype->untyped].cap, retype->type, retype->size_bits, retype->flags))
		return KAAL_OUT_OF_RANGE;
	if (!untyped_may_make(slot_view[retype->untyped].cap, retype->type))
		return KAAL_NO_RIGHT;
	if (first == 0 || first >> cnode_radix(cnode) != 0 || (first + retype->count - 1) >> cnode_radix(cnode) != 0)
		return KAAL_INVALID_CAP;
	retype->first = cnode.object + (slot_t)first;
	return KAAL_OK;
}

void syscall_untyped_retype(thread_t caller)
{
	struct retype retype;
	uint64_t made = 0;
	uint64_t status = check_retype(caller, &retype);

	/*@
		loop invariant kernel_ok && (status == KAAL_OK ==> made <= retype.count);
		loop invariant status == KAAL_OK ==> word_type(slot_view[retype.untyped].cap.word) == KAAL_OBJECT_UNTYPED &&
			retype_ok(slot_view[retype.untyped].cap, retype.type, retype.size_bits, retype.flags);
		loop invariant status == KAAL_OK ==>
			1 <= retype.count <= RETYPE_COUNT_MAX && retype.first + retype.count <= SLOT_VIEW_END;
		loop assigns made, status, KERNEL_STATE;
	*/
	while (status == KAAL_OK && made < retype.count) {
		slot_t slot = retype.first + (slot_t)made;
		enum untyped_step step = UNTYPED_AGAIN;
		struct cap object;

		if (!cap_is_null(slot_view[slot].cap)) {
			status = KAAL_SLOT_OCCUPIED;
			break;
		}
		//@ assert slot != retype.untyped;
		step = untyped_make_step(retype.untyped, retype.type, retype.size_bits, retype.flags, &object);
		if (step == UNTYPED_NO_ROOM) {
			status = KAAL_NO_MEMORY;
		} else if (step == UNTYPED_DONE) {
			slot_put_derived(slot, retype.untyped, object);
			//@ assert word_type(slot_view[retype.untyped].cap.word) == KAAL_OBJECT_UNTYPED;
			//@ assert retype_ok(slot_view[retype.untyped].cap, retype.type, retype.size_bits, retype.flags);
			made++;
			if (made < retype.count)
				made += untyped_make_more(retype.untyped, object, slot + 1, retype.count - made);
		}
		if (status == KAAL_OK && made < retype.count && arch_irq_pending()) {
			if (made == 0) {
				arch_frame_restart(&thread_view[caller].frame);
				return;
			}
			status = KAAL_INTERRUPTED;
		}
	}
	arch_frame_set_result(&thread_view[caller].frame, 1, made);
	syscall_finish(caller, status);
}
