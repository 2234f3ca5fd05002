/* Faults of threads at EL0: they stop the thread, never the kernel. */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <object/thread.h>

/* What happened, as far as every machine can say. */
struct fault {
	const char *kind;  /* static text: "data abort" */
	uint64_t address;  /* that the access went to; 0 where there is none */
	uint64_t syndrome; /* ESR_EL1 */
};

/*
 * Stops the thread and reports it. No handler can be named yet, so every fault
 * is unhandled: a critical thread resets the machine.
 */
void fault_raise(thread_t thread, const struct fault *fault);

#endif
