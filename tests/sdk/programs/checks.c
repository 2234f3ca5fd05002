/* What the SDK promises a program, one line for each: `ok` or `not ok`, and what. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <kaal/boot.h>
#include <kaal/console.h>
#include <kaal/status_text.h>
#include <kaal/syscall.h>
#include <kaal/time.h>
#include <limits.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/lock.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

/* Thread-local variables with start value, without, and with more alignment than the thread pointer's 16 bytes. */
static _Thread_local volatile uint64_t started = 0x1122334455667788;
static _Thread_local volatile char small = 'x';
static _Thread_local volatile _Alignas(64) uint64_t aligned[4] = {1, 2, 3, 4};
static _Thread_local volatile _Alignas(32) uint64_t zero[4];

static int order;
static int early, late;

static void check(bool holds, const char *what)
{
	printf("%s %s\n", holds ? "ok" : "not ok", what);
}

__attribute__((constructor(200))) static void first(void)
{
	early = ++order;
}

__attribute__((constructor(300))) static void second(void)
{
	late = ++order;
}

static void at_exit(void)
{
	check(++order == 3, "exit handlers run");
}

__attribute__((destructor)) static void last(void)
{
	check(++order == 4, "destructors run after exit handlers");
}

/* Whether a call failed with this error number. */
static bool fails(long result, int error)
{
	bool expected = result == -1 && errno == error;

	errno = 0;
	return expected;
}

/* An address as the machine has it: the compiler would take the alignment on trust. */
static uintptr_t address_of(const volatile void *object)
{
	uintptr_t address = (uintptr_t)object;

	__asm__("" : "+r"(address));
	return address;
}

static void check_start(int argc, char **argv, char **envp)
{
	uintptr_t sp = address_of(__builtin_frame_address(0));

	check(argc == 1 && argv[0][0] == '\0' && argv[1] == NULL, "argv is one empty name");
	check(envp[0] == NULL, "the environment is empty");
	check(sp % 16 == 0, "the stack is aligned");
	check(early == 1 && late == 2, "constructors run in the order of their priorities");
	check(kaal_bootinfo()->magic == KAAL_BOOTINFO_MAGIC, "bootinfo is there");
}

static void check_thread_local(void)
{
	check(started == 0x1122334455667788 && small == 'x', "thread-local variables have their start values");
	check(address_of(aligned) % 64 == 0 && aligned[0] == 1 && aligned[3] == 4, "over-aligned thread-local variables");
	check(address_of(zero) % 32 == 0 && !(zero[0] | zero[1] | zero[2] | zero[3]), "zero thread-local variables");
}

static void check_time(void)
{
	struct timespec time = {0, 1000000000}, resolution;
	struct timeval day;
	struct tms cpu;

	check(kaal_ticks_to_ns(62500000, 62500000) == 1000000000, "a second of ticks is 10^9 ns");
	check(kaal_ticks_to_ns(1, 62500000) == 16 && kaal_ticks_to_ns(1, 3) == 333333333, "ticks to ns rounds down");
	check(kaal_ns_to_ticks(1, 62500000) == 1 && kaal_ns_to_ticks(16, 62500000) == 1 && kaal_ns_to_ticks(17, 62500000) == 2,
	      "ns to ticks rounds up");
	check(kaal_ticks_to_ns(UINT64_MAX, 1) == UINT64_MAX && kaal_ns_to_ticks(UINT64_MAX, UINT32_MAX) == UINT64_MAX,
	      "what does not fit is the largest number");
	check(kaal_ticks_to_ns(UINT64_C(18446744073) * 62500000, 62500000) == UINT64_C(18446744073000000000),
	      "584 years do not overflow");
	check(kaal_ticks_hz() == kaal_bootinfo()->counter_hz, "the counter's frequency is bootinfo's");
	check(fails(clock_gettime(77, &time), EINVAL), "an unknown clock is EINVAL");
	check(fails(nanosleep(&time, NULL), EINVAL), "10^9 ns beside seconds are EINVAL");
	check(clock_getres(CLOCK_MONOTONIC, &resolution) == 0 && resolution.tv_nsec > 0, "the clock has a resolution");
	time = (struct timespec){0, 1};
	check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0,
	      "a time that has passed returns at once");
	check(usleep(10) == 0 && sleep(0) == 0, "usleep and sleep");
	check(gettimeofday(&day, NULL) == 0 && day.tv_usec < 1000000, "gettimeofday");
	check(times(&cpu) != (clock_t)-1 && clock() != (clock_t)-1, "times and clock");
}

static void check_files(void)
{
	struct stat status;
	char byte;

	check(read(STDIN_FILENO, &byte, 1) == 0 && getchar() == EOF, "stdin is at its end");
	check(fails(write(STDIN_FILENO, "x", 1), EBADF), "stdin cannot be written");
	check(fails(read(STDOUT_FILENO, &byte, 1), EBADF), "stdout cannot be read");
	check(fails(write(-1, "x", 1), EBADF) && fails(close(3), EBADF), "no descriptor beyond 2");
	check(write(STDOUT_FILENO, "", 0) == 0, "nothing can be written");
	check(fails(lseek(1, 0, SEEK_SET), ESPIPE) && fails(lseek(9, 0, SEEK_SET), EBADF), "the console has no position");
	check(fstat(1, &status) == 0 && S_ISCHR(status.st_mode) && isatty(1), "stdout is a terminal");
	check(fails(fstat(5, &status), EBADF) && isatty(5) == 0 && errno == EBADF, "a closed descriptor is nothing");
	check(isatty(0) == 0 && errno == ENOTTY, "stdin is no terminal");
	check(fails(open("/a", O_RDONLY), ENOENT) && fails(open("/a", O_CREAT | O_WRONLY, 0600), EROFS),
	      "no file is there, none can be made");
	check(fails(stat("/a", &status), ENOENT) && fails(unlink("/a"), ENOENT) && fails(rename("/a", "/b"), ENOENT),
	      "no name is there");
	check(close(0) == 0 && fails(read(0, &byte, 1), EBADF), "a closed descriptor stays closed");
	check(getpid() == 1, "getpid");
	check(fails(getentropy(&byte, 1), ENOSYS), "entropy is unavailable");
}

static void check_heap(void)
{
	char *start = sbrk(0);

	check(fails((long)(intptr_t)sbrk(PTRDIFF_MAX), ENOMEM) && fails((long)(intptr_t)sbrk(PTRDIFF_MIN), ENOMEM),
	      "sbrk has two ends");
	check(sbrk(4096) == start && sbrk(-4096) == start + 4096 && sbrk(0) == start, "sbrk gives and takes");
}

static void check_locks(void)
{
	_LOCK_T plain, recursive;

	__retarget_lock_init(&plain);
	__retarget_lock_init_recursive(&recursive);
	__retarget_lock_acquire(plain);
	__retarget_lock_release(plain);
	__retarget_lock_acquire(plain);
	__retarget_lock_release(plain);
	for (int i = 0; i < 3; i++)
		__retarget_lock_acquire_recursive(recursive);
	for (int i = 0; i < 3; i++)
		__retarget_lock_release_recursive(recursive);
	__retarget_lock_acquire_recursive(recursive);
	__retarget_lock_release_recursive(recursive);
	__retarget_lock_close(plain);
	__retarget_lock_close_recursive(recursive);
	check(true, "locks are taken and released");
}

static void check_kaal(void)
{
	/* Longer than one system call takes. */
	static const char line[] = "ok a line of more than 64 bytes arrives in one piece, and all of it: 0123456789\n";
	uint64_t type, rights, size_bits, written;
	size_t count = 0;

	fflush(stdout);
	check(kaal_console_write(line, sizeof line - 1, &count) == KAAL_OK && count == sizeof line - 1,
	      "kaal_console_write tells how much");
	check(kaal_console_write(NULL, 0, NULL) == KAAL_OK, "kaal_console_write of nothing");
	check(strcmp(kaal_status_text(KAAL_OK), "success") == 0, "kaal_status_text of success");
	check(strcmp(kaal_status_text(UINT64_MAX), "unknown status") == 0, "kaal_status_text of an unknown number");
	check(kaal_sys_cap_identify(KAAL_SLOT_DEBUG, &type, &rights, &size_bits) == KAAL_OK && type == KAAL_OBJECT_DEBUG,
	      "a system call returns results");
	check(kaal_sys_debug_write(KAAL_SLOT_CNODE, 1, (uint64_t[KAAL_MESSAGE_REGISTERS]){0}, &written) == KAAL_WRONG_TYPE,
	      "a system call returns a status");
}

static void check_jumps(void)
{
	sigjmp_buf place;
	volatile int times = 0;
	int came = sigsetjmp(place, 1);

	if (times++ == 0)
		siglongjmp(place, 7);
	check(came == 7 && times == 2, "siglongjmp comes back to sigsetjmp");
}

int main(int argc, char **argv, char **envp)
{
	atexit(at_exit);
	check_start(argc, argv, envp);
	check_thread_local();
	check_time();
	check_files();
	check_heap();
	check_locks();
	check_kaal();
	check_jumps();
	return 0;
}
