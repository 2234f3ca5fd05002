/* A file service on the host, without kernel and channels, and what asks it. */
#ifndef FILE_WORLD_H
#define FILE_WORLD_H

#include <criterion/criterion.h>
#include <string.h>

#include "engine.h"
#include "ram.h"

#define ROOM_BYTES 16384u

extern unsigned memory_fails_in;

struct world {
	struct ram ram;
	struct engine engine;
	struct engine_session session, other; /* of two clients */
	struct engine_request request;        /* the last one, with its answer */
	uint8_t room[ROOM_BYTES];             /* its message */
	bool no_room;
};

extern struct world world;

/* Limits of each client. */
void world_start(uint64_t bytes, uint64_t files, uint64_t handles);

/* Closes all that is open, and checks that removing everything gives all back. */
void world_end(void);

enum kaal_file_reason ask_as(struct engine_session *session, enum kaal_file_request number, uint64_t one, uint64_t two, uint64_t three,
			     const void *message, uint64_t bytes);

/* A path's request, with word 1; a handle's. */
enum kaal_file_reason ask_path(enum kaal_file_request number, uint64_t word, const char *path);
enum kaal_file_reason ask_handle(enum kaal_file_request number, uint64_t handle, uint64_t two, uint64_t three);
enum kaal_file_reason ask_rename(const char *from, const char *to);
enum kaal_file_reason ask_write(uint64_t handle, uint64_t position, const void *bytes, uint64_t count);

/* Opens a path; 0 if that is refused. */
uint64_t open_as(struct engine_session *session, const char *path, uint32_t flags);

#define refused(reason, call) cr_assert_eq((call), KAAL_FILE_REASON_##reason, #call)
#define fine(call) refused(NONE, call)

#endif
