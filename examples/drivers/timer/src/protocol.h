/*
 * What a client and the timer service say to each other (<kaal/server.h>): requests are calls, the label of an answer
 * is a status. Times are nanoseconds since the machine's start; a client has timers 0 to TIMER_COUNT - 1 of its own.
 *
 *   request       words                  answer
 *   TIMER_NOW     none                   0: the time; 1: ticks a second of the counter below it
 *   TIMER_START   0: timer; 1: when; 2:  0: when it expires first. Then each period, if that is not 0. A timer that runs
 *                 period; 3: flags       begins anew, and what it had to tell is forgotten. NO_MEMORY: more than the
 *                                        client's share
 *   TIMER_STOP    0: timer               none. What it had to tell is forgotten. Also of one that does not run
 *   TIMER_WAIT    0: flags               0: timer; 1: when it was to expire last; 2: how often it has since it was told of
 *                                        last; 3: the time. Waits until there is one; of several it is the one of which 1
 *                                        is earliest. WOULD_BLOCK: there is none, and the caller does not wait.
 *                                        NOT_BOUND: none runs, so there will be none
 *   TIMER_SIGNAL  none; a capability     none. The notification (WRITE) is signalled when a timer has expired that no wait
 *                                        has been told of; in place of the one before. WRONG_TYPE, NO_RIGHT: it is none,
 *                                        or not to be signalled
 *
 * OUT_OF_RANGE: no such timer or flag, a time that does not come (2^64 ns are 584 years), or a period that is too
 * short. A client has one wait at a time: a later one takes the place of the one before, which is answered CANCELLED.
 * NO_MEMORY: there are TIMER_CLIENTS_MAX other clients.
 *
 * After the service's end no timer runs: TIMER_WAIT is answered NOT_BOUND. A request that is made again may start a
 * timer later than the first one would have, if its time is relative.
 *
 * This is protocol "kaal,timer", version 1.0.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum timer_request {
	TIMER_NOW = 1,
	TIMER_START = 2,
	TIMER_STOP = 3,
	TIMER_WAIT = 4,
	TIMER_SIGNAL = 5,
};

#define TIMER_RELATIVE 1u /* flag of TIMER_START: `when` is from now on */
#define TIMER_POLL 1u     /* flag of TIMER_WAIT: does not wait */

#define TIMER_COUNT 8u
#define TIMER_CLIENTS_MAX 64u
#define TIMER_RATE_MAX 10000u /* expirations a second of a client's periodic timers, all together */

#endif
