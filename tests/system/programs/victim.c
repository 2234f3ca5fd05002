/*
 * Ends in the way that its start number and its first argument, a seed, say: an exit code, a fault, or not at all, for
 * somebody to kill it.
 */
#include <stdlib.h>

#include <kaal/startup.h>
#include <kaal/syscall.h>

#include "victim.h"

int main(int argc, char **argv)
{
	struct way way = way_of(argc > 1 ? strtoull(argv[1], NULL, 10) : 1, kaal_startup()->component, kaal_startup()->start);

	switch (way.end) {
	case KAAL_END_EXIT:
		return (int)way.code;
	case KAAL_END_FAULT:
		__builtin_trap();
	default:
		kaal_ignore(kaal_sys_thread_sleep(UINT64_MAX));
		return 0;
	}
}
