/*
 * Why a system description was refused: which rule, where, what was found and
 * what would have been right. One text for the image tool and the root task.
 */
#ifndef KAAL_MANIFEST_ERROR_H
#define KAAL_MANIFEST_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#define KAAL_MANIFEST_NODE_BYTES 128u
#define KAAL_MANIFEST_PROPERTY_BYTES 40u
#define KAAL_MANIFEST_FOUND_BYTES 256u
#define KAAL_MANIFEST_EXPECTED_BYTES 256u

/* All texts are NUL-terminated, printable, and cut off where they are longer than the array. */
struct kaal_manifest_error {
	const char *rule;                              /* its name in docs/system-description.md, static: "range" */
	char node[KAAL_MANIFEST_NODE_BYTES];           /* path of the node: "/components/uart" */
	char property[KAAL_MANIFEST_PROPERTY_BYTES];   /* "priority"; "" where the node itself is wrong */
	char found[KAAL_MANIFEST_FOUND_BYTES];         /* "300" */
	char expected[KAAL_MANIFEST_EXPECTED_BYTES];   /* "0 to 250" */
};

/* The longest text that kaal_manifest_error_text() makes, with its NUL. */
#define KAAL_MANIFEST_ERROR_TEXT_BYTES 768u

/*
 * Writes "/components/uart: priority: found 300, expected 0 to 250 (range)",
 * NUL-terminated. `error` was filled by a function of manifest.h that failed or warned.
 */
void kaal_manifest_error_text(const struct kaal_manifest_error *error, char text[KAAL_MANIFEST_ERROR_TEXT_BYTES]);

#endif
