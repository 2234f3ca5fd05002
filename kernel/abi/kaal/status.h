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

#endif
