/*
 * Random bytes.
 *   draw    two starts: draws from several threads, with each function, and appends what came to a file
 *   judge   reads the file: no 8 bytes come twice, in all of it
 */
#include "posix_check.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include <kaal/startup.h>
#include <kaal/status.h>
#include <kaal/supervisor.h>

#define OTHERS 3
#define DRAWS 8
#define RECORD 40
#define DRAWERS 2
#define STARTS 2
#define BYTES (DRAWERS * STARTS * ((OTHERS + 1) * DRAWS + 3) * RECORD)

static const char path[] = "/drawn";

static void append(const uint8_t record[RECORD])
{
	int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	CHECK(file >= 0 && write(file, record, RECORD) == RECORD && close(file) == 0);
}

static void *draw(void *argument)
{
	uint8_t record[RECORD];

	for (int i = 0; i < DRAWS; i++) {
		CHECK(getrandom(record, sizeof record, 0) == RECORD);
		append(record);
	}
	return argument;
}

static int run_draw(void)
{
	pthread_t threads[OTHERS];
	uint8_t large[300] = {0}, record[RECORD];

	for (int i = 0; i < OTHERS; i++)
		CHECK(pthread_create(&threads[i], NULL, draw, NULL) == 0);
	(void)draw(NULL);
	for (int i = 0; i < OTHERS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(getentropy(large, 256) == 0);
	append(large);
	arc4random_buf(record, sizeof record);
	append(record);
	CHECK(getrandom(large, sizeof large, GRND_NONBLOCK | GRND_RANDOM) == sizeof large);
	append(large + sizeof large - RECORD);
	CHECK(getrandom(large, 0, 0) == 0);
	REFUSED(getentropy(large, 257), EIO);
	REFUSED(getrandom(large, 1, 4), EINVAL);
	REFUSED(getrandom(large, (size_t)-1, 0), EINVAL);
	for (size_t i = 0; i < sizeof kaal_startup()->seed; i++)
		CHECK(kaal_startup()->seed[i] == 0);
	printf("%u failures\n", failures);
	return kaal_startup()->start + 1 < STARTS;
}

static int compare(const void *first, const void *second)
{
	return memcmp(*(const uint8_t *const *)first, *(const uint8_t *const *)second, 8);
}

static int run_judge(void)
{
	static uint8_t drawn[BYTES + 1];
	static const uint8_t *places[BYTES - 7];
	uint32_t service;
	int file = open(path, O_RDONLY);

	CHECK(read(file, drawn, sizeof drawn) == BYTES);
	for (size_t i = 0; i < BYTES - 7; i++)
		places[i] = drawn + i;
	qsort(places, BYTES - 7, sizeof places[0], compare);
	for (size_t i = 1; i < BYTES - 7; i++)
		CHECK(compare(&places[i - 1], &places[i]) != 0);
	CHECK(kaal_supervisor_find("service", &service) == KAAL_OK && kaal_supervisor_stop(service) == KAAL_OK);
	printf("%u failures, %d bytes\n", failures, BYTES);
	return 0;
}

int main(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "judge") == 0 ? run_judge() : run_draw();
}
