/* What the fuzz targets share. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The entry that libFuzzer and driver.c call. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* A promise of the reader that must hold for any input. */
#define PROMISE(condition)                                                               \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                         \
		}                                                                        \
	} while (0)

#endif
