#include "cap.h"

#include <kaal/status.h>

#include "cnode.h"
#include "endpoint.h"
#include "frame.h"
#include "notification.h"
#include "page_table.h"
#include "reply.h"
#include "thread.h"
#include "untyped.h"
#include "vspace.h"

bool cap_can_be_copied(struct cap cap)
{
	return cap_type(cap) != KAAL_OBJECT_UNTYPED && cap_type(cap) != KAAL_OBJECT_PAGE_TABLE;
}

bool cap_with_data(struct cap *cap, uint64_t data, uint64_t *status)
{
	if (cap_type(*cap) == KAAL_OBJECT_NOTIFICATION || cap_type(*cap) == KAAL_OBJECT_ENDPOINT) {
		*status = cap->data != 0 ? KAAL_BADGED : data == 0 ? KAAL_OUT_OF_RANGE : KAAL_OK;
		cap->data = data;
		return *status == KAAL_OK;
	}
	if (cap_type(*cap) != KAAL_OBJECT_CNODE) {
		*status = KAAL_WRONG_TYPE;
		return false;
	}
	*status = cnode_set_guard(cap, data) ? KAAL_OK : KAAL_OUT_OF_RANGE;
	return *status == KAAL_OK;
}

struct cap cap_masked(struct cap cap, uint64_t rights_mask)
{
	uint32_t rights = cap_rights(cap);

	/* A copy is mapped nowhere. */
	if (cap_type(cap) == KAAL_OBJECT_FRAME)
		cap.data = 0;
	//@ assert (rights & (uint32_t)(~(15 & rights_mask))) == rights - (15 & (rights_mask & rights));
	//@ assert 0x100 * rights <= cap.word % 0x10000;
	//@ assert 0 <= (15 & (rights_mask & rights)) <= rights;
	cap.word -= (rights & ~(uint32_t)(rights_mask & KAAL_RIGHTS_ALL)) * CAP_RIGHTS_UNIT;
	return cap;
}

uint32_t cap_size_bits(struct cap cap)
{
	switch (cap_type(cap)) {
	case KAAL_OBJECT_UNTYPED:
		return untyped_size_bits(cap);
	case KAAL_OBJECT_CNODE:
		return cnode_radix(cap) + SLOT_BITS;
	case KAAL_OBJECT_THREAD:
		return THREAD_BITS;
	case KAAL_OBJECT_SCHED_CONTEXT:
		return SCHED_CONTEXT_BITS;
	case KAAL_OBJECT_NOTIFICATION:
		return NOTIFICATION_BITS;
	case KAAL_OBJECT_ENDPOINT:
		return ENDPOINT_BITS;
	case KAAL_OBJECT_REPLY:
		return REPLY_BITS;
	case KAAL_OBJECT_VSPACE:
		return VSPACE_BITS;
	case KAAL_OBJECT_PAGE_TABLE:
		return PAGE_TABLE_BITS;
	case KAAL_OBJECT_FRAME:
		return frame_size_bits(cap);
	default:
		return 0;
	}
}
