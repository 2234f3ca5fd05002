#include "thread.h"

#include <arch/arch.h>
#include <kaal/status.h>

#include "cnode.h"

uint64_t thread_find_cap(const struct thread *thread, kaal_cap_t index, enum kaal_object_type type, uint32_t rights,
			 struct cap *cap)
{
	slot_t slot;

	if (!cnode_slot(thread->cspace_base, thread->cspace_radix, index, &slot))
		return KAAL_INVALID_CAP;
	if (cap_type(slot_view[slot].cap) != type)
		return KAAL_WRONG_TYPE;
	if ((cap_rights(slot_view[slot].cap) & rights) != rights)
		return KAAL_NO_RIGHT;
	*cap = slot_view[slot].cap;
	return KAAL_OK;
}
