/* A system of one program: it has number 1. */
#include <unistd.h>

pid_t getpid(void)
{
	return 1;
}
