/* Memory of malloc() that fails once, when a test says so: compiled into what is tested by -include. */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <stdbool.h>
#include <stdlib.h>

extern unsigned memory_fails_in; /* the so-manieth request fails; 0: none */

static inline bool memory_fails(void)
{
	return memory_fails_in != 0 && --memory_fails_in == 0;
}

static inline void *failing_malloc(size_t bytes)
{
	return memory_fails() ? NULL : malloc(bytes);
}

static inline void *failing_calloc(size_t count, size_t bytes)
{
	return memory_fails() ? NULL : calloc(count, bytes);
}

static inline void *failing_realloc(void *memory, size_t bytes)
{
	return memory_fails() ? NULL : realloc(memory, bytes);
}

#define malloc failing_malloc
#define calloc failing_calloc
#define realloc failing_realloc

#endif
