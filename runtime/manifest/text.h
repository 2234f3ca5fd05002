/*
 * Texts for errors, written into arrays of a fixed size. Whatever comes out of
 * a description is made printable on the way.
 */
#ifndef MANIFEST_TEXT_H
#define MANIFEST_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Where a text stands so far; one byte stays free for the NUL, which text_end() writes. */
struct text {
	char *start;
	size_t room;
	size_t used;
};

#define TEXT_IN(array) ((struct text){ (array), sizeof(array), 0 })

void text_put(struct text *text, const char *string);
void text_number(struct text *text, uint64_t value);
void text_hex(struct text *text, uint64_t value);
void text_end(struct text *text);

/*
 * Writes `format`, in which %s is a string, %q one in quotation marks (at most 64
 * characters of it), %d an uint64_t in decimal, %x one in hexadecimal with 0x.
 * Arguments are taken from *arguments, so that several formats can share them.
 */
void text_format(struct text *text, const char *format, va_list *arguments);

#endif
