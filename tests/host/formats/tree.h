/* A device tree that a test makes, one change after the other; each ends the test if it fails. */
#ifndef TREE_H
#define TREE_H

#include <stdint.h>

#include <libfdt.h>

#define TREE_BYTES 16384

extern char tree[TREE_BYTES];

/* libfdt's status is no error. */
void must(int status);

/* The offset of a node that is there. */
int node(const char *path);
void add(const char *parent, const char *name);

/* Sets a property to 64 cells or fewer. */
void put(const char *path, const char *name, const uint32_t *cells, int count);

#define PUT(path, name, ...)                                                                                         \
	put(path, name, (const uint32_t[]){__VA_ARGS__}, (int)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))

/* To a literal, with the NULs in it. */
#define PUT_TEXT(path, name, text) must(fdt_setprop(tree, node(path), name, text, (int)sizeof(text)))

#endif
