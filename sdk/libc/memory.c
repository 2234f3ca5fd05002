/* The heap: a fixed range that the linker script reserves, see kaal.ld. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

extern char __heap_start[], __heap_end[];

static char *heap_break = __heap_start;

void *sbrk(ptrdiff_t increment)
{
	char *before = heap_break;

	if (increment > __heap_end - before || increment < __heap_start - before) {
		errno = ENOMEM;
		return (void *)UINTPTR_MAX;
	}
	heap_break += increment;
	return before;
}
