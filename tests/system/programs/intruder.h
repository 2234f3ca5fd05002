/* What the intruder tries at which of its starts; the one that starts it knows how many there are. */
#ifndef SYSTEM_INTRUDER_H
#define SYSTEM_INTRUDER_H

/* In turn, from start 1 on: system call number `turn`, those that do not exist, too; all addresses; an access that ends it. */
#define INTRUDER_CALLS 128u
#define INTRUDER_SWEEP INTRUDER_CALLS
#define INTRUDER_FAULTS (INTRUDER_SWEEP + 1)
#define INTRUDER_TURNS (INTRUDER_FAULTS + 4)
/* Cycles after which every 2 MiB that there are have been tried. */
#define INTRUDER_PARTS 32u

#endif
