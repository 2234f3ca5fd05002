/* Descriptions that tests write, and what the reader says of them. */
#ifndef MANIFEST_FIXTURE_H
#define MANIFEST_FIXTURE_H

#include <stdio.h>

#include <manifest/manifest.h>

#include "../tree_writer.h"

#define TREE_BYTES 4096u

static _Alignas(8) char tree[TREE_BYTES];
static struct kaal_manifest manifest;
static struct kaal_manifest_error error;

/* The root and `components`, left open, in so many bytes. */
static inline void start_in(void *memory, uint32_t bytes)
{
	tree_begin(memory, bytes);
	tree_text("compatible", "kaal,system");
	tree_number("version", 1);
	tree_open("components");
}

static inline void start(void)
{
	start_in(tree, TREE_BYTES);
}

/* A component, left open. */
static inline void component(const char *name)
{
	tree_open(name);
	tree_text("image", "program");
}

/* A service of a component that is open. */
static inline void provide(const char *name, uint32_t phandle)
{
	tree_open(name);
	tree_text("protocol", "test,protocol");
	tree_pair("version", 1, 4);
	tree_number("phandle", phandle);
	tree_close(1);
}

static inline uint32_t finish(void)
{
	return tree_finish(2);
}

static inline void said(const char *expected)
{
	char message[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	kaal_manifest_error_text(&error, message);
	cr_assert_str_eq(message, expected, "said: %s", message);
}

static inline void refused(const void *blob, uint64_t bytes, const char *expected)
{
	cr_assert_not(kaal_manifest_read(&manifest, blob, bytes, &error), "accepted, expected: %s", expected);
	said(expected);
}

static inline void accepted(void)
{
	if (!kaal_manifest_read(&manifest, tree, finish(), &error))
		said("accepted");
}

#endif
