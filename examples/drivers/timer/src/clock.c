#include "clock.h"

#include <stddef.h>

#include <kaal/time.h>

#include "timers.h"

uint64_t clock_now(void)
{
	return kaal_ticks_to_ns(kaal_ticks_now(), kaal_ticks_hz());
}

uint64_t clock_hz(void)
{
	return kaal_ticks_hz();
}

static void due(struct kaal_server *server, void *context)
{
	(void)context;
	timers_progress(server);
}

/* Up to the next tick: at the one before it is not time yet. */
void clock_wake_at(struct kaal_server *server, uint64_t ns)
{
	kaal_server_at(server, ns == CLOCK_NEVER ? UINT64_MAX : kaal_ns_to_ticks(ns, kaal_ticks_hz()), due, NULL);
}
