#include "stack.h"

#include <stdlib.h>

/* A guard is an unmapped page below, which memory of malloc() has not: there the least that can be done is done. */
void *stack_take(size_t *bytes, size_t guard_bytes)
{
	(void)guard_bytes;
	*bytes += kaal_thread_stack_overhead();
	return malloc(*bytes);
}

void stack_give(void *stack)
{
	free(stack);
}
