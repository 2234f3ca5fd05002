/*
 * Slots of the component's own CNode, from the start page's first free slot on. Whoever needs empty slots takes
 * them here, so that two parts of a program do not want the same one. Any thread; waits for others that take or give slots.
 */
#ifndef KAAL_SLOT_H
#define KAAL_SLOT_H

#include <stdint.h>

#include <kaal/status.h>
#include <kaal/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Slots that are handed out at most, however many the CNode has. */
#define KAAL_SLOTS_MAX 8192u

/*
 * Takes `count` empty slots in a row; *first is the first one's index. NO_MEMORY: there are no such slots, or the program is the root
 * task, which has no start page. OUT_OF_RANGE: `count` is 0. Nothing has changed then. No system call.
 */
KAAL_MUST_CHECK kaal_status_t kaal_slot_take(uint32_t count, kaal_cap_t *first);

/* Gives back slots that are empty. OUT_OF_RANGE, and nothing has changed: one of them was not taken. No system call. */
KAAL_MUST_CHECK kaal_status_t kaal_slot_give(kaal_cap_t first, uint32_t count);

/*
 * Deletes the capabilities in slots that were taken and gives the slots back. What kaal_sys_cap_delete() says; slots before the one that
 * could not be emptied are empty then, and all still taken. OUT_OF_RANGE: as kaal_slot_give().
 */
KAAL_MUST_CHECK kaal_status_t kaal_slot_drop(kaal_cap_t first, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
