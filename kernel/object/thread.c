#include "thread.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include "cnode.h"

bool thread_find_slot(const struct thread *thread, kaal_cap_t index, slot_t *slot)
{
	return cnode_look_up(thread->cspace, index, slot);
}

uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap)
{
	slot_t slot;

	if (!thread_find_slot(thread, index, &slot))
		return KAAL_INVALID_CAP;
	if (cap_type(slot_view[slot].cap) != type)
		return KAAL_WRONG_TYPE;
	if ((cap_rights(slot_view[slot].cap) & rights) != rights)
		return KAAL_NO_RIGHT;
	*cap = slot_view[slot].cap;
	return KAAL_OK;
}
