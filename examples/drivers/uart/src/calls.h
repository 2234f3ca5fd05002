/*
 * Calls that wait for an answer: of each client one of a kind, served in the order in which they came. Knows no more of
 * the kernel than how a call is answered.
 *
 * CALLS-1: each reply object is in one place: with a call that waits, or free.
 * CALLS-2: of one client one call of a kind waits at most, so there is a free reply object to receive with, always.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/message.h>
#include <kaal/object_types.h>
#include <kaal/serial_protocol.h>

#define CLIENTS_MAX 8u                              /* with calls that wait, of a kind */
#define CALLS_REPLY_COUNT (2u * CLIENTS_MAX + 1u)   /* for two kinds, and the call that is looked at */

struct call {
	kaal_reply_t reply; /* in which it waits; slot 0: none does */
	uint64_t badge;   /* its client's; the lower half says which client, by which use, the upper half is another after its restart */
	uint64_t turn;    /* a smaller one came earlier */
	uint64_t bytes;
	uint8_t data[KAAL_SERIAL_BYTES_MAX]; /* of a write */
};

/* All calls of a kind that wait. */
struct calls {
	struct call waiting[CLIENTS_MAX];
};

/* CALLS_REPLY_COUNT reply objects from this slot on are free. */
void calls_start(kaal_cap_t replies);

/* The reply object that the next call is to be received with. */
kaal_reply_t calls_reply(void);

/*
 * The call that was just received is going to wait, in place of one of the same client, which is answered
 * KAAL_CANCELLED. Returns it, for `data` to be filled in, or NULL: CLIENTS_MAX others wait, and nothing has changed.
 */
struct call *calls_wait(struct calls *calls, uint64_t badge, uint64_t bytes);

/* Clients that have ended when the one with this badge has wait no more. */
void calls_end(struct calls *calls, uint64_t badge);

/* The call that has waited longest, or NULL. */
struct call *calls_first(struct calls *calls);

/* Answers a call that waits; it waits no more. False: its caller did not wait for it any longer. */
bool calls_answer(struct call *call, uint64_t message, const uint64_t words[KAAL_MESSAGE_REGISTERS]);

#endif
