/* What can be said of one slot and its neighbours (CAP, DT, UT-2 to UT-5, IQ-3, FR-1, PT-2). */
#ifndef CHECK_SLOTS_H
#define CHECK_SLOTS_H

#include <stdbool.h>

#include <object/cap.h>

/* The capability in a slot, also while it is being emptied; of one that is only reserved: none. */
struct cap slots_cap(slot_t slot);

/* Links to the neighbours, and theirs back. */
void slots_check_links(slot_t slot);

/* All of it. in_thread: it is a thread's own. */
void slots_check(slot_t slot, bool in_thread);

#endif
