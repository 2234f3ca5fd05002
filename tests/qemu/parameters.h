/* What a campaign gives a program: how much of it there shall be, and the seed. */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include <stdint.h>

/* Two decimal numbers in the file of this name in the system archive; without one, both stay as they are. */
void read_parameters(const char *name, uint64_t *count, uint64_t *seed);

#endif
