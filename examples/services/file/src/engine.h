/*
 * The file service's requests, without kernel and channels: words and a message come in, words and a message go out. What came is hostile: paths
 * are copied once, then checked; all else is numbers.
 *
 * ENGINE-1: each open handle keeps its node, and counts in its session's account
 */
#ifndef FILE_ENGINE_H
#define FILE_ENGINE_H

#include <kaal/status.h>

#include "backend.h"

struct engine {
	struct file_backend *backend;
	struct file_account *accounts;
};

struct engine_handle; /* engine.c */

/* What one connection has. */
struct engine_session {
	struct file_account *account;
	struct engine_handle *handles;
	uint64_t handle_count; /* places in `handles` */
};

#define ENGINE_WORDS 8u

struct engine_request {
	enum kaal_file_request number;
	uint64_t words[ENGINE_WORDS]; /* that came; then the answer's */
	uint64_t answer_words;
	const void *message; /* that came; the sender may change it meanwhile */
	uint64_t message_bytes;
	/* Room for the answer's message: a request asks once at most, with no more than room_max. KAAL_FILE_REASON_ROOM if there is none. */
	enum kaal_file_reason (*room)(void *context, uint64_t bytes, void **room);
	void *context;
	uint64_t room_max;
	uint64_t room_bytes; /* of the answer's message; 0: there is none */
};

/* A client's account, made at its first coming; NULL: no memory. */
struct file_account *engine_account(struct engine *engine, uint32_t client);

/* Carries a request out. Anything but NONE: nothing has changed, there is no message. */
enum kaal_file_reason engine_request(struct engine *engine, struct engine_session *session, struct engine_request *request);

/* Closes what the session has open; it can be used again. */
void engine_session_end(struct engine *engine, struct engine_session *session);

/* Frees the accounts; no session is open. */
void engine_end(struct engine *engine);

/* The status of a refusal; OK of NONE. */
kaal_status_t engine_status(enum kaal_file_reason reason);

#endif
