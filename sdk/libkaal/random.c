#include <kaal/random.h>

#include <string.h>

#include "chacha.h"

_Static_assert(KAAL_RANDOM_SEED_BYTES == CHACHA_KEY_BYTES, "a seed is a key");

static uint32_t load(const uint8_t *from)
{
	return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static uint32_t rotate(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

/* RFC 8439, 2.1. */
static void quarter_round(uint32_t state[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
	state[a] += state[b];
	state[d] = rotate(state[d] ^ state[a], 16);
	state[c] += state[d];
	state[b] = rotate(state[b] ^ state[c], 12);
	state[a] += state[b];
	state[d] = rotate(state[d] ^ state[a], 8);
	state[c] += state[d];
	state[b] = rotate(state[b] ^ state[c], 7);
}

void chacha_block(const uint8_t key[CHACHA_KEY_BYTES], uint32_t counter, const uint8_t nonce[CHACHA_NONCE_BYTES], uint8_t block[CHACHA_BLOCK_BYTES])
{
	uint32_t first[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, state[16];

	for (unsigned i = 0; i < 8; i++)
		first[4 + i] = load(key + (size_t)i * 4);
	first[12] = counter;
	for (unsigned i = 0; i < 3; i++)
		first[13 + i] = load(nonce + (size_t)i * 4);
	memcpy(state, first, sizeof state);
	for (unsigned i = 0; i < 10; i++) {
		for (unsigned column = 0; column < 4; column++)
			quarter_round(state, column, 4 + column, 8 + column, 12 + column);
		for (unsigned column = 0; column < 4; column++)
			quarter_round(state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4);
	}
	for (unsigned i = 0; i < 64; i++)
		block[i] = (uint8_t)((state[i / 4] + first[i / 4]) >> 8 * (i % 4));
}

static const uint8_t no_nonce[CHACHA_NONCE_BYTES];

/* Each piece of the seed goes into the key, from which the next is made. */
void kaal_random_start(struct kaal_random *random, const void *seed, uint64_t bytes)
{
	const uint8_t *from = seed;
	uint8_t block[CHACHA_BLOCK_BYTES];

	memset(random->key, 0, sizeof random->key);
	for (uint64_t done = 0; done < bytes || done == 0; done += CHACHA_KEY_BYTES) {
		for (uint64_t i = 0; i < CHACHA_KEY_BYTES && done + i < bytes; i++)
			random->key[i] ^= from[done + i];
		chacha_block(random->key, 0, no_nonce, block);
		memcpy(random->key, block, sizeof random->key);
	}
	explicit_bzero(block, sizeof block);
}

/* The first half of the first block is the next key, all that follows the caller's. */
void kaal_random_fill(struct kaal_random *random, void *to, uint64_t bytes)
{
	uint8_t block[CHACHA_BLOCK_BYTES], next[CHACHA_KEY_BYTES];
	uint64_t from = CHACHA_KEY_BYTES, done = 0;
	uint32_t counter = 0;

	chacha_block(random->key, counter, no_nonce, block);
	memcpy(next, block, sizeof next);
	while (done < bytes) {
		uint64_t piece = CHACHA_BLOCK_BYTES - from < bytes - done ? CHACHA_BLOCK_BYTES - from : bytes - done;

		memcpy((uint8_t *)to + done, block + from, piece);
		done += piece;
		from = 0;
		if (done < bytes)
			chacha_block(random->key, ++counter, no_nonce, block);
	}
	memcpy(random->key, next, sizeof next);
	explicit_bzero(block, sizeof block);
	explicit_bzero(next, sizeof next);
}
