#include <formats/format_error.h>

/* Where the text stands so far; one byte stays free for the NUL. */
struct line {
	char *text;
	size_t used;
};

static void put_char(struct line *line, char c)
{
	if (line->used + 1 < KAAL_FORMAT_ERROR_TEXT_BYTES)
		line->text[line->used++] = c;
}

static void put_text(struct line *line, const char *text)
{
	for (; *text != '\0'; text++)
		put_char(line, *text);
}

static void put_hex(struct line *line, uint64_t value)
{
	unsigned shift = 60;

	while (shift > 0 && (value >> shift) == 0)
		shift -= 4;
	put_text(line, "0x");
	for (unsigned left = shift / 4 + 1; left > 0; left--)
		put_char(line, "0123456789abcdef"[(value >> ((left - 1) * 4)) & 0xf]);
}

void kaal_format_error_text(const struct kaal_format_error *error,
			    char text[KAAL_FORMAT_ERROR_TEXT_BYTES])
{
	struct line line = { text, 0 };

	put_text(&line, error->what);
	put_text(&line, " at ");
	put_hex(&line, error->offset);
	put_text(&line, ": found ");
	put_hex(&line, error->found);
	put_text(&line, ", expected ");
	put_text(&line, error->expected);
	text[line.used] = '\0';
}
