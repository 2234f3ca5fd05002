/* Faults of threads at EL0: they stop the thread, never the kernel. */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <kaal/message.h>

#include <object/thread.h>

/*
 * The running thread has faulted: its handler gets a message, and its answer
 * decides; address and syndrome as in enum kaal_fault_word. Without a handler,
 * fault_unhandled().
 */
void fault_raise(thread_t thread, enum kaal_fault kind, uint64_t address, uint64_t syndrome);

/* The running thread's budget has ended: the same, with its timeout handler. False, and nothing happens, where it has none. */
bool fault_raise_timeout(thread_t thread);

/* Nobody answers the fault that the thread has raised: it stops; a critical one resets the machine. */
void fault_unhandled(thread_t thread);

#endif
