/* Address spaces: what is mapped, and which capability says so (VS, PT-1, FR-3, FR-5). */
#ifndef CHECK_SPACES_H
#define CHECK_SPACES_H

#include <stdbool.h>

#include <object/cap.h>

/* A frame's or page table's capability: the entry that it is mapped with, if it is, is marked. */
void spaces_note(struct cap cap);

/* All spaces, when all capabilities have been noted. The marks are taken out. */
void spaces_check(bool exact);

/* What no capability says is mapped now is the kernel's own. */
void spaces_set_boot(void);
void spaces_set_none(void);

#endif
