#include "derivation.h"

#include <arch/arch.h>

/* Out of the siblings' list; the slot's own links are left to the caller. */
/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures same_caps{Pre, Post} && same_parents{Pre, Post}(-1);
	ensures same_children{Pre, Post}(\old(slot_view[slot].parent));
	ensures slot_view[slot].parent != slot ==> slot_view[slot].child == \old(slot_view[slot].child);
	ensures \old(slot_view[slot].previous) == 0 && \old(slot_view[slot].parent) != 0 ==>
		slot_view[\old(slot_view[slot].parent)].child == \old(slot_view[slot].next);
	ensures \old(slot_view[slot].previous) != 0 ==>
		slot_view[\old(slot_view[slot].previous)].next == \old(slot_view[slot].next);
	ensures \old(slot_view[slot].next) != 0 ==>
		slot_view[\old(slot_view[slot].next)].previous == \old(slot_view[slot].previous);
*/
static void unlink_siblings(slot_t slot)
{
	slot_t parent = slot_view[slot].parent;
	slot_t next = slot_view[slot].next;
	slot_t previous = slot_view[slot].previous;

	if (next != 0)
		slot_view[next].previous = previous;
	if (previous != 0)
		slot_view[previous].next = next;
	else if (parent != 0)
		slot_view[parent].child = next;
}

/* At the head of the parent's list; without a parent there is no list. */
/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures linked_first{Pre, Post}(slot, parent) && next_knows(slot);
	ensures same_parents{Pre, Post}(slot) && same_children{Pre, Post}(parent == 0 ? -1 : parent) && same_caps{Pre, Post};
*/
static void link_first(slot_t slot, slot_t parent)
{
	slot_t next = parent != 0 ? slot_view[parent].child : 0;

	slot_view[slot].parent = parent;
	slot_view[slot].next = next;
	slot_view[slot].previous = 0;
	if (next != 0)
		slot_view[next].previous = slot;
	if (parent != 0)
		slot_view[parent].child = slot;
}

void derivation_insert(slot_t slot, slot_t parent)
{
	kernel_assert(slot_view[slot].parent == 0);
	link_first(slot, parent);
}

void derivation_remove(slot_t slot)
{
	kernel_assert(slot_view[slot].child == 0);
	unlink_siblings(slot);
	slot_view[slot].parent = 0;
	slot_view[slot].next = 0;
	slot_view[slot].previous = 0;
}

void derivation_reparent(slot_t slot, slot_t parent)
{
	unlink_siblings(slot);
	link_first(slot, parent);
}

bool derivation_adopt_step(slot_t to, slot_t from)
{
	slot_t child = slot_view[from].child;

	if (child == to)
		child = slot_view[to].next;
	if (child == 0)
		return true;
	derivation_reparent(child, to);
	return false;
}

void derivation_replace(slot_t to, slot_t from)
{
	slot_t parent = slot_view[from].parent;

	kernel_assert(slot_view[from].child == to && slot_view[to].next == 0);
	slot_view[from].child = 0;
	derivation_remove(from);
	link_first(to, parent);
}
