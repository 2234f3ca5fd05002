#include "cnode.h"

#include <arch/arch.h>

struct cap cnode_cap(slot_t base, uint32_t radix, uint32_t rights)
{
	return (struct cap){.object = base, .word = cap_word(KAAL_OBJECT_CNODE, rights, radix)};
}

uint32_t cnode_radix(struct cap cap)
{
	return cap_aux(cap);
}

bool cnode_slot(slot_t base, uint32_t radix, kaal_cap_t index, slot_t *slot)
{
	if (index >> radix != 0)
		return false;
	*slot = base + (slot_t)index;
	return true;
}

void cnode_put_initial(slot_t slot, struct cap cap)
{
	kernel_assert(cap_type(slot_view[slot].cap) == KAAL_OBJECT_NULL);
	slot_view[slot].cap.data = cap.data;
	slot_view[slot].cap.object = cap.object;
	slot_view[slot].cap.word = cap.word;
}
