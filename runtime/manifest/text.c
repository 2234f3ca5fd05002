#include "text.h"

#include <manifest/manifest_error.h>

#define QUOTED_MAX 64u

static void put_char(struct text *text, char c)
{
	if (text->used + 1 < text->room)
		text->start[text->used++] = c >= ' ' && c <= '~' ? c : '?';
}

void text_put(struct text *text, const char *string)
{
	for (; *string != '\0'; string++)
		put_char(text, *string);
}

void text_number(struct text *text, uint64_t value)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (count > 0)
		put_char(text, digits[--count]);
}

void text_hex(struct text *text, uint64_t value)
{
	unsigned shift = 60;

	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	text_put(text, "0x");
	for (unsigned left = shift / 4 + 1; left > 0; left--)
		put_char(text, "0123456789abcdef"[value >> (left - 1) * 4 & 0xf]);
}

static void put_quoted(struct text *text, const char *string)
{
	unsigned count = 0;

	put_char(text, '"');
	for (; *string != '\0' && count < QUOTED_MAX; string++, count++)
		put_char(text, *string);
	text_put(text, *string != '\0' ? "...\"" : "\"");
}

void text_end(struct text *text)
{
	text->start[text->used] = '\0';
}

void text_format(struct text *text, const char *format, va_list *arguments)
{
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			put_char(text, *format);
			continue;
		}
		switch (*++format) {
		case 's':
			text_put(text, va_arg(*arguments, const char *));
			break;
		case 'q':
			put_quoted(text, va_arg(*arguments, const char *));
			break;
		case 'd':
			text_number(text, va_arg(*arguments, uint64_t));
			break;
		case 'x':
			text_hex(text, va_arg(*arguments, uint64_t));
			break;
		default:
			return; /* no such form: what stands so far is better than a guess */
		}
	}
}

void kaal_manifest_error_text(const struct kaal_manifest_error *error, char out[KAAL_MANIFEST_ERROR_TEXT_BYTES])
{
	struct text text = { out, KAAL_MANIFEST_ERROR_TEXT_BYTES, 0 };

	text_put(&text, error->node);
	text_put(&text, ": ");
	if (error->property[0] != '\0') {
		text_put(&text, error->property);
		text_put(&text, ": ");
	}
	text_put(&text, "found ");
	text_put(&text, error->found);
	text_put(&text, ", expected ");
	text_put(&text, error->expected);
	text_put(&text, " (");
	text_put(&text, error->rule);
	text_put(&text, ")");
	text_end(&text);
}
