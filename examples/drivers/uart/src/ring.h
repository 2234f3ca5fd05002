/*
 * A ring of bytes for one thread: nothing is shared, nothing is lost unless the
 * caller writes more than there is room for, which it must not.
 */
#ifndef RING_H
#define RING_H

#include <stdint.h>
#include <string.h>

#define RING_BYTES 4096u /* a power of two, so that the indices may run through 2^32 */

struct ring {
	uint32_t in;  /* bytes ever put in, modulo 2^32 */
	uint32_t out; /* bytes ever taken out, modulo 2^32 */
	uint8_t bytes[RING_BYTES];
};

static inline uint32_t ring_used(const struct ring *ring)
{
	return ring->in - ring->out;
}

static inline uint32_t ring_room(const struct ring *ring)
{
	return RING_BYTES - ring_used(ring);
}

/* There must be room. */
static inline void ring_put(struct ring *ring, uint8_t byte)
{
	ring->bytes[ring->in++ % RING_BYTES] = byte;
}

/* There must be room for all of them. */
static inline void ring_put_bytes(struct ring *ring, const uint8_t *bytes, uint32_t count)
{
	uint32_t at = ring->in % RING_BYTES, first = count < RING_BYTES - at ? count : RING_BYTES - at;

	memcpy(&ring->bytes[at], bytes, first);
	memcpy(ring->bytes, bytes + first, count - first);
	ring->in += count;
}

/* The byte that `ahead` others come out before; there must be one. */
static inline uint8_t ring_peek(const struct ring *ring, uint32_t ahead)
{
	return ring->bytes[(ring->out + ahead) % RING_BYTES];
}

/* Takes out `count` bytes, which must be there. */
static inline void ring_drop(struct ring *ring, uint32_t count)
{
	ring->out += count;
}

#endif
