/*
 * Connections: a channel and what is open by it. A client has KAAL_FILE_CONNECTIONS at most by one use, so that none takes all of them.
 */
#ifndef FILE_CONNECTIONS_H
#define FILE_CONNECTIONS_H

#include <kaal/server.h>

#include "engine.h"

/* For kaal_server_setup.ended. */
void connections_ended(struct kaal_server *server, uint64_t badge);

/* Methods: KAAL_CHANNEL_CONNECT, and each request of the protocol. server->setup.context is the engine. */
uint64_t connections_connect(struct kaal_server *server, struct kaal_request *request);
uint64_t connections_request(struct kaal_server *server, struct kaal_request *request);

#endif
