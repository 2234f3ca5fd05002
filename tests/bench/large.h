/* What crowd.c, growth.c and latency.c share. */
#ifndef BENCH_LARGE_H
#define BENCH_LARGE_H

#include "measure.h"

#define SLOT_BITS 5u
#define LARGE_RADIX 17u
#define COPIES_MAX 100000u /* fit into MANY */

/* ORIGINAL has `count` copies, in MANY. Uses the smallest untyped that holds both. */
void prepare_copies(uint64_t count);

void measure_crowd(void);
void measure_growth(void);
void measure_latency(void);

#endif
