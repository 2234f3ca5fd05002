#include "stack.h"

#include <stdint.h>
#include <string.h>

#include <kaal/memory.h>

/* What it is made of lies below the stack; below that is the page that is never mapped. */
#define HEAD_BYTES ((sizeof(struct kaal_memory) + 15) & ~(size_t)15)

void *stack_take(size_t *bytes)
{
	struct kaal_memory memory;

	if (*bytes > PTRDIFF_MAX || kaal_memory_take(*bytes + kaal_thread_stack_overhead() + HEAD_BYTES, &memory) != KAAL_OK)
		return NULL;
	memcpy((void *)(uintptr_t)memory.address, &memory, sizeof memory);
	*bytes = memory.bytes - HEAD_BYTES;
	return (void *)(uintptr_t)(memory.address + HEAD_BYTES);
}

void stack_give(void *stack)
{
	struct kaal_memory memory;

	if (stack == NULL)
		return;
	memcpy(&memory, (char *)stack - HEAD_BYTES, sizeof memory);
	(void)kaal_memory_give(&memory);
}
