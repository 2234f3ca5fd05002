/* The performance monitors: of them, the cycle counter. */
#ifndef AARCH64_COUNTERS_H
#define AARCH64_COUNTERS_H

/* Takes the counters from EL0, whatever the firmware left. */
void counters_forbid(void);

#endif
