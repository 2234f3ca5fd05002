/* stdio on files: modes, positions, what is written without fclose(), streams of several threads. */
#include "posix_check.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <kaal/startup.h>
#include <kaal/status.h>
#include <kaal/supervisor.h>

static char text[8192];

static bool holds(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "r");
	size_t got = file != NULL ? fread(text, 1, sizeof text, file) : 0;

	if (file != NULL)
		CHECK(feof(file) && !ferror(file) && fclose(file) == 0);
	return file != NULL && got == strlen(bytes) && memcmp(text, bytes, got) == 0;
}

static void test_modes(void)
{
	FILE *file = fopen("/modes", "wx");

	CHECK(file != NULL && fputs("one\ntwo\n", file) >= 0 && fclose(file) == 0 && holds("/modes", "one\ntwo\n"));
	REFUSED_NULL(fopen("/modes", "wx"), EEXIST);
	REFUSED_NULL(fopen("/none", "r"), ENOENT);
	REFUSED_NULL(fopen("/none", "r+"), ENOENT);
	REFUSED_NULL(fopen("/modes", "q"), EINVAL);
	REFUSED_NULL(fopen("/", "w"), EISDIR);
	file = fopen("/modes", "ae");
	CHECK(file != NULL && fcntl(fileno(file), F_GETFD) == FD_CLOEXEC && ftell(file) == 8);
	CHECK(fprintf(file, "%d %s\n", 3, "three") == 8 && fclose(file) == 0 && holds("/modes", "one\ntwo\n3 three\n"));
	file = fopen("/modes", "r+");
	CHECK(file != NULL && fgets(text, sizeof text, file) == text && strcmp(text, "one\n") == 0);
	CHECK(fseek(file, 0, SEEK_CUR) == 0 && fputs("TWO", file) >= 0 && fseek(file, 0, SEEK_SET) == 0);
	CHECK(fscanf(file, "%15s %15s", text, text + 16) == 2 && strcmp(text + 16, "TWO") == 0 && fclose(file) == 0);
	file = fopen("/modes", "w+");
	CHECK(file != NULL && fgetc(file) == EOF && feof(file) && fputs("new", file) >= 0 && fclose(file) == 0 && holds("/modes", "new"));
	file = fopen("/modes", "r");
	CHECK(file != NULL && fputc('x', file) == EOF && ungetc('N', file) == 'N' && fgetc(file) == 'N' && fgetc(file) == 'n' && fclose(file) == 0);
	CHECK(remove("/modes") == 0);
}

static void test_positions(void)
{
	FILE *file = fopen("/positions", "w+");
	fpos_t place;
	uint32_t number;

	for (uint32_t i = 0; i < 5000; i++)
		CHECK(fwrite(&i, sizeof i, 1, file) == 1);
	for (uint32_t i = 0; i < 300; i++) {
		uint32_t which = i * 7919 % 5000;

		CHECK(fseeko(file, (off_t)which * 4, SEEK_SET) == 0 && fread(&number, 4, 1, file) == 1 && number == which);
		CHECK(ftello(file) == (off_t)which * 4 + 4);
	}
	CHECK(fseek(file, 400, SEEK_SET) == 0 && fgetpos(file, &place) == 0 && fseek(file, -4, SEEK_END) == 0);
	CHECK(fread(&number, 4, 1, file) == 1 && number == 4999 && fread(&number, 4, 1, file) == 0 && feof(file));
	CHECK(fsetpos(file, &place) == 0 && !feof(file) && fread(&number, 4, 1, file) == 1 && number == 100);
	rewind(file);
	CHECK(fread(text, 1, 4096 + 100, file) == 4196 && ftell(file) == 4196);
	CHECK(fclose(file) == 0 && remove("/positions") == 0);
}

static void test_buffers(void)
{
	static char own[64];
	struct stat status;
	FILE *file = fopen("/buffers", "w");

	CHECK(setvbuf(file, own, _IOFBF, sizeof own) == 0 && fputs("abc", file) >= 0);
	CHECK(stat("/buffers", &status) == 0 && status.st_size == 0 && own[0] == 'a');
	CHECK(fflush(file) == 0 && stat("/buffers", &status) == 0 && status.st_size == 3);
	CHECK(setvbuf(file, NULL, _IOLBF, 0) == 0 && fputs("d\ne", file) >= 0 && stat("/buffers", &status) == 0 && status.st_size == 5);
	CHECK(fflush(NULL) == 0 && stat("/buffers", &status) == 0 && status.st_size == 6);
	CHECK(setvbuf(file, NULL, _IONBF, 0) == 0 && fputc('f', file) == 'f' && stat("/buffers", &status) == 0 && status.st_size == 7);
	CHECK(setvbuf(file, NULL, 77, 0) != 0 && fclose(file) == 0 && holds("/buffers", "abcd\nef") && remove("/buffers") == 0);
}

static void test_descriptors(void)
{
	int number = open("/descriptors", O_WRONLY | O_CREAT, 0600);
	FILE *file, *again;

	REFUSED_NULL(fdopen(number, "r"), EINVAL);
	REFUSED_NULL(fdopen(40, "r"), EBADF);
	file = fdopen(number, "w");
	CHECK(file != NULL && fileno(file) == number && fputs("first", file) >= 0);
	again = freopen("/other", "w+", file);
	CHECK(again == file && fileno(file) == number && holds("/descriptors", "first") && fputs("second", file) >= 0);
	REFUSED_NULL(freopen(NULL, "w", file), EBADF);
	REFUSED_NULL(freopen("/none", "r", file), ENOENT);
	REFUSED(close(number), EBADF);
	CHECK(holds("/other", "second") && remove("/descriptors") == 0 && remove("/other") == 0);
	file = tmpfile();
	CHECK(file != NULL && fputs("gone", file) >= 0 && fseek(file, 0, SEEK_SET) == 0 && fgets(text, 8, file) == text && strcmp(text, "gone") == 0);
	CHECK(fclose(file) == 0 && tmpnam(text) == text && access(text, F_OK) == -1);
}

/* What printf() and the like do on a stream that is another file. */
static void test_output(void)
{
	int kept = dup(STDOUT_FILENO);

	CHECK(freopen("/output", "w", stdout) == stdout && printf("%s %d\n", "printed", 5) == 10 && fflush(stdout) == 0);
	CHECK(dup2(kept, STDOUT_FILENO) == STDOUT_FILENO && close(kept) == 0 && holds("/output", "printed 5\n") && remove("/output") == 0);
}

/* The service refuses what is too much; the stream tells, whoever finds out. */
static void test_errors(void)
{
	FILE *file = fopen("/errors", "w");
	size_t written = sizeof text;

	memset(text, 'e', sizeof text);
	while (written == sizeof text)
		written = fwrite(text, 1, sizeof text, file);
	CHECK(written < sizeof text && ferror(file) && !feof(file) && errno == ENOSPC);
	(clearerr)(file); /* the macro's conversions are not ours */
	CHECK(!ferror(file) && fputs("a little", file) >= 0 && fflush(file) == EOF && ferror(file) && errno == ENOSPC);
	(clearerr)(file);
	for (int i = 0; i < 5000 && !ferror(file); i++)
		(void)fputc('e', file);
	CHECK(ferror(file) && fclose(file) == 0 && remove("/errors") == 0);
	file = fopen("/errors", "w");
	for (int i = 0; i < 16; i++)
		CHECK(fwrite(text, 1, sizeof text, file) == sizeof text);
	CHECK(fputs("a little", file) >= 0);
	errno = 0;
	CHECK(fclose(file) == EOF && errno == ENOSPC && remove("/errors") == 0);
}

/* --- threads --------------------------------------------------------------------------------- */

#define OTHERS 3
#define LINES 200

static FILE *shared;

static void *write_lines(void *argument)
{
	char name[16];
	FILE *own;

	(void)snprintf(name, sizeof name, "/own%d", (int)(intptr_t)argument);
	own = fopen(name, "w+");
	for (int i = 0; i < LINES; i++) {
		CHECK(fprintf(own, "%d\n", i) > 0);
		flockfile(shared);
		CHECK(fprintf(shared, "%d %d\n", (int)(intptr_t)argument, i) > 0);
		funlockfile(shared);
	}
	rewind(own);
	for (int i = 0, got; i < LINES; i++)
		CHECK(fscanf(own, "%d", &got) == 1 && got == i);
	CHECK(fclose(own) == 0 && remove(name) == 0);
	return NULL;
}

static void test_threads(void)
{
	pthread_t threads[OTHERS];
	int next[OTHERS + 1] = {0}, who, which;

	shared = fopen("/shared", "w+");
	for (intptr_t i = 0; i < OTHERS; i++)
		CHECK(pthread_create(&threads[i], NULL, write_lines, (void *)i) == 0);
	(void)write_lines((void *)(intptr_t)OTHERS);
	for (int i = 0; i < OTHERS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	rewind(shared);
	while (fscanf(shared, "%d %d", &who, &which) == 2)
		CHECK(who >= 0 && who <= OTHERS && which == next[who]++);
	for (int i = 0; i <= OTHERS; i++)
		CHECK(next[i] == LINES);
	CHECK(fclose(shared) == 0 && remove("/shared") == 0);
}

int main(void)
{
	uint32_t service;
	FILE *file;

	if (kaal_startup()->start > 0) {
		CHECK(holds("/left", "not closed"));
		CHECK(kaal_supervisor_find("service", &service) == KAAL_OK && kaal_supervisor_stop(service) == KAAL_OK);
		printf("%u failures: exit() has written what was left\n", failures);
		return 0;
	}
	test_modes();
	test_positions();
	test_buffers();
	test_descriptors();
	test_output();
	test_errors();
	test_threads();
	/* The description promises version 1.0 of the service. */
	REFUSED(utime("/", NULL), ENOSYS);
	/* The tests' machine has no seed (posix_random has). */
	REFUSED(getentropy(text, 1), ENOSYS);
	file = fopen("/left", "w");
	CHECK(file != NULL && fputs("not closed", file) >= 0);
	printf("%u failures\n", failures);
	return 1;
}
