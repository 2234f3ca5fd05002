/* Streams on descriptors. */
#ifndef LIBC_STREAM_H
#define LIBC_STREAM_H

#include <stdio-bufio.h>

#include "lock.h"

/* A stream and the buffer that it has as long as the program gives no other. */
struct stream {
	struct __file_bufio file; /* first: the library hands this to the functions below */
	struct __lock lock;
	char *buffer;
	int bytes;
};

/* What setvbuf() does with such a stream. */
int stream_set_buffer(FILE *file, char *buffer, int mode, size_t size);

/* Flushes those that were opened. 0, or EOF if one could not be. Only there where something is opened. */
int stream_flush_opened(void) __attribute__((weak));

#endif
