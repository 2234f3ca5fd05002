#include "cap.h"

#include "cnode.h"
#include "thread.h"
#include "untyped.h"
#include "vspace.h"

uint32_t cap_size_bits(struct cap cap)
{
	switch (cap_type(cap)) {
	case KAAL_OBJECT_UNTYPED:
		return untyped_size_bits(cap);
	case KAAL_OBJECT_CNODE:
		return cnode_radix(cap) + SLOT_BITS;
	case KAAL_OBJECT_THREAD:
		return THREAD_BITS;
	case KAAL_OBJECT_VSPACE:
		return VSPACE_BITS;
	default:
		return 0;
	}
}
