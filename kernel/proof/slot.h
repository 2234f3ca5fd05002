/* Contracts of object/slot.h. */
#ifndef PROOF_SLOT_H
#define PROOF_SLOT_H

/*@
	requires slots_ok && cap_ok(cap);
	exits \false;
	assigns slot_view[0 .. SLOT_VIEW_END - 1];
	ensures slot_view[slot].cap == cap && slot_view[slot].parent == parent && slots_ok;
	ensures same_caps_but{Pre, Post}(slot);
	ensures \old(slot_view[slot].parent) == 0 && linked_first{Pre, Post}(slot, parent);
*/
void slot_put_first(slot_t slot, slot_t parent, struct cap cap);
/*@
	requires kernel_ok && cap_ok(cap);
	exits \false;
	assigns COUNTED;
	ensures slot_view[slot].cap == cap && slot_view[slot].parent == parent;
	ensures same_caps_but{Pre, Post}(slot) && kernel_ok;
	ensures same_words{Pre, Post};
*/
void slot_put_derived(slot_t slot, slot_t parent, struct cap cap);
/*@
	requires slots_ok;
	exits \false;
	assigns slot_view[0 .. SLOT_VIEW_END - 1];
	ensures same_caps_but{Pre, Post}(to);
	ensures slot_view[to].cap.word == CAP_ZOMBIE && slot_view[to].parent == from && slots_ok;
	ensures \old(slot_view[to].parent) == 0 && (from != 0 ==> slot_view[from].child == to);
*/
void slot_reserve(slot_t to, slot_t from);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result <==> slot_view[to].cap.word == CAP_ZOMBIE && slot_view[to].parent == from;
*/
bool slot_is_reserved_for(slot_t to, slot_t from);
/*@
	requires slots_ok;
	exits \false;
	assigns slot_view[0 .. SLOT_VIEW_END - 1];
	ensures slot_view[to].cap == \old(slot_view[from].cap);
	ensures from != to ==> slot_view[from].cap.word == 0 && slot_view[from].cap.object == 0 && slot_view[from].cap.data == 0;
	ensures from != to ==> slot_view[to].parent == \old(slot_view[from].parent) && slot_view[from].parent == 0;
	ensures \forall integer s; 0 <= s < SLOT_VIEW_END && s != to && s != from ==> slot_view[s].cap == \old(slot_view[s].cap);
	ensures slots_ok;
*/
void slot_finish_move(slot_t to, slot_t from);

#endif
