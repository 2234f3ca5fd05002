/*
 * Files of a file service (docs/files.md) that the system description names as one of the component's uses. libc's open(), read() and so
 * on stand on this, with the use `files`.
 *
 * Paths are absolute texts, names separated by '/', 1 to 1023 bytes, names 1 to 255; the service resolves '.' and '..'. Positions are the
 * caller's own and count bytes from the file's start.
 *
 * Unless a function says otherwise:
 *   Rights: as <kaal/broker.h> says. Blocks: until the service has answered. Threads: a
 *   connection, with its files, is one thread's at a time. After a failure nothing has changed, results are undefined, and
 *   kaal_files_reason() says why the service refused. Errors: the statuses of the reasons named (<kaal/file_protocol.h>), and
 *     CANCELLED    the service has ended, or answered what cannot be; the request may have been carried out, is not made again, and the
 *                  connection's handles are gone. The next request by path connects anew; with `reconnect` it waits until the service is there
 *     TIMEOUT      for KAAL_FILE_WAIT_S at most; WOULD_BLOCK: without
 *     NOT_BOUND    the file is closed
 */
#ifndef KAAL_FILE_H
#define KAAL_FILE_H

#include <stdbool.h>

#include <kaal/channel.h>
#include <kaal/file_protocol.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds that a request by path waits for a service that has ended. */
#define KAAL_FILE_WAIT_S 5u

/* A connection; the fields are the library's. */
struct kaal_files {
	struct kaal_service service;
	struct kaal_signals signals;
	struct kaal_channel channel;
	enum kaal_file_reason reason;
	bool lost;      /* to be connected anew */
	bool reconnect; /* the description says so */
};

/* An open file or directory; the fields are the library's. */
struct kaal_file {
	struct kaal_files *files;
	uint64_t handle;
	uint32_t epoch; /* of the connection */
};

struct kaal_file_info {
	enum kaal_file_kind kind;
	uint64_t bytes;      /* of a file; a directory: 0 */
	uint64_t number;     /* another for each file that there is */
	uint64_t changed_ns; /* when its bytes or entries were changed, since the machine's start */
};

/* What the service lets the client have, and what it has. Files and bytes stay its own over its ends, until somebody removes them. */
struct kaal_file_space {
	uint64_t bytes_max, bytes; /* in whole pages of 4 KiB */
	uint64_t files_max, files; /* directories, too */
	uint64_t handles_max, handles;
};

/*
 * Connects to the service.
 *   use           name of the use in the description
 *   buffer_bytes  of shared memory each way, 4096..2^30, up to a whole page; a request moves 8 bytes less. The use's channel-max
 *                 allows twice that and a page
 *   deadline      counter ticks, absolute; UINT64_MAX: none
 * OUT_OF_RANGE: buffer_bytes; NOT_SUPPORTED: a service of another major version. Others as kaal_service_open(), kaal_signals_start() and
 * kaal_channel_open(); NO_MEMORY also: it has KAAL_FILE_CONNECTIONS. Nothing is left then. Blocks: until the service is there and has answered.
 */
KAAL_MUST_CHECK kaal_status_t kaal_files_connect(struct kaal_files *files, const char *use, uint64_t buffer_bytes, kaal_ticks_t deadline);

/* Ends the connection; the service closes its files. What kaal_channel_close(), kaal_signals_end() and kaal_service_close() say; it can be made again. */
KAAL_MUST_CHECK kaal_status_t kaal_files_disconnect(struct kaal_files *files);

/* Why the last request was refused; NONE if the service did not refuse it. */
static inline enum kaal_file_reason kaal_files_reason(const struct kaal_files *files)
{
	return files->reason;
}

/* One line, without a full stop; "unknown reason" for a number that is none. Never NULL; a constant. */
const char *kaal_file_reason_text(uint64_t reason);

/* Bytes that one request can move. */
uint64_t kaal_files_bytes_max(const struct kaal_files *files);

/*
 * Opens a file or a directory. flags: enum kaal_file_flag.
 * FLAGS, PATH, LONG, NOT_THERE, EXISTS, NO_DIRECTORY, DIRECTORY, FIXED, FILES_MAX, HANDLES_MAX, MEMORY.
 */
KAAL_MUST_CHECK kaal_status_t kaal_file_open(struct kaal_files *files, const char *path, uint32_t flags, struct kaal_file *file);

/* Closes it; *file is zero, whatever is returned. HANDLE. */
KAAL_MUST_CHECK kaal_status_t kaal_file_close(struct kaal_file *file);

/* Reads up to `bytes` bytes; *got of them, fewer only at the file's end. HANDLE, ACCESS, ROOM. After a failure, *got have been read. */
KAAL_MUST_CHECK kaal_status_t kaal_file_read(struct kaal_file *file, uint64_t position, void *to, uint64_t bytes, uint64_t *got);

/*
 * The same in place: *data is where they lie, in memory that the service writes, too, until the connection's next request. *got: at most
 * kaal_files_bytes_max().
 */
KAAL_MUST_CHECK kaal_status_t kaal_file_peek(struct kaal_file *file, uint64_t position, uint64_t bytes, const void **data, uint64_t *got);

/*
 * Writes `bytes` bytes; a file that ends before them is filled up with zeros. *position is what it is behind them; with
 * APPEND they come at the end, whatever it was. A request's bytes are written as a whole or not at all; more are several requests, and *written is
 * how many bytes the good ones had. HANDLE, ACCESS, SIZE, BYTES_MAX, MEMORY.
 */
KAAL_MUST_CHECK kaal_status_t kaal_file_write(struct kaal_file *file, uint64_t *position, const void *from, uint64_t bytes, uint64_t *written);

/* Makes the file so many bytes long: cuts it, or fills it up with zeros. HANDLE, ACCESS, SIZE, BYTES_MAX, MEMORY. */
KAAL_MUST_CHECK kaal_status_t kaal_file_resize(struct kaal_file *file, uint64_t bytes);

/* Tells of an open file. HANDLE. */
KAAL_MUST_CHECK kaal_status_t kaal_file_status(struct kaal_file *file, struct kaal_file_info *info);

/*
 * Entries of a directory behind *cursor, 0 at first: *count of them, up to `max`, 0 behind the last. What is there from the first
 * call to the last comes once; '.' and '..' do not come. HANDLE, ACCESS, ROOM; OUT_OF_RANGE: max is 0.
 */
KAAL_MUST_CHECK kaal_status_t kaal_file_list(struct kaal_file *directory, uint64_t *cursor, struct kaal_file_entry *entries, uint64_t max, uint64_t *count);

/* What was written is as safe as the service keeps it. HANDLE. */
KAAL_MUST_CHECK kaal_status_t kaal_file_sync(struct kaal_file *file);

/* Tells of a path. PATH, LONG, NOT_THERE, NO_DIRECTORY. */
KAAL_MUST_CHECK kaal_status_t kaal_files_look(struct kaal_files *files, const char *path, struct kaal_file_info *info);

/* Makes an empty directory. PATH, LONG, NOT_THERE, EXISTS, NO_DIRECTORY, FIXED, FILES_MAX, MEMORY. */
KAAL_MUST_CHECK kaal_status_t kaal_files_make_directory(struct kaal_files *files, const char *path);

/*
 * Removes a file or an empty directory, of this kind. Who has it open keeps it. FLAGS, PATH, LONG, NOT_THERE, NO_DIRECTORY, DIRECTORY,
 * NOT_EMPTY, FIXED.
 */
KAAL_MUST_CHECK kaal_status_t kaal_files_remove(struct kaal_files *files, const char *path, enum kaal_file_kind kind);

/*
 * Gives a file or directory another path, at once: a file there, or an empty directory if it is one, goes. To itself: nothing happens.
 * PATH, LONG, NOT_THERE, NO_DIRECTORY, DIRECTORY, NOT_EMPTY, FIXED, INSIDE, MEMORY.
 */
KAAL_MUST_CHECK kaal_status_t kaal_files_rename(struct kaal_files *files, const char *from, const char *to);

/*
 * Sets the time of the last change of a file or directory: ns since the machine's start; UINT64_MAX: now. PATH, LONG, NOT_THERE, NO_DIRECTORY.
 * NOT_SUPPORTED: the description promises a service of version 1.0, which has not that.
 */
KAAL_MUST_CHECK kaal_status_t kaal_files_touch(struct kaal_files *files, const char *path, uint64_t changed_ns);

/* Tells what the client has. */
KAAL_MUST_CHECK kaal_status_t kaal_files_space(struct kaal_files *files, struct kaal_file_space *space);

#ifdef __cplusplus
}
#endif

#endif
