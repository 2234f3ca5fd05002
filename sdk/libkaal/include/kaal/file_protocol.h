/*
 * What a client and the file service say to each other (docs/files.md): protocol "kaal,file", version 1.1. For those who write a service;
 * clients call <kaal/file.h>.
 */
#ifndef KAAL_FILE_PROTOCOL_H
#define KAAL_FILE_PROTOCOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_FILE_VERSION_MAJOR 1u
#define KAAL_FILE_VERSION_MINOR 1u

enum kaal_file_request {
#define KAAL_FILE_REQUEST(name, number, words, message, asks, answer) KAAL_FILE_##name = number,
#include <kaal/file_requests.def>
#undef KAAL_FILE_REQUEST
};

enum kaal_file_reason {
#define KAAL_FILE_REASON(name, number, status, error, text) KAAL_FILE_REASON_##name = number,
#include <kaal/file_reasons.def>
#undef KAAL_FILE_REASON
};

#define KAAL_FILE_PATH_BYTES_MAX 1023u
#define KAAL_FILE_NAME_BYTES_MAX 255u
#define KAAL_FILE_BYTES_MAX (UINT64_C(1) << 40)
#define KAAL_FILE_CONNECTIONS 2u /* that a client has at a time by one use */

/* What a file is opened for: flags. READ or WRITE, or both, or DIRECTORY alone. */
enum kaal_file_flag {
	KAAL_FILE_FLAG_READ = 1,
	KAAL_FILE_FLAG_WRITE = 2,
	KAAL_FILE_FLAG_CREATE = 4,     /* makes it if it is not there; with WRITE */
	KAAL_FILE_FLAG_EXCLUSIVE = 8,  /* with CREATE: refused with EXISTS if it is there */
	KAAL_FILE_FLAG_TRUNCATE = 16,  /* to 0 bytes; with WRITE */
	KAAL_FILE_FLAG_APPEND = 32,    /* what is written comes at the end; with WRITE */
	KAAL_FILE_FLAG_DIRECTORY = 64, /* for LIST */
	KAAL_FILE_FLAGS = 127,
};

enum kaal_file_kind {
	KAAL_FILE_KIND_FILE = 0,
	KAAL_FILE_KIND_DIRECTORY = 1,
};

/* One of LIST's entries. */
struct kaal_file_entry {
	uint64_t cursor; /* the next LIST goes on behind it, whatever happens to the directory or to this entry meanwhile */
	uint64_t number; /* of the file: another for each that there is */
	uint32_t kind;   /* enum kaal_file_kind */
	uint32_t reserved;
	char name[KAAL_FILE_NAME_BYTES_MAX + 1]; /* and NULs */
};

#ifdef __cplusplus
}
#endif

#endif
