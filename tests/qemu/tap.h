/*
 * TAP (Test Anything Protocol, version 13) from a program at EL0: whole lines,
 * one writer. A program calls check() for each fact and ends with tap_finish().
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdint.h>

/* One test; the description is a printf format. Returns `passed`. */
bool tap_ok(bool passed, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* One test that two numbers are equal; a failure shows both. */
bool tap_equal(uint64_t found, uint64_t expected, const char *file, int line, const char *what);

#define check(condition, ...)          tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define check_equal(found, expected)   tap_equal((found), (expected), __FILE__, __LINE__, #found " is " #expected)

/* Prints the plan; the value for main() to return. */
int tap_finish(void);

#endif
