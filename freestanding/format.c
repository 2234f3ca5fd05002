#include <freestanding/format.h>

#include <stdbool.h>
#include <stdint.h>

#define DIGITS_MAX 20u /* UINT64_MAX in decimal */

static void put_number(format_sink_t sink, void *context, uint64_t value, unsigned base, unsigned width)
{
	char digits[DIGITS_MAX];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	for (; width > count; width--)
		sink(context, '0');
	while (count != 0)
		sink(context, digits[--count]);
}

static void put_text(format_sink_t sink, void *context, const char *text)
{
	for (; *text != '\0'; text++)
		sink(context, *text);
}

void format_text(format_sink_t sink, void *context, const char *format, va_list arguments)
{
	for (; *format != '\0'; format++) {
		unsigned width = 0;
		bool wide = false;

		if (*format != '%') {
			sink(context, *format);
			continue;
		}
		format++;
		for (; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (unsigned)(*format - '0');
		if (*format == 'l') {
			wide = true;
			format++;
		}
		switch (*format) {
		case 's':
			put_text(sink, context, va_arg(arguments, const char *));
			break;
		case 'c':
			sink(context, (char)va_arg(arguments, int));
			break;
		case 'd': {
			int64_t value = wide ? va_arg(arguments, int64_t) : va_arg(arguments, int);

			if (value < 0)
				sink(context, '-');
			put_number(sink, context, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, width);
			break;
		}
		case 'u':
		case 'x':
			put_number(sink, context, wide ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned),
				   *format == 'x' ? 16 : 10, width);
			break;
		case '\0':
			sink(context, '%');
			return;
		default:
			sink(context, '%');
			if (*format != '%')
				sink(context, *format);
			break;
		}
	}
}
