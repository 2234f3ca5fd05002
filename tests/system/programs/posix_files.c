/*
 * The C library's files on a file service.
 *   client    first start: all calls and their errors, then ends with a file open; second: finds the file, kills the service and goes on
 *   lost      a use without `reconnect`: waits until the service is killed
 *   threads   four threads read and write at once
 *   poor      a use without memory for a channel
 *   nothing   no file service
 */
#include "posix_check.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include <kaal/startup.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>

#define QUOTA_BYTES 262144 /* as posix_files.dts says, with 24 files and 40 handles */
#define FILES 24
#define HANDLES 40

static char text[PATH_MAX + 64];

static int make(const char *path, int flags)
{
	int number = open(path, flags | O_CREAT, 0600);

	CHECK(number >= 0);
	return number;
}

/* A file of these bytes. */
static void put(const char *path, const char *bytes)
{
	int number = make(path, O_WRONLY | O_TRUNC);

	CHECK(write(number, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
	CHECK(close(number) == 0);
}

static bool holds(const char *path, const char *bytes)
{
	int number = open(path, O_RDONLY);
	ssize_t got = number >= 0 ? read(number, text, sizeof text) : -1;

	if (number >= 0)
		CHECK(close(number) == 0);
	return got == (ssize_t)strlen(bytes) && memcmp(text, bytes, strlen(bytes)) == 0;
}

/* --- bytes ----------------------------------------------------------------------------------- */

static void test_bytes(void)
{
	char bytes[8];
	int number = make("/bytes", O_RDWR | O_EXCL);

	CHECK(number == 3);
	CHECK(write(number, "abcdef", 6) == 6 && write(number, "", 0) == 0);
	CHECK(lseek(number, 0, SEEK_CUR) == 6 && lseek(number, -4, SEEK_END) == 2);
	CHECK(read(number, bytes, 8) == 4 && memcmp(bytes, "cdef", 4) == 0 && read(number, bytes, 8) == 0);
	CHECK(pread(number, bytes, 2, 1) == 2 && memcmp(bytes, "bc", 2) == 0 && lseek(number, 0, SEEK_CUR) == 6);
	CHECK(pwrite(number, "XY", 2, 8) == 2 && lseek(number, 0, SEEK_CUR) == 6);
	CHECK(read(number, bytes, 8) == 4 && memcmp(bytes, "\0\0XY", 4) == 0);
	CHECK(ftruncate(number, 3) == 0 && fsync(number) == 0 && fdatasync(number) == 0);
	CHECK(lseek(number, 100, SEEK_SET) == 100 && read(number, bytes, 1) == 0);
	CHECK(close(number) == 0 && holds("/bytes", "abc"));
	CHECK(truncate("/bytes", 1) == 0 && holds("/bytes", "a"));
	REFUSED(close(number), EBADF);
	REFUSED(lseek(number, 0, SEEK_SET), EBADF);
	number = open("/bytes", O_RDONLY);
	REFUSED(lseek(number, -1, SEEK_SET), EINVAL);
	REFUSED(lseek(number, 0, 77), EINVAL);
	REFUSED(lseek(number, INT64_MAX, SEEK_END), EOVERFLOW);
	REFUSED(write(number, "x", 1), EBADF);
	REFUSED(pwrite(number, "x", 1, 0), EBADF);
	REFUSED(ftruncate(number, 0), EBADF);
	REFUSED(read(number, bytes, (size_t)-1), EINVAL);
	REFUSED(pread(number, bytes, 1, -1), EINVAL);
	CHECK(close(number) == 0);
	number = open("/bytes", O_WRONLY);
	REFUSED(read(number, bytes, 1), EBADF);
	REFUSED(pread(number, bytes, 1, 0), EBADF);
	REFUSED(pwrite(number, "x", 1, INT64_C(1) << 40), EFBIG);
	REFUSED(ftruncate(number, (INT64_C(1) << 40) + 1), EFBIG);
	REFUSED(ftruncate(number, -1), EINVAL);
	REFUSED(truncate("/bytes", -1), EINVAL);
	CHECK(close(number) == 0 && unlink("/bytes") == 0);
}

static void test_flags(void)
{
	int number, second;

	put("/flags", "123");
	REFUSED(open("/flags", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	REFUSED(open("/none", O_RDONLY), ENOENT);
	REFUSED(open("/flags", O_DIRECTORY), ENOTDIR);
	REFUSED(open("/flags", O_RDONLY | O_TRUNC), EINVAL);
	REFUSED(open("/flags", 3), EINVAL);
	REFUSED(open("/flags", O_CREAT | O_DIRECTORY, 0600), EINVAL);
	REFUSED(open("/flags", 1 << 30), EINVAL);
	number = open("/flags", O_WRONLY | O_APPEND);
	second = open("/flags", O_WRONLY | O_APPEND | O_SYNC);
	CHECK(write(number, "4", 1) == 1 && write(second, "5", 1) == 1 && write(number, "6", 1) == 1);
	CHECK(lseek(number, 0, SEEK_CUR) == 6 && holds("/flags", "123456"));
	CHECK(close(number) == 0 && close(second) == 0);
	number = make("/flags", O_RDONLY); /* is there, and stays */
	REFUSED(write(number, "x", 1), EBADF);
	CHECK(close(number) == 0 && holds("/flags", "123456"));
	number = creat("/flags", 0600);
	CHECK(number >= 0 && close(number) == 0 && holds("/flags", "") && unlink("/flags") == 0);
}

/* --- descriptors ----------------------------------------------------------------------------- */

static void test_copies(void)
{
	int number = make("/copies", O_RDWR), other = dup(number);

	CHECK(other == number + 1 && write(number, "abc", 3) == 3 && lseek(other, 0, SEEK_CUR) == 3);
	CHECK(close(number) == 0 && write(other, "d", 1) == 1);
	CHECK(dup2(other, 20) == 20 && dup2(20, 20) == 20 && close(other) == 0 && write(20, "e", 1) == 1);
	CHECK(fcntl(20, F_DUPFD, 30) == 30 && fcntl(20, F_DUPFD_CLOEXEC, 30) == 31);
	CHECK(fcntl(30, F_GETFD) == 0 && fcntl(31, F_GETFD) == FD_CLOEXEC && fcntl(31, F_SETFD, 0) == 0 && fcntl(31, F_GETFD) == 0);
	CHECK(fcntl(30, F_GETFL) == O_RDWR && fcntl(30, F_SETFL, O_NONBLOCK) == 0 && fcntl(20, F_GETFL) == (O_RDWR | O_NONBLOCK));
	REFUSED(fcntl(30, F_SETFL, O_APPEND), EINVAL);
	REFUSED(fcntl(30, F_DUPFD, OPEN_MAX), EINVAL);
	REFUSED(fcntl(30, F_SETLK, NULL), EINVAL);
	REFUSED(fcntl(5, F_GETFL), EBADF);
	REFUSED(fcntl(5, F_GETFD), EBADF);
	REFUSED(dup(5), EBADF);
	REFUSED(dup2(5, 6), EBADF);
	REFUSED(dup2(20, OPEN_MAX), EBADF);
	CHECK(!isatty(20) && errno == ENOTTY);
	CHECK(!isatty(5) && errno == EBADF);
	CHECK(close(20) == 0 && close(30) == 0 && close(31) == 0 && holds("/copies", "abcde") && unlink("/copies") == 0);
}

/* What is printed goes where descriptor 1 is. */
static void test_console(void)
{
	struct stat status;
	int number = make("/printed", O_WRONLY), kept = dup(STDOUT_FILENO);

	CHECK(fstat(STDOUT_FILENO, &status) == 0 && S_ISCHR(status.st_mode) && isatty(STDOUT_FILENO) && !isatty(STDIN_FILENO));
	CHECK(fcntl(STDOUT_FILENO, F_GETFL) == O_WRONLY && fcntl(STDIN_FILENO, F_GETFL) == O_RDONLY);
	CHECK(read(STDIN_FILENO, text, 1) == 0);
	REFUSED(write(STDIN_FILENO, "x", 1), EBADF);
	REFUSED(lseek(STDOUT_FILENO, 0, SEEK_SET), ESPIPE);
	REFUSED(pwrite(STDOUT_FILENO, "x", 1, 0), ESPIPE);
	REFUSED(pread(STDIN_FILENO, text, 1, 0), ESPIPE);
	REFUSED(ftruncate(STDOUT_FILENO, 0), EINVAL);
	REFUSED(fsync(STDOUT_FILENO), EINVAL);
	CHECK(dup2(number, STDOUT_FILENO) == STDOUT_FILENO && puts("to the file") >= 0 && fflush(NULL) == 0);
	CHECK(dup2(kept, STDOUT_FILENO) == STDOUT_FILENO);
	CHECK(holds("/printed", "to the file\n") && close(number) == 0 && close(kept) == 0 && unlink("/printed") == 0);
}

static void test_limits(void)
{
	int numbers[OPEN_MAX], count = 0, number;

	put("/limits", "");
	while (count < HANDLES && (numbers[count] = open("/limits", O_RDONLY)) >= 0)
		count++;
	CHECK(count == HANDLES);
	REFUSED(open("/limits", O_RDONLY), EMFILE);
	while (count < OPEN_MAX && (numbers[count] = dup(numbers[0])) >= 0)
		count++;
	CHECK(count == OPEN_MAX - 3 && errno == EMFILE);
	REFUSED(open("/limits", O_RDONLY), EMFILE);
	REFUSED(open("/made", O_RDWR | O_CREAT, 0600), EMFILE);
	while (count > 0)
		CHECK(close(numbers[--count]) == 0);
	REFUSED(access("/made", F_OK), ENOENT);
	number = make("/limits", O_RDWR);
	CHECK(ftruncate(number, QUOTA_BYTES) == 0);
	REFUSED(pwrite(number, "x", 1, QUOTA_BYTES), ENOSPC);
	CHECK(close(number) == 0 && unlink("/limits") == 0);
	CHECK(mkdir("/many", 0700) == 0);
	for (count = 1; count < FILES; count++) {
		(void)snprintf(text, sizeof text, "/many/%d", count);
		CHECK(mkdir(text, 0700) == 0);
	}
	REFUSED(mkdir("/more", 0700), ENOSPC);
	while (--count > 0) {
		(void)snprintf(text, sizeof text, "/many/%d", count);
		CHECK(rmdir(text) == 0);
	}
	CHECK(rmdir("/many") == 0);
}

/* --- names ----------------------------------------------------------------------------------- */

static void test_status(void)
{
	struct stat status, again;
	struct statvfs space;
	int number;

	put("/status", "12345");
	CHECK(stat("/status", &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 5 && status.st_nlink == 1);
	CHECK(status.st_blocks * S_BLKSIZE == 4096 && status.st_mtim.tv_sec >= 0 && (status.st_mode & 0777) == 0666);
	number = open("/status", O_RDONLY);
	CHECK(rename("/status", "/other") == 0 && fstat(number, &again) == 0 && again.st_ino == status.st_ino && again.st_dev == status.st_dev);
	CHECK(lstat("/other", &again) == 0 && again.st_ino == status.st_ino);
	CHECK(statvfs("/other", &space) == 0 && space.f_blocks * space.f_frsize == QUOTA_BYTES && space.f_bfree == space.f_blocks - 1);
	CHECK(space.f_files == FILES && space.f_ffree == FILES - 1 && space.f_namemax == 255 && fstatvfs(number, &space) == 0);
	CHECK(access("/other", F_OK) == 0 && access("/other", R_OK | W_OK) == 0 && access("/", X_OK) == 0);
	REFUSED(access("/other", X_OK), EACCES);
	REFUSED(access("/other", 8), EINVAL);
	REFUSED(readlink("/other", text, 1), EINVAL);
	REFUSED(readlink("/status", text, 1), ENOENT);
	REFUSED(stat("/other/", &status), ENOTDIR);
	REFUSED(stat("/status", &status), ENOENT);
	REFUSED(statvfs("/status", &space), ENOENT);
	REFUSED(fstatvfs(STDOUT_FILENO, &space), ENOSYS);
	REFUSED(fstat(50, &status), EBADF);
	CHECK(stat("/", &status) == 0 && S_ISDIR(status.st_mode) && status.st_ino != again.st_ino);
	CHECK(unlink("/other") == 0 && fstat(number, &again) == 0 && again.st_size == 5 && close(number) == 0);
}

static void test_times(void)
{
	const struct timeval times[2] = {{.tv_sec = 5}, {.tv_sec = 1000, .tv_usec = 250000}}, wrong[2] = {{0}, {.tv_usec = 1000000}};
	const struct utimbuf both = {.actime = 5, .modtime = 2000}, before = {.modtime = -1};
	struct stat status;

	put("/times", "");
	CHECK(utimes("/times", times) == 0 && stat("/times", &status) == 0);
	CHECK(status.st_mtim.tv_sec == 1000 && status.st_mtim.tv_nsec == 250000000 && status.st_atim.tv_sec == 1000);
	CHECK(utime("/times", &both) == 0 && stat("/times", &status) == 0 && status.st_mtime == 2000);
	CHECK(utime("/times", NULL) == 0 && stat("/times", &status) == 0 && status.st_mtime < 1000);
	CHECK(mkdir("/aged", 0700) == 0 && utime("/aged", &both) == 0 && stat("/aged", &status) == 0 && status.st_mtime == 2000);
	REFUSED(utimes("/times", wrong), EINVAL);
	REFUSED(utime("/times", &before), EINVAL);
	REFUSED(utime("/none", NULL), ENOENT);
	CHECK(unlink("/times") == 0 && rmdir("/aged") == 0);
}

static void test_names(void)
{
	char directory[32];
	int number;

	CHECK(mkdir("/d", 0700) == 0 && mkdir("/d/e/", 0700) == 0);
	REFUSED(mkdir("/d", 0700), EEXIST);
	REFUSED(mkdir("/", 0700), EEXIST);
	REFUSED(mkdir("/d/.", 0700), EEXIST);
	REFUSED(mkdir("/x/y", 0700), ENOENT);
	CHECK(chdir("d//./e/../e") == 0 && getcwd(directory, sizeof directory) == directory && strcmp(directory, "/d/e") == 0);
	put("file", "here");
	CHECK(holds("/d/e/file", "here") && holds("../e/./file", "here") && holds("../../d/e/file", "here"));
	CHECK(rename("file", "../moved") == 0 && holds("/d/moved", "here"));
	REFUSED_NULL(getcwd(directory, 4), ERANGE);
	REFUSED_NULL(getcwd(NULL, 0), EINVAL);
	CHECK(chdir("../../..") == 0 && getcwd(directory, 2) == directory && strcmp(directory, "/") == 0);
	REFUSED(chdir("/d/moved"), ENOTDIR);
	REFUSED(chdir("/nowhere"), ENOENT);
	REFUSED(open("/d/moved/x", O_RDONLY), ENOTDIR);
	REFUSED(open("/d", O_WRONLY), EISDIR);
	REFUSED(open("/d", O_RDWR | O_DIRECTORY), EISDIR);
	REFUSED(open("/d", O_RDONLY | O_CREAT, 0600), EISDIR);
	number = open("/d", O_RDONLY);
	REFUSED(read(number, text, 1), EISDIR);
	REFUSED(pread(number, text, 1, 0), EISDIR);
	CHECK(fsync(number) == 0 && close(number) == 0);
	REFUSED(unlink("/d"), EISDIR);
	REFUSED(rmdir("/d"), ENOTEMPTY);
	REFUSED(rmdir("/d/moved"), ENOTDIR);
	REFUSED(rmdir("/"), EBUSY);
	REFUSED(rename("/d", "/d/e/d"), EINVAL);
	REFUSED(rename("/d/moved", "/d/e"), EISDIR);
	REFUSED(rename("/d/e", "/d/moved"), ENOTDIR);
	REFUSED(rename("/none", "/any"), ENOENT);
	REFUSED(rename("/d", NULL), EFAULT);
	REFUSED(open(NULL, O_RDONLY), EFAULT);
	REFUSED(open("", O_RDONLY), ENOENT);
	memset(text, 'n', sizeof text - 1);
	REFUSED(open(text, O_RDONLY), ENAMETOOLONG);
	text[0] = '/';
	REFUSED(open(text, O_RDONLY), ENAMETOOLONG);
	text[257] = '\0';
	REFUSED(mkdir(text, 0700), ENAMETOOLONG);
	CHECK(remove("/d/e") == 0 && remove("/d/moved") == 0 && remove("/d") == 0);
	REFUSED(remove("/d"), ENOENT);
}

static void test_directories(void)
{
	struct dirent *entry, kept, *found;
	struct stat status;
	char name[264];
	long place = 0;
	unsigned seen = 0;
	DIR *directory;

	CHECK(mkdir("/list", 0700) == 0);
	for (int i = 0; i < 19; i++) {
		(void)snprintf(name, sizeof name, "/list/%c", 'a' + i);
		put(name, "");
	}
	CHECK(mkdir("/list/t", 0700) == 0);
	directory = opendir("/list");
	CHECK(directory != NULL && telldir(directory) == 0);
	for (int i = 0; (entry = readdir(directory)) != NULL; i++) {
		CHECK(entry->d_name[0] == 'a' + i && entry->d_type == (i == 19 ? DT_DIR : DT_REG));
		(void)snprintf(name, sizeof name, "/list/%s", entry->d_name);
		CHECK(stat(name, &status) == 0 && status.st_ino == entry->d_ino);
		if (i == 10)
			place = telldir(directory);
		seen++;
	}
	CHECK(seen == 20 && readdir(directory) == NULL);
	seekdir(directory, place);
	CHECK((entry = readdir(directory)) != NULL && entry->d_name[0] == 'l');
	rewinddir(directory);
	CHECK(readdir_r(directory, &kept, &found) == 0 && found == &kept && kept.d_name[0] == 'a');
	while ((entry = readdir(directory)) != NULL) {
		(void)snprintf(name, sizeof name, "/list/%s", entry->d_name);
		CHECK(remove(name) == 0);
	}
	CHECK(readdir_r(directory, &kept, &found) == 0 && found == NULL && dirfd(directory) == 3 && closedir(directory) == 0);
	REFUSED(close(3), EBADF);
	REFUSED_NULL(opendir("/list/a"), ENOTDIR);
	REFUSED_NULL(opendir("/none"), ENOENT);
	REFUSED_NULL(fdopendir(1), ENOTDIR);
	REFUSED_NULL(fdopendir(40), EBADF);
	CHECK(unlink("/list/a") == 0 && rmdir("/list") == 0);
}

/* What the system tells of itself. */
static void test_system(void)
{
	struct utsname name;

	CHECK(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_OPEN_MAX) == OPEN_MAX && sysconf(_SC_NPROCESSORS_ONLN) == 1);
	CHECK(sysconf(_SC_THREAD_THREADS_MAX) == 1 && sysconf(_SC_PHYS_PAGES) == 0x200000 / 4096 && sysconf(_SC_CLK_TCK) == CLOCKS_PER_SEC);
	CHECK(sysconf(_SC_THREADS) == 200809 && sysconf(_SC_THREAD_KEYS_MAX) == PTHREAD_KEYS_MAX && sysconf(_SC_STREAM_MAX) == OPEN_MAX);
	errno = 0;
	CHECK(sysconf(_SC_MAPPED_FILES) == -1 && errno == 0);
	REFUSED(sysconf(12345), EINVAL);
	CHECK(pathconf("/", _PC_NAME_MAX) == 255 && fpathconf(STDOUT_FILENO, _PC_PATH_MAX) == PATH_MAX && pathconf("/", _PC_NO_TRUNC) == 1);
	errno = 0;
	CHECK(pathconf("/", _PC_PIPE_BUF) == -1 && errno == 0);
	REFUSED(pathconf("/none", _PC_NAME_MAX), ENOENT);
	REFUSED(pathconf("/", 12345), EINVAL);
	REFUSED(fpathconf(50, _PC_NAME_MAX), EBADF);
	CHECK(uname(&name) == 0 && strcmp(name.sysname, "KaaL") == 0 && strcmp(name.nodename, "client") == 0 && strcmp(name.machine, "aarch64") == 0);
	CHECK(strncmp(name.version, "ABI ", 4) == 0 && strchr(name.version, '.') != NULL && name.release[0] >= '0' && name.release[0] <= '9');
}

/* --- the service's end ------------------------------------------------------------------------ */

static void outlive(void)
{
	uint32_t service = 0;
	int number = open("/kept", O_RDWR), other;
	DIR *directory = opendir("/");

	CHECK(number >= 0 && directory != NULL);
	CHECK(kaal_supervisor_find("service", &service) == KAAL_OK && kaal_supervisor_kill(service) == KAAL_OK);
	REFUSED(read(number, text, 1), EIO);
	REFUSED(access("/kept", F_OK), ENOENT);
	put("/again", "new");
	CHECK(holds("/again", "new"));
	REFUSED(read(number, text, 1), EIO);
	REFUSED(write(number, text, 1), EIO);
	REFUSED(lseek(number, 0, SEEK_END), EIO);
	REFUSED(fsync(number), EIO);
	REFUSED(fstatvfs(number, &(struct statvfs){0}), EIO);
	REFUSED_NULL(readdir(directory), EIO);
	CHECK(readdir_r(directory, &(struct dirent){0}, &(struct dirent *){NULL}) == EIO);
	other = dup(number);
	CHECK(close(number) == 0 && close(other) == 0 && closedir(directory) == 0);
	CHECK(kaal_supervisor_stop(service) == KAAL_OK);
}

static int run_client(void)
{
	if (kaal_startup()->start == 0) {
		test_bytes();
		test_flags();
		test_copies();
		test_console();
		test_limits();
		test_status();
		test_times();
		test_names();
		test_directories();
		test_system();
		put("/kept", "over the end");
		CHECK(open("/kept", O_RDONLY) == 3);
		printf("%u failures; ends with a file open\n", failures);
		return 1;
	}
	CHECK(holds("/kept", "over the end"));
	outlive();
	printf("%u failures after the restart\n", failures);
	return 0;
}

/* --- threads --------------------------------------------------------------------------------- */

#define OTHERS 3
#define ROUNDS 60
#define RECORD 16

/* Appends records, reads them again, opens and closes. */
static void *write_records(void *argument)
{
	const char mark = (char)('A' + (intptr_t)argument);
	char record[RECORD];
	struct stat status;

	memset(record, mark, sizeof record);
	for (int i = 0; i < ROUNDS; i++) {
		int number = open("/records", O_RDWR | O_APPEND), other = dup(number);

		CHECK(number >= 3 && other >= 3 && write(number, record, sizeof record) == RECORD);
		CHECK(close(number) == 0 && fstat(other, &status) == 0 && status.st_size % RECORD == 0 && close(other) == 0);
	}
	return NULL;
}

static int run_threads(void)
{
	pthread_t threads[OTHERS];
	char record[RECORD];
	unsigned counts[OTHERS + 1] = {0};
	int number = make("/records", O_RDWR);

	for (intptr_t i = 0; i < OTHERS; i++)
		CHECK(pthread_create(&threads[i], NULL, write_records, (void *)i) == 0);
	(void)write_records((void *)(intptr_t)OTHERS);
	for (int i = 0; i < OTHERS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	while (read(number, record, sizeof record) == RECORD) {
		CHECK(record[0] >= 'A' && record[0] <= 'A' + OTHERS && memcmp(record, record + 1, RECORD - 1) == 0);
		counts[record[0] - 'A']++;
	}
	for (int i = 0; i <= OTHERS; i++)
		CHECK(counts[i] == ROUNDS);
	CHECK(close(number) == 0 && open("/records", O_RDONLY) == 3);
	printf("%u failures, four threads at once\n", failures);
	return 0;
}

/* --- without reconnect ---------------------------------------------------------------------- */

static int run_lost(void)
{
	const struct timespec asleep = {.tv_sec = 1}; /* longer than the client needs */
	int number = make("/lost", O_RDWR);

	while (access("/", F_OK) == 0)
		(void)nanosleep(&asleep, NULL);
	CHECK(errno == EIO);
	REFUSED(read(number, text, 1), EIO);
	CHECK(close(number) == 0);
	printf("%u failures when the service went\n", failures);
	return 0;
}

/* --- without --------------------------------------------------------------------------------- */

static int run_nothing(void)
{
	char directory[2];

	REFUSED(open("/file", O_RDONLY), ENOENT);
	REFUSED(open("/file", O_RDWR | O_CREAT, 0600), EROFS);
	REFUSED(mkdir("/file", 0700), EROFS);
	REFUSED(unlink("/file"), ENOENT);
	REFUSED(rename("/file", "/other"), ENOENT);
	REFUSED(access("/", F_OK), ENOENT);
	REFUSED_NULL(opendir("/"), ENOENT);
	REFUSED_NULL(fopen("/file", "w"), EROFS);
	CHECK(getcwd(directory, sizeof directory) != NULL && dup(1) == 3);
	printf("%u failures without a file service\n", failures);
	return 0;
}

static int run_poor(void)
{
	REFUSED(open("/file", O_RDONLY), ENOMEM);
	printf("%u failures without memory for a channel\n", failures);
	return 0;
}

int main(int argc, char **argv)
{
	const char *role = argc > 1 ? argv[1] : "";

	if (strcmp(role, "client") == 0)
		return run_client();
	if (strcmp(role, "threads") == 0)
		return run_threads();
	if (strcmp(role, "lost") == 0)
		return run_lost();
	return strcmp(role, "poor") == 0 ? run_poor() : run_nothing();
}
