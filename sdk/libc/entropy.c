/* Entropy: no source is handed to programs yet, and none is made up. */
#include <errno.h>
#include <unistd.h>

int getentropy(void *buffer, size_t length)
{
	(void)buffer;
	(void)length;
	errno = ENOSYS;
	return -1;
}
