/* The file service's requests: what each does, and each refusal. */
#include "file_world.h"

#define READ KAAL_FILE_FLAG_READ
#define WRITE KAAL_FILE_FLAG_WRITE
#define CREATE KAAL_FILE_FLAG_CREATE
#define MAKE (READ | WRITE | CREATE)
#define FILE_KIND KAAL_FILE_KIND_FILE
#define DIRECTORY_KIND KAAL_FILE_KIND_DIRECTORY

static void start(void)
{
	world_start(65536, 8, 4);
}

TestSuite(file_engine, .init = start, .fini = world_end);

/* All of a file is this. */
static void expect_bytes(uint64_t handle, const void *bytes, uint64_t count)
{
	fine(ask_handle(KAAL_FILE_READ, handle, 0, ROOM_BYTES));
	cr_assert_eq(world.request.words[0], count);
	cr_assert_eq(world.request.room_bytes, count);
	cr_assert_arr_eq(world.room, bytes, count);
}

Test(file_engine, bytes_come_back)
{
	uint64_t file = open_as(&world.session, "/a", MAKE);

	fine(ask_write(file, 0, "hello", 5));
	cr_assert_eq(world.request.words[0], 5);
	cr_assert_eq(world.request.words[1], 5);
	fine(ask_write(file, 3, "p!", 2));
	expect_bytes(file, "help!", 5);
	fine(ask_handle(KAAL_FILE_READ, file, 2, 2));
	cr_assert_eq(world.request.words[0], 2);
	cr_assert_arr_eq(world.room, "lp", 2);
	fine(ask_handle(KAAL_FILE_READ, file, 5, 1));
	cr_assert_eq(world.request.room_bytes, 0);
	fine(ask_handle(KAAL_FILE_READ, file, UINT64_MAX, UINT64_MAX));
	cr_assert_eq(world.request.words[0], 0);
	/* Another client reads the same file. */
	cr_assert_neq(open_as(&world.other, "/a", READ), 0);
	fine(ask_as(&world.other, KAAL_FILE_READ, 1, 0, 9, NULL, 0));
	cr_assert_arr_eq(world.room, "help!", 5);
	fine(ask_handle(KAAL_FILE_SYNC, file, 0, 0));
	fine(ask_handle(KAAL_FILE_CLOSE, file, 0, 0));
	refused(HANDLE, ask_handle(KAAL_FILE_READ, file, 0, 1));
}

Test(file_engine, what_was_cut_off_is_zeros)
{
	uint64_t file = open_as(&world.session, "/a", MAKE);
	uint8_t wanted[10000] = {'x', 'x'};

	fine(ask_write(file, 0, "xxxxxxxxxx", 10));
	fine(ask_handle(KAAL_FILE_RESIZE, file, 2, 0));
	fine(ask_handle(KAAL_FILE_RESIZE, file, 9000, 0));
	fine(ask_write(file, 9999, "", 1));
	expect_bytes(file, wanted, sizeof wanted);
	cr_assert_eq(world.session.account->bytes, 3 * FILE_PAGE_BYTES);
	fine(ask_handle(KAAL_FILE_RESIZE, file, 4096, 0));
	cr_assert_eq(world.session.account->bytes, FILE_PAGE_BYTES);
	fine(ask_handle(KAAL_FILE_STATUS, file, 0, 0));
	cr_assert_eq(world.request.words[0], FILE_KIND);
	cr_assert_eq(world.request.words[1], 4096);
}

Test(file_engine, flags)
{
	static const uint32_t wrong[] = {0, CREATE, WRITE | KAAL_FILE_FLAG_EXCLUSIVE, READ | KAAL_FILE_FLAG_TRUNCATE, READ | KAAL_FILE_FLAG_APPEND,
					 READ | CREATE, READ | KAAL_FILE_FLAG_DIRECTORY, READ | 128};
	uint64_t file;

	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		refused(FLAGS, ask_path(KAAL_FILE_OPEN, wrong[i], "/a"));
	refused(NOT_THERE, ask_path(KAAL_FILE_OPEN, READ, "/a"));
	file = open_as(&world.session, "/a", WRITE | CREATE | KAAL_FILE_FLAG_EXCLUSIVE);
	refused(EXISTS, ask_path(KAAL_FILE_OPEN, MAKE | KAAL_FILE_FLAG_EXCLUSIVE, "/a"));
	refused(ACCESS, ask_handle(KAAL_FILE_READ, file, 0, 1));
	fine(ask_write(file, 0, "one", 3));
	file = open_as(&world.session, "/a", READ | WRITE | KAAL_FILE_FLAG_APPEND);
	fine(ask_write(file, 0, "two", 3));
	cr_assert_eq(world.request.words[1], 6);
	expect_bytes(file, "onetwo", 6);
	file = open_as(&world.session, "/a", READ);
	refused(ACCESS, ask_write(file, 0, "x", 1));
	refused(ACCESS, ask_handle(KAAL_FILE_RESIZE, file, 0, 0));
	refused(ACCESS, ask_handle(KAAL_FILE_LIST, file, 0, 1));
	file = open_as(&world.session, "/a", WRITE | KAAL_FILE_FLAG_TRUNCATE);
	refused(HANDLES_MAX, ask_path(KAAL_FILE_OPEN, READ, "/a"));
	fine(ask_handle(KAAL_FILE_STATUS, file, 0, 0));
	cr_assert_eq(world.request.words[1], 0);
	refused(SIZE, ask_write(file, KAAL_FILE_BYTES_MAX, "x", 1));
	refused(SIZE, ask_write(file, UINT64_MAX, "x", 1));
	refused(SIZE, ask_handle(KAAL_FILE_RESIZE, file, KAAL_FILE_BYTES_MAX + 1, 0));
}

Test(file_engine, paths)
{
	char longest[KAAL_FILE_PATH_BYTES_MAX + 2];

	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d"));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "//d/./e/"));
	cr_assert_neq(open_as(&world.session, "/d/e/../../d//f", MAKE), 0);
	fine(ask_path(KAAL_FILE_LOOK, 0, "/../d/f"));
	cr_assert_eq(world.request.words[0], FILE_KIND);
	fine(ask_path(KAAL_FILE_LOOK, 0, "/d/e/.."));
	cr_assert_eq(world.request.words[0], DIRECTORY_KIND);
	refused(PATH, ask_path(KAAL_FILE_LOOK, 0, ""));
	refused(PATH, ask_path(KAAL_FILE_LOOK, 0, "d"));
	refused(PATH, ask_as(&world.session, KAAL_FILE_LOOK, 0, 0, 0, "/d\0", 3));
	refused(MESSAGE, ask_as(&world.session, KAAL_FILE_LOOK, 0, 0, 0, NULL, 0));
	refused(MESSAGE, ask_as(&world.session, KAAL_FILE_RENAME, 5, 0, 0, "/d/f", 4));
	refused(NOT_THERE, ask_path(KAAL_FILE_LOOK, 0, "/x/../d"));
	refused(NO_DIRECTORY, ask_path(KAAL_FILE_LOOK, 0, "/d/f/.."));
	refused(NO_DIRECTORY, ask_path(KAAL_FILE_LOOK, 0, "/d/f/"));
	refused(DIRECTORY, ask_path(KAAL_FILE_OPEN, MAKE, "/d/new/"));
	refused(DIRECTORY, ask_path(KAAL_FILE_OPEN, READ, "/d"));
	refused(NO_DIRECTORY, ask_path(KAAL_FILE_OPEN, KAAL_FILE_FLAG_DIRECTORY, "/d/f"));
	memset(longest, '/', sizeof longest);
	memset(longest + 1, 'n', KAAL_FILE_NAME_BYTES_MAX);
	fine(ask_as(&world.session, KAAL_FILE_MAKE_DIRECTORY, 0, 0, 0, longest, KAAL_FILE_PATH_BYTES_MAX));
	refused(LONG, ask_as(&world.session, KAAL_FILE_LOOK, 0, 0, 0, longest, KAAL_FILE_PATH_BYTES_MAX + 1));
	longest[KAAL_FILE_NAME_BYTES_MAX + 1] = 'n';
	refused(LONG, ask_as(&world.session, KAAL_FILE_LOOK, 0, 0, 0, longest, KAAL_FILE_PATH_BYTES_MAX));
}

Test(file_engine, removing)
{
	uint64_t file = open_as(&world.session, "/a", MAKE);

	fine(ask_write(file, 0, "kept", 4));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d"));
	refused(EXISTS, ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/a"));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d/e"));
	refused(NOT_EMPTY, ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/d"));
	refused(DIRECTORY, ask_path(KAAL_FILE_REMOVE, FILE_KIND, "/d"));
	refused(NO_DIRECTORY, ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/a"));
	refused(FLAGS, ask_path(KAAL_FILE_REMOVE, 2, "/a"));
	refused(NOT_THERE, ask_path(KAAL_FILE_REMOVE, FILE_KIND, "/b"));
	refused(FIXED, ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/"));
	refused(FIXED, ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/d/e/."));
	refused(FIXED, ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d/.."));
	fine(ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/d/e"));
	fine(ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/d"));
	/* Who has it open keeps it, and pays for it. */
	fine(ask_path(KAAL_FILE_REMOVE, FILE_KIND, "/a"));
	refused(NOT_THERE, ask_path(KAAL_FILE_LOOK, 0, "/a"));
	expect_bytes(file, "kept", 4);
	cr_assert_eq(world.session.account->files, 1);
	fine(ask_handle(KAAL_FILE_CLOSE, file, 0, 0));
	cr_assert_eq(world.session.account->files, 0);
	cr_assert_eq(world.session.account->bytes, 0);
}

Test(file_engine, renaming)
{
	uint64_t file = open_as(&world.session, "/a", MAKE), other = open_as(&world.session, "/b", MAKE);

	fine(ask_write(file, 0, "aaa", 3));
	fine(ask_write(other, 0, "b", 1));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d"));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d/e"));
	fine(ask_rename("/a", "/b"));
	refused(NOT_THERE, ask_rename("/a", "/b"));
	fine(ask_rename("/b", "/./b"));
	fine(ask_path(KAAL_FILE_LOOK, 0, "/b"));
	cr_assert_eq(world.request.words[1], 3);
	expect_bytes(other, "b", 1);
	refused(DIRECTORY, ask_rename("/b", "/d"));
	refused(NO_DIRECTORY, ask_rename("/d", "/b"));
	refused(NO_DIRECTORY, ask_rename("/b", "/new/"));
	refused(INSIDE, ask_rename("/d", "/d/e/f"));
	refused(INSIDE, ask_rename("/d", "/d/e"));
	refused(FIXED, ask_rename("/", "/x"));
	refused(FIXED, ask_rename("/d", "/d/e/.."));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/g"));
	refused(NOT_EMPTY, ask_rename("/g", "/d"));
	fine(ask_rename("/d", "/g/"));
	fine(ask_path(KAAL_FILE_LOOK, 0, "/g/e/../../g/e"));
}

/* What is there from the first call to the last comes once, whatever else comes and goes. */
Test(file_engine, a_list_while_it_changes)
{
	struct kaal_file_entry entry;
	uint64_t directory, cursor = 0;
	char seen[16] = "";

	for (const char *path = "/a\0/b\0/c\0/d\0"; *path != '\0'; path += 3)
		fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, path));
	directory = open_as(&world.session, "/", KAAL_FILE_FLAG_DIRECTORY);
	for (;;) {
		fine(ask_handle(KAAL_FILE_LIST, directory, cursor, 1));
		if (world.request.words[0] == 0)
			break;
		cr_assert_eq(world.request.room_bytes, sizeof entry);
		memcpy(&entry, world.room, sizeof entry);
		cursor = entry.cursor;
		strcat(seen, entry.name);
		if (strcmp(entry.name, "b") == 0) {
			fine(ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/b"));
			fine(ask_path(KAAL_FILE_REMOVE, DIRECTORY_KIND, "/c"));
			fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/e"));
		}
	}
	cr_assert_str_eq(seen, "abde");
	fine(ask_handle(KAAL_FILE_LIST, directory, 0, UINT64_MAX));
	cr_assert_eq(world.request.words[0], 3);
	world.no_room = true;
	refused(ROOM, ask_handle(KAAL_FILE_LIST, directory, 0, 1));
}

/* The time of the last change, of files and directories; the next change sets it again. */
Test(file_engine, times)
{
	uint64_t file = open_as(&world.session, "/a", MAKE);

	fine(ask_path(KAAL_FILE_TOUCH, 12345, "/a"));
	fine(ask_path(KAAL_FILE_LOOK, 0, "/a"));
	cr_assert_eq(world.request.words[3], 12345);
	fine(ask_write(file, 0, "x", 1));
	fine(ask_path(KAAL_FILE_LOOK, 0, "/a"));
	cr_assert_neq(world.request.words[3], 12345);
	fine(ask_path(KAAL_FILE_TOUCH, 54321, "/"));
	fine(ask_path(KAAL_FILE_LOOK, 0, "/"));
	cr_assert_eq(world.request.words[3], 54321);
	fine(ask_path(KAAL_FILE_TOUCH, UINT64_MAX, "/"));
	fine(ask_path(KAAL_FILE_LOOK, 0, "/"));
	cr_assert(world.request.words[3] != 54321 && world.request.words[3] != UINT64_MAX);
	refused(NOT_THERE, ask_path(KAAL_FILE_TOUCH, 1, "/b"));
	refused(NO_DIRECTORY, ask_path(KAAL_FILE_TOUCH, 1, "/a/b"));
	refused(PATH, ask_path(KAAL_FILE_TOUCH, 1, "a"));
}

/* What one client may have; the other has its own. */
Test(file_engine, quotas)
{
	static const uint8_t bytes[65536];
	uint64_t file = open_as(&world.session, "/a", MAKE);

	refused(BYTES_MAX, ask_handle(KAAL_FILE_RESIZE, file, 65537, 0));
	refused(BYTES_MAX, ask_write(file, 1, bytes, sizeof bytes));
	fine(ask_write(file, 0, bytes, sizeof bytes));
	refused(BYTES_MAX, ask_write(file, sizeof bytes, bytes, 1));
	fine(ask_write(file, sizeof bytes - 1, bytes, 1));
	/* What another adds to the file is the other's. */
	cr_assert_neq(open_as(&world.other, "/a", WRITE), 0);
	fine(ask_as(&world.other, KAAL_FILE_WRITE, 1, sizeof bytes, 0, bytes, 1));
	cr_assert_eq(world.other.account->bytes, FILE_PAGE_BYTES);
	fine(ask_path(KAAL_FILE_SPACE, 0, ""));
	cr_assert_eq(world.request.words[0], 65536);
	cr_assert_eq(world.request.words[1], 65536);
	cr_assert_eq(world.request.words[5], 1);
	for (char name[] = "/1"; name[1] < '8'; name[1]++)
		fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, name));
	refused(FILES_MAX, ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/8"));
	refused(FILES_MAX, ask_path(KAAL_FILE_OPEN, MAKE, "/8"));
	cr_assert_neq(open_as(&world.other, "/8", MAKE), 0);
}

/* Each allocation fails once: nothing has changed then. */
Test(file_engine, memory_fails)
{
	static const uint8_t bytes[20000];
	uint64_t file;

	memory_fails_in = 1;
	cr_assert_null(engine_account(&world.engine, 3));
	/* Places for handles, then the name, then the node; places that are there stay. */
	for (unsigned i = 0; i < 3; i++) {
		memory_fails_in = i == 0 ? 1 : i;
		refused(MEMORY, ask_path(KAAL_FILE_OPEN, MAKE, "/a"));
		cr_assert_eq(world.session.account->files + world.session.account->handles, 0);
		refused(NOT_THERE, ask_path(KAAL_FILE_LOOK, 0, "/a"));
		if (i == 0) {
			cr_assert_neq(open_as(&world.session, "/", KAAL_FILE_FLAG_DIRECTORY), 0);
			fine(ask_handle(KAAL_FILE_CLOSE, 1, 0, 0));
		}
	}
	file = open_as(&world.session, "/a", MAKE);
	/* The array, then pages; an array that is there stays. */
	memory_fails_in = 1;
	refused(MEMORY, ask_write(file, 0, bytes, sizeof bytes));
	memory_fails_in = 2;
	refused(MEMORY, ask_write(file, 0, bytes, sizeof bytes));
	for (unsigned i = 1; i <= 5; i++) {
		memory_fails_in = i;
		refused(MEMORY, ask_write(file, 0, bytes, sizeof bytes));
		refused(HANDLE, ask_handle(KAAL_FILE_CLOSE, 2, 0, 0));
		fine(ask_handle(KAAL_FILE_STATUS, file, 0, 0));
		cr_assert_eq(world.request.words[1] + world.session.account->bytes, 0);
	}
	fine(ask_write(file, 0, bytes, sizeof bytes));
	memory_fails_in = 1;
	refused(MEMORY, ask_rename("/a", "/b"));
	world.no_room = true;
	refused(ROOM, ask_handle(KAAL_FILE_READ, file, 0, 1));
	cr_assert_eq(world.request.room_bytes, 0);
}

Test(file_engine, statuses)
{
	cr_assert_eq(engine_status(KAAL_FILE_REASON_NONE), KAAL_OK);
	cr_assert_eq(engine_status(KAAL_FILE_REASON_CONNECTION), KAAL_NOT_BOUND);
	cr_assert_eq(engine_status(KAAL_FILE_REASON_BYTES_MAX), KAAL_NO_MEMORY);
	cr_assert_eq(engine_status(KAAL_FILE_REASON_ROOM), KAAL_WOULD_BLOCK);
}
