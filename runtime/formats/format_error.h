/*
 * Why a reader of untrusted bytes refused them: what was looked at, where it
 * stands, what was found and what would have been right.
 */
#ifndef KAAL_FORMATS_FORMAT_ERROR_H
#define KAAL_FORMATS_FORMAT_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kaal_format_error {
	const char *what;     /* field or fact, static text: "e_machine" */
	uint64_t offset;      /* where it stands, bytes from the start of the file */
	uint64_t found;       /* its value; sizes in bytes */
	const char *expected; /* what would have been right, static text: "183 (AArch64)" */
};

/* The longest text that kaal_format_error_text() makes, with its NUL. */
#define KAAL_FORMAT_ERROR_TEXT_BYTES 256u

/*
 * Writes "e_machine at 0x12: found 0x3e, expected 183 (AArch64)", NUL-terminated
 * and cut off where it is longer than the array. Every program that refuses a
 * file says it with this text, so that image tool and elfloader agree.
 */
void kaal_format_error_text(const struct kaal_format_error *error,
			    char text[KAAL_FORMAT_ERROR_TEXT_BYTES]);

/* For readers: fills `error` and returns false, so that a check reads `return kaal_format_fail(…)`. */
static inline bool kaal_format_fail(struct kaal_format_error *error, const char *what,
				    uint64_t offset, uint64_t found, const char *expected)
{
	*error = (struct kaal_format_error){ what, offset, found, expected };
	return false;
}

#endif
