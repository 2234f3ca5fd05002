/* System calls that come back before they are done, made until they are; internal to the library. */
#ifndef KAAL_MEMORY_MANAGER_CALLS_H
#define KAAL_MEMORY_MANAGER_CALLS_H

#include <kaal/syscall.h>

#include "slots.h"

/* Frames that one call goes through. */
#define MM_FRAMES_MAX 512u

/* The argument `type` of untyped_retype. */
static inline uint64_t mm_what(enum kaal_object_type type, uint32_t size_bits)
{
	return (uint64_t)type + UINT64_C(256) * size_bits;
}

/* Makes objects in `count` slots of a CNode; *made says how many there are, also after a failure. */
static inline kaal_status_t mm_retype(kaal_cap_t untyped, uint64_t what, kaal_cap_t cnode, uint64_t slot, uint32_t count,
				      uint32_t *made)
{
	kaal_status_t status;
	uint64_t done = 0, now;

	do {
		status = kaal_sys_untyped_retype(untyped, what, cnode, slot + done, count - done, &now);
		done += now;
	} while (status == KAAL_INTERRUPTED);
	*made = (uint32_t)done;
	return status;
}

static inline kaal_status_t mm_revoke(const struct kaal_slots *slots, kaal_cap_t cap)
{
	return kaal_sys_cap_revoke(slots->cnode, kaal_slots_slot(slots, cap));
}

static inline kaal_status_t mm_delete(const struct kaal_slots *slots, kaal_cap_t cap)
{
	return kaal_sys_cap_delete(slots->cnode, kaal_slots_slot(slots, cap));
}

#endif
