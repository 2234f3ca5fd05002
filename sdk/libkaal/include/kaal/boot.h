/* What the kernel told this program when it started. */
#ifndef KAAL_BOOT_H
#define KAAL_BOOT_H

#include <kaal/bootinfo.h>
#include <kaal/object_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Returns the bootinfo page of the root task, read-only and valid as long as
 * the program runs; in main() and in constructors never NULL. NULL in any other component: that has a start page, <kaal/startup.h>.
 *
 * Rights: none. Blocks: never. Ownership: stays the kernel's; do not free.
 * Any context.
 */
const struct kaal_bootinfo *kaal_bootinfo(void);

/*
 * Returns the capability of the root task's largest untyped block of RAM, in its CSpace; of
 * several, the first. KAAL_SLOT_NULL if there is none. Where it lies and how large it
 * is stands in the bootinfo page, in untyped[capability - KAAL_SLOT_FIRST_UNTYPED]; how much of it is used does not.
 *
 * Rights: none. Blocks: never. Ownership: the block stays where it is; it is the same at each call.
 * Any context.
 */
kaal_untyped_t kaal_largest_untyped(void);

#ifdef __cplusplus
}
#endif

#endif
