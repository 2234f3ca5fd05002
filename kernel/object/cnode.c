#include "cnode.h"

#include <arch/arch.h>

/* aux of a CNode capability: radix + 32 * guard bits; data is the guard's value. */
#define AUX_GUARD_UNIT 32u
#define GUARD_VALUE_UNIT 64u

struct cap cnode_cap(slot_t base, uint32_t radix, uint32_t rights)
{
	return (struct cap){
		.object = base,
		.word = cap_word(KAAL_OBJECT_CNODE, rights, radix + (CNODE_INDEX_BITS - radix) * AUX_GUARD_UNIT),
	};
}

uint32_t cnode_radix(struct cap cap)
{
	return cap_aux(cap) % AUX_GUARD_UNIT;
}

/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_aux(cap.word) / 32;
*/
static uint32_t guard_bits(struct cap cap)
{
	return cap_aux(cap) / AUX_GUARD_UNIT;
}

bool cnode_is_flat(struct cap cap)
{
	return guard_bits(cap) + cnode_radix(cap) == CNODE_INDEX_BITS && cap.data == 0;
}

bool cnode_set_guard(struct cap *cap, uint64_t guard)
{
	uint32_t bits = (uint32_t)(guard % GUARD_VALUE_UNIT);
	uint64_t value = guard / GUARD_VALUE_UNIT;
	uint32_t radix = cnode_radix(*cap);

	if (bits + radix > CNODE_INDEX_BITS || value >> bits != 0)
		return false;
	cap->data = value;
	cap->word = cap_word(KAAL_OBJECT_CNODE, cap_rights(*cap), radix + bits * AUX_GUARD_UNIT);
	/*@ assert \let rights = word_rights(\at(cap->word, Pre)); 0 <= rights <= 0xf &&
		cap->word == KAAL_OBJECT_CNODE + 0x100 * rights + 0x10000 * (radix + bits * 32); */
	//@ assert cap->word / 0x100 == word_rights(\at(cap->word, Pre)) + 0x100 * (radix + bits * 32);
	//@ assert cap->word / 0x1000 == 0x10 * (radix + bits * 32);
	//@ assert word_aux(cap->word) == radix + bits * 32;
	//@ assert radix == word_aux(\at(cap->word, Pre)) % 32 && word_aux(cap->word) % 32 == radix;
	return true;
}

/*@
	requires count <= from <= 64;
	terminates \true; exits \false; assigns \nothing;
	ensures 0 <= \result < (1 << count) && \result == bits_of(index, from, count);
*/
/* Bits [from - count, from) of an index, counted from its least significant one; 0 for none. */
static uint64_t bits_below(uint64_t index, uint32_t from, uint32_t count)
{
	return count == 0 ? 0 : index >> (from - count) & (UINT64_MAX >> (CNODE_INDEX_BITS - count));
}

bool cnode_look_up(struct cap root, kaal_cap_t index, slot_t *slot, uint32_t *rights)
{
	uint32_t left = CNODE_INDEX_BITS;

	/* Each level takes a bit or more: as many rounds as an index has bits at the most. */
	/*@
		loop invariant level <= CNODE_INDEX_BITS && left <= CNODE_INDEX_BITS && cap_ok(root);
		loop invariant root == \at(root, Pre) ||
			(\exists integer s; 0 <= s < SLOT_VIEW_END && root == slot_view[s].cap);
		loop invariant *slot == \at(*slot, Pre) && *rights == \at(*rights, Pre);
		loop invariant way(root, index, left) == \at(way(root, index, CNODE_INDEX_BITS), Pre);
		loop assigns level, left, root;
		loop variant CNODE_INDEX_BITS - level;
	*/
	for (uint32_t level = 0; level < CNODE_INDEX_BITS; level++) {
		uint32_t guard = guard_bits(root);
		uint32_t radix = cnode_radix(root);
		slot_t at;

		if (cap_type(root) != KAAL_OBJECT_CNODE || guard + radix > left || bits_below(index, left, guard) != root.data)
			return false;
		left -= guard;
		at = root.object + (slot_t)bits_below(index, left, radix);
		left -= radix;
		if (left == 0) {
			*slot = at;
			*rights = cap_rights(root);
			return true;
		}
		/* Slot 0 is no capability (CN-2): its header must not be taken for one. */
		if (at == root.object)
			return false;
		root = slot_view[at].cap;
	}
	return false;
}

void cnode_put_initial(slot_t slot, struct cap cap)
{
	kernel_assert(cap_is_null(slot_view[slot].cap));
	slot_view[slot].cap.data = cap.data;
	slot_view[slot].cap.object = cap.object;
	slot_view[slot].cap.word = cap.word;
}

/* Header: cap.data is the slot to look at next, cap.object the radix, child the count, next the worklist. */
void cnode_start(slot_t base, uint32_t radix)
{
	slot_view[base].cap.data = 1;
	slot_view[base].cap.object = radix;
	slot_view[base].child = 0;
	slot_view[base].next = 0;
}

uint32_t *cnode_count(slot_t base)
{
	return &slot_view[base].child;
}

slot_t cnode_worklist_next(slot_t base)
{
	return slot_view[base].next;
}

void cnode_set_worklist_next(slot_t base, slot_t next)
{
	slot_view[base].next = next;
}

slot_t cnode_next_occupied(slot_t base, uint32_t looks, bool *end)
{
	uint64_t slots = UINT64_C(1) << slot_view[base].cap.object;
	uint64_t at = slot_view[base].cap.data;

	/*@
		loop invariant \at(slot_view[base].cap.data, Pre) <= at <= slots;
		loop invariant \forall integer i; \at(slot_view[base].cap.data, Pre) <= i < at && i != 0 ==>
			word_type(slot_view[base + i].cap.word) == 0;
		loop assigns looks, at;
		loop variant slots - at;
	*/
	for (; looks != 0 && at < slots; looks--, at++) {
		if (!cap_is_null(slot_view[base + at].cap))
			break;
	}
	slot_view[base].cap.data = at;
	*end = at == slots;
	return *end || looks == 0 ? 0 : base + (slot_t)at;
}
