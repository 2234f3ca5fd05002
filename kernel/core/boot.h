/*
 * From the loader's parameters to the root task. Each step ends in KAAL-FATAL
 * or leaves what the next one needs; nothing is undone.
 */
#ifndef CORE_BOOT_H
#define CORE_BOOT_H

#include <kaal/bootparams.h>
#include <freestanding/ranges.h>

/* Boot so far. */
struct boot {
	struct kaal_boot_params params; /* the kernel's own copy */
	struct ranges free;             /* RAM that nobody has */
};

/* Called once by the entry code; `params` is readable where it says. Returns the root task's registers. */
struct arch_frame *boot_kernel(const struct kaal_boot_params *params);

/* --- boot_check.c ---------------------------------------------------------------- */

/* A static text that says what is wrong with the parameters, or NULL. */
const char *boot_check(const struct kaal_boot_params *params);

/* --- boot_root.c ----------------------------------------------------------------- */

/*
 * Makes the root task: address space, thread, CNode with its first
 * capabilities, bootinfo page. All free RAM and all device memory become its
 * untyped. Returns the thread; *info is the page where the kernel reaches it.
 */
uint32_t boot_make_root(struct boot *boot, uint64_t features, struct kaal_bootinfo **info);

/* --- boot_untyped.c -------------------------------------------------------------- */

/* Part of the text that lies behind the vectors, as the entry code does: what lies before them fills whole 2 KiB. */
#define BEHIND_VECTORS __attribute__((section(".entry")))

/* Turns the ranges into untyped capabilities from slot `first` on, and lists them in `info`. */
BEHIND_VECTORS void boot_make_untyped(const struct ranges *ranges, bool device, uint32_t cnode, struct kaal_bootinfo *info);

#endif
