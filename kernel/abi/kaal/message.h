/*
 * Messages: what the message word of a call says, the buffer for what registers
 * do not hold, and the messages that the kernel itself sends.
 */
#ifndef KAAL_MESSAGE_H
#define KAAL_MESSAGE_H

#include <stdint.h>

#include <kaal/types.h>

/*
 * Message word. A sender gives words (0..64), capabilities (0..3) and a label
 * that the kernel passes on unread; all other bits are 0. A receiver gets the
 * same with the number of capabilities that came, and flags.
 *
 * Words 0..7 travel in registers, and all of them do, however few the message word
 * says: the receiver, whom a sender need not trust, can read them all. A sender
 * clears those that it has not set; the stubs take an array of eight and send it as it is. What
 * a receiver finds beyond the words that were said is the sender's, too, and means nothing.
 */
#define KAAL_MESSAGE_WORDS_MAX 64u
#define KAAL_MESSAGE_CAPS_MAX 3u
#define KAAL_MESSAGE_CAPS_UNIT 0x100u
#define KAAL_MESSAGE_LABEL_UNIT (UINT64_C(1) << 32)
#define KAAL_MESSAGE_TRUNCATED (UINT64_C(1) << 29)    /* words beyond the eighth are missing: the receiver has no buffer */
#define KAAL_MESSAGE_NOTIFICATION (UINT64_C(1) << 30) /* no message: flags of the bound notification, in the badge's place */
#define KAAL_MESSAGE_FAULT (UINT64_C(1) << 31)        /* from the kernel: a thread has faulted */

static inline uint64_t kaal_message(uint64_t words, uint64_t caps, uint32_t label)
{
	return words + caps * KAAL_MESSAGE_CAPS_UNIT + label * KAAL_MESSAGE_LABEL_UNIT;
}

static inline uint64_t kaal_message_words(uint64_t message)
{
	return message & 0xff;
}

static inline uint64_t kaal_message_caps(uint64_t message)
{
	return message / KAAL_MESSAGE_CAPS_UNIT & 0xff;
}

static inline uint32_t kaal_message_label(uint64_t message)
{
	return (uint32_t)(message / KAAL_MESSAGE_LABEL_UNIT);
}

#define KAAL_MESSAGE_BUFFER_BYTES 512u

/*
 * A thread's message buffer, in memory that the kernel reads when it sends and
 * writes when it receives. Other fields than those named are left alone.
 */
struct kaal_message_buffer {
	uint64_t words[KAAL_MESSAGE_WORDS_MAX - KAAL_MESSAGE_REGISTERS]; /* message words 8..63, in and out */
	uint64_t caps[KAAL_MESSAGE_CAPS_MAX]; /* in: indices of the capabilities to send, in the sender's CSpace */
	uint64_t move;          /* in: bit i: capability i is moved, not copied */
	uint64_t receive_cnode; /* in: index of the CNode that capabilities shall come into, in the receiver's CSpace */
	uint64_t receive_slot;  /* in: slot of that CNode for the first, the next for the second, ... */
	uint64_t reserved[2];
};

/* Why a thread has faulted: word 0 of a fault message. */
enum kaal_fault {
	KAAL_FAULT_NONE = 0,
	KAAL_FAULT_MEMORY = 1,      /* data access; address and syndrome say more */
	KAAL_FAULT_INSTRUCTION = 2, /* instruction fetch */
	KAAL_FAULT_EXCEPTION = 3,   /* any other exception: undefined instruction, breakpoint, ... */
	KAAL_FAULT_TIMEOUT = 4,     /* the budget has ended; only to a timeout handler */
};

/* Words of a fault message. */
enum kaal_fault_word {
	KAAL_FAULT_WORD_KIND = 0,     /* enum kaal_fault */
	KAAL_FAULT_WORD_ADDRESS = 1,  /* that was accessed; 0 where there is none; ticks used since start for a timeout */
	KAAL_FAULT_WORD_PC = 2,
	KAAL_FAULT_WORD_SYNDROME = 3, /* ESR_EL1 */
	KAAL_FAULT_WORD_SP = 4,
	KAAL_FAULT_WORDS = 5,
};

/* Label of the answer to a fault: the thread goes on (at word 0, if the answer has one), or stays stopped. */
#define KAAL_FAULT_RESUME 0u
#define KAAL_FAULT_STOP 1u

#endif
