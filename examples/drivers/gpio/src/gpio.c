#include "gpio.h"

#include <stddef.h>

#include "pl061.h"

static struct gpio *gpio_of(const struct kaal_server *server)
{
	return server->setup.context;
}

/* Lines of a client. */
static uint32_t lines_of(const struct gpio *gpio, uint64_t badge)
{
	uint32_t lines = 0;

	for (uint32_t i = 0; i < GPIO_LINES; i++)
		lines |= (uint32_t)(gpio->owner[i] == badge) << i;
	return lines;
}

/* Whether a request's words name lines that there are, and its other words, of a number, parts of them. */
static bool are_lines(const struct kaal_request *request, uint32_t parts)
{
	uint64_t lines = request->words[0];

	if (lines == 0 || lines > PL061_LINES)
		return false;
	for (uint32_t i = 1; i <= parts; i++) {
		if ((request->words[i] & ~lines) != 0)
			return false;
	}
	return true;
}

/* The same of a request whose lines must be the client's. */
static kaal_status_t check(const struct gpio *gpio, const struct kaal_request *request, uint32_t parts)
{
	if (!are_lines(request, parts))
		return KAAL_OUT_OF_RANGE;
	return (request->words[0] & ~(uint64_t)lines_of(gpio, request->badge)) == 0 ? KAAL_OK : KAAL_NO_RIGHT;
}

/* --- waits --------------------------------------------------------------------------------- */

static bool is_waiting(const struct gpio_wait *wait)
{
	return wait->call.reply.slot != 0;
}

/* Ends the wait of a client for any of these lines. That its caller may not wait any more is no matter. */
static void end_wait(struct kaal_server *server, uint64_t badge, uint32_t lines)
{
	for (struct gpio_wait *wait = gpio_of(server)->waits; wait < gpio_of(server)->waits + GPIO_LINES; wait++) {
		if (is_waiting(wait) && wait->badge == badge && (wait->lines & lines) != 0)
			kaal_ignore(kaal_server_answer(server, &wait->call, kaal_answer(KAAL_CANCELLED, 0), NULL));
	}
}

static void tell(struct kaal_server *server, struct gpio_wait *wait)
{
	struct gpio *gpio = gpio_of(server);
	uint64_t words[] = {gpio->happened & wait->lines, pl061_levels(gpio->base, wait->lines)};

	/* Whoever waits no more is not told: it has not been. */
	if (kaal_server_answer(server, &wait->call, kaal_answer(KAAL_OK, 2), words) == KAAL_OK)
		gpio->happened &= ~wait->lines;
}

void gpio_progress(struct kaal_server *server)
{
	struct gpio *gpio = gpio_of(server);

	gpio->happened |= pl061_take(gpio->base);
	for (struct gpio_wait *wait = gpio->waits; wait < gpio->waits + GPIO_LINES; wait++) {
		if (is_waiting(wait) && (gpio->happened & wait->lines) != 0)
			tell(server, wait);
	}
}

/* --- lines --------------------------------------------------------------------------------- */

/* Nothing is watched for on these lines. */
static void forget(struct gpio *gpio, uint32_t lines)
{
	gpio->watched &= ~lines;
	gpio->happened &= ~lines;
}

static void release(struct kaal_server *server, uint64_t badge, uint32_t lines)
{
	struct gpio *gpio = gpio_of(server);

	end_wait(server, badge, lines);
	pl061_direct(gpio->base, lines, 0, 0);
	forget(gpio, lines);
	for (uint32_t i = 0; i < GPIO_LINES; i++) {
		if ((lines >> i & 1) != 0)
			gpio->owner[i] = 0;
	}
}

void gpio_ended(struct kaal_server *server, uint64_t badge)
{
	struct gpio *gpio = gpio_of(server);

	for (uint32_t i = 0; i < GPIO_LINES; i++) {
		if (gpio->owner[i] != 0 && kaal_badge_ends_with(gpio->owner[i], badge))
			release(server, gpio->owner[i], lines_of(gpio, gpio->owner[i]));
	}
}

/* What an earlier start of the client has, of whose end the driver has not been told yet, is not in the way. */
static uint64_t claim(struct kaal_server *server, struct kaal_request *request)
{
	struct gpio *gpio = gpio_of(server);

	if (!are_lines(request, 0))
		return kaal_answer(KAAL_OUT_OF_RANGE, 0);
	if (kaal_badge_start(request->badge) != 0)
		gpio_ended(server, request->badge - (UINT64_C(1) << 32));
	if ((request->words[0] & ~(uint64_t)(lines_of(gpio, 0) | lines_of(gpio, request->badge))) != 0)
		return kaal_answer(KAAL_IN_USE, 0);
	pl061_claim(gpio->base, (uint32_t)request->words[0]);
	for (uint32_t i = 0; i < GPIO_LINES; i++) {
		if ((request->words[0] >> i & 1) != 0)
			gpio->owner[i] = request->badge;
	}
	return kaal_answer(KAAL_OK, 0);
}

static uint64_t give_back(struct kaal_server *server, struct kaal_request *request)
{
	kaal_status_t status = check(gpio_of(server), request, 0);

	if (status == KAAL_OK)
		release(server, request->badge, (uint32_t)request->words[0]);
	return kaal_answer(status, 0);
}

static uint64_t direct(struct kaal_server *server, struct kaal_request *request)
{
	struct gpio *gpio = gpio_of(server);
	kaal_status_t status = check(gpio, request, 2);

	if (status == KAAL_OK && (request->words[2] & ~request->words[1]) != 0)
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK && (request->words[1] & ~(uint64_t)gpio->may_drive) != 0)
		status = KAAL_NO_RIGHT;
	if (status != KAAL_OK)
		return kaal_answer(status, 0);
	end_wait(server, request->badge, (uint32_t)request->words[0]);
	pl061_direct(gpio->base, (uint32_t)request->words[0], (uint32_t)request->words[1], (uint32_t)request->words[2]);
	forget(gpio, (uint32_t)request->words[0]);
	return kaal_answer(KAAL_OK, 0);
}

static uint64_t read_levels(struct kaal_server *server, struct kaal_request *request)
{
	struct gpio *gpio = gpio_of(server);
	kaal_status_t status = check(gpio, request, 0);

	if (status == KAAL_OK)
		request->words[0] = pl061_levels(gpio->base, (uint32_t)request->words[0]);
	return kaal_answer(status, status == KAAL_OK ? 1 : 0);
}

static uint64_t write_levels(struct kaal_server *server, struct kaal_request *request)
{
	struct gpio *gpio = gpio_of(server);
	kaal_status_t status = check(gpio, request, 1);

	if (status == KAAL_OK && (request->words[0] & ~(uint64_t)pl061_outputs(gpio->base)) != 0)
		status = KAAL_OUT_OF_RANGE;
	if (status == KAAL_OK)
		pl061_drive(gpio->base, (uint32_t)request->words[0], (uint32_t)request->words[1]);
	return kaal_answer(status, 0);
}

/* --- what happens on them ------------------------------------------------------------------ */

static uint64_t watch(struct kaal_server *server, struct kaal_request *request)
{
	struct gpio *gpio = gpio_of(server);
	kaal_status_t status = check(gpio, request, 0);
	uint32_t lines = (uint32_t)request->words[0];

	if (status == KAAL_OK && ((lines & pl061_outputs(gpio->base)) != 0 || request->words[1] > GPIO_WATCH_LOW))
		status = KAAL_OUT_OF_RANGE;
	if (status != KAAL_OK)
		return kaal_answer(status, 0);
	end_wait(server, request->badge, lines);
	forget(gpio, lines);
	pl061_watch(gpio->base, lines, (enum gpio_watch)request->words[1]);
	if (request->words[1] != GPIO_WATCH_NOTHING)
		gpio->watched |= lines;
	return kaal_answer(KAAL_OK, 0);
}

static uint64_t wait_for_lines(struct kaal_server *server, struct kaal_request *request)
{
	struct gpio *gpio = gpio_of(server);
	kaal_status_t status = check(gpio, request, 0);
	struct gpio_wait *wait = gpio->waits;

	if (status == KAAL_OK && (request->words[0] & gpio->watched) == 0)
		status = KAAL_NOT_BOUND;
	if (status != KAAL_OK)
		return kaal_answer(status, 0);
	end_wait(server, request->badge, PL061_LINES);
	while (is_waiting(wait))
		wait++;
	status = kaal_server_defer(server, &wait->call);
	if (status != KAAL_OK)
		return kaal_answer(status, 0);
	wait->badge = request->badge;
	wait->lines = (uint32_t)request->words[0];
	pl061_watch_again(gpio->base, wait->lines & gpio->watched);
	gpio_progress(server);
	return KAAL_SERVER_LATER;
}

const struct kaal_method gpio_methods[GPIO_METHODS] = {
	{.label = GPIO_CLAIM, .words = 1, .answer = claim},         {.label = GPIO_RELEASE, .words = 1, .answer = give_back},
	{.label = GPIO_DIRECT, .words = 3, .answer = direct},       {.label = GPIO_READ, .words = 1, .answer = read_levels},
	{.label = GPIO_WRITE, .words = 2, .answer = write_levels},  {.label = GPIO_WATCH, .words = 2, .answer = watch},
	{.label = GPIO_WAIT, .words = 1, .answer = wait_for_lines},
};
