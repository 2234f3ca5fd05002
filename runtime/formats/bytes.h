/*
 * Little-endian values out of bytes that need not be aligned. The compiler
 * makes single loads of these where the target allows unaligned ones.
 */
#ifndef KAAL_FORMATS_BYTES_H
#define KAAL_FORMATS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint16_t bytes_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t bytes_u32(const uint8_t *at)
{
	return bytes_u16(at) | (uint32_t)bytes_u16(at + 2) << 16;
}

static inline uint64_t bytes_u64(const uint8_t *at)
{
	return bytes_u32(at) | (uint64_t)bytes_u32(at + 4) << 32;
}

/* True if the `count` bytes at `a` and `b` are the same. */
static inline bool bytes_equal(const void *a, const void *b, size_t count)
{
	const uint8_t *left = a;
	const uint8_t *right = b;

	for (size_t i = 0; i < count; i++)
		if (left[i] != right[i])
			return false;
	return true;
}

/* True if [offset, offset + size) lies in [0, limit). */
static inline bool bytes_inside(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

#endif
