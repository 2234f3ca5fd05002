/*
 * What is below libkaal's channels, signals and servers, for tests on the host: notifications, the broker's things, slots, and memory that two
 * ends map. It counts what is held, so that nothing may be left over, and lets any call fail.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/broker.h>
#include <kaal/service.h>

#define WORLD_NOTIFICATIONS 8u

struct world {
	/* What is held now. */
	int things, slots, regions, bound;
	/* Calls that can fail: how many were made, which one fails (0: none), and how. */
	unsigned calls, fail_at;
	kaal_status_t fail_with;
	uint64_t flags[WORLD_NOTIFICATIONS]; /* that have come */
	bool gone[WORLD_NOTIFICATIONS];      /* nobody can signal it any more */
	unsigned signals;                    /* calls so far */
	uint64_t rule;                       /* of the last refusal */
	bool late;                           /* the broker has closed the provider's end itself */
	bool not_accepted;                   /* nobody is behind the channel */
	kaal_ticks_t now;
	void (*while_waiting)(void);         /* who waits without a flag; it may set some */
	void (*while_asking)(void);          /* who asks whether the other end is there */
	/* The provider's answer to a call; NULL: KAAL_OK. */
	kaal_status_t (*provider)(uint64_t label, uint64_t words[KAAL_MESSAGE_REGISTERS]);
	uint64_t badges[16]; /* of clients that have ended */
	uint32_t badge_count, serving;
};
extern struct world world;

/* Nothing is held, nothing fails. */
void world_start(void);

/* Counts a call that can fail; what it is to return. */
kaal_status_t world_call(void);

/* The notification behind a kaal_broker_held, as an index of `flags`. */
unsigned world_notification(const struct kaal_broker_held *held);

#endif
