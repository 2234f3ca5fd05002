/*
 * A small valid executable for the tests to spoil: code at 0x401000, data at
 * 0x402000 with thread-local contents, the ABI note, a stack size. It fills its
 * allocation exactly, so that the address sanitizer sees a read past its end.
 */
#ifndef TESTS_HOST_FORMATS_ELF_IMAGE_H
#define TESTS_HOST_FORMATS_ELF_IMAGE_H

#include <stdint.h>
#include <stddef.h>

/* Program headers, in order. */
enum { IMAGE_TEXT, IMAGE_DATA, IMAGE_NOTE, IMAGE_STACK, IMAGE_TLS, IMAGE_HEADERS };

#define IMAGE_BYTES 0x2020u
#define IMAGE_NOTE_AT 0x200u
#define IMAGE_NOTE_DESCRIPTOR_AT (IMAGE_NOTE_AT + 20u)

/* The file; the caller frees it. */
uint8_t *image_make(void);

void image_put16(uint8_t *image, size_t at, uint16_t value);
void image_put32(uint8_t *image, size_t at, uint32_t value);
void image_put64(uint8_t *image, size_t at, uint64_t value);

/* Offset of a field (ELF_P_*) of a program header. */
size_t image_field(unsigned header, unsigned field);

#endif
