#include "rtc.h"

#include <stddef.h>

static bool is_waiting(const struct rtc_wait *wait)
{
	return wait->call.reply.slot != 0;
}

/* The wait is over. That its caller may not wait any more is no matter. */
static void end(struct kaal_server *server, struct rtc_wait *wait, kaal_status_t status, uint64_t seconds)
{
	kaal_ignore(kaal_server_answer(server, &wait->call, kaal_answer(status, status == KAAL_OK ? 1 : 0), &seconds));
}

/* Answers all that wait for a time up to this one; returns the next that waits, or NULL. */
static struct rtc_wait *answer_until(struct kaal_server *server, uint32_t reached)
{
	struct rtc *rtc = server->setup.context;
	struct rtc_wait *next = NULL;

	for (struct rtc_wait *wait = rtc->waits; wait < rtc->waits + RTC_CLIENTS_MAX; wait++) {
		if (!is_waiting(wait))
			continue;
		if (wait->seconds <= reached)
			end(server, wait, KAAL_OK, reached);
		else if (next == NULL || wait->seconds < next->seconds)
			next = wait;
	}
	return next;
}

/* A time that has come while the device was being armed for it is seen at the second look. */
void rtc_progress(struct kaal_server *server)
{
	struct rtc *rtc = server->setup.context;
	struct rtc_wait *next;

	do {
		next = answer_until(server, pl031_reached(&rtc->device));
		if (next != NULL)
			pl031_arm(&rtc->device, next->seconds);
		else
			pl031_disarm(&rtc->device);
	} while (next != NULL && pl031_now(&rtc->device) >= next->seconds);
}

static uint64_t read_time(struct kaal_server *server, struct kaal_request *request)
{
	struct rtc *rtc = server->setup.context;

	request->words[0] = pl031_now(&rtc->device);
	return kaal_answer(KAAL_OK, 1);
}

/* Times that have come before are answered first: after the setting they may lie ahead again. */
static uint64_t set_time(struct kaal_server *server, struct kaal_request *request)
{
	struct rtc *rtc = server->setup.context;

	if (!rtc->may_set)
		return kaal_answer(KAAL_NO_RIGHT, 0);
	if (request->words[0] > UINT32_MAX)
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	rtc_progress(server);
	pl031_set(&rtc->device, (uint32_t)request->words[0]);
	rtc_progress(server);
	return kaal_answer(KAAL_OK, 0);
}

/* Where a client waits, at any of its starts, or one could; NULL: nowhere. */
static struct rtc_wait *place_for(struct rtc *rtc, uint64_t badge)
{
	struct rtc_wait *empty = NULL;

	for (struct rtc_wait *wait = rtc->waits; wait < rtc->waits + RTC_CLIENTS_MAX; wait++) {
		if (!is_waiting(wait))
			empty = wait;
		else if ((uint32_t)wait->badge == (uint32_t)badge)
			return wait;
	}
	return empty;
}

static uint64_t wait_for_time(struct kaal_server *server, struct kaal_request *request)
{
	struct rtc *rtc = server->setup.context;
	struct rtc_wait *wait = place_for(rtc, request->badge);

	if (request->words[0] > UINT32_MAX)
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	if (wait == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	if (is_waiting(wait))
		end(server, wait, KAAL_CANCELLED, 0);
	/* There is a reply object for each place. */
	if (kaal_server_defer(server, &wait->call) != KAAL_OK)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	wait->badge = request->badge;
	wait->seconds = (uint32_t)request->words[0];
	rtc_progress(server);
	return KAAL_SERVER_LATER;
}

void rtc_ended(struct kaal_server *server, uint64_t badge)
{
	struct rtc *rtc = server->setup.context;

	for (struct rtc_wait *wait = rtc->waits; wait < rtc->waits + RTC_CLIENTS_MAX; wait++) {
		if (is_waiting(wait) && kaal_badge_ends_with(wait->badge, badge))
			end(server, wait, KAAL_CANCELLED, 0);
	}
	rtc_progress(server);
}

const struct kaal_method rtc_methods[RTC_METHODS] = {
	{.label = RTC_READ, .answer = read_time},
	{.label = RTC_SET, .words = 1, .answer = set_time},
	{.label = RTC_WAIT, .words = 1, .answer = wait_for_time},
};
