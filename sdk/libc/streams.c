/*
 * Streams that are opened. picolibc's would be lost at exit(), which flushes none of them, share locks, and know nothing of C11's mode "x".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "stream.h"

#define BUFFER_BYTES 4096 /* what a request of a file costs is the same for 1 byte */

/* The access of a stream of this mode, and the flags to open it with; 0: EINVAL. */
static uint8_t access_of(const char *mode, int *flags)
{
	static const int creates = O_WRONLY | O_CREAT;

	*flags = mode[0] == 'w' ? creates | O_TRUNC : mode[0] == 'a' ? creates | O_APPEND : O_RDONLY;
	if (mode[0] != 'r' && mode[0] != 'w' && mode[0] != 'a') {
		errno = EINVAL;
		return 0;
	}
	while (*++mode != '\0') {
		if (*mode == '+')
			*flags = (*flags & ~O_ACCMODE) | O_RDWR;
		else if (*mode == 'x')
			*flags |= O_EXCL;
		else if (*mode == 'e')
			*flags |= O_CLOEXEC;
	}
	switch (*flags & O_ACCMODE) {
	case O_RDONLY:
		return __SRD;
	case O_WRONLY:
		return __SWR;
	default:
		return __SRD | __SWR;
	}
}

/* --- those that were opened ---------------------------------------------------------------- */

/*
 *   ST-1: who was opened is in the list until it is closed
 */
struct opened {
	struct stream stream; /* first */
	struct opened *next;
};

static struct opened *opened;
static struct __lock list_lock; /* taken before a stream's own */

static void enlist(struct opened *added)
{
	__retarget_lock_acquire(&list_lock);
	added->next = opened;
	opened = added;
	__retarget_lock_release(&list_lock);
}

static void leave(const struct opened *stream)
{
	struct opened **link = &opened;

	__retarget_lock_acquire(&list_lock);
	while (*link != stream)
		link = &(*link)->next;
	*link = stream->next;
	__retarget_lock_release(&list_lock);
}

int stream_flush_opened(void)
{
	int result = 0;

	__retarget_lock_acquire(&list_lock);
	for (struct opened *next = opened; next != NULL; next = next->next) {
		if (__bufio_flush(&next->stream.file.xfile.cfile.file) != 0)
			result = EOF;
	}
	__retarget_lock_release(&list_lock);
	return result;
}

/* As for the standard streams (stdio.c). */
__attribute__((destructor(101))) static void flush_at_exit(void)
{
	(void)stream_flush_opened();
}

static int close_opened(FILE *file)
{
	int flushed = __bufio_flush(file), closed;

	leave((struct opened *)(void *)file);
	closed = __bufio_close(file);
	return flushed == 0 ? closed : flushed;
}

/* --- opening ------------------------------------------------------------------------------- */

/* Whether the descriptor is open, and for that. */
static bool allows(int number, int flags)
{
	struct open_file *file = descriptor_use(number);
	int has, wants = flags & O_ACCMODE;

	if (file == NULL)
		return false;
	has = file->flags & O_ACCMODE;
	(void)descriptor_done(file);
	if (has == O_RDWR || has == wants)
		return true;
	errno = EINVAL;
	return false;
}

FILE *fdopen(int number, const char *mode)
{
	int flags;
	uint8_t access = access_of(mode, &flags);
	struct opened *added;
	struct stream *stream;
	FILE *file;

	if (access == 0 || !allows(number, flags))
		return NULL;
	added = malloc(sizeof *added + BUFFER_BYTES);
	if (added == NULL)
		return NULL;
	stream = &added->stream;
	*stream = (struct stream){.buffer = (char *)(added + 1), .bytes = BUFFER_BYTES};
	stream->file = (struct __file_bufio)FDEV_SETUP_BUFIO(number, stream->buffer, BUFFER_BYTES, read, write, lseek, close, access, __BFALL);
	stream->file.xfile.cfile.close = close_opened;
	stream->file.xfile.setvbuf = stream_set_buffer;
	stream->file.lock = &stream->lock;
	file = &stream->file.xfile.cfile.file;
	enlist(added);
	if ((flags & O_APPEND) != 0)
		(void)fseeko(file, 0, SEEK_END);
	return file;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	int flags, number = -1, error;
	FILE *file = NULL;

	if (access_of(mode, &flags) != 0)
		number = open(path, flags, 0666);
	if (number >= 0)
		file = fdopen(number, mode);
	if (number >= 0 && file == NULL) {
		error = errno;
		(void)close(number);
		errno = error;
	}
	return file;
}

/* As at its beginning, on what its descriptor is now. */
static void begin(struct __file_bufio *own, uint8_t access)
{
	FILE *file = &own->xfile.cfile.file;

	__bufio_lock(file);
	file->flags = (uint8_t)((file->flags & ~(__SRD | __SWR | __SERR | __SEOF)) | access);
	file->unget = 0;
	own->dir = 0;
	own->pos = 0;
	own->len = own->off = 0;
	__bufio_unlock(file);
}

/* The stream keeps its descriptor's number. A change of the mode alone, path NULL, POSIX leaves to who implements it: EBADF. */
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file)
{
	struct __file_bufio *own = (struct __file_bufio *)(void *)file;
	int flags, number = -1, error, kept;
	uint8_t access = access_of(mode, &flags);

	if ((file->flags & __SBUF) == 0 || (own->bflags & __BFPTR) != 0 || path == NULL) {
		errno = EBADF;
		return NULL;
	}
	(void)fflush(file);
	kept = (int)(intptr_t)own->ptr;
	if (access != 0)
		number = open(path, flags, 0666);
	if (number >= 0 && (number == kept || dup2(number, kept) == kept)) {
		if (number != kept)
			(void)close(number);
		begin(own, access);
		return file;
	}
	/* C11 7.21.5.4: the stream is closed first, so also if what follows fails. */
	error = errno;
	if (number >= 0)
		(void)close(number);
	(void)fclose(file);
	errno = error;
	return NULL;
}
