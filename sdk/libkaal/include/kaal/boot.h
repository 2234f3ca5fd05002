/* What the kernel told this program when it started. */
#ifndef KAAL_BOOT_H
#define KAAL_BOOT_H

#include <kaal/bootinfo.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Returns the bootinfo page of the root task, read-only and valid as long as
 * the program runs. Never NULL in main() and in constructors.
 *
 * Rights: none. Blocks: never. Ownership: stays the kernel's; do not free.
 * Any context.
 */
const struct kaal_bootinfo *kaal_bootinfo(void);

#ifdef __cplusplus
}
#endif

#endif
