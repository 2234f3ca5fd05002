/*
 * stdin, stdout, stderr. picolibc's own make their locks and their buffers with malloc(), at the first character, which would bring a
 * heap into every program that prints; two threads that print first would make two locks. Here both are there from the start.
 */
#include <stdio-bufio.h>
#include <unistd.h>

#include "lock.h"

/* A stream and the buffer that it has as long as the program gives no other. */
struct standard {
	struct __file_bufio file; /* first: the library hands this to the functions below */
	char *buffer;
	int bytes;
};

static int set_buffer(FILE *file, char *buffer, int mode, size_t size)
{
	struct standard *standard = (struct standard *)(void *)file;
	struct __file_bufio *own = &standard->file;

	if (mode != _IONBF && mode != _IOLBF && mode != _IOFBF)
		return -1;
	__bufio_lock(file);
	(void)__bufio_flush_locked(file);
	own->bflags = (uint8_t)((own->bflags & ~__BLBF) | (mode == _IOLBF ? __BLBF : 0));
	/* C11 7.21.5.6: without a buffer of the program's, its size may be used, or not. */
	if (buffer == NULL || size == 0 || size > INT16_MAX || mode == _IONBF) {
		own->buf = standard->buffer;
		own->size = mode == _IONBF ? 1 : standard->bytes;
	} else {
		own->buf = buffer;
		own->size = (int)size;
	}
	__bufio_unlock(file);
	return 0;
}

/* Locks and buffers are for good. */
static int close_stream(FILE *file)
{
	struct __file_bufio *own = (struct __file_bufio *)(void *)file;
	int flushed = __bufio_flush(file);

	return close((int)(intptr_t)own->ptr) == 0 ? flushed : -1;
}

#define STANDARD(number, id, room, access, buffering)                                                                                  \
	static char id##_buffer[room];                                                                                             \
	static struct __lock id##_lock;                                                                                            \
	static struct standard id = {                                                                                              \
		.file = {                                                                                                            \
			.xfile = FDEV_SETUP_EXT(__bufio_put, __bufio_get, __bufio_flush, close_stream, __bufio_seek, set_buffer,     \
						(access) | __SBUF),                                                                  \
			.ptr = (void *)(intptr_t)(number),                                                                           \
			.bflags = (buffering),                                                                                           \
			.buf = id##_buffer,                                                                                        \
			.size = (room),                                                                                              \
			.read_int = read,                                                                                            \
			.write_int = write,                                                                                          \
			.lseek_int = lseek,                                                                                          \
			.close_int = close,                                                                                          \
			.lock = &id##_lock,                                                                                        \
		},                                                                                                                   \
		.buffer = id##_buffer,                                                                                             \
		.bytes = (room),                                                                                                     \
	};

STANDARD(STDIN_FILENO, input, BUFSIZ, __SRD, 0)
STANDARD(STDOUT_FILENO, output, BUFSIZ, __SWR, __BLBF)
/* A character at a time: nothing of it is lost in a fault. */
STANDARD(STDERR_FILENO, errors, 1, __SWR, 0)

FILE *const stdin = &input.file.xfile.cfile.file;
FILE *const stdout = &output.file.xfile.cfile.file;
FILE *const stderr = &errors.file.xfile.cfile.file;

/* After all handlers of atexit(): of the destructors, one of the last. */
__attribute__((destructor(101))) static void flush_output(void)
{
	(void)fflush(stdout);
}
