/* Statuses: what a system call returns in x0. See status.def for the list. */
#ifndef KAAL_STATUS_H
#define KAAL_STATUS_H

#include <stdint.h>

/* A status; 0 is success. Numbers are stable across versions. */
typedef uint64_t kaal_status_t;

enum kaal_status {
#define KAAL_STATUS(name, number, text) KAAL_##name = number,
#include <kaal/status.def>
#undef KAAL_STATUS
};

/* A function whose status must be looked at, or be given to kaal_ignore(). */
#define KAAL_MUST_CHECK __attribute__((warn_unused_result))

/* Says that it does not matter how a call ended. */
static inline void kaal_ignore(kaal_status_t status)
{
	(void)status;
}

#endif
