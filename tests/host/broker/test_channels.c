/* Channels: memory of two components, and what is left when one of them ends. */
#include "broker_fixture.h"

static uint64_t badge, log_badge;

static struct answer open_channel(unsigned component, const char *name, uint64_t bytes, uint64_t signal, uint64_t flag, unsigned slot)
{
	return ask_name(component, KAAL_BROKER_OPEN, name, slot, bytes, signal, flag);
}

static struct answer accept_channel(uint64_t whose, uint64_t number, uint64_t signal, uint64_t flag, unsigned slot)
{
	return ask(DRIVER, ACCEPT, slot, whose, number, signal, flag);
}

static uint64_t notification(unsigned component, unsigned slot)
{
	struct answer answer = ask(component, OBJECT, slot, KAAL_OBJECT_NOTIFICATION);

	granted(answer);
	return answer.words[0];
}

static void start(void)
{
	broker_fixture_start();
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 10, 0, 0, 0));
	granted(ask_name(SERVER, KAAL_BROKER_SERVE, "log", 10, 0, 0, 0));
	badge = ask_name(CLIENT, KAAL_BROKER_FIND, "serial", 10, 0, 0, 0).words[2];
	log_badge = ask_name(CLIENT, KAAL_BROKER_FIND, "log", 11, 0, 0, 0).words[2];
}

TestSuite(channels, .init = start);

Test(channels, both_have_the_same_memory)
{
	struct state before, after;
	struct answer opened, accepted;

	broker_state(&before);
	opened = open_channel(CLIENT, "serial", 4 * PAGE, 0, 0, 20);
	granted(opened);
	cr_assert_eq(opened.words[1], 4);
	cr_assert_eq(opened.words[2], badge);
	cr_assert_eq(opened.caps, 3);
	granted(ask(CLIENT, MORE, 23, opened.words[0], 3));
	accepted = accept_channel(badge, opened.words[0], 0, 0, 20);
	granted(accepted);
	cr_assert_eq(accepted.words[1], 4);
	granted(ask(DRIVER, MORE, 23, accepted.words[0], 3));
	for (unsigned i = 20; i < 24; i++) {
		cr_assert_eq(type_at(CLIENT, i), KAAL_OBJECT_FRAME);
		cr_assert_eq(memory_at(CLIENT, i), memory_at(DRIVER, i));
	}
	cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES + 4 * PAGE);
	cr_assert_eq(ask(DRIVER, ACCOUNT, 0, 0).words[1], START_BYTES + PAGE, "its endpoint");
	refused(ACCEPTED, accept_channel(badge, opened.words[0], 0, 0, 30));
	broker_check();
	granted(ask(CLIENT, GIVE, 0, opened.words[0]));
	cr_assert_eq(type_at(DRIVER, 23), KAAL_OBJECT_FRAME, "the provider's until it closes");
	refused(THING, ask(CLIENT, GIVE, 0, opened.words[0]));
	refused(THING, ask(CLIENT, MORE, 30, opened.words[0], 0));
	granted(ask(DRIVER, GIVE, 0, accepted.words[0]));
	cr_assert_eq(type_at(DRIVER, 23), KAAL_OBJECT_NULL);
	cr_assert_eq(type_at(CLIENT, 23), KAAL_OBJECT_NULL);
	broker_check();
	broker_state(&after);
	state_equal(&before, &after, "closed");
}

Test(channels, signals)
{
	uint64_t clients = notification(CLIENT, 30), drivers = notification(DRIVER, 30);
	struct answer opened = open_channel(CLIENT, "serial", PAGE, clients, 3, 20);

	granted(opened);
	refused(PEER, ask(CLIENT, PEER, 21, opened.words[0]));
	granted(accept_channel(badge, opened.words[0], drivers, 40, 20));
	granted(ask(CLIENT, PEER, 21, opened.words[0]));
	granted(ask(DRIVER, PEER, 21, opened.words[0]));
	cr_assert_eq(rights_at(CLIENT, 21), KAAL_RIGHT_WRITE);
	ok(signal_at(CLIENT, 21));
	cr_assert_eq(flags_at(DRIVER, 30), UINT64_C(1) << 40);
	ok(signal_at(DRIVER, 21));
	cr_assert_eq(flags_at(CLIENT, 30), 1u << 3);
	/* The notification goes, or the end does: nobody signals there any more. */
	granted(ask(CLIENT, GIVE, 0, clients));
	refused(PEER, ask(DRIVER, PEER, 22, opened.words[0]));
	cr_assert_eq(type_at(DRIVER, 21), KAAL_OBJECT_NULL);
	granted(ask(DRIVER, GIVE, 0, opened.words[0]));
	cr_assert_eq(type_at(CLIENT, 21), KAAL_OBJECT_NULL);
	refused(PEER, ask(CLIENT, PEER, 22, opened.words[0]));
	cr_assert_eq(type_at(DRIVER, 30), KAAL_OBJECT_NOTIFICATION, "its own stays");
	broker_check();
}

Test(channels, without_signals)
{
	struct answer opened = open_channel(CLIENT, "serial", PAGE, 0, 0, 20);

	granted(accept_channel(badge, opened.words[0], 0, 0, 20));
	refused(PEER, ask(CLIENT, PEER, 21, opened.words[0]));
	refused(PEER, ask(DRIVER, PEER, 21, opened.words[0]));
}

Test(channels, opening_is_refused)
{
	uint64_t drivers = notification(DRIVER, 30);
	struct answer first;

	refused(NAME, open_channel(CLIENT, "", PAGE, 0, 0, 20));
	refused(USE_GRANT, open_channel(OTHER, "serial", PAGE, 0, 0, 20));
	refused(SIZE, open_channel(CLIENT, "serial", 0, 0, 0, 20));
	refused(SIZE, open_channel(CLIENT, "serial", PAGE - 1, 0, 0, 20));
	refused(SIZE, open_channel(CLIENT, "serial", UINT64_MAX, 0, 0, 20));
	refused(CHANNEL_MAX, open_channel(CLIENT, "serial", 9 * PAGE, 0, 0, 20));
	refused(CHANNEL_MAX, open_channel(CLIENT, "serial", UINT64_C(1) << 32, 0, 0, 20));
	refused(CHANNEL_MAX, open_channel(SERVER, "serial", PAGE, 0, 0, 20));
	refused(SIGNAL, open_channel(CLIENT, "serial", PAGE, drivers, 0, 20));
	first = open_channel(CLIENT, "serial", 5 * PAGE, 0, 0, 20);
	granted(first);
	refused(CHANNEL_MAX, open_channel(CLIENT, "serial", 4 * PAGE, 0, 0, 25));
	granted(open_channel(CLIENT, "serial", 3 * PAGE, 0, 0, 25));
	granted(open_channel(CLIENT, "log", 4 * PAGE, 0, 0, 30));
	refused(KIND, ask(CLIENT, ENDED, 0, first.words[0]));
	granted(ask(CLIENT, MEMORY, 40, 18));
	granted(ask(CLIENT, MEMORY, 41, 17));
	granted(ask(CLIENT, GIVE, 0, first.words[0]));
	granted(ask(CLIENT, MEMORY, 42, 15));
	refused(MEMORY_MAX, ask(CLIENT, MEMORY, 43, 16));
	broker.slots_share = broker.component[CLIENT].slots + 2;
	refused(SHARE, open_channel(CLIENT, "serial", PAGE, 0, 0, 25));
}

Test(channels, memory_for_it)
{
	granted(ask(CLIENT, MEMORY, 40, 18));
	granted(ask(CLIENT, MEMORY, 41, 17));
	granted(ask(CLIENT, MEMORY, 42, 16));
	granted(ask(CLIENT, MEMORY, 43, 14));
	granted(ask(CLIENT, MEMORY, 44, 13));
	refused(MEMORY_MAX, open_channel(CLIENT, "serial", 3 * PAGE, 0, 0, 20));
	granted(open_channel(CLIENT, "serial", 2 * PAGE, 0, 0, 20));
}

Test(channels, accepting_is_refused)
{
	struct answer opened = open_channel(CLIENT, "serial", PAGE, 0, 0, 20), other = open_channel(CLIENT, "log", PAGE, 0, 0, 21);
	uint64_t clients = notification(CLIENT, 30), memory = ask(CLIENT, MEMORY, 31, 12).words[0];

	refused(CHANNEL, accept_channel(log_badge, opened.words[0], 0, 0, 20));
	refused(CHANNEL, accept_channel(badge + (UINT64_C(1) << 32), opened.words[0], 0, 0, 20));
	refused(CHANNEL, accept_channel(0, opened.words[0], 0, 0, 20));
	refused(CHANNEL, accept_channel(UINT64_MAX, opened.words[0], 0, 0, 20));
	refused(CHANNEL, accept_channel(badge, 0, 0, 0, 20));
	refused(CHANNEL, accept_channel(badge, memory, 0, 0, 20));
	refused(CHANNEL, accept_channel(log_badge, other.words[0], 0, 0, 20));
	refused(CHANNEL, ask(OTHER, ACCEPT, 20, badge, opened.words[0], 0, 0));
	refused(CHANNEL, ask(CLIENT, ACCEPT, 20, badge, opened.words[0], 0, 0));
	refused(SIGNAL, accept_channel(badge, opened.words[0], clients, 0, 20));
	refused(SIGNAL, accept_channel(badge, opened.words[0], 0, 64, 20));
	refused(THING, ask(DRIVER, GIVE, 0, opened.words[0]));
	refused(THING, ask(DRIVER, MORE, 20, opened.words[0], 0));
	granted(accept_channel(badge, opened.words[0], 0, 0, 20));
	granted(ask(DRIVER, GIVE, 0, opened.words[0]));
	refused(CHANNEL, accept_channel(badge, opened.words[0], 0, 0, 20));
	/* A service that ends takes its channels along that nobody has accepted. */
	opened = open_channel(CLIENT, "serial", PAGE, 0, 0, 22);
	granted(opened);
	end(DRIVER);
	purge();
	refused(NOT_SERVED, open_channel(CLIENT, "serial", PAGE, 0, 0, 23));
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 10, 0, 0, 0));
	refused(CHANNEL, accept_channel(badge, opened.words[0], 0, 0, 20));
	granted(ask(CLIENT, GIVE, 0, opened.words[0]));
}

/* Whoever is left is told, after the other's notification has gone. */
Test(channels, ends_are_told)
{
	uint64_t clients = notification(CLIENT, 30), drivers;
	struct answer opened, waiting;

	drivers = notification(DRIVER, 30);
	opened = open_channel(CLIENT, "serial", PAGE, clients, 3, 20);
	waiting = open_channel(CLIENT, "serial", PAGE, clients, 4, 21);
	granted(accept_channel(badge, opened.words[0], drivers, 5, 20));
	granted(ask(DRIVER, PEER, 21, opened.words[0]));
	cr_assert_eq(flags_at(CLIENT, 30) | flags_at(DRIVER, 30), 0);
	granted(ask(CLIENT, GIVE, 0, opened.words[0]));
	cr_assert_eq(type_at(DRIVER, 21), KAAL_OBJECT_NULL);
	cr_assert_eq(flags_at(DRIVER, 30), 1u << 5);
	cr_assert_eq(flags_at(CLIENT, 30), 0, "who closes knows");
	granted(ask(DRIVER, GIVE, 0, opened.words[0]));
	cr_assert_eq(flags_at(CLIENT, 30) | flags_at(DRIVER, 30), 0, "nobody is left");
	end(DRIVER);
	purge();
	cr_assert_eq(flags_at(CLIENT, 30), 1u << 4, "it will not be accepted");
	granted(ask(CLIENT, GIVE, 0, waiting.words[0]));
	/* A component's end, on either side. */
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 10, 0, 0, 0));
	opened = open_channel(CLIENT, "serial", PAGE, clients, 3, 20);
	granted(accept_channel(badge, opened.words[0], notification(DRIVER, 30), 5, 20));
	end(DRIVER);
	purge();
	cr_assert_eq(flags_at(CLIENT, 30), 1u << 3);
	granted(ask(CLIENT, GIVE, 0, opened.words[0]));
	granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 10, 0, 0, 0));
	opened = open_channel(CLIENT, "serial", PAGE, clients, 3, 20);
	granted(accept_channel(badge, opened.words[0], notification(DRIVER, 30), 5, 20));
	end(CLIENT);
	purge();
	cr_assert_eq(flags_at(DRIVER, 30), 1u << 5);
	broker_check();
}

/* The client ends first: the provider has the memory until it lets go, and the next client is charged for it. */
Test(channels, client_ends_first)
{
	struct answer opened = open_channel(CLIENT, "serial", 6 * PAGE, notification(CLIENT, 30), 0, 20);

	granted(accept_channel(badge, opened.words[0], 0, 0, 20));
	end(CLIENT);
	purge();
	cr_assert_eq(type_at(DRIVER, 20), KAAL_OBJECT_FRAME);
	cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES + 6 * PAGE);
	refused(PEER, ask(DRIVER, PEER, 30, opened.words[0]));
	/* The next instance has nothing to do with it. */
	refused(THING, ask(CLIENT, GIVE, 0, opened.words[0]));
	refused(CHANNEL_MAX, open_channel(CLIENT, "serial", 3 * PAGE, 0, 0, 20));
	granted(open_channel(CLIENT, "serial", 2 * PAGE, 0, 0, 20));
	/* Once more: what is left of both is still the provider's. */
	end(CLIENT);
	purge();
	cr_assert_eq(type_at(DRIVER, 20), KAAL_OBJECT_FRAME);
	granted(ask(DRIVER, MORE, 30, opened.words[0], 5));
	granted(ask(DRIVER, GIVE, 0, opened.words[0]));
	cr_assert_eq(type_at(DRIVER, 20), KAAL_OBJECT_NULL);
	cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES);
	broker_check();
}

/* A provider that does not let go has so long, whether the client closes or ends. */
Test(channels, provider_keeps_it)
{
	struct answer closed, left, kept;

	ticks = 5000;
	closed = open_channel(CLIENT, "serial", 3 * PAGE, 0, 0, 20);
	left = open_channel(CLIENT, "serial", PAGE, 0, 0, 30);
	kept = open_channel(CLIENT, "serial", PAGE, 0, 0, 33);
	granted(accept_channel(badge, closed.words[0], notification(DRIVER, 30), 0, 20));
	granted(accept_channel(badge, left.words[0], 0, 0, 31));
	granted(accept_channel(badge, kept.words[0], 0, 0, 33));
	cr_assert_eq(broker.deadline, UINT64_MAX, "nobody waits");
	granted(ask(CLIENT, GIVE, 0, closed.words[0]));
	cr_assert_eq(broker.deadline, 5000 + CLOSE_TICKS);
	ticks += 10;
	granted(ask(CLIENT, GIVE, 0, left.words[0]));
	ticks = 5000 + CLOSE_TICKS - 1;
	broker_expire(&broker);
	cr_assert_eq(type_at(DRIVER, 22), KAAL_OBJECT_FRAME);
	cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES + 5 * PAGE);
	ticks++;
	broker_expire(&broker);
	cr_assert_eq(type_at(DRIVER, 22), KAAL_OBJECT_NULL);
	cr_assert_eq(type_at(DRIVER, 31), KAAL_OBJECT_FRAME, "its time has not come");
	cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES + 2 * PAGE);
	refused(THING, ask(DRIVER, GIVE, 0, closed.words[0]));
	cr_assert_eq(broker.deadline, 5010 + CLOSE_TICKS);
	broker_check();
	/* Who lets go in time loses nothing. */
	granted(ask(DRIVER, GIVE, 0, left.words[0]));
	ticks += 10;
	broker_expire(&broker);
	cr_assert_eq(broker.deadline, UINT64_MAX);
	cr_assert_eq(type_at(DRIVER, 33), KAAL_OBJECT_FRAME, "its client has it open");
	end(CLIENT);
	purge();
	cr_assert_eq(type_at(DRIVER, 33), KAAL_OBJECT_FRAME);
	ticks += CLOSE_TICKS;
	broker_expire(&broker);
	cr_assert_eq(type_at(DRIVER, 33), KAAL_OBJECT_NULL);
	cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES);
	cr_assert_eq(broker.channels, 0);
	broker_check();
}

/* What the kernel does not let go is tried again, and the client's own end waits for nobody. */
Test(channels, closing_for_the_provider_goes_on)
{
	unsigned tried = 0;
	bool failed = true;

	for (unsigned at = 1; failed; at++) {
		struct answer opened = open_channel(CLIENT, "serial", 3 * PAGE, 0, 0, 20);

		granted(accept_channel(badge, opened.words[0], notification(DRIVER, 30), 0, 20));
		granted(ask(CLIENT, GIVE, 0, opened.words[0]));
		ticks += CLOSE_TICKS;
		calls = (struct calls){.fail_at = at, .status = KAAL_NO_REPLY};
		broker_expire(&broker);
		failed = calls.failed;
		calls = (struct calls){0};
		cr_assert_eq(broker.channels, failed ? 1 : 0);
		cr_assert_eq(broker.deadline, failed ? ticks + CLOSE_TICKS : UINT64_MAX);
		tried += failed;
		ticks += CLOSE_TICKS;
		broker_expire(&broker);
		cr_assert_eq(broker.channels, 0);
		cr_assert_eq(ask(CLIENT, ACCOUNT, 0, 0).words[1], START_BYTES);
		drop(DRIVER, 30);
		broker_check();
	}
	cr_assert_gt(tried, 3);
}

Test(channels, provider_ends_first)
{
	struct answer opened = open_channel(CLIENT, "serial", PAGE, 0, 0, 20);

	granted(accept_channel(badge, opened.words[0], notification(DRIVER, 30), 0, 20));
	granted(ask(CLIENT, PEER, 21, opened.words[0]));
	end(DRIVER);
	purge();
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_FRAME);
	cr_assert_eq(type_at(CLIENT, 21), KAAL_OBJECT_NULL);
	granted(ask(CLIENT, GIVE, 0, opened.words[0]));
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_NULL);
	broker_check();
}

Test(channels, one_after_the_other)
{
	static const struct {
		unsigned first, second;
		bool accepted, together;
	} order[] = {{CLIENT, DRIVER, true, false}, {DRIVER, CLIENT, true, false}, {CLIENT, DRIVER, false, false},
		     {DRIVER, CLIENT, false, false}, {CLIENT, DRIVER, true, true}};
	struct state before, after;

	end(DRIVER);
	end(CLIENT);
	purge();
	broker_state(&before);
	for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
		struct answer opened;

		granted(ask_name(DRIVER, KAAL_BROKER_SERVE, "serial", 10, 0, 0, 0));
		opened = open_channel(CLIENT, "serial", 5 * PAGE, notification(CLIENT, 30), 0, 20);
		granted(opened);
		if (order[i].accepted)
			granted(accept_channel(opened.words[2], opened.words[0], notification(DRIVER, 30), 0, 20));
		end(order[i].first);
		if (!order[i].together)
			purge();
		end(order[i].second);
		purge();
		broker_state(&after);
		state_equal(&before, &after, "both have ended");
	}
}
