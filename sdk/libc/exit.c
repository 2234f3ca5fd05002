/*
 * The end of a program. A component tells its supervisor, which ends it. The
 * root task's end is the machine's: power off. A code other than 0 cannot be handed to anybody then, so
 * it is printed: `exit code N`, a line of its own.
 */
#include <kaal/bootinfo.h>
#include <kaal/console.h>
#include <kaal/supervisor.h>
#include <kaal/syscall.h>
#include <unistd.h>

/* By hand: printf would come into every program through its end. */
static void print_code(int code)
{
	char line[] = "exit code -2147483648\n";
	char *const digits = line + sizeof "exit code " - 1;
	char *end = line + sizeof line - 2;
	char *next = end;
	unsigned value = code < 0 ? 0u - (unsigned)code : (unsigned)code;

	for (; value > 0; value /= 10)
		*--next = (char)('0' + value % 10);
	if (code < 0)
		*--next = '-';
	kaal_ignore(kaal_console_write(line, (size_t)(digits - line), NULL));
	kaal_ignore(kaal_console_write(next, (size_t)(end + 1 - next), NULL));
}

static void end_component(int code)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS] = {(uint64_t)(int64_t)code};
	uint64_t answer;

	/* Answered only by the end. */
	kaal_ignore(kaal_sys_endpoint_call(KAAL_SLOT_SUPERVISOR, kaal_message(1, 0, KAAL_SUPERVISOR_EXIT), words, &answer));
}

static void end_machine(int code)
{
	if (code != 0)
		print_code(code);
	kaal_ignore(kaal_sys_system_power_off(KAAL_SLOT_SYSTEM_CONTROL));
}

_Noreturn void _exit(int code)
{
	if (kaal_startup() != NULL)
		end_component(code);
	else
		end_machine(code);
	/* Nobody could: what is left is to use no more time. */
	for (;;)
		kaal_ignore(kaal_sys_thread_sleep(UINT64_MAX));
}
