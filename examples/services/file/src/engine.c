#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "path.h"

struct engine_handle {
	struct file_node *node; /* NULL: free */
	uint32_t flags;
};

struct call {
	struct file_backend *backend;
	const struct file_backend_calls *calls;
	struct engine_session *session;
	struct engine_request *request;
	uint64_t *words;
	struct engine_handle *handle; /* of requests that have one */
	struct file_path path, second;
};

kaal_status_t engine_status(enum kaal_file_reason reason)
{
	static const kaal_status_t statuses[] = {
#define KAAL_FILE_REASON(name, number, status, error, text) [number] = KAAL_##status,
#include <kaal/file_reasons.def>
#undef KAAL_FILE_REASON
	};

	return statuses[reason];
}

struct file_account *engine_account(struct engine *engine, uint32_t client)
{
	struct file_account *account = engine->accounts;

	while (account != NULL && account->client != client)
		account = account->next;
	if (account != NULL)
		return account;
	account = calloc(1, sizeof *account);
	if (account == NULL)
		return NULL;
	account->client = client;
	account->next = engine->accounts;
	engine->accounts = account;
	return account;
}

/* --- handles ------------------------------------------------------------------------------- */

/* A free place; more places if there is none. */
static enum kaal_file_reason free_handle(struct call *call, uint64_t *place)
{
	struct engine_session *session = call->session;
	struct engine_handle *handles;
	uint64_t count = session->handle_count != 0 ? session->handle_count * 2 : 8;

	if (session->account->handles >= call->backend->limits.handles)
		return KAAL_FILE_REASON_HANDLES_MAX;
	for (*place = 0; *place < session->handle_count; (*place)++) {
		if (session->handles[*place].node == NULL)
			return KAAL_FILE_REASON_NONE;
	}
	handles = realloc(session->handles, count * sizeof *handles);
	if (handles == NULL)
		return KAAL_FILE_REASON_MEMORY;
	memset(handles + session->handle_count, 0, (count - session->handle_count) * sizeof *handles);
	session->handles = handles;
	session->handle_count = count;
	return KAAL_FILE_REASON_NONE;
}

static void close_handle(struct file_backend *backend, struct engine_session *session, struct engine_handle *handle)
{
	backend->calls->drop(backend, handle->node);
	handle->node = NULL;
	session->account->handles--;
}

void engine_session_end(struct engine *engine, struct engine_session *session)
{
	for (uint64_t i = 0; i < session->handle_count; i++) {
		if (session->handles[i].node != NULL)
			close_handle(engine->backend, session, &session->handles[i]);
	}
	free(session->handles);
	session->handles = NULL;
	session->handle_count = 0;
}

void engine_end(struct engine *engine)
{
	while (engine->accounts != NULL) {
		struct file_account *account = engine->accounts;

		engine->accounts = account->next;
		free(account);
	}
}

/* --- opening ------------------------------------------------------------------------------- */

static bool are_flags(uint64_t flags)
{
	uint64_t writing = KAAL_FILE_FLAG_CREATE | KAAL_FILE_FLAG_TRUNCATE | KAAL_FILE_FLAG_APPEND;

	if ((flags & KAAL_FILE_FLAG_DIRECTORY) != 0)
		return flags == KAAL_FILE_FLAG_DIRECTORY;
	if ((flags & ~(uint64_t)KAAL_FILE_FLAGS) != 0 || (flags & (KAAL_FILE_FLAG_READ | KAAL_FILE_FLAG_WRITE)) == 0)
		return false;
	if ((flags & KAAL_FILE_FLAG_WRITE) == 0 && (flags & writing) != 0)
		return false;
	return (flags & KAAL_FILE_FLAG_EXCLUSIVE) == 0 || (flags & KAAL_FILE_FLAG_CREATE) != 0;
}

/* What is there is what the flags ask for. */
static enum kaal_file_reason may_open(struct call *call, const struct file_place *place, uint64_t flags)
{
	bool directory;

	if (place->node == NULL) {
		if ((flags & KAAL_FILE_FLAG_CREATE) == 0)
			return KAAL_FILE_REASON_NOT_THERE;
		return place->directory_meant ? KAAL_FILE_REASON_DIRECTORY : KAAL_FILE_REASON_NONE;
	}
	if ((flags & KAAL_FILE_FLAG_EXCLUSIVE) != 0)
		return KAAL_FILE_REASON_EXISTS;
	directory = file_node_kind(call->backend, place->node) == KAAL_FILE_KIND_DIRECTORY;
	if (directory != ((flags & KAAL_FILE_FLAG_DIRECTORY) != 0))
		return directory ? KAAL_FILE_REASON_DIRECTORY : KAAL_FILE_REASON_NO_DIRECTORY;
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason open_path(struct call *call)
{
	uint64_t flags = call->words[1], index = 0;
	struct file_account *account = call->session->account;
	struct file_place place;
	struct file_node_info info;
	enum kaal_file_reason reason = KAAL_FILE_REASON_FLAGS;

	if (are_flags(flags))
		reason = file_path_walk(call->backend, &call->path, &place);
	if (reason == KAAL_FILE_REASON_NONE)
		reason = may_open(call, &place, flags);
	if (reason == KAAL_FILE_REASON_NONE)
		reason = free_handle(call, &index);
	if (reason == KAAL_FILE_REASON_NONE && place.node == NULL)
		reason = call->calls->make(call->backend, place.directory, place.name, KAAL_FILE_KIND_FILE, account, &place.node);
	else if (reason == KAAL_FILE_REASON_NONE && (flags & KAAL_FILE_FLAG_TRUNCATE) != 0)
		reason = call->calls->resize(call->backend, place.node, 0, account);
	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	call->calls->keep(place.node);
	account->handles++;
	call->session->handles[index] = (struct engine_handle){place.node, (uint32_t)flags};
	call->calls->tell(place.node, &info);
	call->words[0] = index + 1;
	call->words[1] = info.kind;
	call->words[2] = info.bytes;
	call->request->answer_words = 3;
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason close_file(struct call *call)
{
	close_handle(call->backend, call->session, call->handle);
	return KAAL_FILE_REASON_NONE;
}

/* --- open files ---------------------------------------------------------------------------- */

static enum kaal_file_reason answer_room(struct call *call, uint64_t bytes, void **room)
{
	enum kaal_file_reason reason = call->request->room(call->request->context, bytes, room);

	if (reason == KAAL_FILE_REASON_NONE)
		call->request->room_bytes = bytes;
	return reason;
}

static enum kaal_file_reason read_file(struct call *call)
{
	uint64_t position = call->words[2], bytes = call->words[3];
	struct file_node_info info;
	enum kaal_file_reason reason;
	void *room;

	if ((call->handle->flags & KAAL_FILE_FLAG_READ) == 0)
		return KAAL_FILE_REASON_ACCESS;
	call->calls->tell(call->handle->node, &info);
	if (bytes > call->request->room_max)
		bytes = call->request->room_max;
	if (position >= info.bytes)
		bytes = 0;
	else if (bytes > info.bytes - position)
		bytes = info.bytes - position;
	if (bytes != 0) {
		reason = answer_room(call, bytes, &room);
		if (reason == KAAL_FILE_REASON_NONE)
			reason = call->calls->read(call->handle->node, position, room, bytes);
		if (reason != KAAL_FILE_REASON_NONE)
			return reason;
	}
	call->words[0] = bytes;
	call->request->answer_words = 1;
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason write_file(struct call *call)
{
	uint64_t position = call->words[2], bytes = call->request->message_bytes;
	struct file_node_info info;
	enum kaal_file_reason reason;

	if ((call->handle->flags & KAAL_FILE_FLAG_WRITE) == 0)
		return KAAL_FILE_REASON_ACCESS;
	if ((call->handle->flags & KAAL_FILE_FLAG_APPEND) != 0) {
		call->calls->tell(call->handle->node, &info);
		position = info.bytes;
	}
	if (bytes > KAAL_FILE_BYTES_MAX || position > KAAL_FILE_BYTES_MAX - bytes)
		return KAAL_FILE_REASON_SIZE;
	reason = call->calls->write(call->backend, call->handle->node, position, call->request->message, bytes, call->session->account);
	call->words[0] = bytes;
	call->words[1] = position + bytes;
	call->request->answer_words = 2;
	return reason;
}

static enum kaal_file_reason resize_file(struct call *call)
{
	if ((call->handle->flags & KAAL_FILE_FLAG_WRITE) == 0)
		return KAAL_FILE_REASON_ACCESS;
	if (call->words[2] > KAAL_FILE_BYTES_MAX)
		return KAAL_FILE_REASON_SIZE;
	return call->calls->resize(call->backend, call->handle->node, call->words[2], call->session->account);
}

static enum kaal_file_reason tell(struct call *call, const struct file_node *node)
{
	struct file_node_info info;

	call->calls->tell(node, &info);
	call->words[0] = info.kind;
	call->words[1] = info.bytes;
	call->words[2] = info.number;
	call->words[3] = info.changed_ns;
	call->request->answer_words = 4;
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason tell_file(struct call *call)
{
	return tell(call, call->handle->node);
}

static enum kaal_file_reason sync_file(struct call *call)
{
	return call->calls->sync(call->handle->node);
}

/* How many entries follow the cursor, up to `max`. */
static uint64_t count_entries(struct call *call, uint64_t cursor, uint64_t max)
{
	struct file_node *node = NULL;
	struct file_name name;
	uint64_t count = 0;

	while (count < max && (node = call->calls->next(call->handle->node, node, &cursor, &name)) != NULL)
		count++;
	return count;
}

static enum kaal_file_reason list_directory(struct call *call)
{
	uint64_t cursor = call->words[2], max = call->request->room_max / sizeof(struct kaal_file_entry), count;
	struct file_node *node = NULL;
	enum kaal_file_reason reason;
	void *room = NULL;

	if ((call->handle->flags & KAAL_FILE_FLAG_DIRECTORY) == 0)
		return KAAL_FILE_REASON_ACCESS;
	count = count_entries(call, cursor, call->words[3] < max ? call->words[3] : max);
	reason = count != 0 ? answer_room(call, count * sizeof(struct kaal_file_entry), &room) : KAAL_FILE_REASON_NONE;
	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	for (uint64_t i = 0; i < count; i++) {
		struct kaal_file_entry entry = {0};
		struct file_node_info info;
		struct file_name name;

		node = call->calls->next(call->handle->node, node, &cursor, &name);
		call->calls->tell(node, &info);
		entry.cursor = cursor;
		entry.number = info.number;
		entry.kind = info.kind;
		memcpy(entry.name, name.text, name.bytes);
		memcpy((char *)room + i * sizeof entry, &entry, sizeof entry);
	}
	call->words[0] = count;
	call->request->answer_words = 1;
	return KAAL_FILE_REASON_NONE;
}

/* --- paths --------------------------------------------------------------------------------- */

static enum kaal_file_reason look(struct call *call)
{
	struct file_place place;
	enum kaal_file_reason reason = file_path_find(call->backend, &call->path, &place);

	return reason == KAAL_FILE_REASON_NONE ? tell(call, place.node) : reason;
}

static enum kaal_file_reason touch(struct call *call)
{
	struct file_place place;
	enum kaal_file_reason reason = file_path_find(call->backend, &call->path, &place);

	return reason == KAAL_FILE_REASON_NONE ? call->calls->touch(call->backend, place.node, call->words[1]) : reason;
}

static enum kaal_file_reason make_directory(struct call *call)
{
	struct file_place place;
	enum kaal_file_reason reason = file_path_walk(call->backend, &call->path, &place);

	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	if (place.node != NULL)
		return place.name.bytes == 0 ? KAAL_FILE_REASON_FIXED : KAAL_FILE_REASON_EXISTS;
	return call->calls->make(call->backend, place.directory, place.name, KAAL_FILE_KIND_DIRECTORY, call->session->account, &place.node);
}

static enum kaal_file_reason remove_path(struct call *call)
{
	struct file_place place;
	enum kaal_file_kind kind;
	enum kaal_file_reason reason = KAAL_FILE_REASON_FLAGS;

	if (call->words[1] <= KAAL_FILE_KIND_DIRECTORY)
		reason = file_path_find(call->backend, &call->path, &place);
	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	if (place.name.bytes == 0)
		return KAAL_FILE_REASON_FIXED;
	kind = file_node_kind(call->backend, place.node);
	if (kind != call->words[1])
		return kind == KAAL_FILE_KIND_DIRECTORY ? KAAL_FILE_REASON_DIRECTORY : KAAL_FILE_REASON_NO_DIRECTORY;
	return call->calls->remove(call->backend, place.node);
}

/* Whether a directory is `node`, or lies in it. */
static bool lies_in(struct call *call, struct file_node *directory, const struct file_node *node)
{
	struct file_node *parent;

	for (;; directory = parent) {
		if (directory == node)
			return true;
		parent = call->calls->parent(directory);
		if (parent == directory)
			return false;
	}
}

/* What a rename needs of the kinds of both ends. */
static enum kaal_file_reason may_replace(struct call *call, const struct file_place *from, const struct file_place *to)
{
	bool directory = file_node_kind(call->backend, from->node) == KAAL_FILE_KIND_DIRECTORY;
	bool over;

	if (directory && lies_in(call, to->directory, from->node))
		return KAAL_FILE_REASON_INSIDE;
	if (to->node == NULL)
		return to->directory_meant && !directory ? KAAL_FILE_REASON_NO_DIRECTORY : KAAL_FILE_REASON_NONE;
	over = file_node_kind(call->backend, to->node) == KAAL_FILE_KIND_DIRECTORY;
	if (directory != over)
		return over ? KAAL_FILE_REASON_DIRECTORY : KAAL_FILE_REASON_NO_DIRECTORY;
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason rename_path(struct call *call)
{
	struct file_place from, to;
	enum kaal_file_reason reason = file_path_find(call->backend, &call->path, &from);

	if (reason == KAAL_FILE_REASON_NONE)
		reason = file_path_walk(call->backend, &call->second, &to);
	if (reason != KAAL_FILE_REASON_NONE)
		return reason;
	if (from.name.bytes == 0 || to.name.bytes == 0)
		return KAAL_FILE_REASON_FIXED;
	if (from.node == to.node)
		return KAAL_FILE_REASON_NONE;
	reason = may_replace(call, &from, &to);
	return reason == KAAL_FILE_REASON_NONE ? call->calls->rename(call->backend, from.node, to.directory, to.name, to.node) : reason;
}

static enum kaal_file_reason tell_space(struct call *call)
{
	const struct file_limits *limits = &call->backend->limits;
	const struct file_account *account = call->session->account;

	call->words[0] = limits->bytes;
	call->words[1] = account->bytes;
	call->words[2] = limits->files;
	call->words[3] = account->files;
	call->words[4] = limits->handles;
	call->words[5] = account->handles;
	call->request->answer_words = 6;
	return KAAL_FILE_REASON_NONE;
}

/* --- requests ------------------------------------------------------------------------------ */

/* What a request brings, of file_requests.def. */
static enum kaal_file_reason take_NOTHING(struct call *call)
{
	(void)call;
	return KAAL_FILE_REASON_NONE;
}

static enum kaal_file_reason take_DATA(struct call *call)
{
	return call->request->message != NULL ? KAAL_FILE_REASON_NONE : KAAL_FILE_REASON_MESSAGE;
}

static enum kaal_file_reason take_PATH(struct call *call)
{
	enum kaal_file_reason reason = take_DATA(call);

	return reason == KAAL_FILE_REASON_NONE ? file_path_take(&call->path, call->request->message, call->request->message_bytes) : reason;
}

static enum kaal_file_reason take_PATHS(struct call *call)
{
	const struct engine_request *request = call->request;
	uint64_t first = call->words[1];
	enum kaal_file_reason reason = take_DATA(call);

	if (reason == KAAL_FILE_REASON_NONE && first > request->message_bytes)
		reason = KAAL_FILE_REASON_MESSAGE;
	if (reason == KAAL_FILE_REASON_NONE)
		reason = file_path_take(&call->path, request->message, first);
	if (reason == KAAL_FILE_REASON_NONE)
		reason = file_path_take(&call->second, (const char *)request->message + first, request->message_bytes - first);
	return reason;
}

struct kind_of_request {
	enum kaal_file_reason (*take)(struct call *call);
	enum kaal_file_reason (*carry_out)(struct call *call);
	bool handle; /* word 1 is one */
};

static const struct kind_of_request *kind_of(enum kaal_file_request number)
{
	static const struct kind_of_request kinds[] = {
		[KAAL_FILE_OPEN] = {take_PATH, open_path, false},
		[KAAL_FILE_CLOSE] = {take_NOTHING, close_file, true},
		[KAAL_FILE_READ] = {take_NOTHING, read_file, true},
		[KAAL_FILE_WRITE] = {take_DATA, write_file, true},
		[KAAL_FILE_RESIZE] = {take_NOTHING, resize_file, true},
		[KAAL_FILE_STATUS] = {take_NOTHING, tell_file, true},
		[KAAL_FILE_LOOK] = {take_PATH, look, false},
		[KAAL_FILE_LIST] = {take_NOTHING, list_directory, true},
		[KAAL_FILE_MAKE_DIRECTORY] = {take_PATH, make_directory, false},
		[KAAL_FILE_REMOVE] = {take_PATH, remove_path, false},
		[KAAL_FILE_RENAME] = {take_PATHS, rename_path, false},
		[KAAL_FILE_SYNC] = {take_NOTHING, sync_file, true},
		[KAAL_FILE_SPACE] = {take_NOTHING, tell_space, false},
		[KAAL_FILE_TOUCH] = {take_PATH, touch, false},
	};

	return &kinds[number];
}

enum kaal_file_reason engine_request(struct engine *engine, struct engine_session *session, struct engine_request *request)
{
	const struct kind_of_request *kind = kind_of(request->number);
	struct call call;
	enum kaal_file_reason reason;

	call.backend = engine->backend;
	call.calls = engine->backend->calls;
	call.session = session;
	call.request = request;
	call.words = request->words;
	request->answer_words = 0;
	request->room_bytes = 0;
	reason = kind->take(&call);
	if (reason == KAAL_FILE_REASON_NONE && kind->handle) {
		/* Handles count from 1; 0 becomes what no session has. */
		uint64_t place = request->words[1] - 1;

		if (place >= session->handle_count || session->handles[place].node == NULL)
			return KAAL_FILE_REASON_HANDLE;
		call.handle = &session->handles[place];
	}
	if (reason == KAAL_FILE_REASON_NONE)
		reason = kind->carry_out(&call);
	if (reason != KAAL_FILE_REASON_NONE)
		request->room_bytes = 0;
	return reason;
}
