/*
 * System calls as an adversary makes them: right ones, almost right ones with one thing wrong, and ones of numbers at the
 * edge. On the machine (tests/qemu/adversary.c) and on the host, next to a model (tests/fuzz/fuzz_syscalls.c).
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/syscall_numbers.h>
#include <kaal/types.h>

/* How an argument is chosen. */
enum choice {
	CHOOSE_CAP, CHOOSE_MESSAGE, CHOOSE_DEADLINE, CHOOSE_OFFSET, CHOOSE_LENGTH, CHOOSE_TO_SLOT, CHOOSE_FROM_SLOT, CHOOSE_RIGHTS,
	CHOOSE_BADGE, CHOOSE_WHAT, CHOOSE_OBJECTS, CHOOSE_ANY, CHOOSE_TRUTH, CHOOSE_FRAMES, CHOOSE_LINE, CHOOSE_TRIGGER, CHOOSE_PC,
	CHOOSE_SP, CHOOSE_ADDRESS, CHOOSE_PRIORITY, CHOOSE_BUDGET, CHOOSE_PERIOD,
};

struct call_argument {
	enum choice choice;
	enum kaal_object_type object; /* of a capability; KAAL_OBJECT_NULL: any */
};

/* A system call, out of the ABI's table. */
struct call {
	const char *name;
	uint32_t number;
	uint32_t arguments, results;
	bool words;
	bool system; /* it takes a SystemControl capability, which nobody here has */
	uint64_t errors; /* bit s: it may end with status s of call_statuses[] */
	struct call_argument argument[6];
};

struct call_status {
	const char *name;
	uint64_t number;
};

/* Where the capabilities of one type lie that an adversary has from the beginning: [first, first + count), the first with all rights. */
struct home {
	uint32_t first, count;
};

/* What there is to choose from. */
struct surroundings {
	struct home home[KAAL_OBJECT_DEBUG + 1]; /* by type; count 0: none */
	uint32_t spare, spares; /* slots that anything comes into */
	uint32_t slots;         /* of the CNode */
	uint64_t address;       /* where frames are mapped: the first of 2 MiB regions */
	uint64_t code;          /* where a thread does no harm */
	uint32_t priority;      /* nobody's ceiling is larger */
	uint32_t line, lines;   /* interrupt lines */
};

/* Randomness, and what is chosen from; the caller sets `now` before each call. */
struct chooser {
	const struct surroundings *around;
	uint64_t (*next)(struct chooser *self);
	uint64_t state;
	uint64_t now; /* counter */
};

/* A number below `limit`, which is not 0; whether one in `chances` has come. */
uint32_t choose_below(struct chooser *chooser, uint32_t limit);
bool choose_one_in(struct chooser *chooser, uint32_t chances);

/* A slot: most often one that has held such a capability from the beginning. */
uint64_t choose_cap(struct chooser *chooser, enum kaal_object_type type);
/* Any slot that could be sent, moved or deleted; one to put something into. */
uint64_t choose_any_cap(struct chooser *chooser);
uint64_t choose_spare(struct chooser *chooser);

/* Where a frame may be mapped. */
uint64_t choose_address(struct chooser *chooser);

/* All arguments of a call; those that it does not take are 0. */
void choose_arguments(struct chooser *chooser, const struct call *call, uint64_t argument[6]);

#endif
