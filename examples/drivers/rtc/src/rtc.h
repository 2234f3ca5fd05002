/*
 * The protocol's requests, over the device: who waits for which time.
 *
 * RTC-1: the device is armed for the earliest time that somebody waits for, and for none if nobody does.
 * RTC-2: of one client one call waits at most.
 */
#ifndef RTC_H
#define RTC_H

#include <kaal/server.h>

#include "pl031.h"
#include "protocol.h"

#define RTC_METHODS 3u

struct rtc {
	struct pl031 device;
	bool may_set; /* clients may set the time */
	struct rtc_wait {
		uint64_t badge; /* of the client */
		uint32_t seconds;
		struct kaal_deferred call; /* reply 0: none waits here */
	} waits[RTC_CLIENTS_MAX];
};

/* For kaal_server_setup, whose `context` is the struct rtc, its device started, and whose deferred_max is RTC_CLIENTS_MAX. */
extern const struct kaal_method rtc_methods[RTC_METHODS];
void rtc_ended(struct kaal_server *server, uint64_t badge);

/* Answers whoever's time has come. To be called after an interrupt. */
void rtc_progress(struct kaal_server *server);

#endif
