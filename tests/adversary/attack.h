/*
 * The adversary's threads. They run in address spaces in which the whole program lies once more, a copy for all of
 * them, so that whatever they do to it the program that looks after them does not notice.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <kaal/message.h>

#include "layout.h"

#define ATTACK_STACK_BYTES 4096u
#define ATTACK_CALLS_MAX 64u /* kinds of calls, and one for numbers that are no call's */
#define ATTACK_STATUSES 64u

/* A caller's own page, which it shares with the program. */
struct attack_caller {
	uint64_t seed;     /* in, not 0 */
	uint64_t begun;    /* calls */
	uint64_t touched;  /* accesses to memory beside the calls */
	uint64_t preempted; /* times that another caller ran while this one did not call */
	uint64_t interrupts; /* acks of a line that was asserted */
	uint64_t wrong;    /* calls that ended with a status that the table does not list for them */
	uint64_t wrong_call, wrong_status; /* the last of them */
	uint32_t ended[ATTACK_CALLS_MAX][ATTACK_STATUSES];
} __attribute__((aligned(4096)));

struct attack {
	struct attack_caller caller[ATTACK_CALLERS];
	struct kaal_message_buffer buffer[ATTACK_CALLERS] __attribute__((aligned(4096)));
	volatile uint64_t last;     /* caller that has been at this mark last */
	volatile uint64_t asserted; /* whether the device asserts its line */
	struct surroundings around;
};

/* One instance each in the program and in the copy; the program's is what the copy begins as. */
extern struct attack attack;
extern unsigned char attack_stack[ATTACK_CALLERS][ATTACK_STACK_BYTES];

/* Where caller `who` begins, on its stack; makes calls for ever. */
void attack_begin(uint64_t who);

/* --- attack.S ------------------------------------------------------------------------ */

struct attack_registers {
	uint64_t x[6];
	uint64_t word[KAAL_MESSAGE_REGISTERS];
};

#define ATTACK_NUMBERS 256u /* of calls; this one itself stands for a number beyond all */

/* Makes the call: in arguments and words, out status, results and words. */
void attack_call(struct attack_registers *registers, uint64_t number);

/* Reads or writes a word anywhere. A fault at one of the first two goes on at the third. */
void attack_access(uint64_t address, uint64_t write);
extern const char attack_load[], attack_store[], attack_accessed[];

/* Calls with numbers and arguments out of a register, for ever, without any memory; what it prints is blank. */
extern const char attack_wild[];

#endif
