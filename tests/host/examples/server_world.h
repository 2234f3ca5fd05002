/* What of <kaal/server.h> drivers call from their methods, for tests on the host: a client's call and its answer, at once or later. */
#ifndef SERVER_WORLD_H
#define SERVER_WORLD_H

#include <stdbool.h>

#include <kaal/server.h>

#define CALLS 65536u /* numbers of calls, from 1 on */
#define CAME 77u     /* slot of the capability that comes with a call */

/* Badge of a client at one of its starts. */
static inline uint64_t client(uint32_t number, uint32_t start)
{
	return (uint64_t)start << 32 | (uint64_t)number << 16;
}

/* How a call was answered. */
struct answered {
	unsigned times;
	kaal_status_t status;
	uint64_t words[KAAL_MESSAGE_REGISTERS];
	bool given_up; /* its caller does not wait any more */
};
extern struct answered answers[CALLS];

/* A server of these methods. */
void server_begin(struct kaal_server *server, const struct kaal_method *methods, uint32_t count, uint32_t deferred_max, void *context);

/* A client calls with so many words; returns the call's number. It is answered by now, or waits. */
unsigned calls(struct kaal_server *server, uint64_t badge, uint32_t label, uint32_t count, const uint64_t *words);

/* Calls that wait. */
unsigned calls_waiting(void);

/* The call has this answer, and only one. */
void expect_answer(unsigned call, kaal_status_t status, uint64_t word);
void expect_none(unsigned call);

#endif
