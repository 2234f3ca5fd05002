#include "root_fixture.h"

#include <stdarg.h>
#include <stdio.h>

#include "../../../runtime/root-task/console.h"

struct system root_system;
struct authority authority;
kaal_ticks_t now, line_ticks;
char console[8192];
unsigned calls[256];
uint64_t last_argument[6];
kaal_status_t call_status[256];
struct component components[COMPONENTS];
jmp_buf fixture_fatal;
bool fixture_may_end;

static struct kaal_bootinfo info;

kaal_ticks_t kaal_ticks_now(void)
{
	return now;
}

kaal_status_t host_call(uint32_t number, const uint64_t argument[6], uint64_t result[3])
{
	calls[number]++;
	memcpy(last_argument, argument, sizeof last_argument);
	memset(result, 0, 3 * sizeof *result);
	return call_status[number];
}

static void add_line(const char *name, const char *text, size_t bytes)
{
	size_t used = strlen(console);

	cr_assert_lt(used + strlen(name) + bytes + 4, sizeof console, "too much is printed");
	(void)snprintf(console + used, sizeof console - used, "%s: %.*s\n", name, (int)bytes, text);
	now += line_ticks;
}

void console_text(const char *name, const char *text, uint32_t bytes)
{
	cr_assert_leq(bytes, CONSOLE_LINE_BYTES);
	add_line(name, text, bytes);
}

static void add_formatted(const char *format, va_list arguments)
{
	char text[512];

	(void)vsnprintf(text, sizeof text, format, arguments);
	add_line("root-task", text, strlen(text));
}

void console_line(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_formatted(format, arguments);
	va_end(arguments);
}

static _Noreturn void end(const char *format, va_list arguments)
{
	add_formatted(format, arguments);
	cr_assert(fixture_may_end, "fatal: %s", console);
	longjmp(fixture_fatal, 1);
}

_Noreturn void root_fatal(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	end(format, arguments);
}

_Noreturn void root_refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	end(format, arguments);
}

void root_must(const char *what, kaal_status_t status)
{
	if (status != KAAL_OK)
		root_fatal("%s: %u", what, (unsigned)status);
}

void fixture_start(void)
{
	static const char *const names[COMPONENTS] = {"a", "b", "c", "d"};

	info = (struct kaal_bootinfo){.counter_hz = HZ};
	root_system = (struct system){.info = &info, .components = components, .count = COMPONENTS};
	authority = (struct authority){0};
	now = TICKS(1000);
	line_ticks = 0;
	console[0] = '\0';
	memset(calls, 0, sizeof calls);
	memset(call_status, 0, sizeof call_status);
	for (uint32_t i = 0; i < COMPONENTS; i++) {
		components[i] = (struct component){.index = i, .state = KAAL_COMPONENT_ENDED, .description.name = names[i]};
		components[i].description.threads_max = 1;
	}
}
