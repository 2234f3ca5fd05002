#include <freestanding/mem.h>

#include <stdint.h>

#define WORD sizeof(uint64_t)

/* Both addresses can be walked in words from the same byte on. */
static int same_phase(const void *a, const void *b)
{
	return (((uintptr_t)a ^ (uintptr_t)b) & (WORD - 1)) == 0;
}

/* From the first byte to the last, words read before they are written: `to` may overlap `from` from below. */
static void copy_up(void *to, const void *from, size_t bytes)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (same_phase(to, from)) {
		while (bytes != 0 && ((uintptr_t)t & (WORD - 1)) != 0) {
			*t++ = *f++;
			bytes--;
		}
		uint64_t *tw = (uint64_t *)t;
		const uint64_t *fw = (const uint64_t *)f;

		for (; bytes >= 4 * WORD; bytes -= 4 * WORD, tw += 4, fw += 4) {
			uint64_t a = fw[0], b = fw[1], c = fw[2], d = fw[3];

			tw[0] = a;
			tw[1] = b;
			tw[2] = c;
			tw[3] = d;
		}
		for (; bytes >= WORD; bytes -= WORD)
			*tw++ = *fw++;
		t = (unsigned char *)tw;
		f = (const unsigned char *)fw;
	}
	while (bytes-- != 0)
		*t++ = *f++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	copy_up(to, from, bytes);
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if ((uintptr_t)t - (uintptr_t)f >= bytes) {
		copy_up(to, from, bytes);
		return to;
	}
	while (bytes-- != 0)
		t[bytes] = f[bytes];
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	unsigned char *t = to;
	uint64_t word = (unsigned char)value * UINT64_C(0x0101010101010101);

	while (bytes != 0 && ((uintptr_t)t & (WORD - 1)) != 0) {
		*t++ = (unsigned char)value;
		bytes--;
	}
	uint64_t *tw = (uint64_t *)t;

	for (; bytes >= 4 * WORD; bytes -= 4 * WORD, tw += 4) {
		tw[0] = word;
		tw[1] = word;
		tw[2] = word;
		tw[3] = word;
	}
	t = (unsigned char *)tw;
	while (bytes-- != 0)
		*t++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *x = a, *y = b;

	for (; bytes != 0; bytes--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

/* The standard's prototypes of memchr, strchr and strrchr drop the const. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
void *memchr(const void *from, int value, size_t bytes)
{
	const unsigned char *f = from;

	for (; bytes != 0; bytes--, f++) {
		if (*f == (unsigned char)value)
			return (void *)f;
	}
	return NULL;
}

char *strchr(const char *text, int character)
{
	for (;; text++) {
		if (*text == (char)character)
			return (char *)text;
		if (*text == '\0')
			return NULL;
	}
}

char *strrchr(const char *text, int character)
{
	const char *last = NULL;

	do {
		if (*text == (char)character)
			last = text;
	} while (*text++ != '\0');
	return (char *)last;
}
#pragma GCC diagnostic pop

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0')
		length++;
	return length;
}

size_t strnlen(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length] != '\0')
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}
