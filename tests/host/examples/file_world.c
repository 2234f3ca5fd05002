#include "file_world.h"

struct world world;
unsigned memory_fails_in;

static uint64_t now_ns(void)
{
	static uint64_t now;

	return ++now;
}

static enum kaal_file_reason room(void *context, uint64_t bytes, void **memory)
{
	(void)context;
	cr_assert_leq(bytes, world.request.room_max);
	*memory = world.room;
	return world.no_room ? KAAL_FILE_REASON_ROOM : KAAL_FILE_REASON_NONE;
}

void world_start(uint64_t bytes, uint64_t files, uint64_t handles)
{
	const struct file_limits limits = {bytes, files, handles};

	memset(&world, 0, sizeof world);
	memory_fails_in = 0;
	cr_assert(ram_start(&world.ram, &limits, now_ns));
	world.engine.backend = &world.ram.backend;
	world.session.account = engine_account(&world.engine, 1);
	world.other.account = engine_account(&world.engine, 2);
}

void world_end(void)
{
	engine_session_end(&world.engine, &world.session);
	engine_session_end(&world.engine, &world.other);
	cr_assert_eq(world.session.account->handles + world.other.account->handles, 0);
	ram_end(&world.ram);
	cr_assert_eq(world.session.account->bytes + world.other.account->bytes, 0);
	cr_assert_eq(world.session.account->files + world.other.account->files, 0);
	engine_end(&world.engine);
}

enum kaal_file_reason ask_as(struct engine_session *session, enum kaal_file_request number, uint64_t one, uint64_t two, uint64_t three,
			     const void *message, uint64_t bytes)
{
	world.request = (struct engine_request){.number = number, .words = {0, one, two, three}, .message = message, .message_bytes = bytes,
						.room = room, .room_max = ROOM_BYTES};
	return engine_request(&world.engine, session, &world.request);
}

enum kaal_file_reason ask_path(enum kaal_file_request number, uint64_t word, const char *path)
{
	return ask_as(&world.session, number, word, 0, 0, path, strlen(path));
}

enum kaal_file_reason ask_handle(enum kaal_file_request number, uint64_t handle, uint64_t two, uint64_t three)
{
	return ask_as(&world.session, number, handle, two, three, NULL, 0);
}

enum kaal_file_reason ask_rename(const char *from, const char *to)
{
	char both[4096];
	size_t first = strlen(from), second = strlen(to);

	memcpy(both, from, first);
	memcpy(both + first, to, second);
	return ask_as(&world.session, KAAL_FILE_RENAME, first, 0, 0, both, first + second);
}

enum kaal_file_reason ask_write(uint64_t handle, uint64_t position, const void *bytes, uint64_t count)
{
	return ask_as(&world.session, KAAL_FILE_WRITE, handle, position, 0, bytes, count);
}

uint64_t open_as(struct engine_session *session, const char *path, uint32_t flags)
{
	return ask_as(session, KAAL_FILE_OPEN, flags, 0, 0, path, strlen(path)) == KAAL_FILE_REASON_NONE ? world.request.words[0] : 0;
}
