#include "timers.h"

#include <stddef.h>

#include <kaal/object.h>

#include "clock.h"

#define NS_PER_SECOND UINT64_C(1000000000)

_Static_assert(QUEUE_MAX == TIMER_CLIENTS_MAX * TIMER_COUNT, "all can run at once");

static struct timers *timers_of(const struct kaal_server *server)
{
	return server->setup.context;
}

/* --- clients ------------------------------------------------------------------------------- */

static kaal_cap_t signal_slot(const struct timers *timers, const struct timer_client *client)
{
	return timers->signals + (kaal_cap_t)(client - timers->clients);
}

static void stop(struct timers *timers, struct timer *timer)
{
	queue_take(&timers->queue, &timer->entry);
	timer->expired = timer->period = 0;
}

static void end_wait(struct kaal_server *server, struct timer_client *client)
{
	if (client->call.reply.slot != 0)
		kaal_ignore(kaal_server_answer(server, &client->call, kaal_answer(KAAL_CANCELLED, 0), NULL));
}

static void end_client(struct kaal_server *server, struct timer_client *client)
{
	struct timers *timers = timers_of(server);

	for (uint32_t i = 0; i < TIMER_COUNT; i++)
		stop(timers, &client->timers[i]);
	end_wait(server, client);
	/* The capability has gone with the notification, as a rule. */
	if (client->signalled)
		kaal_ignore(kaal_cap_delete(kaal_own_cnode(), signal_slot(timers, client)));
	*client = (struct timer_client){0};
}

void timers_ended(struct kaal_server *server, uint64_t badge)
{
	struct timers *timers = timers_of(server);

	for (struct timer_client *client = timers->clients; client < timers->clients + TIMER_CLIENTS_MAX; client++) {
		if (client->badge != 0 && kaal_badge_ends_with(client->badge, badge))
			end_client(server, client);
	}
	timers_progress(server);
}

/* What is kept of a client; NULL: nothing. */
static struct timer_client *find(struct timers *timers, uint64_t badge)
{
	for (struct timer_client *client = timers->clients; client < timers->clients + TIMER_CLIENTS_MAX; client++) {
		if (client->badge == badge)
			return client;
	}
	return NULL;
}

/* The same, in a new place, or that of an earlier start of which the service has not been told yet; NULL: there is none. */
static struct timer_client *find_or_begin(struct kaal_server *server, uint64_t badge)
{
	struct timers *timers = timers_of(server);
	struct timer_client *client = find(timers, badge);

	if (client != NULL)
		return client;
	if (kaal_badge_start(badge) != 0)
		timers_ended(server, badge - (UINT64_C(1) << 32));
	client = find(timers, 0);
	if (client != NULL)
		client->badge = badge;
	return client;
}

/* --- what has expired ---------------------------------------------------------------------- */

/* Of those that have something to tell, the one whose deadline was first; NULL: none has. */
static struct timer *first_expired(struct timer_client *client)
{
	struct timer *first = NULL;

	for (struct timer *timer = client->timers; timer < client->timers + TIMER_COUNT; timer++) {
		if (timer->expired != 0 && (first == NULL || timer->last < first->last))
			first = timer;
	}
	return first;
}

/* The words of TIMER_WAIT's answer. */
static void describe(const struct timer_client *client, const struct timer *timer, uint64_t words[4])
{
	words[0] = (uint64_t)(timer - client->timers);
	words[1] = timer->last;
	words[2] = timer->expired;
	words[3] = clock_now();
}

/* Who waits is told; who does not wait, or not any longer, is signalled. */
static void tell(struct kaal_server *server, struct timer_client *client, struct timer *timer)
{
	uint64_t words[4];

	if (client->call.reply.slot != 0) {
		describe(client, timer, words);
		if (kaal_server_answer(server, &client->call, kaal_answer(KAAL_OK, 4), words) == KAAL_OK) {
			timer->expired = 0;
			return;
		}
	}
	if (client->signalled)
		kaal_ignore(kaal_notification_signal(kaal_notification_at(signal_slot(timers_of(server), client))));
}

/* Once, and for each period that has passed besides. */
static void expire(struct timers *timers, struct timer *timer, uint64_t now)
{
	uint64_t times = timer->period == 0 ? 1 : (now - timer->entry.deadline) / timer->period + 1;

	queue_take(&timers->queue, &timer->entry);
	timer->expired += times;
	timer->last = timer->entry.deadline + (times - 1) * timer->period;
	/* The last period before 2^64 is the end of it. */
	if (timer->period != 0 && timer->last <= UINT64_MAX - timer->period) {
		timer->entry.deadline = timer->last + timer->period;
		queue_put(&timers->queue, &timer->entry);
	}
}

/* What a periodic timer's next deadline is lies after `now`, so this ends. */
void timers_progress(struct kaal_server *server)
{
	struct timers *timers = timers_of(server);
	uint64_t now = clock_now();
	struct queue_entry *first;

	while ((first = queue_first(&timers->queue)) != NULL && first->deadline <= now) {
		struct timer *timer = (struct timer *)first; /* its first field */

		expire(timers, timer, now);
		tell(server, timer->client, timer);
	}
	clock_wake_at(server, first == NULL ? CLOCK_NEVER : first->deadline);
}

/* --- requests ------------------------------------------------------------------------------ */

static uint64_t tell_now(struct kaal_server *server, struct kaal_request *request)
{
	(void)server;
	request->words[0] = clock_now();
	request->words[1] = clock_hz();
	return kaal_answer(KAAL_OK, 2);
}

/* Expirations a second, rounded up. */
static uint64_t rate(uint64_t period)
{
	return period == 0 ? 0 : (NS_PER_SECOND - 1) / period + 1;
}

/* Whether a client may have this period, beside those of its other timers. */
static bool is_within_share(const struct timer_client *client, const struct timer *timer, uint64_t period)
{
	uint64_t sum = rate(period);

	for (uint32_t i = 0; i < TIMER_COUNT; i++)
		sum += &client->timers[i] == timer ? 0 : rate(client->timers[i].period);
	return period == 0 || sum <= TIMER_RATE_MAX;
}

/* When a timer is to expire first; false: what is asked for cannot be. */
static bool deadline_of(const struct kaal_request *request, uint64_t *deadline)
{
	uint64_t now = clock_now();
	bool relative = request->words[3] == TIMER_RELATIVE;

	*deadline = request->words[1] + (relative ? now : 0);
	return request->words[0] < TIMER_COUNT && request->words[3] <= TIMER_RELATIVE && *deadline != CLOCK_NEVER &&
	       *deadline >= request->words[1] && rate(request->words[2]) <= TIMER_RATE_MAX;
}

static uint64_t start(struct kaal_server *server, struct kaal_request *request)
{
	struct timers *timers = timers_of(server);
	struct timer_client *client;
	struct timer *timer;
	uint64_t deadline;

	if (!deadline_of(request, &deadline))
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	client = find_or_begin(server, request->badge);
	timer = client == NULL ? NULL : &client->timers[request->words[0]];
	if (timer == NULL || !is_within_share(client, timer, request->words[2]))
		return kaal_answer(KAAL_NO_MEMORY, 0);
	stop(timers, timer);
	timer->client = client;
	timer->period = request->words[2];
	timer->entry.deadline = deadline;
	queue_put(&timers->queue, &timer->entry);
	timers_progress(server);
	request->words[0] = deadline;
	return kaal_answer(KAAL_OK, 1);
}

static uint64_t stop_one(struct kaal_server *server, struct kaal_request *request)
{
	struct timers *timers = timers_of(server);
	struct timer_client *client = find(timers, request->badge);

	if (request->words[0] >= TIMER_COUNT)
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	if (client != NULL)
		stop(timers, &client->timers[request->words[0]]);
	timers_progress(server);
	return kaal_answer(KAAL_OK, 0);
}

static bool is_any_running(const struct timer_client *client)
{
	for (uint32_t i = 0; i < TIMER_COUNT; i++) {
		if (client->timers[i].entry.place != 0)
			return true;
	}
	return false;
}

static uint64_t wait_for_any(struct kaal_server *server, struct kaal_request *request)
{
	struct timer_client *client = find(timers_of(server), request->badge);
	struct timer *timer;
	kaal_status_t status;

	if (request->words[0] > TIMER_POLL)
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	timers_progress(server);
	if (client == NULL)
		return kaal_answer(KAAL_NOT_BOUND, 0);
	end_wait(server, client);
	timer = first_expired(client);
	if (timer != NULL) {
		describe(client, timer, request->words);
		timer->expired = 0;
		return kaal_answer(KAAL_OK, 4);
	}
	if (!is_any_running(client))
		return kaal_answer(KAAL_NOT_BOUND, 0);
	status = request->words[0] == TIMER_POLL ? KAAL_WOULD_BLOCK : kaal_server_defer(server, &client->call);
	return status == KAAL_OK ? KAAL_SERVER_LATER : kaal_answer(status, 0);
}

static uint64_t take_signal(struct kaal_server *server, struct kaal_request *request)
{
	struct timers *timers = timers_of(server);
	struct timer_client *client;
	uint64_t type, rights, bits;
	kaal_status_t status = kaal_cap_identify(request->caps, &type, &rights, &bits);

	if (status != KAAL_OK || type != KAAL_OBJECT_NOTIFICATION)
		return kaal_answer(KAAL_WRONG_TYPE, 0);
	if ((rights & KAAL_RIGHT_WRITE) == 0)
		return kaal_answer(KAAL_NO_RIGHT, 0);
	client = find_or_begin(server, request->badge);
	if (client == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	if (client->signalled)
		kaal_ignore(kaal_cap_delete(kaal_own_cnode(), signal_slot(timers, client)));
	status = kaal_cap_move(kaal_own_cnode(), signal_slot(timers, client), kaal_own_cnode(), request->caps);
	client->signalled = status == KAAL_OK;
	/* What has expired before has been signalled to nobody. */
	if (client->signalled && first_expired(client) != NULL)
		kaal_ignore(kaal_notification_signal(kaal_notification_at(signal_slot(timers, client))));
	return kaal_answer(status, 0);
}

const struct kaal_method timer_methods[TIMER_METHODS] = {
	{.label = TIMER_NOW, .answer = tell_now},
	{.label = TIMER_START, .words = 4, .answer = start},
	{.label = TIMER_STOP, .words = 1, .answer = stop_one},
	{.label = TIMER_WAIT, .words = 1, .answer = wait_for_any},
	{.label = TIMER_SIGNAL, .caps = 1, .answer = take_signal},
};
