/* Contracts of object/cnode.h. */
#ifndef PROOF_CNODE_H
#define PROOF_CNODE_H

/*@
	requires CNODE_RADIX_MIN <= radix <= CNODE_RADIX_MAX && rights <= 0xf;
	terminates \true; exits \false; assigns \nothing;
	ensures \result.object == base && \result.data == 0;
	ensures \result.word == KAAL_OBJECT_CNODE + 0x100 * rights + 0x10000 * (radix + (64 - radix) * 32);
*/
struct cap cnode_cap(slot_t base, uint32_t radix, uint32_t rights);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == word_aux(cap.word) % 32;
*/
uint32_t cnode_radix(struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> word_aux(cap.word) / 32 + word_aux(cap.word) % 32 == 64 && cap.data == 0;
*/
bool cnode_is_flat(struct cap cap);
/*@
	requires \valid(cap) && word_type(cap->word) == KAAL_OBJECT_CNODE;
	terminates \true; exits \false;
	assigns cap->data, cap->word;
	ensures word_type(cap->word) == KAAL_OBJECT_CNODE && word_kind(cap->word) == KAAL_OBJECT_CNODE;
	ensures word_rights(cap->word) == word_rights(\old(cap->word));
	ensures \result ==> cap->word / 0x1000 % 0x10 == 0;
	ensures word_aux(cap->word) % 32 == word_aux(\old(cap->word)) % 32;
	ensures \result ==> word_aux(cap->word) / 32 == guard % 64 && cap->data == guard / 64;
	ensures !\result ==> cap->word == \old(cap->word) && cap->data == \old(cap->data);
*/
bool cnode_set_guard(struct cap *cap, uint64_t guard);

/*@
	// So many bits of an index, below the bit `from`.
	logic integer bits_of(integer index, integer from, integer count) =
		count == 0 ? 0 : ((0xffffffffffffffff >> (64 - count)) & (index >> (from - count)));
	logic integer guard_of(struct cap c) = word_aux(c.word) / 32;
	logic integer radix_of(struct cap c) = word_aux(c.word) % 32;
	// The slot that so many low bits of an index lead to from a CNode on, and 2^32 times the last CNode's rights; or -1.
	logic integer way{L}(struct cap c, integer index, integer left) =
		word_type(c.word) != KAAL_OBJECT_CNODE || guard_of(c) + radix_of(c) > left || bits_of(index, left, guard_of(c)) != c.data ? -1 :
		guard_of(c) + radix_of(c) == left ?
			c.object + bits_of(index, left - guard_of(c), radix_of(c)) + 0x100000000 * word_rights(c.word) :
		bits_of(index, left - guard_of(c), radix_of(c)) == 0 ? -1 :
		way(slot_view[c.object + bits_of(index, left - guard_of(c), radix_of(c))].cap, index, left - guard_of(c) - radix_of(c));
*/
/* What is found is a slot of a CNode that a capability names: the root's, or one that lies in a slot. */
/*@
	requires slots_ok && cap_ok(root);
	requires \valid(slot) && \valid(rights) && \separated(slot, rights);
	requires \separated(slot, &slot_view[0 .. SLOT_VIEW_END - 1]) && \separated(rights, &slot_view[0 .. SLOT_VIEW_END - 1]);
	requires \separated(slot, &irq_table) && \separated(rights, &irq_table);
	terminates \true; exits \false;
	assigns *slot, *rights;
	ensures \result ==> cnode_has(root, *slot, *rights) ||
		(\exists integer s; 0 <= s < SLOT_VIEW_END && cnode_has(slot_view[s].cap, *slot, *rights));
	ensures !\result ==> *slot == \old(*slot) && *rights == \old(*rights);
	ensures \result ==> *slot + 0x100000000 * *rights == \old(way(root, index, CNODE_INDEX_BITS));
*/
bool cnode_look_up(struct cap root, kaal_cap_t index, slot_t *slot, uint32_t *rights);

/*@
	requires radix <= CNODE_RADIX_MAX && slots_ok && word_type(slot_view[base].cap.word) == 0;
	terminates \true; exits \false;
	assigns slot_view[base].cap.data, slot_view[base].cap.object, slot_view[base].child, slot_view[base].next;
	ensures slot_view[base].cap.data == 1 && slot_view[base].cap.object == radix;
	ensures slot_view[base].child == 0 && slot_view[base].next == 0;
*/
void cnode_start(slot_t base, uint32_t radix);
/*@
	requires slots_ok && cap_ok(cap);
	exits \false;
	assigns slot_view[slot].cap;
	ensures slot_view[slot].cap == cap && slots_ok;
*/
void cnode_put_initial(slot_t slot, struct cap cap);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == &slot_view[base].child;
*/
uint32_t *cnode_count(slot_t base);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == slot_view[base].next;
*/
slot_t cnode_worklist_next(slot_t base);
/*@
	terminates \true; exits \false;
	assigns slot_view[base];
	ensures slot_view[base].next == next && slot_view[base].cap == \old(slot_view[base].cap);
*/
void cnode_set_worklist_next(slot_t base, slot_t next);
/*@
	requires slots_ok && OUTSIDE(end);
	requires word_type(slot_view[base].cap.word) == 0;
	requires slot_view[base].cap.object <= CNODE_RADIX_MAX;
	requires slot_view[base].cap.data <= (1 << slot_view[base].cap.object);
	requires base + (1 << slot_view[base].cap.object) <= SLOT_VIEW_END;
	terminates \true; exits \false;
	assigns slot_view[base].cap.data, *end;
	ensures slots_ok;
	ensures \old(slot_view[base].cap.data) <= slot_view[base].cap.data <= (1 << slot_view[base].cap.object);
	ensures *end <==> slot_view[base].cap.data == (1 << slot_view[base].cap.object);
	ensures \result != 0 ==> \result == base + slot_view[base].cap.data && word_type(slot_view[\result].cap.word) != 0;
	ensures \forall integer i; \old(slot_view[base].cap.data) <= i < slot_view[base].cap.data && i != 0 ==>
		word_type(slot_view[base + i].cap.word) == 0;
*/
slot_t cnode_next_occupied(slot_t base, uint32_t looks, bool *end);

#endif
