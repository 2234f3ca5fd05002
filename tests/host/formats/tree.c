#include "tree.h"

#include <criterion/criterion.h>

char tree[TREE_BYTES];

void must(int status)
{
	cr_assert_geq(status, 0, "libfdt: %s", fdt_strerror(status));
}

int node(const char *path)
{
	int offset = fdt_path_offset(tree, path);

	must(offset);
	return offset;
}

void add(const char *parent, const char *name)
{
	must(fdt_add_subnode(tree, node(parent), name));
}

void put(const char *path, const char *name, const uint32_t *cells, int count)
{
	fdt32_t value[64];

	cr_assert_leq(count, 64);
	for (int i = 0; i < count; i++)
		value[i] = cpu_to_fdt32(cells[i]);
	must(fdt_setprop(tree, node(path), name, value, count * 4));
}
