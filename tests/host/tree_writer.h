/* Device trees written in order by libfdt, for tests. One at a time: what follows tree_begin() goes into its tree. */
#ifndef TREE_WRITER_H
#define TREE_WRITER_H

#include <criterion/criterion.h>

#include <string.h>

#include <libfdt.h>

static void *tree_written;

static inline void tree_must(int status)
{
	cr_assert_geq(status, 0, "libfdt: %s", fdt_strerror(status));
}

/* A tree in so many bytes, its root open. */
static inline void tree_begin(void *tree, uint32_t bytes)
{
	memset(tree, 0, bytes);
	tree_written = tree;
	tree_must(fdt_create(tree, (int)bytes));
	tree_must(fdt_finish_reservemap(tree));
	tree_must(fdt_begin_node(tree, ""));
}

static inline void tree_open(const char *name)
{
	tree_must(fdt_begin_node(tree_written, name));
}

static inline void tree_close(unsigned nodes)
{
	while (nodes-- > 0)
		tree_must(fdt_end_node(tree_written));
}

/* With `nodes` that are open, the root included. Returns its bytes. */
static inline uint32_t tree_finish(unsigned nodes)
{
	tree_close(nodes);
	tree_must(fdt_finish(tree_written));
	return fdt_totalsize(tree_written);
}

static inline void tree_put(const char *name, const void *value, uint32_t bytes)
{
	tree_must(fdt_property(tree_written, name, value, (int)bytes));
}

static inline void tree_text(const char *name, const char *value)
{
	tree_put(name, value, (uint32_t)strlen(value) + 1);
}

static inline void tree_number(const char *name, uint64_t value)
{
	tree_must(fdt_property_u32(tree_written, name, (uint32_t)value));
}

static inline void tree_pair(const char *name, uint64_t first, uint64_t second)
{
	tree_must(fdt_property_u64(tree_written, name, first << 32 | second));
}

static inline void tree_flag(const char *name)
{
	tree_put(name, "", 0);
}

#endif
