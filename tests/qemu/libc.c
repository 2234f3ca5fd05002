/* The C library at EL0: what a program may take for granted. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static _Thread_local int counted = 42;
static _Thread_local char zeroed[100];
static int constructed;

static void construct(void) __attribute__((constructor));

static void construct(void)
{
	constructed = 7;
}

static void test_format(void)
{
	char text[128];

	snprintf(text, sizeof text, "%d %lld %llx %5.2f %e %s %c %%", -5, 1LL << 40, 0xfedcba9876543210ULL, 3.14159, 1.5e100, "text",
		 'x');
	check(strcmp(text, "-5 1099511627776 fedcba9876543210  3.14 1.500000e+100 text x %") == 0, "printf: %s", text);
	check(strtod("2.5e-3", NULL) == 0.0025, "strtod reads a double");
	check(strtoll("-9223372036854775808", NULL, 10) == INT64_MIN, "strtoll reads the least number");
}

static int descending(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (y > x) - (y < x);
}

static void test_sort(void)
{
	int numbers[100];
	bool sorted = true;

	for (int i = 0; i < 100; i++)
		numbers[i] = i * 37 % 100;
	qsort(numbers, 100, sizeof numbers[0], descending);
	for (int i = 0; i < 100; i++)
		sorted &= numbers[i] == 99 - i;
	check(sorted, "qsort sorts");
}

/* Through a pointer: clang takes it that malloc() itself leaves errno alone. */
static void *(*volatile allocate)(size_t) = malloc;

/* Blocks hold what was written, the end of memory is ENOMEM, and all of it comes back. */
static void test_malloc(void)
{
	unsigned char *block[64];
	unsigned count = 0;
	bool intact = true;

	errno = 0;
	for (; count < 64 && (block[count] = allocate(16384)) != NULL; count++)
		memset(block[count], (int)count, 16384);
	check(count > 4 && count < 64 && errno == ENOMEM, "malloc gives %u blocks of 16 KiB, then ENOMEM", count);
	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < 16384; j++)
			intact &= block[i][j] == i;
		free(block[i]);
	}
	check(intact, "no two blocks overlap");
	block[0] = allocate((size_t)(count - 1) * 16384);
	check(block[0] != NULL, "what was freed can be had in one piece");
	free(block[0]);
	check(allocate(SIZE_MAX - 8) == NULL && errno == ENOMEM, "an impossible size is ENOMEM");
	block[0] = calloc(1, 4096);
	intact = block[0] != NULL;
	for (unsigned i = 0; intact && i < 4096; i++)
		intact = block[0][i] == 0;
	check(intact, "calloc gives zeroes");
	free(block[0]);
}

static jmp_buf back;

static void leap(int value)
{
	longjmp(back, value);
}

static void test_runtime(void)
{
	volatile int passes = 0;
	int value = setjmp(back);

	if (value == 0) {
		passes = 1;
		leap(5);
	}
	check(value == 5 && passes == 1, "longjmp comes back with its value");
	check(constructed == 7, "constructors have run");
	check(counted == 42 && zeroed[99] == 0, "thread-local variables start as written");
	counted++;
	check(counted == 43, "thread-local variables can be written");
}

static void test_time(void)
{
	struct timespec before, after, pause = {0, 5000000};
	int64_t passed;

	check(clock_gettime(CLOCK_MONOTONIC, &before) == 0, "the monotonic clock can be read");
	check(nanosleep(&pause, NULL) == 0, "nanosleep sleeps");
	clock_gettime(CLOCK_MONOTONIC, &after);
	passed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
	check(passed >= 5000000 && passed < 5200000, "5 ms take %lld ns", (long long)passed);
}

static void test_files(void)
{
	char byte;

	errno = 0;
	check(fopen("/no/such/file", "r") == NULL && errno != 0, "a file cannot be opened, and errno says why (%d)", errno);
	check(write(STDOUT_FILENO, "# written\n", 10) == 10, "write() reaches the console");
	errno = 0;
	check(read(77, &byte, 1) == -1 && errno == EBADF, "an unknown descriptor is EBADF");
}

int main(int argc, char **argv)
{
	check(argc == 1 && argv[0] != NULL && argv[1] == NULL, "argv has a name and an end");
	test_format();
	test_sort();
	test_malloc();
	test_runtime();
	test_time();
	test_files();
	return tap_finish();
}
