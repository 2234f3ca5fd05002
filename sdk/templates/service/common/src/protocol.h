/*
 * What clients and service say to each other: protocol "example,sums", version 1.0. A call on the service's endpoint; the label of the
 * message word says what is wanted, the answer's label is a status. Each client has a sum of its own, 0 at first, which ends with it.
 *
 *   request     words          answer, with KAAL_OK
 *   SUMS_ADD    0: a number    0: the client's sum with it, modulo 2^64
 *   SUMS_CLEAR  none           none; the sum is 0 again
 *
 * Other statuses: NO_MEMORY: SUMS_CLIENTS clients have a sum already; OUT_OF_RANGE: words are missing; NOT_SUPPORTED: no such request.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum sums_request {
	SUMS_ADD = 1,
	SUMS_CLEAR = 2,
};

#define SUMS_CLIENTS 16u

#endif
