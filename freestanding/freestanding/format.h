/*
 * A line formatter for code without a C library.
 *
 *   %s text   %c character   %d int   %u %x unsigned   %lu %lx 64 bits   %%
 *   a width with a leading zero pads numbers: %016lx
 *
 * Anything else in the format is a programmer's error and is written as it is.
 */
#ifndef FREESTANDING_FORMAT_H
#define FREESTANDING_FORMAT_H

#include <stdarg.h>

/* Takes one character; context is the caller's. */
typedef void (*format_sink_t)(void *context, char character);

void format_text(format_sink_t sink, void *context, const char *format, va_list arguments);

#endif
