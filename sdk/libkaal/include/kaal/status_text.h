/* Statuses for people to read. */
#ifndef KAAL_STATUS_TEXT_H
#define KAAL_STATUS_TEXT_H

#include <kaal/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Returns one line, without a full stop, that says what a status means:
 * "success" for KAAL_OK, "unknown status" for a number that status.def of this
 * library does not list. Never NULL.
 *
 * Rights: none. Blocks: never. Ownership: a constant; do not free.
 * Any context.
 */
const char *kaal_status_text(kaal_status_t status);

#ifdef __cplusplus
}
#endif

#endif
