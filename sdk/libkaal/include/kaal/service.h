/*
 * Calls to a service by the name of the use in the system description, over restarts of who provides it.
 */
#ifndef KAAL_SERVICE_H
#define KAAL_SERVICE_H

#include <kaal/broker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A service that is used, by one thread at a time. The fields are for reading; the endpoint is another one after a restart of the provider. */
struct kaal_service {
	char name[KAAL_COMPONENT_NAME_BYTES];
	kaal_endpoint_t endpoint;       /* slot 0: the service is not there, or has not been looked up again */
	uint64_t badge;                 /* by which the provider knows the caller */
	uint32_t version_major, version_minor;
	bool reconnect;                 /* the description says so */
	uint32_t connections;           /* instances found so far: what is to be said to each new one is due when it changes */
	struct kaal_broker_held changed; /* notification of its coming and going; thing 0 until it was waited for */
};

/*
 * Looks a service up, and waits until it is there, `deadline` (counter ticks, absolute; UINT64_MAX: none) at the latest.
 *   name  of a use
 * Returns TIMEOUT, or as kaal_broker_find(), kaal_broker_object(), kaal_broker_watch(). *service is zero then.
 *
 * Rights, ownership and threads: as <kaal/broker.h> says. Blocks: until the service is there.
 */
KAAL_MUST_CHECK kaal_status_t kaal_service_open(struct kaal_service *service, const char *name, uint64_t deadline);

/*
 * Calls the service, as endpoint_call_until. If the provider ends before it has answered and the description says `reconnect`, waits
 * for the next instance and calls that, with the same words: the request may have been carried out by the one that ended, so it must
 * be one that can be made twice. Words 8.. stay in the message buffer, and the capabilities named there are sent again.
 *
 *   message   message word; words  words 0..7, the answer's afterwards
 *   deadline  counter ticks, absolute; UINT64_MAX: none. Of the call and all waiting together.
 *   *answer   message word of the answer
 * Returns KAAL_OK; CANCELLED: the provider ended, and the use has no `reconnect`; a next call looks the service up again, without
 * waiting, and returns WOULD_BLOCK while it is not there. TIMEOUT. Others as endpoint_call_until and kaal_broker_find().
 *
 * Rights, ownership and threads: as <kaal/broker.h> says. Blocks: until the answer.
 */
KAAL_MUST_CHECK kaal_status_t kaal_service_call(struct kaal_service *service, uint64_t message, uint64_t words[KAAL_MESSAGE_REGISTERS], uint64_t deadline,
				uint64_t *answer);

/*
 * A typed request (<kaal/server.h>): its label, the first `count` of `words`, 0..8, without capabilities; the answer's label is a status, which is
 * returned, and words that did not come are 0. Else as kaal_service_call(). OUT_OF_RANGE: also `count`.
 */
KAAL_MUST_CHECK kaal_status_t kaal_service_request(struct kaal_service *service, uint32_t request, uint64_t count, uint64_t words[KAAL_MESSAGE_REGISTERS],
				   uint64_t deadline);

/*
 * The service has been found not to be there: looks it up again, and waits until it is. Errors as kaal_service_open(), but the rest of
 * *service stays. Blocks: until the service is there, `deadline` at the latest.
 */
KAAL_MUST_CHECK kaal_status_t kaal_service_await(struct kaal_service *service, uint64_t deadline);

/* Gives back what belongs to it; *service is zero. What kaal_broker_give() says. */
KAAL_MUST_CHECK kaal_status_t kaal_service_close(struct kaal_service *service);

#ifdef __cplusplus
}
#endif

#endif
