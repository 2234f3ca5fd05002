/* A service by system calls alone. */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include "told.h"

#include <kaal/broker.h>
#include <kaal/message.h>

/* Answers every call with its own words, for as long as there is the service. */
static inline void serve_bare(const char *name)
{
	uint64_t words[KAAL_MESSAGE_REGISTERS], received, badge;
	struct kaal_broker_held reply, service;
	kaal_status_t status;

	must("reply", kaal_broker_object(KAAL_OBJECT_REPLY, &reply));
	must("serve", kaal_broker_serve(name, (struct kaal_broker_signal){0}, &service));
	status = kaal_sys_endpoint_recv(service.first, reply.first, words, &received, &badge);
	while (status == KAAL_OK)
		status = kaal_sys_endpoint_reply_recv(service.first, kaal_message(1, 0, 0), reply.first, words, &received, &badge);
}

#endif
