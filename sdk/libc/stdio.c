/*
 * stdin, stdout, stderr. picolibc's own make their locks and their buffers with malloc(), at the first character, which would bring a
 * heap into every program that prints; two threads that print first would make two locks. Here both are there from the start.
 * And fflush(), which picolibc's does not do for all streams.
 */
#include <unistd.h>

#include "stream.h"

int stream_set_buffer(FILE *file, char *buffer, int mode, size_t size)
{
	struct stream *stream = (struct stream *)(void *)file;
	struct __file_bufio *own = &stream->file;

	if (mode != _IONBF && mode != _IOLBF && mode != _IOFBF)
		return -1;
	__bufio_lock(file);
	(void)__bufio_flush_locked(file);
	own->bflags = (uint8_t)((own->bflags & ~__BLBF) | (mode == _IOLBF ? __BLBF : 0));
	/* C11 7.21.5.6: without a buffer of the program's, its size may be used, or not. */
	if (buffer == NULL || size == 0 || size > INT16_MAX || mode == _IONBF) {
		own->buf = stream->buffer;
		own->size = mode == _IONBF ? 1 : stream->bytes;
	} else {
		own->buf = buffer;
		own->size = (int)size;
	}
	__bufio_unlock(file);
	return 0;
}

/* Locks and buffers are for good. */
static int close_standard(FILE *file)
{
	struct __file_bufio *own = (struct __file_bufio *)(void *)file;
	int flushed = __bufio_flush(file);

	return close((int)(intptr_t)own->ptr) == 0 ? flushed : -1;
}

#define STANDARD(number, id, room, access, buffering)                                                                                  \
	static char id##_buffer[room];                                                                                             \
	static struct stream id = {                                                                                                \
		.file = {                                                                                                            \
			.xfile = FDEV_SETUP_EXT(__bufio_put, __bufio_get, __bufio_flush, close_standard, __bufio_seek,               \
						stream_set_buffer, (access) | __SBUF),                                               \
			.ptr = (void *)(intptr_t)(number),                                                                           \
			.bflags = (buffering),                                                                                           \
			.buf = id##_buffer,                                                                                        \
			.size = (room),                                                                                              \
			.read_int = read,                                                                                            \
			.write_int = write,                                                                                          \
			.lseek_int = lseek,                                                                                          \
			.close_int = close,                                                                                          \
			.lock = &id.lock,                                                                                            \
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

/* --- all of them --------------------------------------------------------------------------- */

int fflush(FILE *file)
{
	int opened;

	if (file != NULL)
		return file->flush != NULL ? file->flush(file) : 0;
	/* NULL in a program that opens none. */
	opened = stream_flush_opened != NULL ? stream_flush_opened() : 0;
	return __bufio_flush(stdout) == 0 && __bufio_flush(stderr) == 0 ? opened : EOF;
}

/* After all handlers of atexit(): of the destructors, one of the last. */
__attribute__((destructor(101))) static void flush_output(void)
{
	(void)fflush(stdout);
}
