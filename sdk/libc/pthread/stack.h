/* Stacks of threads that the library makes. */
#ifndef PTHREAD_STACK_H
#define PTHREAD_STACK_H

#include <stddef.h>

#include <kaal/thread.h>

#define STACK_BYTES_DEFAULT 65536u
#define STACK_GUARD_BYTES 4096u

/* The least that a thread starts with, thread-local variables included. */
static inline size_t stack_bytes_min(void)
{
	return kaal_thread_stack_overhead() + 1024u;
}

/*
 * A stack of *bytes that the thread can use, and what starts it on top; *bytes is all of it then. An unmapped page lies below. NULL: there
 * is no memory. stack_give() takes NULL, too.
 */
void *stack_take(size_t *bytes);
void stack_give(void *stack);

#endif
