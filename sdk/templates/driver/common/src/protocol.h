/*
 * What clients and driver say to each other: protocol "example,clock", version 1.0. A call on the driver's endpoint; the label of the
 * message word says what is wanted, the answer's label is a status.
 *
 *   request     words         answer, with KAAL_OK
 *   CLOCK_READ  none          0: seconds since 1970
 *   CLOCK_WAIT  0: a second   0: seconds since 1970. Comes when that second has come, at once if it has
 *
 * Of each client one call waits at a time: the next one takes its place, and the one before is answered CANCELLED. Other statuses:
 * NO_MEMORY: CLOCK_WAITERS clients wait already; OUT_OF_RANGE: no second that the device counts to, or words are missing;
 * NOT_SUPPORTED: no such request. A request may be made again when the driver has ended before it answered.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum clock_request {
	CLOCK_READ = 1,
	CLOCK_WAIT = 2,
};

#define CLOCK_WAITERS 16u

#endif
