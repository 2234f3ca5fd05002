/*
 * The component's own addresses, above what the root task has mapped: what libkaal maps there. Page tables are made of
 * memory that the broker charges to the component; it is kept for the next ones.
 *
 * Rights: READ and WRITE on KAAL_SLOT_CNODE, WRITE on KAAL_SLOT_VSPACE, and what <kaal/broker.h> says. Blocks: while the broker serves others,
 * or another thread is here. Any thread. A function that fails leaves all as it was.
 */
#ifndef LIBKAAL_OWN_SPACE_H
#define LIBKAAL_OWN_SPACE_H

#include <stdint.h>

#include <kaal/status.h>
#include <kaal/types.h>
#include <memory-manager/slots.h>

/* The slots that kaal_slot_take() hands out, for the caller alone until it gives them back; NULL: there are none (<kaal/slot.h>). */
struct kaal_slots *own_slots_take(void);
void own_slots_give(void);

/* Addresses in a row, whole pages, with an unmapped page on either side. NO_MEMORY: none left, or no slots. */
kaal_status_t own_space_reserve(uint64_t bytes, uint64_t *address);

/* Maps `count` frames of 4 KiB, READ and WRITE, at an address in what was reserved. They stay the caller's. What kaal_space_map() says. */
kaal_status_t own_space_map(uint64_t address, kaal_cap_t first, uint32_t count);

/* Maps what lies at address..address + bytes - 1 at `to`, too. What kaal_space_share() says. */
kaal_status_t own_space_mirror(uint64_t address, uint64_t bytes, uint64_t to);

/* Unmaps all that lies in what was reserved at `address`, and gives the addresses back. What kaal_space_release() says. */
kaal_status_t own_space_release(uint64_t address);

#endif
