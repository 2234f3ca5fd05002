/*
 * Seeds for components: each start gets one of its own, made of what the firmware gave, which nobody gets.
 */
#ifndef ROOT_TASK_ENTROPY_H
#define ROOT_TASK_ENTROPY_H

#include "root.h"

/* Takes the firmware's seed. */
void entropy_start(void);

/* The next seed, into the start page; none if the firmware gave too little to make one of. */
void entropy_share(struct kaal_startup *startup);

#endif
