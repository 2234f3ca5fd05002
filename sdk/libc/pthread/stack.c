/*
 * A few stacks are kept for the next threads: one from the broker takes five times what starting and joining a thread does.
 *   ST-1: what a stack is made of stands below it, in its own memory; below that is a page that is never mapped
 */
#include "stack.h"

#include <stdint.h>
#include <string.h>

#include <kaal/memory.h>

#define HEAD_BYTES ((sizeof(struct kaal_memory) + 15) & ~(size_t)15)
#define KEPT 4u

static uint64_t kept[KEPT]; /* addresses of their memory; 0: none */
static struct kaal_lock lock;

/* Memory of at least so many bytes, but not of twice as many. */
static bool take_kept(uint64_t bytes, struct kaal_memory *memory)
{
	bool found = false;

	kaal_lock_take(&lock);
	for (unsigned i = 0; i < KEPT && !found; i++) {
		if (kept[i] == 0)
			continue;
		memcpy(memory, (const void *)(uintptr_t)kept[i], sizeof *memory);
		found = memory->bytes >= bytes && memory->bytes / 2 < bytes;
		if (found)
			kept[i] = 0;
	}
	kaal_lock_give(&lock);
	return found;
}

static bool keep(uint64_t address)
{
	bool done = false;

	kaal_lock_take(&lock);
	for (unsigned i = 0; i < KEPT && !done; i++) {
		done = kept[i] == 0;
		if (done)
			kept[i] = address;
	}
	kaal_lock_give(&lock);
	return done;
}

/* All that are kept go back: there may be no memory for another because of them. */
static void give_kept(void)
{
	kaal_lock_take(&lock);
	for (unsigned i = 0; i < KEPT; i++) {
		struct kaal_memory memory;

		if (kept[i] == 0)
			continue;
		memcpy(&memory, (const void *)(uintptr_t)kept[i], sizeof memory);
		kept[i] = 0;
		kaal_ignore(kaal_memory_give(&memory));
	}
	kaal_lock_give(&lock);
}

void *stack_take(size_t *bytes)
{
	struct kaal_memory memory;
	uint64_t all;

	if (*bytes > PTRDIFF_MAX)
		return NULL;
	all = *bytes + kaal_thread_stack_overhead() + HEAD_BYTES;
	if (!take_kept(all, &memory) && kaal_memory_take(all, &memory) != KAAL_OK) {
		give_kept();
		if (kaal_memory_take(all, &memory) != KAAL_OK)
			return NULL;
	}
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
	if (!keep(memory.address))
		kaal_ignore(kaal_memory_give(&memory));
}
