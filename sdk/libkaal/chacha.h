/* ChaCha20's block (RFC 8439, 2.3): 64 bytes out of key, counter and nonce. */
#ifndef LIBKAAL_CHACHA_H
#define LIBKAAL_CHACHA_H

#include <stdint.h>

#define CHACHA_KEY_BYTES 32u
#define CHACHA_NONCE_BYTES 12u
#define CHACHA_BLOCK_BYTES 64u

void chacha_block(const uint8_t key[CHACHA_KEY_BYTES], uint32_t counter, const uint8_t nonce[CHACHA_NONCE_BYTES], uint8_t block[CHACHA_BLOCK_BYTES]);

#endif
