/*
 * Runs a fuzz target without libFuzzer: first every file of the corpus, then
 * seeded mutations of them. The same seed makes the same inputs, and each input
 * depends on the seed and its own number only, so that one can be run alone.
 * TAP: one test a corpus file, one for all mutations.
 *
 * usage: driver --count N --seed S [--only NUMBER] FOLDER
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define INPUT_BYTES_MAX 65536u
#define CHANGES_MAX 8u

struct input {
	const char *path;
	uint8_t *data;
	size_t bytes;
};

static struct input *corpus;
static size_t corpus_count;

/* What runs now; printed if the target dies. */
static char running[256];

/* splitmix64: every state gives a good next one, so a seed and a number make a stream. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t limit)
{
	return (size_t)(next(state) % limit);
}

static void on_death(void)
{
	ssize_t ignored = write(STDERR_FILENO, running, strlen(running));

	(void)ignored;
}

static void on_abort(int number)
{
	on_death();
	signal(number, SIG_DFL);
	raise(number);
}

/* The target on a copy of exactly this size, so that the sanitizer sees each byte read too far. */
static void run(const uint8_t *data, size_t bytes)
{
	uint8_t *copy = malloc(bytes == 0 ? 1 : bytes);

	memcpy(copy, data, bytes);
	LLVMFuzzerTestOneInput(copy, bytes);
	free(copy);
}

/* Overwrites 1, 2, 4 or 8 bytes, in either byte order, with a number that readers stumble over. */
static void put_number(uint64_t *state, uint8_t *data, size_t bytes)
{
	static const uint64_t numbers[] = {
		0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x1000, 0x7fff, 0xffff, 0x7fffffff, 0x80000000,
		0xfffffff8, 0xffffffff, 0x7fffffffff, 0x8000000000, INT64_MAX, UINT64_MAX - 7, UINT64_MAX,
	};
	size_t width = (size_t)1 << below(state, 4);
	uint64_t value = numbers[below(state, sizeof(numbers) / sizeof(numbers[0]))];
	int big_endian = next(state) & 1;
	size_t at;

	if (bytes < width)
		return;
	at = below(state, bytes - width + 1);
	for (size_t i = 0; i < width; i++)
		data[at + (big_endian ? width - 1 - i : i)] = (uint8_t)(value >> (i * 8));
}

/* Copies a stretch of another corpus file, or of this one, over some place. */
static void splice(uint64_t *state, uint8_t *data, size_t bytes)
{
	const struct input *from = &corpus[below(state, corpus_count)];
	size_t length, source, target;

	if (bytes == 0 || from->bytes == 0)
		return;
	length = 1 + below(state, bytes < from->bytes ? bytes : from->bytes);
	length = length > 64 ? 64 : length;
	source = below(state, from->bytes - length + 1);
	target = below(state, bytes - length + 1);
	memmove(data + target, from->data + source, length);
}

/* One change; returns the new size. `data` has room for INPUT_BYTES_MAX. */
static size_t change(uint64_t *state, uint8_t *data, size_t bytes)
{
	switch (below(state, 8)) {
	case 0:
	case 1:
		if (bytes > 0)
			data[below(state, bytes)] ^= (uint8_t)(1u << below(state, 8));
		return bytes;
	case 2:
		if (bytes > 0)
			data[below(state, bytes)] = (uint8_t)next(state);
		return bytes;
	case 3:
	case 4:
	case 5:
		put_number(state, data, bytes);
		return bytes;
	case 6:
		splice(state, data, bytes);
		return bytes;
	default:
		return below(state, bytes + 1);
	}
}

static void run_mutation(uint64_t seed, uint64_t number)
{
	static uint8_t data[INPUT_BYTES_MAX];
	uint64_t state = seed * UINT64_C(0x100000001b3) ^ number;
	const struct input *from = &corpus[below(&state, corpus_count)];
	size_t bytes = from->bytes;

	snprintf(running, sizeof(running), "\nfuzz: died at --seed %llu --only %llu, a mutation of %s\n",
		 (unsigned long long)seed, (unsigned long long)number, from->path);
	memcpy(data, from->data, bytes);
	for (size_t changes = 1 + below(&state, CHANGES_MAX); changes > 0; changes--)
		bytes = change(&state, data, bytes);
	run(data, bytes);
}

static _Noreturn void die(const char *subject)
{
	fprintf(stderr, "fuzz: %s: %s\n", subject, strerror(errno));
	exit(2);
}

static void add_file(const char *folder, const char *name)
{
	struct input *input = &corpus[corpus_count++];
	size_t length = strlen(folder) + 1 + strlen(name) + 1;
	char *path = malloc(length);
	FILE *file;

	snprintf(path, length, "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
		die(path);
	input->path = path;
	input->data = malloc(INPUT_BYTES_MAX);
	input->bytes = fread(input->data, 1, INPUT_BYTES_MAX, file);
	fclose(file);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Sorted, so that the same seed picks the same files everywhere. */
static void add_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_visible, alphasort);

	if (count < 0)
		die(folder);
	corpus = calloc((size_t)count, sizeof(*corpus));
	for (int i = 0; i < count; i++)
		add_file(folder, entries[i]->d_name);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = text == NULL ? 0 : strtoull(text, &end, 0);

	if (text == NULL || *text == '\0' || *end != '\0') {
		fprintf(stderr, "fuzz: a number is missing or wrong\n");
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	uint64_t count = 0, seed = 1, only = UINT64_MAX;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--count") == 0)
			count = number(argv[++i]);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = number(argv[++i]);
		else if (strcmp(argv[i], "--only") == 0)
			only = number(argv[++i]);
		else
			add_folder(argv[i]);
	}
	if (corpus_count == 0) {
		fprintf(stderr, "usage: %s --count N --seed S [--only NUMBER] FOLDER\n", argv[0]);
		return 2;
	}
	__sanitizer_set_death_callback(on_death);
	signal(SIGABRT, on_abort);
	if (only != UINT64_MAX) {
		run_mutation(seed, only);
		return 0;
	}
	printf("1..%zu\n", corpus_count + 1);
	for (size_t i = 0; i < corpus_count; i++) {
		const char *name = strrchr(corpus[i].path, '/');

		snprintf(running, sizeof(running), "\nfuzz: died at %s\n", corpus[i].path);
		run(corpus[i].data, corpus[i].bytes);
		printf("ok %zu - corpus %s\n", i + 1, name == NULL ? corpus[i].path : name + 1);
	}
	for (uint64_t i = 0; i < count; i++)
		run_mutation(seed, i);
	printf("ok %zu - %llu mutations, seed %llu\n", corpus_count + 1, (unsigned long long)count,
	       (unsigned long long)seed);
	return 0;
}
