/* What the programs of the system `channel` say to each other. */
#ifndef SYSTEM_CHANNEL_H
#define SYSTEM_CHANNEL_H

#include "broker_memory.h"

#include <stdlib.h>
#include <string.h>

#include <kaal/channel.h>
#include <kaal/server.h>
#include <kaal/status_text.h>
#include <kaal/time.h>

#define FOREVER UINT64_MAX
#define DEADLINE_NS UINT64_C(2000000)
#define LATE_NS UINT64_C(1000000) /* that a deadline may be kept late */

/* Requests of the service, beside KAAL_CHANNEL_CONNECT. */
enum channel_request {
	COUNTS = 1, /* enum channel_count */
	WAIT,       /* is answered by the next GO, with its word */
	GO,         /* answers those who wait with its word; answer: how many */
	QUIT,       /* the server ends, after it has answered */
};

enum channel_count { COUNT_START, COUNT_OPEN, COUNT_ENDED, COUNT_BROKEN, COUNT_STATUS, COUNT_LATE, COUNT_REFUSED, COUNT_NAP, COUNTS_WORDS };

/* What a channel is for. */
enum channel_purpose {
	ECHO = 1, /* each message comes back */
	SILENT,   /* nothing is taken, nothing sent */
	GREET,    /* GREETINGS messages come, and it is closed */
	FLOOD,    /* after the first message the server sends until it cannot; status in COUNT_STATUS */
	LISTEN,   /* after the first message the server waits for another, but not beyond DEADLINE_NS; COUNT_STATUS, COUNT_LATE */
	DIE,      /* after the first message the server crashes */
	NAP,      /* after the first message the server sleeps for longer than the broker waits for it, and looks again; COUNT_NAP */
};

#define GREETINGS 3u
#define NAP_NS (KAAL_BROKER_CLOSE_MS * UINT64_C(1500000))

static inline uint8_t byte_of(uint64_t number, uint64_t at)
{
	return (uint8_t)(number * 31 + at * 7 + (at >> 8));
}

static inline void fill(uint8_t *message, uint64_t number, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++)
		message[i] = byte_of(number, i);
}

static inline uint64_t wrong_bytes(const uint8_t *message, uint64_t number, uint64_t bytes)
{
	uint64_t wrong = 0;

	for (uint64_t i = 0; i < bytes; i++)
		wrong += message[i] != byte_of(number, i);
	return wrong;
}

static inline kaal_ticks_t deadline_in(uint64_t ns)
{
	return kaal_ticks_now() + kaal_ns_to_ticks(ns, kaal_startup()->counter_hz);
}

/* How much later than it the deadline was kept. */
static inline uint64_t late_ns(kaal_ticks_t deadline)
{
	kaal_ticks_t now = kaal_ticks_now();

	return now < deadline ? FOREVER : kaal_ticks_to_ns(now - deadline, kaal_startup()->counter_hz);
}

#endif
