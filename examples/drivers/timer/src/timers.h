/*
 * The protocol's requests: each client's timers, what they have to tell, and who waits for it.
 *
 * TIMERS-1: the clock is set to the first deadline in the queue, and to none if that is empty.
 * TIMERS-2: of a client that waits no timer has anything to tell.
 * TIMERS-3: a periodic timer's deadlines are its first one and whole periods after it, whenever they are looked at: it
 *           does not drift.
 */
#ifndef TIMERS_H
#define TIMERS_H

#include <kaal/server.h>

#include "protocol.h"
#include "queue.h"

#define TIMER_METHODS 5u

struct timer {
	struct queue_entry entry; /* in the queue while it runs */
	struct timer_client *client;
	uint64_t period;          /* 0: it expires once */
	uint64_t expired;         /* so often, and the client was not told */
	uint64_t last;            /* deadline of the last of these */
};

struct timer_client {
	uint64_t badge;            /* 0: nobody's */
	struct timer timers[TIMER_COUNT];
	struct kaal_deferred call; /* that waits; reply 0: none does */
	bool signalled;            /* it has left a notification */
};

struct timers {
	struct queue queue;
	struct timer_client clients[TIMER_CLIENTS_MAX];
	kaal_cap_t signals; /* as many empty slots, for each client's notification */
};

/* For kaal_server_setup, whose `context` is the struct timers, and whose deferred_max is TIMER_CLIENTS_MAX. */
extern const struct kaal_method timer_methods[TIMER_METHODS];
void timers_ended(struct kaal_server *server, uint64_t badge);

/* Lets all expire whose time has come, and sets the clock for the next. */
void timers_progress(struct kaal_server *server);

#endif
