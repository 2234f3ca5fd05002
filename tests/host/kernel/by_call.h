/* For tests that act by system call, as the fixture's caller, whose CNode holds its own capability. */
#ifndef BY_CALL_H
#define BY_CALL_H

#include "fixture.h"

#include <kaal/syscall_numbers.h>

#define OWN 1u

/* The call's status; arguments that are left out are 0. */
static inline uint64_t call_with(uint32_t number, const uint64_t a[6])
{
	return fixture_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#define call(number, ...) call_with((number), (const uint64_t[6]){__VA_ARGS__})

static inline uint64_t delete(uint64_t slot)
{
	return call(KAAL_SYS_CAP_DELETE, OWN, slot);
}

/* The last call's first result. */
static inline uint64_t result(void)
{
	return thread_view[FIXTURE_CALLER].frame.result[1];
}

static inline struct cap cap(uint32_t index)
{
	return slot_view[FIXTURE_CNODE + index].cap;
}

#endif
