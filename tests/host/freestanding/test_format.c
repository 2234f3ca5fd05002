/* The line formatter, against the C library's. */
#include <criterion/criterion.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <freestanding/format.h>

static char text[256];

static void put(void *context, char character)
{
	size_t *length = context;

	text[(*length)++] = character;
	text[*length] = '\0';
}

/* Not checked by the compiler: wrong formats are tested, too. */
static const char *format(const char *pattern, ...)
{
	va_list arguments;
	size_t length = 0;

	text[0] = '\0';
	va_start(arguments, pattern);
	format_text(put, &length, pattern, arguments);
	va_end(arguments);
	return text;
}

Test(format, texts_and_characters)
{
	cr_assert_str_eq(format("plain"), "plain");
	cr_assert_str_eq(format("%s, %c%%", "text", 'x'), "text, x%");
	cr_assert_str_eq(format(""), "");
}

Test(format, numbers_as_printf_writes_them)
{
	static const uint64_t values[] = {0, 1, 9, 10, 255, 4294967295, 4294967296, UINT64_MAX, UINT64_C(1) << 63};
	char expected[64];

	for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
		snprintf(expected, sizeof expected, "%lu %lx %ld", values[i], values[i], (int64_t)values[i]);
		cr_assert_str_eq(format("%lu %lx %ld", values[i], values[i], (int64_t)values[i]), expected);
		snprintf(expected, sizeof expected, "%u %x %d", (unsigned)values[i], (unsigned)values[i], (int)values[i]);
		cr_assert_str_eq(format("%u %x %d", (unsigned)values[i], (unsigned)values[i], (int)values[i]), expected);
	}
}

Test(format, widths_pad_with_zeroes)
{
	cr_assert_str_eq(format("%016lx", UINT64_C(0xabc)), "0000000000000abc");
	cr_assert_str_eq(format("%02u", 7u), "07");
	cr_assert_str_eq(format("%02u", 123u), "123");
	cr_assert_str_eq(format("%032lx", UINT64_C(1)), "00000000000000000000000000000001");
}

Test(format, mistakes_are_shown_as_they_are)
{
	cr_assert_str_eq(format("%q"), "%q");
	cr_assert_str_eq(format("end %"), "end %");
}
