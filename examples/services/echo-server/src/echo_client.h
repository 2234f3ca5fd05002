/*
 * A client's side of the protocol, which goes on over restarts of the server: what had not come back is said again to
 * the next instance, if the system description says `reconnect`. That may be, for an echo changes nothing. One thread
 * at a time.
 */
#ifndef ECHO_CLIENT_H
#define ECHO_CLIENT_H

#include <kaal/channel.h>

#include "protocol.h"

/* The fields are for reading. */
struct echo {
	struct kaal_service service;
	struct kaal_signals signals;
	struct kaal_channel channel;
};

/*
 * Finds the server, and opens a channel for messages of up to `message_max` bytes.
 *   use  name of a use, whose channel-max is 4 * message_max and two pages at least
 * Errors: those of kaal_service_open(), kaal_signals_start(), kaal_channel_open(); nothing is open then. Blocks: until
 * the server is there.
 */
kaal_status_t echo_open(struct echo *echo, const char *use, uint64_t message_max);

/* Closes all of it. */
void echo_close(struct echo *echo);

/*
 * Sends a message, and takes it as it comes back into `back`, of as many bytes. Blocks: until then, also over a restart
 * of the server. Errors: those of kaal_channel_send(), _receive() and _reset(); OUT_OF_RANGE: also if what came back
 * has another length.
 */
kaal_status_t echo_message(struct echo *echo, const void *message, uint64_t bytes, void *back);

/* The server's counts: messages, bytes, open channels. Errors: those of kaal_service_request(). */
kaal_status_t echo_counts(struct echo *echo, uint64_t counts[3]);

#endif
