/* Contracts of object/derivation.h: which links change, and that capabilities do not. */
#ifndef PROOF_DERIVATION_H
#define PROOF_DERIVATION_H

/* As whole slots, of which callers say that they assign all; that no capability changes is told besides. */
#define LINKS_OF_SLOTS slot_view[0 .. SLOT_VIEW_END - 1]

/*@
	// The slot is the first in the list of its parent, and who was that comes behind it.
	predicate linked_first{K, L}(integer slot, integer parent) =
		\at(slot_view[slot].parent, L) == parent &&
		\at(slot_view[slot].next, L) == (parent == 0 ? 0 : \at(slot_view[parent].child, K)) &&
		(parent != 0 ==> \at(slot_view[parent].child, L) == slot);
	predicate next_knows{L}(integer slot) =
		slot_view[slot].next != 0 && slot_view[slot].next != slot ==> slot_view[slot_view[slot].next].previous == slot;
	// No slot but these changed its parent, or its first child.
	predicate same_parents{K, L}(integer slot) =
		\forall integer s; 0 <= s < SLOT_VIEW_END && s != slot ==>
			\at(slot_view[s].parent, L) == \at(slot_view[s].parent, K);
	predicate same_children{K, L}(integer a) =
		\forall integer s; 0 <= s < SLOT_VIEW_END && s != a ==>
			\at(slot_view[s].child, L) == \at(slot_view[s].child, K);
	logic integer other_child{L}(integer to, integer from) =
		slot_view[from].child == to ? slot_view[to].next : slot_view[from].child;
	predicate without_place{L}(integer slot) =
		slot_view[slot].parent == 0 && slot_view[slot].next == 0 && slot_view[slot].previous == 0;
*/

/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures linked_first{Pre, Post}(slot, parent) && next_knows(slot) && \old(slot_view[slot].parent) == 0;
	ensures same_parents{Pre, Post}(slot) && same_children{Pre, Post}(parent == 0 ? -1 : parent) && same_caps{Pre, Post};
*/
void derivation_insert(slot_t slot, slot_t parent);
/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures without_place(slot);
	ensures \old(slot_view[slot].child) == 0;
	ensures same_parents{Pre, Post}(slot) && same_children{Pre, Post}(\old(slot_view[slot].parent)) && same_caps{Pre, Post};
	ensures \old(slot_view[slot].previous) == 0 && \old(slot_view[slot].parent) != 0 ==>
		slot_view[\old(slot_view[slot].parent)].child == \old(slot_view[slot].next);
	ensures \old(slot_view[slot].previous) != 0 && \old(slot_view[slot].previous) != slot ==>
		slot_view[\old(slot_view[slot].previous)].next == \old(slot_view[slot].next);
	ensures \old(slot_view[slot].next) != 0 && \old(slot_view[slot].next) != slot ==>
		slot_view[\old(slot_view[slot].next)].previous == \old(slot_view[slot].previous);
*/
void derivation_remove(slot_t slot);
/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures slot_view[slot].parent == parent && (parent != 0 ==> slot_view[parent].child == slot) && next_knows(slot);
	ensures same_parents{Pre, Post}(slot) && same_caps{Pre, Post};
*/
void derivation_reparent(slot_t slot, slot_t parent);
/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures same_caps{Pre, Post};
	ensures !\result && to != 0 ==> slot_view[to].child != 0;
	// The first child that is not `to` itself becomes the first of `to`; none is left when there is no such.
	ensures \result <==> \old(other_child(to, from)) == 0;
	ensures !\result ==> slot_view[\old(other_child(to, from))].parent == to;
	ensures !\result && to != 0 ==> slot_view[to].child == \old(other_child(to, from));
	ensures same_parents{Pre, Post}(\result ? -1 : \old(other_child(to, from)));
*/
bool derivation_adopt_step(slot_t to, slot_t from);
/*@
	exits \false;
	assigns LINKS_OF_SLOTS;
	ensures same_caps{Pre, Post};
	ensures from != to ==> slot_view[to].parent == \old(slot_view[from].parent);
	// It was the last child; now it is the parent's first, and `from` stands nowhere.
	ensures \old(slot_view[from].child) == to && \old(slot_view[to].next) == 0;
	ensures \old(slot_view[from].parent) != 0 ==> slot_view[\old(slot_view[from].parent)].child == to;
	ensures from != to ==> slot_view[from].parent == 0;
	ensures from != to && \old(slot_view[from].parent) != from ==> slot_view[from].child == 0;
*/
void derivation_replace(slot_t to, slot_t from);

#endif
