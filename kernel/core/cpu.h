/* What each CPU has of its own. One CPU runs at present. */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include <object/thread.h>

struct cpu {
	thread_t current;     /* the thread that runs at EL0, or last did */
	thread_t timer_first; /* sleeping threads, earliest deadline first */
};

extern struct cpu cpu;

#endif
