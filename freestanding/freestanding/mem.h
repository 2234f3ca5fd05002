/*
 * Memory and string functions for code without a C library. Names and meaning
 * are C11 7.24's; the compiler may call the first four by itself. They use
 * general registers only and never access memory unaligned, so they work with
 * the MMU off.
 */
#ifndef FREESTANDING_MEM_H
#define FREESTANDING_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
void *memchr(const void *from, int value, size_t bytes);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *a, const char *b);
char *strchr(const char *text, int character);
char *strrchr(const char *text, int character);

#endif
