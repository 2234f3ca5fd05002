/*
 * The elfloader: boot stage between firmware and kernel. It reads what the
 * firmware left (device tree, archive), loads the root task, turns the MMU on
 * and enters the kernel. One pass, no way back: an error ends in KAAL-FATAL.
 *
 * Rooms: main.c the order of things, memory.c who owns which RAM and the page
 * tables, root.c the root task out of the archive.
 */
#ifndef LOADER_H
#define LOADER_H

#include <kaal/bootparams.h>
#include <formats/format_error.h>

/* Ends with "KAAL-FATAL elfloader: WHERE: " and the error. */
_Noreturn void loader_refuse(const char *where, const struct kaal_format_error *error);

/* --- memory.c ---------------------------------------------------------------- */

/*
 * Computes free RAM: the board's banks without its reserved ranges, the image,
 * device tree and archive. Refuses what lies outside RAM.
 */
void memory_start(const struct kaal_boot_params *params, struct kaal_physical image);

/* Takes whole pages of free RAM for good; `what` names the purpose in an error. Contents undefined. */
uint64_t memory_take(uint64_t bytes, const char *what);

/*
 * Maps RAM at its physical addresses and the kernel at its linked ones, and
 * turns MMU and caches on. The console stays reachable. Returns the RAM that
 * the tables take.
 */
struct kaal_physical memory_enable_mmu(const struct kaal_boot_params *params, const struct kaal_kernel_header *kernel);

/* --- root.c ------------------------------------------------------------------ */

/* Finds the root task in the archive, checks and loads it, and fills params->root_*. MMU on. */
void root_load(struct kaal_boot_params *params);

#endif
