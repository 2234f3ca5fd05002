/*
 * Files in memory, of malloc(): pages of a file by an array, entries of a directory in a list in the order in which they came.
 *
 * RAM-1: a file has exactly the pages that its bytes need, and what lies behind its bytes in the last one is zeros
 * RAM-2: a node is there as long as it has a name or is kept; the root always
 * RAM-3: a directory's entries have growing sequence numbers, never used again
 */
#ifndef FILE_RAM_H
#define FILE_RAM_H

#include "backend.h"

struct ram {
	struct file_backend backend;
	struct file_node *root;
	uint64_t numbers, sequences; /* used */
};

/* An empty file system. now_ns tells the time. false: no memory. */
bool ram_start(struct ram *ram, const struct file_limits *limits, uint64_t (*now_ns)(void));

/* Frees all. Nothing is kept any more. */
void ram_end(struct ram *ram);

#endif
