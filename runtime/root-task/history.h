/* What was last written to the console, for those who may supervise. Nothing is kept where nobody may. */
#ifndef ROOT_TASK_HISTORY_H
#define ROOT_TASK_HISTORY_H

#include "root.h"

/* Bytes of authority_storage() that history_start() takes; 0: nobody may ask. */
uint64_t history_bytes(void);

void history_start(void);

/* At the end of what is kept; the oldest goes. */
void history_add(const char *text, uint32_t bytes);

/*
 * Up to `bytes` bytes from `position` on, or from the oldest that is left: *position is where they begin. Positions count what was ever
 * written. Returns how many.
 */
uint32_t history_read(uint64_t *position, char *text, uint32_t bytes);

#endif
