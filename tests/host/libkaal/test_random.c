/* The generator of random bytes: RFC 8439's vectors, and that no call's bytes can be had from what is left behind it. */
#include <criterion/criterion.h>
#include <string.h>

#include <kaal/random.h>

#include "chacha.h"

/* RFC 8439, 2.3.2 and A.1, vectors 1 and 4. */
static const struct {
	const char *name;
	uint8_t key_step, key_second; /* key[i] = i * key_step, but key[1] */
	uint32_t counter;
	uint8_t nonce[CHACHA_NONCE_BYTES];
	uint8_t block[CHACHA_BLOCK_BYTES];
} vectors[] = {
	{"2.3.2", 1, 1, 1, {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0},
	 {0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3, 0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0,
	  0x68, 0x03, 0x04, 0x22, 0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa, 0x09, 0x14, 0xc2, 0xd7, 0x05,
	  0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1, 0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e}},
	{"A.1, 1", 0, 0, 0, {0},
	 {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d,
	  0xed, 0x1a, 0xa8, 0x36, 0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0, 0x3f,
	  0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86}},
	{"A.1, 4", 0, 0xff, 2, {0},
	 {0x72, 0xd5, 0x4d, 0xfb, 0xf1, 0x2e, 0xc4, 0x4b, 0x36, 0x26, 0x92, 0xdf, 0x94, 0x13, 0x7f, 0x32, 0x8f, 0xea, 0x8d, 0xa7, 0x39, 0x90,
	  0x26, 0x5e, 0xc1, 0xbb, 0xbe, 0xa1, 0xae, 0x9a, 0xf0, 0xca, 0x13, 0xb2, 0x5a, 0xa2, 0x6c, 0xb4, 0xa6, 0x48, 0xcb, 0x9b, 0x9d, 0x1b,
	  0xe6, 0x5b, 0x2c, 0x09, 0x24, 0xa6, 0x6c, 0x54, 0xd5, 0x45, 0xec, 0x1b, 0x73, 0x74, 0xf4, 0x87, 0x2e, 0x99, 0xf0, 0x96}},
};

Test(random, blocks_are_the_standards)
{
	uint8_t key[CHACHA_KEY_BYTES], block[CHACHA_BLOCK_BYTES];

	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		for (unsigned at = 0; at < sizeof key; at++)
			key[at] = (uint8_t)(at * vectors[i].key_step);
		key[1] = vectors[i].key_second;
		chacha_block(key, vectors[i].counter, vectors[i].nonce, block);
		cr_assert_arr_eq(block, vectors[i].block, sizeof block, "vector %s", vectors[i].name);
	}
}

static bool holds(const void *where, size_t bytes, const void *what, size_t count)
{
	return memmem(where, bytes, what, count) != NULL;
}

/* Bytes of two calls, and the key between and behind them, have no 8 bytes in common. */
Test(random, nothing_comes_twice)
{
	struct kaal_random random, again;
	uint8_t pieces[4][200];

	kaal_random_start(&random, "a seed of more than thirty-two bytes, all of which count", 56);
	memcpy(pieces[0], random.key, sizeof random.key);
	kaal_random_fill(&random, pieces[1], 200);
	memcpy(pieces[2], random.key, sizeof random.key);
	kaal_random_fill(&random, pieces[3], 200);
	for (int one = 0; one < 4; one++) {
		for (int other = 0; other < 4; other++) {
			size_t bytes = other % 2 == 0 ? sizeof random.key : 200;

			for (size_t at = 0; one != other && at + 8 <= sizeof random.key; at++)
				cr_assert_not(holds(pieces[other], bytes, pieces[one] + at, 8), "%d in %d", one, other);
		}
	}
	kaal_random_start(&again, "a seed of more than thirty-two bytes, all of which count", 56);
	kaal_random_fill(&again, pieces[0], 200);
	cr_assert_arr_eq(pieces[0], pieces[1], 200);
}

Test(random, all_of_a_seed_counts)
{
	uint8_t seed[65] = {0};
	struct kaal_random first, other;

	kaal_random_start(&first, seed, sizeof seed);
	for (size_t i = 0; i < sizeof seed; i++) {
		seed[i] = 1;
		kaal_random_start(&other, seed, sizeof seed);
		cr_assert_arr_neq(first.key, other.key, sizeof first.key, "byte %zu", i);
		seed[i] = 0;
	}
	kaal_random_start(&other, seed, 0);
	cr_assert_arr_neq(first.key, other.key, sizeof first.key);
}

/* Any length, and nothing beside it. */
Test(random, lengths)
{
	static const uint8_t untouched[16] = {0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
	struct kaal_random random;
	uint8_t longest[300], bytes[316];

	kaal_random_start(&random, "s", 1);
	kaal_random_fill(&random, longest, sizeof longest);
	for (size_t count = 0; count <= sizeof longest; count++) {
		memset(bytes, 0x5a, sizeof bytes);
		kaal_random_start(&random, "s", 1);
		kaal_random_fill(&random, bytes, count);
		cr_assert_arr_eq(bytes, longest, count);
		cr_assert_arr_eq(bytes + count, untouched, sizeof untouched);
	}
}
