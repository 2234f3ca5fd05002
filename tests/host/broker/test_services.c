/* Services: provided, found, watched; and who has ended. */
#include "broker_fixture.h"

TestSuite(services, .init = broker_fixture_start);

/* A notification in a slot; its number. */
static uint64_t notification(unsigned component, unsigned slot)
{
	struct answer answer = ask(component, OBJECT, slot, KAAL_OBJECT_NOTIFICATION);

	granted(answer);
	return answer.words[0];
}

static struct answer serve(unsigned component, const char *name, unsigned slot, uint64_t signal, uint64_t flag)
{
	return ask_name(component, KAAL_BROKER_SERVE, name, slot, signal, flag, 0);
}

static struct answer find(unsigned component, const char *name, unsigned slot)
{
	return ask_name(component, KAAL_BROKER_FIND, name, slot, 0, 0, 0);
}

Test(services, served_and_found)
{
	struct answer served = serve(DRIVER, "serial", 20, 0, 0), found;

	granted(served);
	cr_assert_eq(type_at(DRIVER, 20), KAAL_OBJECT_ENDPOINT);
	cr_assert_eq(rights_at(DRIVER, 20), KAAL_RIGHT_READ);
	found = find(CLIENT, "serial", 20);
	granted(found);
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_ENDPOINT);
	cr_assert_eq(rights_at(CLIENT, 20), KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT);
	cr_assert_eq(memory_at(CLIENT, 20), memory_at(DRIVER, 20));
	cr_assert_eq(found.words[0], 0);
	cr_assert_eq(found.words[1], 1);
	cr_assert_eq(found.words[2], badge_at(CLIENT, 20));
	cr_assert_eq(kaal_badge_component(found.words[2]), CLIENT);
	cr_assert_eq(kaal_badge_use(found.words[2]), 1);
	cr_assert_eq(kaal_badge_start(found.words[2]), epochs[CLIENT]);
	cr_assert_eq(found.words[3], KAAL_BROKER_RECONNECT);
	cr_assert_eq(found.words[4], 1u << 16 | 3);
	/* The same again; another client's differs. */
	granted(find(CLIENT, "serial", 21));
	cr_assert_eq(badge_at(CLIENT, 21), found.words[2]);
	found = find(SERVER, "serial", 20);
	granted(found);
	cr_assert_eq(kaal_badge_component(found.words[2]), SERVER);
	cr_assert_eq(found.words[3], 0);
	broker_check();
}

Test(services, given_back)
{
	struct state before, after;
	struct answer served;

	/* A use keeps the slot that it has once asked with, until its component ends. */
	broker_state(&before);
	served = serve(DRIVER, "serial", 20, 0, 0);
	granted(served);
	granted(find(CLIENT, "serial", 20));
	granted(ask(DRIVER, GIVE, 0, served.words[0]));
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_NULL);
	cr_assert_eq(type_at(DRIVER, 20), KAAL_OBJECT_NULL);
	refused(NOT_SERVED, find(CLIENT, "serial", 20));
	/* Another endpoint, the same badge. */
	granted(serve(DRIVER, "serial", 20, 0, 0));
	granted(find(CLIENT, "serial", 20));
	cr_assert_eq(badge_at(CLIENT, 20), UINT64_C(2) << 32 | (CLIENT + 1) << 16 | 1);
	end(CLIENT);
	end(DRIVER);
	purge();
	broker_state(&after);
	state_equal(&before, &after, "ended");
}

Test(services, refused)
{
	uint64_t mine = notification(DRIVER, 30), other = notification(CLIENT, 30);
	uint64_t endpoint = ask(DRIVER, OBJECT, 31, KAAL_OBJECT_ENDPOINT).words[0];

	refused(SERVICE_GRANT, serve(CLIENT, "serial", 20, 0, 0));
	refused(SERVICE_GRANT, serve(DRIVER, "log", 20, 0, 0));
	refused(USE_GRANT, find(DRIVER, "serial", 20));
	refused(USE_GRANT, find(OTHER, "serial", 20));
	refused(NOT_SERVED, find(CLIENT, "serial", 20));
	refused(SIGNAL, serve(DRIVER, "serial", 20, other, 0));
	refused(SIGNAL, serve(DRIVER, "serial", 20, endpoint, 0));
	refused(SIGNAL, serve(DRIVER, "serial", 20, mine, 64));
	refused(SIGNAL, serve(DRIVER, "serial", 20, 0, UINT64_MAX));
	refused(SIGNAL, ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, mine, 0, 0));
	refused(USE_GRANT, ask_name(CLIENT, KAAL_BROKER_WATCH, "spare", 0, 0, 0, 0));
	granted(serve(DRIVER, "serial", 20, mine, 63));
	refused(SERVED, serve(DRIVER, "serial", 21, mine, 63));
	granted(serve(DRIVER, "spare", 21, mine, 62));
}

Test(services, memory_and_share_for_it)
{
	granted(ask(DRIVER, MEMORY, 30, 18));
	granted(ask(DRIVER, MEMORY, 31, 17));
	granted(ask(DRIVER, MEMORY, 32, 16));
	granted(ask(DRIVER, MEMORY, 33, 15));
	refused(MEMORY_MAX, serve(DRIVER, "serial", 20, 0, 0));
	broker.things_share = broker.component[SERVER].things;
	refused(SHARE, serve(SERVER, "log", 20, 0, 0));
}

Test(services, watched)
{
	uint64_t told = notification(CLIENT, 30);
	struct answer watch = ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, told, 5, 0), served;

	granted(watch);
	cr_assert_eq(watch.words[0], 0);
	cr_assert_eq(flags_at(CLIENT, 30), 0);
	served = serve(DRIVER, "serial", 20, 0, 0);
	granted(served);
	cr_assert_eq(flags_at(CLIENT, 30), 1u << 5);
	granted(serve(DRIVER, "spare", 21, 0, 0));
	cr_assert_eq(flags_at(CLIENT, 30), 0, "another service");
	/* Anew, with another flag. */
	watch = ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, told, 6, 0);
	granted(watch);
	cr_assert_eq(watch.words[0], 1);
	granted(ask(DRIVER, GIVE, 0, served.words[0]));
	cr_assert_eq(flags_at(CLIENT, 30), 1u << 6);
	granted(ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, 0, 0, 0));
	granted(serve(DRIVER, "serial", 20, 0, 0));
	cr_assert_eq(flags_at(CLIENT, 30), 0, "the watch has ended");
	/* The notification goes while it is to be told. */
	granted(ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, told, 6, 0));
	granted(ask(CLIENT, GIVE, 0, told));
	end(DRIVER);
	purge();
}

Test(services, provider_ends)
{
	uint64_t told = notification(CLIENT, 30);

	granted(serve(DRIVER, "serial", 20, 0, 0));
	granted(find(CLIENT, "serial", 20));
	granted(ask_name(CLIENT, KAAL_BROKER_WATCH, "serial", 0, told, 0, 0));
	end(DRIVER);
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_ENDPOINT, "until the broker knows");
	purge();
	cr_assert_eq(type_at(CLIENT, 20), KAAL_OBJECT_NULL);
	cr_assert_eq(flags_at(CLIENT, 30), 1);
	refused(NOT_SERVED, find(CLIENT, "serial", 20));
	granted(serve(DRIVER, "serial", 20, 0, 0));
	cr_assert_eq(flags_at(CLIENT, 30), 1);
	granted(find(CLIENT, "serial", 20));
}

Test(services, clients_end)
{
	uint64_t told = notification(DRIVER, 30);
	struct answer served = serve(DRIVER, "serial", 20, told, 9), ended;

	granted(served);
	granted(find(CLIENT, "serial", 20));
	end(OTHER);
	purge();
	cr_assert_eq(flags_at(DRIVER, 30), 0);
	end(CLIENT);
	/* One that was never there. */
	end(SERVER);
	purge();
	cr_assert_eq(flags_at(DRIVER, 30), 1u << 9);
	/* Its next instance is another client; it ends before the server has asked. */
	granted(find(CLIENT, "serial", 20));
	cr_assert_eq(kaal_badge_start(badge_at(CLIENT, 20)), epochs[CLIENT]);
	granted(find(SERVER, "serial", 20));
	end(CLIENT);
	end(SERVER);
	purge();
	ended = ask(DRIVER, ENDED, 0, served.words[0]);
	granted(ended);
	cr_assert_eq(ended.words[0], 2);
	for (unsigned i = 1; i <= 2; i++) {
		unsigned who = kaal_badge_component(ended.words[i]);

		cr_assert(who == CLIENT || who == SERVER);
		cr_assert_eq(kaal_badge_start(ended.words[i]), epochs[who] - 1);
	}
	cr_assert_neq(ended.words[1], ended.words[2]);
	cr_assert_eq(ended.words[3], 0);
	ended = ask(DRIVER, ENDED, 0, served.words[0]);
	granted(ended);
	cr_assert_eq(ended.words[0], 0, "each is told once");
	refused(KIND, ask(DRIVER, ENDED, 0, told));
}

/* Who has opened a channel is a client, even without having asked for the endpoint. */
Test(services, clients_of_channels_end)
{
	struct answer served = serve(DRIVER, "serial", 20, 0, 0), ended;
	uint64_t badge;

	granted(served);
	badge = ask_name(CLIENT, KAAL_BROKER_OPEN, "serial", 20, PAGE, 0, 0).words[2];
	end(CLIENT);
	purge();
	ended = ask(DRIVER, ENDED, 0, served.words[0]);
	granted(ended);
	cr_assert_eq(ended.words[0], 1);
	cr_assert_eq(ended.words[1], badge);
}
