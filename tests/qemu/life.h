/*
 * A thread's registers, each with a value that nobody else has and that is new each time: what it has in them when it goes
 * into the kernel, and the one value that each must have when it comes out. That depends on the way:
 *
 * - FULL keeps all registers. LEFT is the fast path's entry that gave up, FAST the one that did not: these keep no register that
 *   a call may lose (x3 to x8), FAST also none that the answer replaces. What is not kept is what FULL last kept:
 *   the thread's own, of earlier.
 * - SLOW comes out with what was kept, and results. QUICK is the fast path's exit: no flag is set.
 *
 * FP registers, SP and TPIDR_EL0 are never lost. Nothing may enter the kernel between two looks but by a probe, or x3 to x8
 * are no longer known, until a FULL way.
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "probe.h"

enum entry { FULL, LEFT, FAST };
enum leaving { SLOW, QUICK };

/* Registers, by their numbers in reports: x0 to x30, then these. */
enum { NZCV = 31, Q = 32, FPCR = 96, FPSR, TLS, TLS_READ_ONLY, SP };

struct life {
	struct probe probe;
	struct probe given;     /* what it went in with */
	uint64_t kept[32];      /* x0 to x30 and the flags, as the kernel keeps them */
	uint64_t sent[32];      /* the registers of its last message */
	uint64_t whose, time;
	uint64_t word_0; /* for x9 on the next way in, or KEEP_PATTERN */
	enum entry entry;
	const char *doing;
	void (*script)(struct life *);
	volatile uint64_t looks, failures;
	const char *failed_at; /* the first of them */
	unsigned failed_register;
	uint64_t found, expected;
};

#define KEEP_PATTERN UINT64_MAX
/* What its register `i` is filled with: no kernel address, and nobody else's. */
uint64_t life_value(const struct life *l, unsigned i);

/* Whether x`i` holds a word of a message. */
bool life_is_word(unsigned x);

/* Goes into the kernel with x0 to x2 as given; `sends`: with words, for the other to find. Back when it has come out. */
void life_go(struct life *l, const char *doing, void (*way)(struct probe *), enum entry entry, uint64_t x0, uint64_t x1, uint64_t x2, bool sends);

/* It came out with so many results, of x0 to x2; `words`: 32 registers of which those of a message are what came, or NULL. */
void life_came(struct life *l, enum leaving leaving, unsigned results, uint64_t x0, uint64_t x1, uint64_t x2, const uint64_t *words);

/* Nothing but time has passed. */
void life_came_unchanged(struct life *l);

/* A thread that probe_start() or the like has found its registers for: x0 to x30 and flags, TPIDR_EL0, and those of FP. SP is its probe. */
void life_expect_start(struct life *l, const uint64_t x[32], uint64_t tls, const struct probe *fp);

/* The first register that was wrong, as a comment in TAP. */
void life_print_failure(const struct life *l);

#endif
