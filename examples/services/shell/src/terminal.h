/*
 * The terminal: a serial line whose driver is another component. A thread of its own takes what is typed, so that Ctrl-C is heard while a command
 * runs and what is typed meanwhile waits for its turn.
 *
 * TERM-1: what was typed comes out in order and whole: when there is no room the driver is not asked for more, and holds the sender up. Only Ctrl-C
 * drops what nobody has read yet.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <kaal/status.h>

#define TERMINAL_INPUT_BYTES 4096u
#define TERMINAL_OUTPUT_BYTES 1024u
#define TERMINAL_NOBODY UINT32_MAX

/* What commands print on; '\n' becomes CR LF. */
extern FILE *terminal;

/* Opens the line, the use `console`, and starts the thread. What kaal_serial_open() says; NO_MEMORY: there is no thread for it. */
kaal_status_t terminal_start(void);

/* Bytes as they are; they go when there is no room for more, or at terminal_flush() and terminal_read(). */
void terminal_put(const char *text, size_t bytes);
void terminal_flush(void);

/*
 * Takes what was typed, at least one byte, at most `bytes`. Flushes what was put, and waits, only when there is nothing yet. 0: Ctrl-C ends what goes on
 * (between terminal_begin() and _end()), or the line is gone.
 */
size_t terminal_read(char *to, size_t bytes);

/* Whether the line is. */
bool terminal_gone(void);

/* Whether there is something typed to take at once. */
bool terminal_waits(void);

/* A command begins: Ctrl-C is for it, and not typed text, until it ends. */
void terminal_begin(void);
void terminal_end(void);

/* Whether Ctrl-C was typed since terminal_begin(). */
bool terminal_interrupted(void);

/* Ctrl-C ends this component; TERMINAL_NOBODY: none. */
void terminal_foreground(uint32_t component);

#endif
