/* Random requests to the file service against a simple model, with memory that fails. KAAL_SEED, KAAL_STEPS: another run. */
#include <stdio.h>

#include "../../qemu/random.h"
#include "../campaign.h"
#include "file_world.h"

#define FILES 12u
#define BYTES 20000u

struct model {
	bool there;
	uint64_t size;
	uint8_t bytes[BYTES];
};

static struct model models[FILES];
static uint64_t state;

static uint64_t random_below(uint64_t bound)
{
	return next_random(&state) % bound;
}

static const char *path_of(unsigned file)
{
	static const char *const folders[] = {"", "/d", "/e"};
	static char paths[2][16];
	static unsigned next;
	char *path = paths[next ^= 1];

	snprintf(path, sizeof paths[0], "%s/f%u", folders[file / 4], file % 4);
	return path;
}

static void resize_model(struct model *model, uint64_t size)
{
	if (size < model->size)
		memset(model->bytes + size, 0, model->size - size);
	model->size = size;
}

/* Memory that runs out now and then; then nothing has changed. */
static bool is_done(enum kaal_file_reason reason)
{
	memory_fails_in = 0;
	cr_assert(reason == KAAL_FILE_REASON_NONE || reason == KAAL_FILE_REASON_MEMORY || reason == KAAL_FILE_REASON_BYTES_MAX, "reason %d", reason);
	return reason == KAAL_FILE_REASON_NONE;
}

static void check(unsigned number)
{
	struct model *model = &models[number];
	uint64_t file = open_as(&world.session, path_of(number), KAAL_FILE_FLAG_READ), at = 0;

	cr_assert_eq(file != 0, model->there);
	if (file == 0)
		return;
	do {
		cr_assert_eq(ask_handle(KAAL_FILE_READ, file, at, ROOM_BYTES), KAAL_FILE_REASON_NONE);
		cr_assert_arr_eq(world.room, model->bytes + at, world.request.words[0]);
		at += world.request.words[0];
	} while (world.request.words[0] != 0);
	cr_assert_eq(at, model->size);
	cr_assert_eq(ask_handle(KAAL_FILE_CLOSE, file, 0, 0), KAAL_FILE_REASON_NONE);
}

static void change(unsigned number)
{
	static uint8_t bytes[BYTES];
	struct model *model = &models[number];
	uint64_t file = open_as(&world.session, path_of(number), KAAL_FILE_FLAG_WRITE | KAAL_FILE_FLAG_CREATE);
	uint64_t position = random_below(BYTES), count = random_below(BYTES - position);

	cr_assert_neq(file, 0);
	model->there = true;
	memory_fails_in = (unsigned)random_below(8);
	if (random_below(3) == 0) {
		if (is_done(ask_handle(KAAL_FILE_RESIZE, file, position, 0)))
			resize_model(model, position);
	} else {
		memset(bytes, (int)random_below(255) + 1, count);
		if (is_done(ask_write(file, position, bytes, count)) && count != 0) {
			memcpy(model->bytes + position, bytes, count);
			model->size = position + count > model->size ? position + count : model->size;
		}
	}
	cr_assert_eq(ask_handle(KAAL_FILE_CLOSE, file, 0, 0), KAAL_FILE_REASON_NONE);
}

static void move(unsigned from, unsigned to)
{
	enum kaal_file_reason reason;

	memory_fails_in = (unsigned)random_below(3);
	reason = ask_rename(path_of(from), path_of(to));
	if (!models[from].there)
		cr_assert_eq(reason, KAAL_FILE_REASON_NOT_THERE);
	else if (is_done(reason) && from != to) {
		models[to] = models[from];
		models[from] = (struct model){0};
	}
	memory_fails_in = 0;
}

/* Directories change their names, with all in them. */
static void swap_folders(void)
{
	for (unsigned i = 4; i < 8; i++) {
		struct model kept = models[i];

		models[i] = models[i + 4];
		models[i + 4] = kept;
	}
	fine(ask_rename("/d", "/x"));
	fine(ask_rename("/e", "/d"));
	fine(ask_rename("/x", "/e"));
}

static void forget(unsigned number)
{
	enum kaal_file_reason reason = ask_path(KAAL_FILE_REMOVE, KAAL_FILE_KIND_FILE, path_of(number));

	cr_assert_eq(reason, models[number].there ? KAAL_FILE_REASON_NONE : KAAL_FILE_REASON_NOT_THERE);
	models[number] = (struct model){0};
}

static uint64_t pages_of_models(void)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < FILES; i++)
		pages += (models[i].size + FILE_PAGE_BYTES - 1) / FILE_PAGE_BYTES;
	return pages;
}

Test(file_random, against_a_model)
{
	unsigned long steps = 20000;

	state = campaign_start(1, &steps);
	world_start(160000, FILES + 2, 2);
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/d"));
	fine(ask_path(KAAL_FILE_MAKE_DIRECTORY, 0, "/e"));
	for (unsigned long i = 0; i < steps; i++) {
		unsigned number = (unsigned)random_below(FILES);
		uint64_t what = random_below(20);

		if (what < 10)
			change(number);
		else if (what < 14)
			move(number, (unsigned)random_below(FILES));
		else if (what < 16)
			forget(number);
		else if (what < 17)
			swap_folders();
		check((unsigned)random_below(FILES));
		cr_assert_eq(world.session.account->bytes, pages_of_models() * FILE_PAGE_BYTES);
	}
	world_end();
}
