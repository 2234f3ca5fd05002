/*
 * Capabilities by what they are of: a kaal_endpoint_t is a slot of the caller's CSpace in which a capability of an endpoint lies, and no function that wants
 * a frame takes it. kaal_X_at() says so of a slot; the kernel checks it at each call. Slot 0: none.
 */
#ifndef KAAL_OBJECT_TYPES_H
#define KAAL_OBJECT_TYPES_H

#include <kaal/types.h>

#define KAAL_OBJECT_TYPE(name)                                    \
	typedef struct {                                          \
		kaal_cap_t slot;                                  \
	} kaal_##name##_t;                                        \
	static inline kaal_##name##_t kaal_##name##_at(kaal_cap_t slot) \
	{                                                         \
		kaal_##name##_t object = {slot};                  \
		return object;                                    \
	}

KAAL_OBJECT_TYPE(untyped)
KAAL_OBJECT_TYPE(cnode)
KAAL_OBJECT_TYPE(thread)
KAAL_OBJECT_TYPE(sched_context)
KAAL_OBJECT_TYPE(endpoint)
KAAL_OBJECT_TYPE(reply)
KAAL_OBJECT_TYPE(notification)
KAAL_OBJECT_TYPE(vspace)
KAAL_OBJECT_TYPE(page_table)
KAAL_OBJECT_TYPE(frame)
KAAL_OBJECT_TYPE(irq_control)
KAAL_OBJECT_TYPE(irq_handler)
KAAL_OBJECT_TYPE(sched_control)
KAAL_OBJECT_TYPE(system_control)
KAAL_OBJECT_TYPE(debug)

#undef KAAL_OBJECT_TYPE

#endif
