#include "slot.h"

#include <arch/arch.h>

#include "derivation.h"
#include "destroy.h"

/*@
	terminates \true; exits \false;
	assigns slot_view[slot].cap;
	ensures slot_view[slot].cap == cap;
	ensures \old(slots_ok) && cap_ok(cap) ==> slots_ok;
*/
static void put(slot_t slot, struct cap cap)
{
	slot_view[slot].cap.data = cap.data;
	slot_view[slot].cap.object = cap.object;
	slot_view[slot].cap.word = cap.word;
}

void slot_put_first(slot_t slot, slot_t parent, struct cap cap)
{
	put(slot, cap);
	derivation_insert(slot, parent);
}

void slot_put_derived(slot_t slot, slot_t parent, struct cap cap)
{
	slot_put_first(slot, parent, cap);
	destroy_count_reference(cap);
}

bool slot_is_reserved_for(slot_t to, slot_t from)
{
	return slot_view[to].cap.word == CAP_ZOMBIE && slot_view[to].parent == from;
}

void slot_reserve(slot_t to, slot_t from)
{
	put(to, (struct cap){.word = CAP_ZOMBIE});
	derivation_insert(to, from);
}

void slot_finish_move(slot_t to, slot_t from)
{
	struct cap cap = slot_view[from].cap;

	derivation_replace(to, from);
	put(from, (struct cap){0, 0, 0});
	put(to, cap);
}
