#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static unsigned count, failed;

bool tap_ok(bool passed, const char *file, int line, const char *format, ...)
{
	va_list arguments;

	printf("%sok %u - ", passed ? "" : "not ", ++count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	if (!passed) {
		failed++;
		printf("# at %s:%d\n", file, line);
	}
	return passed;
}

bool tap_equal(uint64_t found, uint64_t expected, const char *file, int line, const char *what)
{
	if (!tap_ok(found == expected, file, line, "%s", what))
		printf("# found 0x%" PRIx64 ", expected 0x%" PRIx64 "\n", found, expected);
	return found == expected;
}

int tap_finish(void)
{
	printf("1..%u\n", count);
	return failed != 0;
}
