/*
 * A generator of random bytes from a seed: ChaCha20 (RFC 8439) whose key is another after each call. So who learns what it is now
 * does not learn what it has given, and what it has given tells nothing of what it gives later.
 *
 * libc's getentropy(), getrandom() and arc4random() stand on it, with the seed that the root task has made for this start of the component.
 * For all functions: Rights: none. Blocks: never. Threads: a generator is one thread's at a time.
 */
#ifndef KAAL_RANDOM_H
#define KAAL_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAAL_RANDOM_SEED_BYTES 32u

/* The field is the library's. */
struct kaal_random {
	uint8_t key[KAAL_RANDOM_SEED_BYTES];
};

/* A generator out of a seed of any length, all of which counts; it is as hard to guess as the seed, up to 32 bytes. The same seed makes the same bytes. */
void kaal_random_start(struct kaal_random *random, const void *seed, uint64_t bytes);

/* The next bytes, 0 to 2^37. */
void kaal_random_fill(struct kaal_random *random, void *to, uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif
