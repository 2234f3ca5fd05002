/* Files of a file service: requests are calls, paths and bytes go through a channel. */
#include <kaal/file.h>

#include <string.h>

#include <kaal/message.h>
#include <kaal/status.h>
#include <kaal/time.h>

#define BUFFER_BYTES_MAX (UINT64_C(1) << 30)

const char *kaal_file_reason_text(uint64_t reason)
{
	switch (reason) {
#define KAAL_FILE_REASON(name, number, status, error, text) \
	case number:                                        \
		return text;
#include <kaal/file_reasons.def>
#undef KAAL_FILE_REASON
	default:
		return "unknown reason";
	}
}

/* --- connection ---------------------------------------------------------------------------- */

static kaal_status_t connect(struct kaal_files *files, uint64_t buffer_bytes, kaal_ticks_t deadline)
{
	const struct kaal_channel_setup setup = {.to_provider_bytes = buffer_bytes, .to_client_bytes = buffer_bytes};

	if (files->service.version_major != KAAL_FILE_VERSION_MAJOR)
		return KAAL_NOT_SUPPORTED;
	return kaal_channel_open(&files->channel, &files->service, &files->signals, &setup, deadline);
}

kaal_status_t kaal_files_connect(struct kaal_files *files, const char *use, uint64_t buffer_bytes, kaal_ticks_t deadline)
{
	kaal_status_t status;

	*files = (struct kaal_files){0};
	if (buffer_bytes < KAAL_PAGE_BYTES || buffer_bytes > BUFFER_BYTES_MAX)
		return KAAL_OUT_OF_RANGE;
	status = kaal_service_open(&files->service, use, deadline);
	if (status == KAAL_OK)
		status = kaal_signals_start(&files->signals);
	if (status == KAAL_OK)
		status = connect(files, buffer_bytes, deadline);
	files->reconnect = files->service.reconnect;
	files->service.reconnect = false;
	if (status != KAAL_OK)
		kaal_ignore(kaal_files_disconnect(files));
	return status;
}

kaal_status_t kaal_files_disconnect(struct kaal_files *files)
{
	kaal_status_t status = kaal_channel_close(&files->channel);

	if (status == KAAL_OK && files->signals.notification.thing != 0)
		status = kaal_signals_end(&files->signals);
	if (status == KAAL_OK)
		status = kaal_service_close(&files->service);
	if (status == KAAL_OK)
		*files = (struct kaal_files){0};
	return status;
}

uint64_t kaal_files_bytes_max(const struct kaal_files *files)
{
	uint64_t out = kaal_channel_send_max(&files->channel), in = kaal_channel_receive_max(&files->channel);

	return out < in ? out : in;
}

/* The service has ended, or does not keep to the protocol. */
static kaal_status_t lose(struct kaal_files *files)
{
	files->lost = true;
	return KAAL_CANCELLED;
}

/* --- requests ------------------------------------------------------------------------------ */

/* Before a request: what the last one left in place goes. By path, a lost connection is made again. */
static kaal_status_t begin(struct kaal_files *files, bool again)
{
	kaal_status_t status;

	files->reason = KAAL_FILE_REASON_NONE;
	if (files->lost && again) {
		/* Only here: a call that was under way when the service ended is not made again, and waits for nobody. */
		files->service.reconnect = files->reconnect;
		status = kaal_channel_reset(&files->channel, kaal_ticks_now() + KAAL_FILE_WAIT_S * kaal_ticks_hz());
		files->service.reconnect = false;
		if (status != KAAL_OK)
			return status;
		files->lost = false;
	}
	if (files->lost)
		return KAAL_CANCELLED;
	status = kaal_channel_release(&files->channel);
	return status == KAAL_OK ? KAAL_OK : lose(files);
}

/* A handle of a connection that was lost is nobody's. */
static kaal_status_t begin_file(const struct kaal_file *file)
{
	if (file->files == NULL)
		return KAAL_NOT_BOUND;
	if (file->epoch != kaal_channel_epoch(&file->files->channel))
		return KAAL_CANCELLED;
	return begin(file->files, false);
}

static kaal_status_t reason_status(uint64_t reason)
{
	switch (reason) {
#define KAAL_FILE_REASON(name, number, status, error, text) \
	case number:                                        \
		return KAAL_##status;
#include <kaal/file_reasons.def>
#undef KAAL_FILE_REASON
	default:
		return KAAL_CANCELLED;
	}
}

/* Words 1.. are the request's; the answer's afterwards, from word 0 on. */
static kaal_status_t request(struct kaal_files *files, enum kaal_file_request number, uint64_t count, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t answer;
	kaal_status_t status;

	words[0] = files->channel.held.thing;
	status = kaal_service_call(&files->service, kaal_message(count, 0, number), words, UINT64_MAX, &answer);
	if (status != KAAL_OK)
		return lose(files);
	for (uint64_t i = kaal_message_words(answer); i < KAAL_MESSAGE_REGISTERS; i++)
		words[i] = 0;
	status = kaal_message_label(answer);
	if (status == KAAL_OK)
		return KAAL_OK;
	/* An instance that knows nothing of the connection, or says what cannot be. */
	if (words[0] == KAAL_FILE_REASON_CONNECTION || words[0] == KAAL_FILE_REASON_NONE || reason_status(words[0]) != status)
		return lose(files);
	files->reason = (enum kaal_file_reason)words[0];
	return status;
}

/* A path as the request's message, or two. */
static kaal_status_t request_path(struct kaal_files *files, enum kaal_file_request number, const char *path, const char *second, uint64_t count,
				  uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	uint64_t bytes = strlen(path), more = second != NULL ? strlen(second) : 0;
	void *room;
	kaal_status_t status = begin(files, true);

	if (status != KAAL_OK)
		return status;
	if (bytes > KAAL_FILE_PATH_BYTES_MAX || more > KAAL_FILE_PATH_BYTES_MAX) {
		files->reason = KAAL_FILE_REASON_LONG;
		return KAAL_OUT_OF_RANGE;
	}
	/* The service takes every request's message, so there is room; else it is not what it says. */
	if (kaal_channel_reserve(&files->channel, bytes + more, 0, &room) != KAAL_OK)
		return lose(files);
	memcpy(room, path, bytes);
	if (second != NULL)
		memcpy((char *)room + bytes, second, more);
	if (kaal_channel_commit(&files->channel, bytes + more) != KAAL_OK)
		return lose(files);
	return request(files, number, count, words);
}

static kaal_status_t request_handle(struct kaal_file *file, enum kaal_file_request number, uint64_t count, uint64_t words[KAAL_MESSAGE_REGISTERS])
{
	kaal_status_t status = begin_file(file);

	words[1] = file->handle;
	return status == KAAL_OK ? request(file->files, number, count, words) : status;
}

/* The message of so many bytes that an answer has told of. */
static kaal_status_t take(struct kaal_files *files, uint64_t bytes, const void **data)
{
	uint64_t came;

	*data = NULL;
	if (bytes == 0)
		return KAAL_OK;
	return kaal_channel_peek(&files->channel, 0, data, &came) == KAAL_OK && came == bytes ? KAAL_OK : lose(files);
}

/* --- files --------------------------------------------------------------------------------- */

kaal_status_t kaal_file_open(struct kaal_files *files, const char *path, uint32_t flags, struct kaal_file *file)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, flags};
	kaal_status_t status = request_path(files, KAAL_FILE_OPEN, path, NULL, 2, words);

	*file = (struct kaal_file){0};
	if (status == KAAL_OK)
		*file = (struct kaal_file){.files = files, .handle = words[0], .epoch = kaal_channel_epoch(&files->channel)};
	return status;
}

kaal_status_t kaal_file_close(struct kaal_file *file)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = request_handle(file, KAAL_FILE_CLOSE, 2, words);

	*file = (struct kaal_file){0};
	return status;
}

kaal_status_t kaal_file_peek(struct kaal_file *file, uint64_t position, uint64_t bytes, const void **data, uint64_t *got)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, position, bytes};
	uint64_t max;
	kaal_status_t status;

	if (file->files == NULL)
		return KAAL_NOT_BOUND;
	max = kaal_files_bytes_max(file->files);
	if (bytes > max)
		words[3] = bytes = max;
	status = request_handle(file, KAAL_FILE_READ, 4, words);
	if (status != KAAL_OK)
		return status;
	*got = words[0];
	return *got <= bytes ? take(file->files, *got, data) : lose(file->files);
}

kaal_status_t kaal_file_read(struct kaal_file *file, uint64_t position, void *to, uint64_t bytes, uint64_t *got)
{
	kaal_status_t status;
	const void *data;
	uint64_t came;

	*got = 0;
	do {
		status = kaal_file_peek(file, position + *got, bytes - *got, &data, &came);
		if (status != KAAL_OK)
			return status;
		if (came != 0)
			memcpy((char *)to + *got, data, came);
		*got += came;
	} while (came != 0 && *got < bytes);
	return KAAL_OK;
}

static kaal_status_t write_piece(struct kaal_file *file, uint64_t *position, const void *from, uint64_t bytes)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, file->handle, *position};
	kaal_status_t status = begin_file(file);

	if (status != KAAL_OK)
		return status;
	if (kaal_channel_send(&file->files->channel, from, bytes, 0) != KAAL_OK)
		return lose(file->files);
	status = request(file->files, KAAL_FILE_WRITE, 3, words);
	if (status != KAAL_OK)
		return status;
	if (words[0] != bytes || words[1] < bytes)
		return lose(file->files);
	*position = words[1];
	return KAAL_OK;
}

kaal_status_t kaal_file_write(struct kaal_file *file, uint64_t *position, const void *from, uint64_t bytes, uint64_t *written)
{
	uint64_t max;

	*written = 0;
	if (file->files == NULL)
		return KAAL_NOT_BOUND;
	max = kaal_files_bytes_max(file->files);
	do {
		uint64_t piece = bytes - *written < max ? bytes - *written : max;
		kaal_status_t status = write_piece(file, position, (const char *)from + *written, piece);

		if (status != KAAL_OK)
			return status;
		*written += piece;
	} while (*written < bytes);
	return KAAL_OK;
}

kaal_status_t kaal_file_resize(struct kaal_file *file, uint64_t bytes)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, bytes};

	return request_handle(file, KAAL_FILE_RESIZE, 3, words);
}

kaal_status_t kaal_file_sync(struct kaal_file *file)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	return request_handle(file, KAAL_FILE_SYNC, 2, words);
}

static kaal_status_t tell(struct kaal_files *files, kaal_status_t status, const uint64_t words[KAAL_MESSAGE_REGISTERS], struct kaal_file_info *info)
{
	if (status != KAAL_OK)
		return status;
	if (words[0] > KAAL_FILE_KIND_DIRECTORY)
		return lose(files);
	*info = (struct kaal_file_info){.kind = (enum kaal_file_kind)words[0], .bytes = words[1], .number = words[2], .changed_ns = words[3]};
	return KAAL_OK;
}

kaal_status_t kaal_file_status(struct kaal_file *file, struct kaal_file_info *info)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = request_handle(file, KAAL_FILE_STATUS, 2, words);

	return tell(file->files, status, words, info);
}

/* A name that a path can have. */
static bool is_entry(const struct kaal_file_entry *entry)
{
	size_t bytes = strnlen(entry->name, sizeof entry->name);

	return bytes != 0 && bytes < sizeof entry->name && memchr(entry->name, '/', bytes) == NULL && entry->kind <= KAAL_FILE_KIND_DIRECTORY;
}

kaal_status_t kaal_file_list(struct kaal_file *directory, uint64_t *cursor, struct kaal_file_entry *entries, uint64_t max, uint64_t *count)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, 0, *cursor};
	kaal_status_t status;
	const void *data;
	uint64_t room;

	if (directory->files == NULL)
		return KAAL_NOT_BOUND;
	if (max == 0)
		return KAAL_OUT_OF_RANGE;
	room = kaal_files_bytes_max(directory->files) / sizeof *entries;
	words[3] = max = max < room ? max : room;
	status = request_handle(directory, KAAL_FILE_LIST, 4, words);
	if (status != KAAL_OK)
		return status;
	*count = words[0];
	status = *count <= max ? take(directory->files, *count * sizeof *entries, &data) : lose(directory->files);
	if (status != KAAL_OK || *count == 0)
		return status;
	memcpy(entries, data, *count * sizeof *entries);
	for (uint64_t i = 0; i < *count; i++) {
		if (!is_entry(&entries[i]))
			return lose(directory->files);
	}
	*cursor = entries[*count - 1].cursor;
	return KAAL_OK;
}

/* --- paths --------------------------------------------------------------------------------- */

kaal_status_t kaal_files_look(struct kaal_files *files, const char *path, struct kaal_file_info *info)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = request_path(files, KAAL_FILE_LOOK, path, NULL, 1, words);

	return tell(files, status, words, info);
}

kaal_status_t kaal_files_make_directory(struct kaal_files *files, const char *path)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};

	return request_path(files, KAAL_FILE_MAKE_DIRECTORY, path, NULL, 1, words);
}

kaal_status_t kaal_files_remove(struct kaal_files *files, const char *path, enum kaal_file_kind kind)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, kind};

	return request_path(files, KAAL_FILE_REMOVE, path, NULL, 2, words);
}

kaal_status_t kaal_files_rename(struct kaal_files *files, const char *from, const char *to)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, strlen(from)};

	return request_path(files, KAAL_FILE_RENAME, from, to, 2, words);
}

kaal_status_t kaal_files_touch(struct kaal_files *files, const char *path, uint64_t changed_ns)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0, changed_ns};

	files->reason = KAAL_FILE_REASON_NONE;
	if (files->service.version_minor < 1)
		return KAAL_NOT_SUPPORTED;
	return request_path(files, KAAL_FILE_TOUCH, path, NULL, 2, words);
}

kaal_status_t kaal_files_space(struct kaal_files *files, struct kaal_file_space *space)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {0};
	kaal_status_t status = begin(files, true);

	if (status == KAAL_OK)
		status = request(files, KAAL_FILE_SPACE, 1, words);
	if (status == KAAL_OK)
		*space = (struct kaal_file_space){.bytes_max = words[0], .bytes = words[1], .files_max = words[2], .files = words[3],
						  .handles_max = words[4], .handles = words[5]};
	return status;
}
